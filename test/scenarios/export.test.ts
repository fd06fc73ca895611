// `export`: a hook as OpenMetadata's webhook and as JSON-LD, with its history in Git, and without any secret.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test, vi } from "vitest";
import { exposed, PATH } from "../helpers/exposed.ts";
import { marked, settings } from "../helpers/hostile-git.ts";
import { CONTEXT, isWebhook, USE_CASES } from "../helpers/openmetadata-webhooks.ts";
import { type Repository, repository } from "../helpers/repository.ts";
import { BASE_ENV, runCommand, workspace } from "../helpers/runner.ts";
import { startServer } from "../helpers/server.ts";

vi.setConfig({ testTimeout: 30_000 });

const FILE = ".github/pipeline-hooks.toml";

const exporting = (folder: string, ...args: readonly string[]) =>
	runCommand(["export", ...args], { workspace: folder });

async function exported(folder: string, ...args: readonly string[]) {
	const ended = await exporting(folder, ...args);
	expect(ended.code).toBe(0);
	return JSON.parse(ended.stdout);
}

function program(name: string): string {
	return execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8", env: BASE_ENV }).trim();
}

/** The use cases, imported and committed. */
async function imported(): Promise<Repository & { readonly config: string }> {
	const repo = repository();
	const { stdout } = await runCommand(["import", "-"], { workspace: repo.folder, input: JSON.stringify(USE_CASES) });
	repo.git("remote", "add", "origin", "https://github.com/acme/warehouse.git");
	repo.commit({ [FILE]: stdout });
	return { ...repo, config: stdout };
}

test("a use case of OpenMetadata's page, imported and exported, is valid by its schema, and as JSON-LD has its context", async () => {
	const { folder } = await imported();
	const [webhook, document] = await Promise.all([
		exported(folder, "MSTeamsAlerts"),
		exported(folder, "MSTeamsAlerts", "--format", "jsonld"),
	]);
	expect({ valid: isWebhook(webhook), errors: isWebhook.errors }).toEqual({ valid: true, errors: null });
	expect(webhook).toMatchObject({ name: "MSTeamsAlerts", webhookType: "MSTeams", version: 0.1, updatedBy: "t" });
	expect(document).toMatchObject({
		"@context": CONTEXT,
		"@type": "Webhook",
		id: webhook.id,
		version: "0.1",
		updatedBy: "t",
	});
});

describe("the history of the config in Git", () => {
	it("gives the version, who changed it last and when, and what was changed", async () => {
		const { folder, git, commit, config } = await imported();
		const first = await exported(folder, "MSTeamsAlerts");
		expect(first).toMatchObject({ version: 0.1, updatedBy: "t" });
		expect(first).not.toHaveProperty("changeDescription");
		const changed = config
			.replace('"Governance"', '"Security"')
			.replace('display_name = "MS Teams Critical Alerts"\n', "");
		commit({ [FILE]: changed });
		git(
			"commit",
			"-q",
			"--amend",
			"--author",
			"Ann Data <ann@example.com>",
			"--no-edit",
			"--date",
			"2020-01-01T00:00:00Z",
		);
		commit({ other: "a file that does not count" });
		const second = await exported(folder, "MSTeamsAlerts");
		expect(second).toMatchObject({
			id: first.id,
			version: 0.2,
			updatedBy: "Ann Data",
			updatedAt: Number(git("log", "-1", "--format=%ct", "--", FILE)) * 1000,
			changeDescription: {
				previousVersion: 0.1,
				fieldsAdded: [],
				fieldsDeleted: [{ name: "displayName", oldValue: "MS Teams Critical Alerts" }],
				fieldsUpdated: [
					{ name: "owner", oldValue: { name: "Governance", type: "team" }, newValue: { name: "Security" } },
				],
			},
		});
		expect(isWebhook(second)).toBe(true);
		// It was not changed itself.
		expect(await exported(folder, "SalesDomainWebhook")).not.toHaveProperty("changeDescription");
	});

	it("is left out, and the reason said, where there is none", async () => {
		const { folder, config, git, commit } = await imported();
		const plain = workspace({ [FILE]: config });
		const other = repository();
		other.write({ [FILE]: config });
		const shallow = workspace();
		git("clone", "-q", "--depth", "1", `file://${folder}`, shallow);
		commit({ [FILE]: `${config}\n` });
		git("config", "uploadpack.allowFilter", "true");
		const partial = workspace();
		git("clone", "-q", "--filter=tree:0", `file://${folder}`, partial);
		const bin = workspace();
		for (const name of ["sh", "node"]) symlinkSync(program(name), join(bin, name));
		for (const [place, why, env] of [
			[plain, "it is in no repository that Git can read"],
			[other.folder, "it is not committed"],
			[shallow, "the clone has no history: fetch all of it (fetch-depth: 0)"],
			[partial, "the clone lacks a part of its history: fetch all of it (no --filter)"],
			[folder, "there is no git here to read its history", { PATH: bin }],
		] as const) {
			const { code, stdout, stderr } = await runCommand(["export", "MSTeamsAlerts"], {
				workspace: place,
				env: { ...env },
			});
			expect({ code, stderr }).toEqual({
				code: 0,
				stderr: `note: MSTeamsAlerts: version, updatedAt and updatedBy are left out: ${why}\n`,
			});
			expect(JSON.parse(stdout)).not.toHaveProperty("version");
			expect(isWebhook(JSON.parse(stdout))).toBe(true);
		}
	});

	it("goes on through the names that the file had before", async () => {
		const { folder, git, commit, config } = await imported();
		commit({ [FILE]: config.replace('"Governance"', '"Security"') });
		git("mv", FILE, "pipeline-hooks.toml");
		commit({ "pipeline-hooks.toml": config.replace('"Governance"', '"Data"') });
		const renamed = await exported(folder, "MSTeamsAlerts");
		expect(renamed).toMatchObject({
			version: 0.3,
			changeDescription: { fieldsUpdated: [{ oldValue: { name: "Security" }, newValue: { name: "Data" } }] },
		});
		git("mv", "pipeline-hooks.toml", FILE);
		commit({});
		expect(await exported(folder, "MSTeamsAlerts")).toMatchObject({ version: 0.4 });
	});

	it("has nobody's name for what is not committed", async () => {
		const { folder, config, write } = await imported();
		const changed = config.replace('"Governance"', '"Security"');
		write({ [FILE]: changed });
		const { stdout, stderr } = await exporting(folder, "MSTeamsAlerts");
		expect(stderr).toContain("updatedBy are left out: the file differs from HEAD");
		expect(JSON.parse(stdout)).toMatchObject({ owner: { name: "Security" } });
		for (const key of ["version", "updatedBy", "changeDescription"]) expect(JSON.parse(stdout)).not.toHaveProperty(key);
		// As it is checked out on Windows.
		write({ [FILE]: config.replaceAll("\n", "\r\n") });
		expect(await exported(folder, "MSTeamsAlerts")).toMatchObject({ version: 0.1, updatedBy: "t" });
	});

	it("of another user's repository is read where Git's global settings say that it is safe", async () => {
		const { folder } = await imported();
		const bin = workspace();
		writeFileSync(
			join(bin, "git"),
			`#!/bin/sh\nPATH='${BASE_ENV["PATH"]}' GIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec git "$@"\n`,
		);
		chmodSync(join(bin, "git"), 0o755);
		const run = (home: string) =>
			runCommand(["export", "MSTeamsAlerts"], {
				workspace: folder,
				env: { PATH: `${bin}:${BASE_ENV["PATH"]}`, HOME: home },
			});
		const unsafe = await run(workspace());
		expect(unsafe.stderr).toContain("left out: its repository belongs to another user, and safe.directory");
		const safe = await run(workspace({ ".gitconfig": "[safe]\n\tdirectory = *\n" }));
		expect(JSON.parse(safe.stdout)).toMatchObject({ version: 0.1, updatedBy: "t" });
	});

	it("is read without running any program that the repository's settings name", async () => {
		const { folder, git, config, commit, write } = await imported();
		git("mv", FILE, "old.toml");
		commit({ other: "a\nb\n" });
		git("rm", "-q", "old.toml", "other");
		commit({ [FILE]: `${config}\n# changed\n` });
		const { env, touch, ran, ask } = marked();
		write({
			".git/config": `${settings(touch)}[log]\n\tshowSignature = true\n[gpg]\n\tprogram = "${touch("gpg")}; false"\n[diff]\n\trelative = true\n\texternal = "${touch("diff")}; false"\n[diff "x"]\n\tcommand = "${touch("driver")}"\n\ttextconv = "${touch("textconv")}"\n`,
			".git/hooks/post-index-change": `#!/bin/sh\n${touch("hook")}\n`,
			".gitattributes": "* filter=x diff=x\n",
		});
		const { PATH: path } = env;
		const run = () => runCommand(["export", "MSTeamsAlerts"], { workspace: folder, env: { PATH: path } });
		expect(JSON.parse((await run()).stdout)).toMatchObject({ version: 0.3, updatedBy: "t" });
		// What is missing would be fetched, by a program.
		const tree = git("rev-parse", "HEAD~2:.github");
		rmSync(join(folder, ".git/objects", tree.slice(0, 2), tree.slice(2)));
		expect(await run()).toMatchObject({ code: 0, stderr: expect.stringContaining("lacks a part of its history") });
		expect(ran()).toEqual(["git"]);
		expect(() => ask(folder, "rev-list", "HEAD~2", "--", FILE)).toThrow();
		expect(ran()).toContain("alias");
	});

	it("is not read where a stranger may have written the workspace", async () => {
		const stage = await exposed();
		const { env, ran } = marked();
		const ended = await runCommand(["export", "announce"], {
			workspace: stage.repo.folder,
			env: {
				...env,
				CI: "true",
				GITHUB_ACTIONS: "true",
				GITHUB_EVENT_NAME: "pull_request_target",
				GITHUB_REPOSITORY: "acme/warehouse",
				GITHUB_SHA: stage.base,
				GITHUB_WORKSPACE: stage.repo.folder,
				GITHUB_API_URL: stage.api.url,
				GITHUB_TOKEN: "a-token-of-this-test",
			},
		});
		expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining("a stranger may have written") });
		expect(JSON.parse(ended.stdout).name).toBe("announce");
		expect(ran()).toEqual([]);
		expect(PATH).toBe(FILE);
	});
});

test("a store tells how the hook fares", async () => {
	const server = await startServer({ status: 503, body: "busy" }, { status: 200, body: "ok" });
	const config = `[store]\nkind = "sqlite"\n\n[[hook.webhooks.entityUpdated]]\nname = "catalog"\nurl = "${server.url}/"\nretry_count = 0\n`;
	const folder = workspace({ "pipeline-hooks.toml": config });
	await runCommand(["fire", "entityUpdated"], { workspace: folder });
	const webhook = await exported(folder, "catalog");
	expect(webhook).toMatchObject({
		status: "awaitingRetry",
		failureDetails: {
			lastFailedAt: expect.any(Number),
			lastFailedStatusCode: 503,
			lastFailedReason: expect.stringContaining("busy"),
			nextAttempt: expect.any(Number),
		},
	});
	expect(isWebhook(webhook)).toBe(true);
	expect(await exported(folder, "catalog", "--format", "jsonld")).toMatchObject({
		status: "https://open-metadata.org/schema/entity/events/AwaitingRetry",
	});
	await runCommand(["redeliver", "--all"], { workspace: folder });
	const again = await exported(folder, "catalog");
	expect(again.status).toBe("active");
	expect(again).not.toHaveProperty("failureDetails");
});

test("the id is of version 5, and another one in another repository, file or under another name", async () => {
	const config = '[[hook.webhooks.entityUpdated]]\nname = "NAME"\nurl = "https://example.com/"\n';
	const idIn = async (name: string, file: string, remote: string) => {
		const { folder, git, write } = repository();
		git("remote", "add", "origin", `https://github.com/${remote}.git`);
		write({ [file]: config.replace("NAME", name) });
		return (await exported(folder, name, "--config", file)).id;
	};
	const first = await idIn("a", FILE, "acme/warehouse");
	expect(first).toMatch(/^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
	expect(await idIn("a", FILE, "acme/warehouse")).toBe(first);
	const others = await Promise.all([
		idIn("b", FILE, "acme/warehouse"),
		idIn("a", "pipeline-hooks.toml", "acme/warehouse"),
		idIn("a", FILE, "acme/other"),
	]);
	expect(new Set([first, ...others]).size).toBe(4);
});

test("the id is the same from every folder of the repository, and for a config that a workflow checks out below", async () => {
	const { folder, git } = await imported();
	const { id } = await exported(folder, "MSTeamsAlerts");
	const sub = join(folder, "sub");
	mkdirSync(sub);
	expect((await exported(sub, "MSTeamsAlerts", "--config", `../${FILE}`)).id).toBe(id);
	expect((await exported(sub, "MSTeamsAlerts", "--config", join(folder, FILE))).id).toBe(id);
	const above = workspace();
	git("clone", "-q", folder, join(above, "src"));
	const env = { CI: "true", GITHUB_ACTIONS: "true", GITHUB_REPOSITORY: "acme/warehouse", GITHUB_EVENT_NAME: "push" };
	const { stdout } = await runCommand(["export", "MSTeamsAlerts", "--config", `src/${FILE}`], {
		workspace: above,
		env: { ...env, GITHUB_WORKSPACE: above },
	});
	expect(JSON.parse(stdout).id).toBe(id);
});

describe("a secret that is written in the config", () => {
	const CONFIG = `[[hook.webhooks.entityUpdated]]
name = "q"
description = "token ghp_abcdefghijklmnopqrstuvwxyz0123456789"
custom = { apiToken = "s3cr3t-Value-123", nested = { password = "hunter2hunter2" }, url = "https://u:p4ssw0rd@x.example.com/", team = "data" }
headers = { Authorization = "Bearer s3cretprefix9\${SUFFIX}", X-Team = "data" }
url = "https://r.example.com/x?code=AbC123xyzQWERTY9876"
send_to_admins = true

[[hook.webhooks.entityUpdated]]
name = "other"
description = "as q, with s3cretprefix9"
custom = { webhook_type = "Gold" }
url = "https://r.example.com/"

[people.joe]
webhook = "\${JOE}"
admin = true
`;
	const SECRETS = /ghp_|s3cr|hunter2|p4ss|AbC123/;

	it("is shown neither by export nor by list, wherever it is repeated", async () => {
		const { folder, commit } = repository();
		commit({ [FILE]: CONFIG.replace("ghp_a", "ghp_b") });
		commit({ [FILE]: CONFIG.replace("token ghp_abcdefghijklmnopqrstuvwxyz0123456789", "without") });
		for (const name of ["q", "other"]) {
			for (const args of [
				["export", name],
				["export", name, "--format", "jsonld"],
				["list", name],
				["list", name, "--json"],
			]) {
				const { code, stdout, stderr } = await runCommand(args, { workspace: folder });
				expect({ args, code }).toEqual({ args, code: 0 });
				expect(stdout + stderr).not.toMatch(SECRETS);
			}
		}
		expect(await exported(folder, "q", "--format", "jsonld")).toMatchObject({
			webhookConfig: { endpoint: "https://r.example.com/…", headers: { "X-Team": "data" } },
			extension: { apiToken: "***", nested: { password: "***" }, url: "https://u:***@x.example.com/", team: "data" },
			changeDescription: { fieldsUpdated: [{ name: "description", oldValue: "token ***", newValue: "without" }] },
		});
		expect(await exported(folder, "other", "--format", "jsonld")).toMatchObject({
			description: "as q, with ***",
			extension: { webhook_type: "Gold" },
		});
	});

	it("a hook's copy for one of the people is no hook to export, nor one that somebody meant", async () => {
		const folder = workspace({ [FILE]: CONFIG });
		const copy = await exporting(folder, "q (joe)");
		expect(copy).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean "q"?') });
		const near = await runCommand(["list", "q (jo)"], { workspace: folder });
		expect(near).toMatchObject({ code: 2, stderr: expect.not.stringContaining("did you mean") });
	});
});

describe("what a webhook of OpenMetadata cannot have", () => {
	const CONFIG = `[[subscription]]
name          = "all.of it"
display_name  = "All"
owner         = "ann"
team          = "data"
tags          = ["Tier.Tier1"]
runbook       = "https://wiki.example.com/"
custom        = { cost_center = 4711 }
events        = ["entity*", "pipeline_error"]
url           = "https://me:s3cr3t-password@example.com/hook?token=s3cr3t-token"
secret        = "s3cr3t-key"
signature     = "openmetadata"
timeout_ms    = 1500
enabled       = false
fallback      = "pages"
body_template = "{}"
headers       = { X-Api-Key = "s3cr3t-api-key", Authorization = "Bearer \${TOKEN:-s3cr3t-default}", X-Team = "data" }

[[subscription]]
name        = "pages"
events      = ["pipeline_error"]
preset      = "pagerduty"
routing_key = "s3cr3t-routing-key"
region      = "eu"

[[hook.pipeline_error]]
name    = "shell"
command = "true"
`;

	it("is said, and no secret is shown", async () => {
		const folder = workspace({ "pipeline-hooks.toml": CONFIG });
		const { code, stdout, stderr } = await exporting(folder, "all.of it");
		expect(code).toBe(0);
		expect(stdout + stderr).not.toContain("s3cr3t");
		const webhook = JSON.parse(stdout);
		expect(isWebhook(webhook)).toBe(true);
		expect(webhook).toMatchObject({
			fullyQualifiedName: '"all.of it"',
			status: "disabled",
			enabled: false,
			batchSize: 1,
			owner: { type: "user", name: "ann" },
			webhookConfig: {
				endpoint: "https://example.com/…",
				headers: { Authorization: "Bearer ${TOKEN}", "X-Team": "data" },
				timeout: 2,
			},
		});
		expect(webhook.eventFilters.map(({ eventType }: { eventType: string }) => eventType).toSorted()).toEqual([
			"entityCreated",
			"entityDeleted",
			"entitySoftDeleted",
			"entityUpdated",
		]);
		expect(stderr.replaceAll(/^note: all\.of it: /gm, "")).toMatchSnapshot();
		const linked = await exporting(folder, "all.of it", "--format", "jsonld");
		expect(JSON.parse(linked.stdout).extension).toEqual({ cost_center: 4711 });
		expect(linked.stdout + linked.stderr).not.toContain("s3cr3t");
		expect(linked.stderr).toContain("no place for it: fallback, body_template, runbook\n");
	});

	it("an address that only its preset knows is shown", async () => {
		const folder = workspace({ "pipeline-hooks.toml": CONFIG });
		const { stdout } = await exporting(folder, "pages");
		expect(JSON.parse(stdout)).toMatchObject({
			webhookType: "Generic",
			eventFilters: [],
			webhookConfig: { endpoint: "https://events.eu.pagerduty.com/v2/enqueue", timeout: 10 },
		});
	});

	it.each([
		[["shell"], '"shell" is a shell hook, and only webhooks can be exported'],
		[["page"], 'did you mean "pages"?'],
		[["pages", "--format", "xml"], '--format: "xml" is unknown'],
	])("%s is told", async (args, told) => {
		const folder = workspace({ "pipeline-hooks.toml": CONFIG });
		const { code, stdout, stderr } = await exporting(folder, ...args);
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toContain(told);
	});
});
