// The README's workflow with the README's config, run by GitHub's own parser and expressions: who is told what, and when.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { blocks } from "../helpers/pages.ts";
import { workspace } from "../helpers/runner.ts";
import { startServer } from "../helpers/server.ts";
import { type Conclusion, runWorkflow, type WorkflowGiven } from "../helpers/workflow.ts";

vi.setConfig({ testTimeout: 30_000 });

const [WORKFLOW = ""] = blocks("README.md", "yaml");
const [CONFIG = ""] = blocks("README.md", "toml");

/** Makes the file that tells where the run is, and stays there until it is cancelled: no other program, which would swallow a signal. */
const WAIT = "true > here; sleep 30 & wait\n";

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
		response.end(request.url === "/slack" ? "ok" : "");
	});
	// The receivers of the README, on this machine.
	const local = CONFIG.replaceAll(/https:\/\/audit\.example\.com\/\S*(?=")/g, `${server.url}/audit`);
	const folder = workspace({
		".github/pipeline-hooks.toml": config(local),
		"scripts/freeze.sh": freeze,
		"load.sh": `#!/bin/bash\n${load ?? 'echo TABLES=20 >> "$GITHUB_ENV"'}\n`,
	});
	const cancel = isCancelled
		? vi.waitFor(() => expect(existsSync(join(folder, "here"))).toBe(true), 10_000)
		: undefined;
	const steps = await runWorkflow({
		workflow: WORKFLOW.replace("run: ./load.sh", "run: bash load.sh"),
		workspace: folder,
		secrets: {
			SLACK_WEBHOOK_URL: `${server.url}/slack`,
			WEBHOOK_SECRET: "s3cret-value",
		},
		...(others === undefined ? {} : { others }),
		...(cancel === undefined ? {} : { cancel }),
	});
	const told = server.requests.map(({ path, body }) => {
		const { text, event, metadata = {} } = JSON.parse(body);
		return path === "/slack" ? `slack: ${text}` : `audit: ${event}, ${JSON.stringify(metadata)}`;
	});
	return { ends: steps.map(({ conclusion }) => conclusion), steps, told: told.sort() };
}

/** The checkout, the step of the job, the load. */
const ends = (...conclusions: readonly Conclusion[]) => conclusions;

const FAILED = ['audit: pipeline_error, {"tables":""}', expect.stringMatching(/^slack: .*the nightly load failed$/)];

describe("the README's workflow", () => {
	test("that succeeds says so", async () => {
		const { ends: ended, told } = await nightly({});
		expect(ended).toEqual(ends("success", "success", "success"));
		expect(told).toEqual(['audit: pipeline_complete, {"tables":"20"}']);
	});

	test("that a freeze stops pages nobody, and tells nobody of a failed load", async () => {
		const { ends: ended, told, steps } = await nightly({ freeze: "echo 'frozen until Monday' >&2; exit 1" });
		expect(ended).toEqual(ends("success", "failure", "skipped"));
		expect(told).toEqual([]);
		expect(steps[1]?.action?.annotations[0]?.message).toContain("frozen until Monday");
	});

	test("whose load fails says so, and never says complete", async () => {
		const { ends: ended, told } = await nightly({ load: "exit 3" });
		expect(ended).toEqual(ends("success", "success", "failure"));
		expect(told).toEqual(FAILED);
	});

	test("whose checkout fails says nothing", async () => {
		const { ends: ended, told } = await nightly({ others: "failure" });
		expect(ended).toEqual(ends("failure", "skipped", "skipped"));
		expect(told).toEqual([]);
	});

	test("that is cancelled while it loads says that, and not that it failed", async () => {
		const { ends: ended, told, steps } = await nightly({ load: WAIT, isCancelled: true });
		expect(ended).toEqual(ends("success", "success", "cancelled"));
		expect(told).toHaveLength(2);
		expect(steps[1]?.post?.code).toBe(0);
	});

	test("that is cancelled while its gate is asked says neither, and loads nothing", async () => {
		const { ends: ended, told, steps } = await nightly({ freeze: WAIT, isCancelled: true });
		expect(ended).toEqual(ends("success", "cancelled", "skipped"));
		expect(told).toEqual([]);
		expect(steps[1]?.outputs["result"]).toBe("aborted");
	});

	test("whose config has a mistake stops at the gate, and says so", async () => {
		const { ends: ended, told, steps } = await nightly({ config: (text) => `${text}\n[[hook.pipeline_strat]]\n` });
		expect(ended).toEqual(ends("success", "failure", "skipped"));
		expect(told).toEqual([]);
		expect(steps[1]?.outputs["result"]).toBe("error");
	});

	test("that cannot announce its success does not call the load failed, nor fails", async () => {
		const { ends: ended, told, steps } = await nightly({ load: "rm .github/pipeline-hooks.toml" });
		expect(ended).toEqual(ends("success", "success", "success"));
		expect(told).toEqual([]);
		expect(steps[1]?.post).toMatchObject({ code: 0, outputs: { result: "error" } });
	});
});

describe("the README's further steps", () => {
	const steps = blocks("README.md", "yaml").filter((block) => block.startsWith("      -"));

	/** Fires events in a workflow with this step at its end, and gives what the receiver was told and the script was given. */
	async function endingWith(step: string, load: string) {
		const server = await startServer((request, response) =>
			response.writeHead(request.url === "/gone" ? 404 : 200).end(),
		);
		const folder = workspace({
			"pipeline-hooks.toml": `[hook.webhooks.pipeline_start]
url = "${server.url}/gone"
[hook.webhooks.after_checks]
url = "${server.url}/checks"
`,
			"tell-someone.sh": 'printf %s "$1" > told',
		});
		const workflow = `on: push
jobs:
  job:
    runs-on: ubuntu-latest
    steps:
      - id: gate
        uses: pipeline-hooks/pipeline-hooks@v0
        with:
          event: pipeline_start
      - run: ${load}
${step.replace("./tell-someone.sh", "bash tell-someone.sh")}`;
		const ran = await runWorkflow({ workflow, workspace: folder, secrets: {} });
		expect(ran).toHaveLength(3);
		const checks = server.requests.filter(({ path }) => path === "/checks").map(({ body }) => JSON.parse(body));
		return { checks, told: () => readFileSync(join(folder, "told"), "utf8") };
	}

	test("are two", () => expect(steps).toHaveLength(2));

	test.each([
		["true", "success"],
		["exit 1", "failure"],
	])("give the event the job's status: after %s it is %s", async (load, status) => {
		const { checks } = await endingWith(steps[0] ?? "", load);
		expect(checks).toEqual([expect.objectContaining({ event: "after_checks", status })]);
	});

	test("read the reason of the first failure from the outputs", async () => {
		const { told } = await endingWith(steps[1] ?? "", "true");
		expect(told()).toBe("404 Not Found");
	});
});

describe("the workflow of docs/from/rocky.md, after its dry run", () => {
	const [shown = ""] = blocks("docs/from/rocky.md", "yaml");
	const workflow = shown.replaceAll(/^ +dry-run: true\n/gm, "");

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
