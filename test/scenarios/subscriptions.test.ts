// Subscriptions, selectors, filters and `enabled` through the built command and action, as a config's writer meets them.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { LABELS, RESPONSIBLE } from "../../src/config/schema.ts";
import { blocks, page } from "../helpers/pages.ts";
import { normalise, runCommand, workspace } from "../helpers/runner.ts";
import { fire } from "../helpers/send.ts";
import { startServer } from "../helpers/server.ts";

const FILE = "pipeline-hooks.toml";

const config = (url: string) => `[event."deploy.cut"]
phase = "release train"

[[subscription]]
name = "data-team"
events = ["generation.completed", "job.*", "phase:quality", "NewCommit"]
url = "${url}/data-team"
secret = "\${TEAM_SECRET}"

[[subscription]]
name = "everything"
events = "*"
url = "${url}/everything"

[[hook.webhooks."phase:release train"]]
name = "train"
url = "${url}/train"

[[hook.pipeline_complete]]
name = "off"
command = "touch off"
enabled = false

[[hook."on_pipeline_*"]]
name = "log"
command = "echo $HOOK_EVENT >> log"

[[subscription]]
name = "sales"
events = ["entityCreated", "entityUpdated"]
url = "${url}/sales"
filter = [
	{ entities = ["table", "dash*"], include = ["tags", "columns.*", "domain:Sales", "metadata.env:prod"], exclude = ["status:warning"] },
	{ events = "entityCreated", include = "owners:alice" },
]
`;

async function setUp() {
	const server = await startServer({ status: 200 });
	const folder = workspace({ [FILE]: config(server.url) });
	/** Fires events as the lines of one file; the webhooks that each was sent to, in the order of their names. */
	const fireAll = async (...events: readonly (readonly [event: string, context?: object])[]) => {
		const lines = events.map(([event, context], n) => JSON.stringify({ ...context, event, id: `${n}` }));
		writeFileSync(join(folder, "events.jsonl"), lines.join("\n"));
		const env = { TEAM_SECRET: "a-secret-of-the-team" };
		const run = await runCommand(["fire", "--events-file", "events.jsonl"], { workspace: folder, env });
		expect(run).toMatchObject({ code: 0, stderr: "" });
		const sent = server.requests.map(({ path, body }) => ({ hook: path.slice(1), id: JSON.parse(body).id }));
		return events.map((_, n) => sent.flatMap(({ hook, id }) => (id === `${n}` ? [hook] : [])).toSorted());
	};
	return { server, folder, fireAll };
}

describe("an event fires", () => {
	it("the hooks that select it by name, alias, glob or phase, and are enabled, and no others; * leaves out ping", async () => {
		const { server, folder, fireAll } = await setUp();
		const expected = [
			["generation.completed", "data-team", "everything"],
			["generation.failed", "everything"],
			["job.failed", "data-team", "everything"],
			["check_result", "data-team", "everything"],
			["commit", "data-team", "everything"],
			["deploy.cut", "everything", "train"],
			["ping"],
			["on_pipeline_start", "everything"],
			["discover_complete", "everything"],
			["pipeline_complete", "everything"],
		];
		const fired = await fireAll(...expected.map(([event = ""]) => [event] as const));
		expect(fired).toEqual(expected.map(([, ...hooks]) => hooks));
		const isSigned = server.requests.map(({ headers }) => "x-rocky-signature" in headers);
		expect(isSigned).toEqual(server.requests.map(({ path }) => path === "/data-team"));
		expect(readFileSync(join(folder, "log"), "utf8")).toBe("pipeline_start\npipeline_complete\n");
		expect(() => readFileSync(join(folder, "off"))).toThrow("ENOENT");
	});
});

describe("a filter", () => {
	const table = { type: "table", domain: { name: "Sales" } };
	const context = { entity: table, changes: [{ field: "tags" }], metadata: { env: "prod" } };

	it("holds for what has all that it asks, or what another of several asks", async () => {
		const { fireAll } = await setUp();
		const cases: readonly (readonly [what: string, context: object, fires: boolean])[] = [
			["all that it asks", context, true],
			["another field of those that it asks for", { ...context, changes: [{ field: "columns.email" }] }, true],
			["none of the fields", { ...context, changes: [{ field: "name" }] }, false],
			["another type", { ...context, entity: { ...table, type: "topic" } }, false],
			["a type that fits a glob", { ...context, entity: { ...table, type: "dashboard" } }, true],
			["another domain", { ...context, entity: { ...table, domain: { name: "Finance" } } }, false],
			["another environment", { ...context, metadata: { env: "dev" } }, false],
			["something excluded", { ...context, status: "warning" }, false],
			["nothing at all", {}, false],
			["what another event is asked for", { owners: ["alice"] }, false],
		];
		const [created, ...updated] = await fireAll(
			["entityCreated", { owners: ["bob", "alice"] }],
			...cases.map(([, given]) => ["entityUpdated", given] as const),
		);
		expect(created).toEqual(["everything", "sales"]);
		const fired = cases.filter((_, n) => updated[n]?.includes("sales")).map(([what]) => what);
		expect(fired).toEqual(cases.filter(([, , fires]) => fires).map(([what]) => what));
	});

	it("that keeps the only hook out is told by the action", async () => {
		const source =
			'[[hook.pipeline_error]]\nname = "alert"\ncommand = "touch ran"\nfilter = { include = "branch:release/*" }\n';
		const run = await fire(source, { event: "pipeline_error" });
		expect(run).toMatchObject({ code: 0, outputs: { result: "skipped" } });
		expect(run.annotations.map(({ kind, message }) => [kind, message])).toEqual([
			["notice", `no hook in ${FILE} matches pipeline_error (alert: its filter requires branch:release/*)`],
		]);
		const again = await fire(source, { event: "pipeline_error", env: { GITHUB_REF_NAME: "release/7" } });
		expect(again.outputs).toMatchObject({ result: "passed", delivered: "1" });
	});
});

describe("list", () => {
	it("shows selectors, filters and what is disabled", async () => {
		const { folder } = await setUp();
		const { stdout } = await runCommand(["list"], { workspace: folder });
		expect(normalise(stdout)).toBe(
			[
				"NAME            EVENT                                             KIND     ON FAILURE  TARGET                    WHERE",
				"data-team       generation.completed, job.*, phase:quality, com…  generic  warn        http://127.0.0.1:PORT/…  pipeline-hooks.toml:4:1",
				"everything      *                                                 generic  warn        http://127.0.0.1:PORT/…  pipeline-hooks.toml:10:1",
				"train           phase:release train                               generic  warn        http://127.0.0.1:PORT/…  pipeline-hooks.toml:15:1",
				"off (disabled)  pipeline_complete                                 shell    warn        touch off                 pipeline-hooks.toml:19:1",
				"log             pipeline_*                                        shell    warn        echo $HOOK_EVENT >> log   pipeline-hooks.toml:24:1",
				"sales           entityCreated, entityUpdated                      generic  warn        http://127.0.0.1:PORT/…  pipeline-hooks.toml:28:1",
				"",
				"details:",
				"  – sales: if entities table or dash*; changed tags or changed columns.*; domain:Sales; metadata.env:prod; not status:warning, or events entityCreated; owners:alice",
				"",
			].join("\n"),
		);
	});

	it("of an event says why the other hooks do not match", async () => {
		const { folder } = await setUp();
		const { stdout } = await runCommand(["list", "pipeline_complete"], { workspace: folder });
		expect(stdout.match(/^(?:everything|log) /gm)).toEqual(["everything ", "log "]);
		expect(stdout.slice(stdout.indexOf("not matched:"))).toBe(
			[
				"not matched:",
				"  – data-team: its events are generation.completed, job.*, phase:quality, commit",
				"  – train: its events are phase:release train",
				"  – off: it is disabled",
				"  – sales: its events are entityCreated, entityUpdated",
				"",
			].join("\n"),
		);
	});

	it("says that no hook matches where only disabled ones are attached", async () => {
		const folder = workspace({ [FILE]: '[[hook.ping]]\nname = "a"\ncommand = "x"\nenabled = false\n' });
		const { stdout } = await runCommand(["list", "ping"], { workspace: folder });
		expect(stdout).toBe(`no hook in ${FILE} matches ping\n\nnot matched:\n  – a: it is disabled\n`);
	});

	it("tells all of it as JSON", async () => {
		const source = `[[subscription]]
events = ["job.*", "ping"]
url = "https://example.com/a"
batch_size = 5
fallback = "b"
then = ["c"]
filter = { entities = "table" }
[[subscription]]
name = "b"
command = "x"
enabled = false
[[subscription]]
name = "c"
command = "y"
`;
		const folder = workspace({ [FILE]: source });
		const json = async (...args: readonly string[]) =>
			JSON.parse((await runCommand(["list", ...args, "--json"], { workspace: folder })).stdout);
		const first = {
			name: "subscription-1",
			event: "job.*, ping",
			events: ["job.*", "ping"],
			filter: ["entities table"],
			kind: "webhook",
			preset: "generic",
			batch_size: 5,
			on_failure: "warn",
			fallback: "b",
			on_success: ["c"],
			target: "https://example.com/…",
			place: `${FILE}:1:1`,
		};
		const all = await json();
		expect(all.hooks[0]).toEqual(first);
		expect(all.hooks[1]).toMatchObject({ name: "b", event: "", events: [], enabled: false });
		expect(all).not.toHaveProperty("not_matched");
		expect(await json("job.failed")).toEqual({
			config: FILE,
			hooks: [first],
			not_matched: [
				{ hook: "b", reason: "it is fired only as the fallback of subscription-1" },
				{ hook: "c", reason: "it is fired only after subscription-1" },
			],
		});
		const lines = await runCommand(["list"], { workspace: folder });
		expect(lines.stdout).toContain("  – subscription-1: if entities table · in batches of 5 · fallback b · then c\n");
		const validated = await runCommand(["validate"], { workspace: folder });
		expect(validated.stdout).toContain(
			`${FILE} is valid: 3 hooks, 1 of them disabled, on 7 events, with 1 warning\nwarning[chain_disabled]: ${FILE}:5:1: `,
		);
	});
});

describe("validate", () => {
	it("counts hooks, those that are disabled, and the events that fire one", async () => {
		const source = `[event."job.audited"]
[[subscription]]
events = ["job.*", "job.failed", "phase:job"]
url = "\${TEAM_URL}"
[[hook.ping]]
command = "x"
enabled = false
[[hook.webhooks.commit]]
url = "\${OTHER_URL}"
enabled = false
`;
		const folder = workspace({ [FILE]: source });
		const run = await runCommand(["validate"], { workspace: folder });
		expect(run).toMatchObject({
			code: 0,
			stdout: `${FILE} is valid: 3 hooks, 2 of them disabled, on 7 events\n  \${TEAM_URL} is not set here\n`,
		});
		const json = await runCommand(["validate", "--json"], { workspace: folder });
		expect(JSON.parse(json.stdout)).toMatchObject({ hooks: 3, disabled: 2, events: 7 });
	});
});

describe("docs/subscriptions.md", () => {
	const NAME = "docs/subscriptions.md";
	const text = page(NAME);
	const [source = ""] = blocks(NAME, "toml");
	const commands = blocks(NAME, "sh").map((line) => line.trim().split(" ").slice(1));

	test("lists what its command lists", async () => {
		const [args = []] = commands;
		const run = await runCommand(args, { workspace: workspace({ [FILE]: source }) });
		expect(run).toMatchObject({ code: 0, stderr: "", stdout: blocks(NAME, "text")[0] });
	});

	test("renders what it says", async () => {
		const [, args = []] = commands;
		const folder = workspace({ [FILE]: source });
		const shown = async (branch: string, dryRun = "true") => {
			const env = {
				GITHUB_ACTIONS: "true",
				GITHUB_EVENT_NAME: "push",
				GITHUB_REF_NAME: branch,
				GITHUB_REF_TYPE: "branch",
			};
			const metadata = args.map((arg) => arg.replace("dry_run=true", `dry_run=${dryRun}`));
			const run = await runCommand(metadata, { workspace: folder, env });
			expect(run).toMatchObject({ code: 0, stderr: "" });
			return run.stdout;
		};
		expect(await shown("main")).toContain("\n  – on-call: its filter excludes metadata.dry_run:true\n");
		expect(await shown("feature")).toContain("\n  – on-call: its filter requires branch:main or branch:release/*\n");
		const fired = await shown("release/2", "false");
		expect(fired).toContain("▸ on-call\n");
		expect(fired).not.toContain("– on-call");
	});

	test("tells scripts what it says, and nothing else", async () => {
		const folder = workspace({ [FILE]: `${source}\n[hook.job.failed]\ncommand = "x"\n` });
		const json = async (...args: readonly string[]) => {
			const env = { GITHUB_ACTIONS: "true", GITHUB_EVENT_NAME: "push" };
			const { code, stdout } = await runCommand([...args, "--json"], { workspace: folder, env });
			expect(code).toBe(0);
			return JSON.parse(stdout);
		};
		const names = (text: string) => [...text.matchAll(/`([a-z_]+)`/g)].map(([, name = ""]) => name);
		const table = text.slice(text.indexOf("`list` has `config`")).split("\n\n")[1] ?? "";
		const documented = table
			.split("\n")
			.slice(2)
			.flatMap((row) => names(row.split("|")[1] ?? ""));
		const { hooks } = await json("list");
		const told = new Set(hooks.flatMap((hook: object) => Object.keys(hook)));
		// What no hook of the page has is told elsewhere.
		const about = Object.values({ ...LABELS, ...RESPONSIBLE }).map((row) => row.name);
		expect([...told, ...about, "batch_size", "muted_until", "refused"].toSorted()).toEqual(documented.toSorted());
		expect(await json("list", "job.failed")).toMatchObject({
			not_matched: [{ hook: "mail" }, { hook: "audit" }, {}, {}],
		});

		const items = text.slice(text.indexOf("of a webhook `method`")).split("\n- ");
		const rendered = await json("render", "job.failed");
		expect(rendered.not_matched).toContainEqual({ hook: "old-log", reason: "it is disabled" });
		const keys = (kind: string) => {
			const message = rendered.messages.find((shown: { readonly kind: string }) => shown.kind === kind);
			return Object.keys(message).toSorted();
		};
		expect(keys("webhook")).toEqual(["hook", "kind", ...names(items[0] ?? "")].toSorted());
		expect(keys("shell")).toEqual(["hook", "kind", ...names(items[1] ?? "")].toSorted());
	});

	test("filters as its table says", async () => {
		const render = async (context: object) => {
			const args = ["render", "entityUpdated", "--context", JSON.stringify(context)];
			const run = await runCommand(args, { workspace: workspace({ [FILE]: source }) });
			return run.stdout.includes("▸ catalog\n");
		};
		const changes = [{ field: "owners" }];
		expect(await render({ entity: { type: "dashboard" }, changes })).toBe(true);
		expect(await render({ entity: { type: "topic" }, changes })).toBe(false);
		const entity = { type: "topic", domain: { name: "Sales" }, tags: [{ tagFQN: "PII.Sensitive" }] };
		expect(await render({ entity })).toBe(true);
		expect(await render({ entity: { ...entity, tags: [] } })).toBe(false);
	});
});
