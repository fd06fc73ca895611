// Runs that a stranger can trigger: chains that lead to shell hooks, and what the commands show there.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exposed, PATH } from "../../helpers/exposed.ts";
import { startApi } from "../../helpers/repository.ts";
import { runCommand, workspace } from "../../helpers/runner.ts";
import { startServer } from "../../helpers/server.ts";

const EXPOSING = ["issue_comment"];

/** One hook that fails and falls back on a command, and one that is followed by a command. */
const chained = (url: string) => `[[hook.webhooks.pipeline_start]]
name = "alert"
url = "${url}/alert"
retry_count = 0
fallback = "mail"

[[subscription]]
name = "mail"
command = 'touch "$RAN/mail"'

[[hook.webhooks.pipeline_start]]
name = "announce"
url = "${url}/announce"
then = "audit"

[[subscription]]
name = "audit"
command = 'touch "$RAN/audit"'
`;

describe.each(EXPOSING)("fault 39: on %s shell hooks are refused as fallbacks and after other hooks, too", (event) => {
	const setUp = async () => {
		const server = await startServer(({ url }, response) => {
			response.writeHead(url === "/alert" ? 404 : 200).end();
		});
		const run = await exposed({ files: { [PATH]: chained(server.url) } });
		run.checkOutForeign();
		const marks = workspace();
		const ran = () => ["mail", "audit", "stranger"].filter((name) => existsSync(join(marks, name)));
		return { ...run, ran, env: { RAN: marks } };
	};

	it("with the reason, in the outcome of the hook that needs them", async () => {
		const { fire, ran, env } = await setUp();
		const run = await fire(event, { env });
		const refused = expect.stringContaining(`refused on ${event}: `);
		expect(run).toMatchObject({ code: 0, outputs: { result: "warned", delivered: "1", failed: "2" } });
		expect(run.results).toMatchObject({
			results: [
				{
					hook: "alert",
					status: "failed",
					attempts: 1,
					error: expect.stringMatching(/^404 .*; fallback mail: refused on /),
				},
				{ hook: "audit", status: "failed", attempts: 0, error: refused },
				{ hook: "announce", status: "delivered" },
			],
		});
		expect(run.annotations).toMatchObject([{ message: refused }, { message: refused }]);
		expect(ran()).toEqual([]);
	});

	it("but run where that is allowed", async () => {
		const { fire, ran, env } = await setUp();
		const run = await fire(event, { env, inputs: { "allow-untrusted-shell": "true" } });
		expect(run).toMatchObject({ code: 0, outputs: { result: "passed", delivered: "3", failed: "0" } });
		expect(ran()).toEqual(["mail", "audit"]);
	});
});

describe.each(EXPOSING)("on %s", (event) => {
	const setUp = async () => {
		const { base, api, repo, checkOutForeign } = await exposed();
		checkOutForeign();
		const env = {
			GITHUB_ACTIONS: "true",
			GITHUB_API_URL: api.url,
			GITHUB_EVENT_NAME: event,
			GITHUB_REPOSITORY: "acme/warehouse",
			GITHUB_SHA: base,
			GITHUB_WORKSPACE: repo.folder,
		};
		const run = (args: readonly string[], token = "ghs_x") =>
			runCommand(args, { workspace: repo.folder, env: { ...env, GITHUB_TOKEN: token } });
		const note = `on ${event} config files are read from acme/warehouse at ${base.slice(0, 7)}, not from the workspace\n`;
		return { run, note };
	};

	it.each([["list"], ["list", "pipeline_start"], ["render", "pipeline_start"]])(
		"%s %s shows the base's hooks, as fire takes them, and which are refused",
		async (...args) => {
			const { run, note } = await setUp();
			const { code, stdout, stderr } = await run(args);
			expect([code, stderr]).toEqual([0, ""]);
			expect(stdout.startsWith(note)).toBe(true);
			if (args[0] === "list") expect(stdout).toContain("RAN/base");
			expect(stdout).not.toContain("RAN/stranger");
			expect(stdout).toContain(`refused on ${event}: `);
		},
	);

	it("list --json tells it to scripts, and the rest beside them", async () => {
		const { run, note } = await setUp();
		const { stdout, stderr } = await run(["list", "--json"]);
		expect(stderr).toBe(note);
		const { hooks } = JSON.parse(stdout);
		expect(hooks).toMatchObject([
			{ name: "check", refused: expect.stringMatching(new RegExp(`^refused on ${event}: `)) },
			{ name: "announce" },
		]);
		expect(hooks[1]).not.toHaveProperty("refused");
	});

	it("validate checks the base's config, and says so", async () => {
		const { run, note } = await setUp();
		expect(await run(["validate"])).toMatchObject({ code: 0, stdout: `${note}${PATH} is valid: 2 hooks on 1 event\n` });
	});

	it.each(["list", "validate"])(
		"%s ends without a token, and takes nothing from the workspace instead",
		async (command) => {
			const { run } = await setUp();
			const ended = await run([command], "");
			expect(ended).toMatchObject({ code: 2, stdout: "" });
			expect(ended.stderr).toContain("there is no token for GitHub's API");
		},
	);
});

describe("where nothing is checked out", () => {
	it.each(["list", "validate"])("%s reads the commit's config, as fire does", async (command) => {
		const api = await startApi("c0ffee", { [PATH]: '[[hook.ping]]\nname = "there"\ncommand = "true"\n' });
		const env = {
			GITHUB_ACTIONS: "true",
			GITHUB_API_URL: api.url,
			GITHUB_EVENT_NAME: "push",
			GITHUB_REPOSITORY: "acme/warehouse",
			GITHUB_SHA: "c0ffee",
			GITHUB_TOKEN: "ghs_x",
		};
		const folder = workspace();
		const run = await runCommand([command], { workspace: folder, env: { ...env, GITHUB_WORKSPACE: folder } });
		expect(run).toMatchObject({ code: 0, stderr: "" });
		expect(run.stdout).toContain(command === "list" ? "there " : "is valid: 1 hook ");
	});
});
