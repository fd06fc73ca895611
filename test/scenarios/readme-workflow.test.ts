// The README's workflow with the README's config, run by GitHub's own parser and expressions: who is told what, and when.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { workspace } from "../helpers/runner.ts";
import { startServer } from "../helpers/server.ts";
import { type Conclusion, runWorkflow, type WorkflowGiven } from "../helpers/workflow.ts";

vi.setConfig({ testTimeout: 30_000 });

const README = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
const block = (language: string) => new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "m").exec(README)?.[1] ?? "";
const WORKFLOW = block("yaml");
const CONFIG = block("toml");

/** Touches the file that tells where the run is, and stays there until it is cancelled. */
const WAIT = "touch here; sleep 30 & wait\n";

interface Way extends Partial<Pick<WorkflowGiven, "others">> {
	readonly freeze?: string;
	readonly load?: string;
	readonly config?: (text: string) => string;
	/** Cancels the job once something waits in {@link WAIT}. */
	readonly isCancelled?: boolean;
}

/** Runs the workflow one way: how its steps ended, and what each receiver was told. */
async function nightly({ freeze = "exit 0", load, config = (text) => text, others, isCancelled = false }: Way) {
	const server = await startServer((request, response) => {
		const said = request.url === "/slack" ? "ok" : JSON.stringify({ allow: request.url === "/gate" || undefined });
		response.writeHead(request.url === "/pagerduty" ? 202 : 200).end(said);
	});
	// The receivers of the README, on this machine.
	const local = CONFIG.replaceAll(/https:\/\/audit\.example\.com\/\S*(?=")/g, `${server.url}/audit`)
		.replaceAll(/https:\/\/approvals\.example\.com\/\S*(?=")/g, `${server.url}/gate`)
		.replaceAll(/^preset +=.*"pagerduty"$/gm, `$&\nurl = "${server.url}/pagerduty"`);
	const folder = workspace({
		".github/pipeline-hooks.toml": config(local),
		"scripts/freeze.sh": freeze,
		"load.sh": `#!/bin/bash\n${load ?? 'echo tables=20 >> "$GITHUB_OUTPUT"'}\n`,
	});
	const cancel = isCancelled
		? vi.waitFor(() => expect(existsSync(join(folder, "here"))).toBe(true), 10_000)
		: undefined;
	const steps = await runWorkflow({
		workflow: WORKFLOW.replace("run: ./load.sh", "run: bash load.sh"),
		workspace: folder,
		secrets: {
			SLACK_WEBHOOK_URL: `${server.url}/slack`,
			PAGERDUTY_ROUTING_KEY: "R0UT1NGKEY0000000000000000000000",
			WEBHOOK_SECRET: "s3cret-value",
		},
		...(others === undefined ? {} : { others }),
		...(cancel === undefined ? {} : { cancel }),
	});
	const messages = server.requests.filter(({ path }) => path !== "/gate");
	const told = messages.map(({ path, body }) => {
		const message = JSON.parse(body);
		switch (path) {
			case "/slack":
				return `slack: ${message.text}`;
			case "/pagerduty":
				return `pagerduty: ${message.event_action}`;
			default:
				return `audit: ${message.event}, ${JSON.stringify(message.metadata)}`;
		}
	});
	return { ends: steps.map(({ conclusion }) => conclusion), steps, told: told.sort() };
}

/** The checkout, the gate, the load, the failure told, the success told. */
const ends = (...conclusions: readonly Conclusion[]) => conclusions;

const FAILED = ["pagerduty: trigger", expect.stringContaining("slack: ")];

describe("the README's workflow", () => {
	test("that succeeds says so, and resolves what was paged", async () => {
		const { ends: ended, told } = await nightly({});
		expect(ended).toEqual(ends("success", "success", "success", "skipped", "success"));
		expect(told).toEqual(['audit: pipeline_complete, {"tables":"20"}', "pagerduty: resolve"]);
	});

	test("that a freeze stops pages nobody, and tells nobody of a failed load", async () => {
		const { ends: ended, told, steps } = await nightly({ freeze: "echo 'frozen until Monday' >&2; exit 1" });
		expect(ended).toEqual(ends("success", "failure", "skipped", "skipped", "skipped"));
		expect(told).toEqual([]);
		expect(steps[1]?.action?.annotations[0]?.message).toContain("frozen until Monday");
	});

	test("whose load fails pages, and never says complete", async () => {
		const { ends: ended, told } = await nightly({ load: "exit 3" });
		expect(ended).toEqual(ends("success", "success", "failure", "success", "skipped"));
		expect(told).toEqual(FAILED);
		expect(told[1]).toContain("the nightly load failed");
	});

	test("whose checkout fails pages as well", async () => {
		const { ends: ended, told } = await nightly({ others: "failure" });
		expect(ended).toEqual(ends("failure", "skipped", "skipped", "success", "skipped"));
		expect(told).toEqual(FAILED);
	});

	test("that is cancelled while it loads says neither", async () => {
		const { ends: ended, told } = await nightly({ load: WAIT, isCancelled: true });
		expect(ended).toEqual(ends("success", "success", "cancelled", "skipped", "skipped"));
		expect(told).toEqual([]);
	});

	test("that is cancelled while its gate is asked says neither, and loads nothing", async () => {
		const { ends: ended, told, steps } = await nightly({ freeze: WAIT, isCancelled: true });
		expect(ended).toEqual(ends("success", "cancelled", "skipped", "skipped", "skipped"));
		expect(told).toEqual([]);
		expect(steps[1]?.outputs["result"]).toBe("aborted");
	});

	test("whose config has a mistake stops at the gate, and says so", async () => {
		const { ends: ended, told, steps } = await nightly({ config: (text) => `${text}\n[[hook.pipeline_strat]]\n` });
		expect(ended).toEqual(ends("success", "failure", "skipped", "failure", "skipped"));
		expect(told).toEqual([]);
		expect(steps[1]?.outputs["result"]).toBe("error");
	});

	test("that cannot announce its success does not call the load failed", async () => {
		const { ends: ended, told } = await nightly({ load: "rm .github/pipeline-hooks.toml" });
		expect(ended).toEqual(ends("success", "success", "success", "skipped", "failure"));
		expect(told).toEqual([]);
	});
});

describe("the workflow of docs/from/rocky.md, after its dry run", () => {
	const page = readFileSync(join(import.meta.dirname, "../../docs/from/rocky.md"), "utf8");
	const [, indented = ""] = /^ {3}```yaml\n([\s\S]*?)^ {3}```/m.exec(page) ?? [];
	const workflow = indented.replaceAll(/^ {3}/gm, "").replaceAll(/^ +dry-run: true\n/gm, "");

	test.each([
		["is stopped by its gate", "exit 1", "true", ends("success", "failure", "skipped", "skipped", "skipped"), []],
		["fails", "true", "exit 1", ends("success", "success", "failure", "success", "skipped"), ["pipeline_error"]],
		["succeeds", "true", "true", ends("success", "success", "success", "skipped", "success"), ["pipeline_complete"]],
	])("when it %s", async (_, gate, command, ended, told) => {
		const server = await startServer({ status: 200 });
		const config = `
[[hook.pipeline_start]]
command = "${gate}"
on_failure = "abort"
[[subscription]]
events = ["pipeline_error", "pipeline_complete"]
url = "${server.url}"
`;
		const steps = await runWorkflow({
			workflow: workflow.replace("run: rocky run", `run: ${command}`),
			workspace: workspace({ "pipeline-hooks.toml": config }),
			secrets: {},
		});
		expect(steps.map(({ conclusion }) => conclusion)).toEqual(ended);
		expect(server.requests.map(({ body }) => JSON.parse(body).event)).toEqual(told);
	});
});
