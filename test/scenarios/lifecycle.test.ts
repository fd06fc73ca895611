// The step of a whole job: its manifest read and evaluated by GitHub's own code, its two processes run for real.
import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { readManifest } from "../helpers/manifest.ts";
import { blocks } from "../helpers/pages.ts";
import { repository, startApi } from "../helpers/repository.ts";
import { type ActionGiven, runAction, workspace } from "../helpers/runner.ts";
import { startServer } from "../helpers/server.ts";
import { runWorkflow, type WorkflowGiven } from "../helpers/workflow.ts";

vi.setConfig({ testTimeout: 30_000 });

const SECRET = "hunter2-hunter2";

/** Makes the file that tells where the job is, and stays there until it is cancelled: no other program, which would swallow a signal. */
const WAIT = "true > here; sleep 30 & wait";

interface Way extends Partial<Pick<WorkflowGiven, "matrix" | "others">> {
	readonly gate?: string;
	/** What the job does. */
	readonly load?: string;
	/** More inputs of the step. */
	readonly inputs?: Readonly<Record<string, string>>;
	/** More of the config; `URL` is the receiver's. */
	readonly more?: string;
	/** What the receiver is told of: by default all three events. */
	readonly events?: string;
	/** Cancels the job once something waits in {@link WAIT}. */
	readonly isCancelled?: boolean;
}

/** Runs a job that begins with the step: its steps, and what the receiver was sent. */
async function job({ gate = "true", load = "true", inputs = {}, more = "", events, ...way }: Way) {
	const server = await startServer({ status: 200 });
	const config = `[[hook.pipeline_start]]
name = "freeze"
command = "${gate}"
env = { TOKEN = "\${TOKEN}" }
on_failure = "abort"
[[subscription]]
name = "audit"
events = ${events ?? '["pipeline_start", "pipeline_error", "pipeline_complete"]'}
url = "${server.url}"
retry_delay_ms = 1
${more.replaceAll("URL", server.url)}`;
	const folder = workspace({ "pipeline-hooks.toml": config });
	const cancel = way.isCancelled
		? vi.waitFor(() => expect(existsSync(join(folder, "here"))).toBe(true), 10_000)
		: undefined;
	const given = Object.entries(inputs).map(([name, value]) => `          ${name}: ${value}\n`);
	const steps = await runWorkflow({
		workflow: `on: push
jobs:
  load:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        region: [eu, us]
    env:
      TOKEN: \${{ secrets.TOKEN }}
    steps:
      - uses: actions/checkout@v5
      - id: hooks
        uses: pipeline-hooks/pipeline-hooks/lifecycle@v0
        with:
          pipeline: nightly
${given.join("")}      - run: ${load}
      - if: steps.hooks.outputs.result == 'passed'
        run: true
`,
		workspace: folder,
		secrets: { TOKEN: SECRET },
		...(way.matrix === undefined ? {} : { matrix: way.matrix }),
		...(way.others === undefined ? {} : { others: way.others }),
		...(cancel === undefined ? {} : { cancel }),
	});
	const [, step] = steps;
	const told = server.requests.map(({ body }) => JSON.parse(body));
	const { action: main, post } = step ?? {};
	return { ends: steps.map(({ conclusion }) => conclusion), main, post, told, names: told.map(({ event }) => event) };
}

describe("a job that begins with the step", () => {
	it("that succeeds is started and complete, in one run, with the time in between", async () => {
		const { ends, told, main, post } = await job({ load: "sleep 0.3" });
		expect(ends).toEqual(["success", "success", "success", "success"]);
		const [start, end] = told;
		expect(start).toMatchObject({ event: "pipeline_start", status: "started" });
		expect(start).not.toHaveProperty("duration_ms");
		expect(end).toMatchObject({ event: "pipeline_complete", status: "success", run_id: start.run_id });
		expect(end).not.toHaveProperty("error");
		expect(end.duration_ms).toBeGreaterThanOrEqual(300);
		expect(end.duration_ms).toBeLessThan(20_000);
		expect(end.id).not.toBe(start.id);
		expect(main?.outputs).toMatchObject({ result: "passed", "event-id": start.id });
		expect(post).toMatchObject({ code: 0, annotations: [], outputs: { result: "passed", "event-id": end.id } });
		expect(main?.summary).toContain("nightly started on main · `pipeline_start`");
		expect(post?.summary).toContain("nightly succeeded on main · `pipeline_complete`");
	});

	it("that fails says so, and which job it was", async () => {
		const { ends, told, post } = await job({ load: "exit 3" });
		expect(ends).toEqual(["success", "success", "failure", "skipped"]);
		expect(told[1]).toMatchObject({ event: "pipeline_error", status: "failure", error: "job load failed" });
		expect(told[1].run_id).toBe(told[0].run_id);
		expect(told[1].duration_ms).toBeGreaterThan(0);
		expect(post?.code).toBe(0);
	});

	it("that fails says what its steps have found out by then, and success says it never", async () => {
		const inputs = { error: "${{ env.WHY }}", metadata: '\'{"rows": "${{ env.ROWS }}"}\'' };
		const found = 'echo WHY=no disk >> "$GITHUB_ENV"; echo ROWS=20 >> "$GITHUB_ENV"';
		const failed = await job({ inputs, load: `${found}; exit 1` });
		expect(failed.told[0].metadata).toEqual({ rows: "" });
		expect(failed.told[1]).toMatchObject({ event: "pipeline_error", error: "no disk", metadata: { rows: "20" } });
		const complete = await job({ inputs, load: found });
		expect(complete.told[1]).toMatchObject({ event: "pipeline_complete", metadata: { rows: "20" } });
		expect(complete.told[1]).not.toHaveProperty("error");
	});

	it("keeps the run id that it began with", async () => {
		const { told } = await job({
			inputs: { "run-id": "${{ env.ID || 'begun' }}" },
			load: 'echo ID=ended >> "$GITHUB_ENV"',
		});
		expect(told.map(({ run_id }) => run_id)).toEqual(["begun", "begun"]);
	});

	it("that is cancelled is cancelled, not failed", async () => {
		const { ends, told, post } = await job({ load: WAIT, isCancelled: true });
		expect(ends).toEqual(["success", "success", "cancelled", "skipped"]);
		expect(told[1]).toMatchObject({ event: "pipeline_error", status: "cancelled", error: "job load was cancelled" });
		expect(post?.code).toBe(0);
	});

	it("whose checkout fails before the step tells nobody of anything", async () => {
		const { ends, told, post } = await job({ others: "failure" });
		expect(ends).toEqual(["failure", "skipped", "skipped", "skipped"]);
		expect([told, post]).toEqual([[], undefined]);
	});

	it("has two pairs of events in a matrix of two, told apart by its values", async () => {
		const [eu, us] = await Promise.all([
			job({ matrix: { region: "eu" } }),
			job({ matrix: { region: "us" }, load: "exit 1" }),
		]);
		const facts = [...eu.told, ...us.told].map(({ event, ci }) => [event, ci.job, ci.matrix.region]);
		expect(facts).toEqual([
			["pipeline_start", "load", "eu"],
			["pipeline_complete", "load", "eu"],
			["pipeline_start", "load", "us"],
			["pipeline_error", "load", "us"],
		]);
	});
});

describe("a gate that denies", () => {
	const gate = "echo frozen until Monday, says $TOKEN >&2; exit 1";

	it("fails the job, and its end is not an error", async () => {
		const { ends, names, main, post } = await job({ gate });
		expect(ends).toEqual(["success", "failure", "skipped", "skipped"]);
		expect(names).toEqual([]);
		expect(main?.outputs["result"]).toBe("aborted");
		expect(post).toMatchObject({ code: 0, annotations: [], summary: "" });
		expect(post?.log).toContain("pipeline_error is not fired, since a gate did not allow pipeline_start");
	});

	it("is the error where that is to be announced, without the secrets that it printed", async () => {
		const { told, main, post } = await job({ gate, inputs: { "announce-denied": "true" } });
		expect(told).toHaveLength(1);
		const error = "gate freeze denied: frozen until Monday, says *** (exit code 1)";
		expect(told[0]).toMatchObject({ event: "pipeline_error", status: "failure", error });
		expect(JSON.parse(main?.state["begun"] ?? "")).toMatchObject({ start: "denied", reason: error });
		expect(JSON.stringify(main?.state)).not.toContain(SECRET);
		expect(post?.code).toBe(0);
	});

	it("that was cancelled while it was asked has not let the job begin", async () => {
		const { ends, names } = await job({ gate: WAIT, isCancelled: true });
		expect(ends).toEqual(["success", "cancelled", "skipped", "skipped"]);
		expect(names).toEqual([]);
	});

	it("at the end fails the job that was good", async () => {
		const more = '[[hook.pipeline_complete]]\nname = "audited"\ncommand = "exit 1"\non_failure = "abort"\n';
		const { names, post } = await job({ more });
		expect(names).toEqual(["pipeline_start"]);
		expect(post).toMatchObject({ code: 1, outputs: { result: "aborted" } });
	});
});

describe("events that are held for a batch", () => {
	const batch = '[[subscription]]\nname = "held"\nevents = ["*"]\nurl = "URL"\nbatch_size = 50\n';
	const way = { events: '["ping"]', more: batch };
	const sent = (told: readonly { readonly events: readonly { readonly event: string }[] }[]) =>
		told.map(({ events }) => events.map(({ event }) => event));

	it("are sent with the end of the job", async () => {
		const { told } = await job(way);
		expect(sent(told)).toEqual([["pipeline_start", "pipeline_complete"]]);
	});

	it("are sent where a gate denies the end of the job, too", async () => {
		const gate = '[[hook.pipeline_complete]]\ncommand = "exit 1"\non_failure = "abort"\n';
		const { told, post } = await job({ ...way, more: `${batch}${gate}` });
		expect(post).toMatchObject({ code: 1, outputs: { result: "aborted" } });
		expect(sent(told)).toEqual([["pipeline_start"]]);
	});

	it("are sent at the end of a job that a gate has stopped, too", async () => {
		// An earlier step of the job has held one.
		const server = await startServer({ status: 200 });
		const config = `${batch.replace("URL", server.url)}[[hook.pipeline_start]]\ncommand = "exit 1"\non_failure = "abort"\n`;
		const folder = workspace({ "pipeline-hooks.toml": config });
		const workflow = `on: push
jobs:
  load:
    runs-on: ubuntu-latest
    steps:
      - uses: pipeline-hooks/pipeline-hooks@v0
        with:
          event: check_result
      - uses: pipeline-hooks/pipeline-hooks/lifecycle@v0
`;
		const [, step] = await runWorkflow({ workflow, workspace: folder, secrets: {} });
		expect(sent(server.requests.map(({ body }) => JSON.parse(body)))).toEqual([["check_result"]]);
		expect(step?.post?.summary).toContain("Held batches: 1 delivered");
	});
});

describe("a step that was killed half way", () => {
	it("has begun a job that failed", async () => {
		const { ends, told, main, post } = await job({ gate: "kill -9 $(cut -d ' ' -f 4 /proc/$PPID/stat)" });
		expect(ends).toEqual(["success", "failure", "skipped", "skipped"]);
		expect(Object.keys(JSON.parse(main?.state["begun"] ?? ""))).toEqual(["started"]);
		expect(told).toMatchObject([{ event: "pipeline_error", error: "job load failed", run_id: "42-1" }]);
		expect(told[0].duration_ms).toBeGreaterThan(0);
		expect(post?.code).toBe(0);
	});
});

describe("the end of a job without what its beginning has left", () => {
	const { inputs, post } = readManifest("lifecycle/action.yml");
	const defaults = Object.fromEntries(inputs.map(({ id }) => [id, ""]));

	async function end(status: string, more: Partial<ActionGiven> & { readonly config?: string } = {}) {
		const server = await startServer({ status: 200 });
		const config = more.config ?? `[[subscription]]\nevents = ["*"]\nurl = "${server.url}"\n`;
		const run = await runAction({
			workspace: workspace({ "pipeline-hooks.toml": config }),
			script: post ?? "",
			...more,
			inputs: { ...defaults, "job-status": status, ...more.inputs },
		});
		return { ...run, told: server.requests.map(({ body }) => JSON.parse(body)) };
	}

	it.each([
		["failure", "job load failed"],
		["cancelled", "job load was cancelled"],
	])("says that it is %s, without a duration", async (status, error) => {
		const { code, told } = await end(status);
		expect(code).toBe(0);
		expect(told).toMatchObject([{ event: "pipeline_error", status, error }]);
		expect(told[0]).not.toHaveProperty("duration_ms");
	});

	it.each([
		["nothing", {}],
		["something else", { begun: "{" }],
		["a start that did not end", { begun: '{"started": 1000}' }],
	])("never says that it is complete: after %s it warns", async (_, state) => {
		const { code, told, annotations, summary } = await end("success", { state });
		expect([code, told, summary]).toEqual([0, [], ""]);
		expect(annotations).toEqual([expect.objectContaining({ kind: "warning" })]);
		expect(annotations[0]?.message).toContain("pipeline_complete is not fired");
	});

	it("fires and flushes nothing in a dry run", async () => {
		const { code, told, outputs } = await end("success", { inputs: { "dry-run": "true" } });
		expect([code, told, outputs]).toEqual([0, [], {}]);
	});

	it("refuses a status that is none, and the job stays good", async () => {
		const { code, told, annotations } = await end("", { state: { begun: '{"started":1,"start":"passed"}' } });
		expect([code, told]).toEqual([0, []]);
		expect(annotations[0]?.message).toContain("is not one of success, failure, cancelled");
	});

	it("does not fail a job that was good because its config is broken by then", async () => {
		const state = { begun: '{"started":1,"start":"passed"}' };
		const { code, annotations, outputs } = await end("success", { state, config: "[hook" });
		expect([code, outputs["result"]]).toEqual([0, "error"]);
		expect(annotations[0]?.kind).toBe("error");
	});

	it("ends in time when a signal comes all the same", async () => {
		const server = await startServer(() => {});
		const { code, took } = await slow(server.url, () => server.requests.length > 0);
		expect(code).toBe(1);
		expect(took).toBeLessThan(7000);
	});

	async function slow(url: string, isUnderWay: () => boolean) {
		let since = 0;
		const cancel = vi
			.waitFor(() => expect(isUnderWay()).toBe(true), 10_000)
			.then(() => {
				since = performance.now();
			});
		const config = `[[subscription]]\nevents = ["*"]\nurl = "${url}"\n`;
		const { code } = await end("failure", { config, cancel });
		return { code, took: performance.now() - since };
	}
});

describe("the workflow of docs/lifecycle.md", () => {
	const [whole = "", steps = ""] = blocks("docs/lifecycle.md", "yaml");
	const [head = ""] = whole.split(/^ +- uses: pipeline-hooks/m);

	async function told(workflow: string, load: string, checks: string) {
		const server = await startServer((_, response) => response.end("ok"));
		const folder = workspace({
			"pipeline-hooks.toml": `[[subscription]]\nevents = ["pipeline_*"]\nurl = "${server.url}"\n`,
			"load.sh": `#!/bin/sh\n${load}\n`,
			"checks.sh": `#!/bin/sh\n${checks}\n`,
		});
		for (const name of ["load.sh", "checks.sh"]) chmodSync(join(folder, name), 0o755);
		await runWorkflow({ workflow, workspace: folder, secrets: { SLACK_WEBHOOK_URL: "" } });
		const events = server.requests.map(({ body }) => JSON.parse(body));
		return events.map(({ event, error, metadata }) => ({ event, error, metadata }));
	}

	it("says how the load went", async () => {
		expect(await told(whole, "exit 1", "")).toEqual([
			{ event: "pipeline_start" },
			{ event: "pipeline_error", error: "job load failed" },
		]);
	});

	it.each([
		["exit 1", "true", { event: "pipeline_error", error: "the load failed", metadata: { tables: "" } }],
		["true", "exit 1", { event: "pipeline_error", error: "the checks failed", metadata: { tables: "20" } }],
		["true", "true", { event: "pipeline_complete", metadata: { tables: "20" } }],
	])("says what its steps have found out: after %s and %s", async (load, checks, end) => {
		expect(await told(head + steps, load, checks)).toEqual([
			{ event: "pipeline_start", metadata: { tables: "" } },
			end,
		]);
	});
});

describe("a config that a job changes on its way", () => {
	const webhook = (url: string) => `[hook.webhooks.pipeline_complete]\nurl = "${url}"\n`;

	it("counts as it is at the end, where the run is trusted", async () => {
		const { names, told } = await job({
			load: `sed -i 's/"pipeline_complete"/"ping"/' pipeline-hooks.toml`,
			more: webhook("URL"),
		});
		expect(names).toEqual(["pipeline_start", "pipeline_complete"]);
		expect(told).toHaveLength(2);
	});

	it("is that of the base commit at the end too, where a stranger may have written the workspace", async () => {
		const server = await startServer({ status: 200 });
		const tree = { "pipeline-hooks.toml": webhook(`${server.url}/base`) };
		const repo = repository();
		const base = repo.commit(tree);
		const api = await startApi(base, tree);
		repo.commit({ "pipeline-hooks.toml": webhook(`${server.url}/stranger`) });
		const run = await runAction({
			workspace: repo.folder,
			script: readManifest("lifecycle/action.yml").post ?? "",
			inputs: { "job-status": "success", "github-token": "ghs_token-of-the-run" },
			state: { begun: '{"started":1,"start":"passed"}' },
			env: { GITHUB_EVENT_NAME: "pull_request_target", GITHUB_SHA: base, GITHUB_API_URL: api.url },
		});
		expect(run).toMatchObject({ code: 0, outputs: { result: "passed" } });
		expect(server.requests.map(({ path }) => path)).toEqual(["/base"]);
	});
});

describe("the beginning of a job", () => {
	it("refuses what it finds out itself, before anything is run, and so does its end", async () => {
		const { ends, names, main, post } = await job({ inputs: { context: '\'{"status": "failure"}\'' } });
		expect(ends[1]).toBe("failure");
		expect(names).toEqual([]);
		expect(main?.annotations[0]?.message).toContain('"status" cannot be set');
		expect(post).toMatchObject({ code: 0, outputs: { result: "error" } });
	});

	it("shows in a dry run what would be sent, and so does its end", async () => {
		const { names, main, post } = await job({ inputs: { "dry-run": "true" } });
		expect(names).toEqual([]);
		expect(main?.log).toMatch(/"event": ?"pipeline_start"/);
		expect(post?.log).toMatch(/"event": ?"pipeline_complete"/);
	});

	it("goes on with a warning where its state cannot be saved", async () => {
		const server = await startServer({ status: 200 });
		const { main } = readManifest("lifecycle/action.yml");
		const folder = workspace({
			"pipeline-hooks.toml": `[hook.webhooks.pipeline_start]\nurl = "${server.url}"\n`,
		});
		const run = await runAction({
			workspace: folder,
			script: main,
			inputs: { "job-status": "success" },
			env: { GITHUB_STATE: join(folder, "gone") },
		});
		expect(run).toMatchObject({ code: 0, outputs: { result: "passed" } });
		expect(run.annotations.map(({ message }) => message)).toEqual([
			expect.stringContaining("the state could not be written"),
		]);
	});
});
