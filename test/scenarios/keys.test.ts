// Alerts and what ends them, through the built action against a receiver that keeps alerts as PagerDuty does.
import { describe, expect, it } from "vitest";
import { isJsonObject, parseJson } from "../../src/lib/json.ts";
import { type ActionGiven, runAction, runCommand, workspace } from "../helpers/runner.ts";
import { startServer } from "../helpers/server.ts";

const KEY = "0123456789abcdef0123456789abcdef";
const repo = (owner: string) => ({ full_name: `${owner}/warehouse`, owner: { login: owner } });

/** What differs of a run of our main, of which each is another thing. */
const RUNS: Readonly<Record<string, Partial<ActionGiven> & { readonly matrix?: string; readonly pipeline?: string }>> =
	{
		"the run itself": {},
		"another leg of the matrix": { matrix: '{"region": "us"}' },
		"another job": { env: { GITHUB_JOB: "publish" } },
		"another workflow": { env: { GITHUB_WORKFLOW: "hourly" } },
		"another pipeline of the job": { pipeline: "export" },
		"another branch": { env: { GITHUB_REF_NAME: "dev" } },
		"a tag of the branch's name": { env: { GITHUB_REF_TYPE: "tag" } },
		"a merge queue of the branch": {
			env: { GITHUB_EVENT_NAME: "merge_group", GITHUB_REF_NAME: "gh-readonly-queue/main/pr-7-0123456" },
		},
		"a fork's branch of the same name": {
			env: { GITHUB_EVENT_NAME: "pull_request", GITHUB_HEAD_REF: "main" },
			payload: {
				pull_request: { number: 7, head: { ref: "main", repo: repo("stranger") }, base: { repo: repo("acme") } },
			},
		},
	};

/** What fails, what ends it, and what it is about: each differs from another in one thing. */
const SUBJECTS: readonly (readonly [failed: string, ended: string, of: object])[] = [
	["check_result", "check_result", { table: "orders", metadata: { check: "not_null" } }],
	["check_result", "check_result", { table: "orders", metadata: { check: "unique" } }],
	["check_result", "check_result", { table: "customers", metadata: { check: "unique" } }],
	["materialize_error", "after_materialize", { table: "orders" }],
	["materialize_error", "after_materialize", { table: "customers" }],
	["model_error", "after_model_run", { model: "orders" }],
	["job.failed", "job.completed", { resource: { id: 7 } }],
	["job.failed", "job.completed", { resource: { id: 8 } }],
	["cluster.error", "cluster.available", { entity: { type: "cluster", id: "orders" } }],
	["cluster.error", "cluster.available", { entity: { type: "cluster", name: "orders" } }],
];

/** A receiver of alerts, and what it has open. */
async function startReceiver(more = "", files: Readonly<Record<string, readonly object[]>> = {}) {
	const open = new Set<string>();
	const server = await startServer({ status: 202, body: '{"status": "success"}' });
	const config = [
		'[defaults]\nconcurrency = 1\n[[subscription]]\nname = "pager"\nevents = ["*"]\npreset = "pagerduty"',
		`url = "${server.url}/v2/enqueue"\nrouting_key = "${KEY}"\n${more}`,
	].join("\n");
	const lines = Object.entries(files).map(([name, events]) => [
		name,
		events.map((event) => JSON.stringify(event)).join("\n"),
	]);
	const folder = workspace({ "pipeline-hooks.toml": config, ...Object.fromEntries(lines) });
	let read = 0;
	/** The keys that were opened and closed since the last call. */
	const news = () => {
		const opened: string[] = [];
		const closed: string[] = [];
		for (const { body } of server.requests.slice(read)) {
			const sent = parseJson(body);
			if (!isJsonObject(sent)) throw new Error(body);
			const key = String(sent["dedup_key"]);
			if (sent["event_action"] === "trigger" && !open.has(key)) opened.push(key);
			if (sent["event_action"] === "resolve" && open.has(key)) closed.push(key);
			if (sent["event_action"] === "trigger") open.add(key);
			if (sent["event_action"] === "resolve") open.delete(key);
		}
		read = server.requests.length;
		return { opened, closed };
	};
	const fire = async (inputs: Readonly<Record<string, string>>, given: Partial<ActionGiven> = {}) => {
		const run = await runAction({ workspace: folder, ...given, inputs: { matrix: "null", ...inputs } });
		expect(run).toMatchObject({ code: 0, stderr: "", annotations: [] });
		return { run, ...news() };
	};
	return { server, open, folder, fire };
}

describe("an alert", () => {
	it("is ended by the success of the same run's kind, and by none that only looks like it", {
		timeout: 60_000,
	}, async () => {
		const { open, fire } = await startReceiver();
		const of = (event: string, name: string) => {
			const { matrix = '{"region": "eu"}', pipeline = "", ...given } = RUNS[name] ?? {};
			return fire({ event, matrix, pipeline, ...(event === "pipeline_error" ? { error: "no disk" } : {}) }, given);
		};
		const keys = new Map<string, string>();
		for (const name of Object.keys(RUNS)) {
			const { opened } = await of("pipeline_error", name);
			expect(opened, name).toHaveLength(1);
			keys.set(name, opened[0] ?? "");
		}
		for (const name of Object.keys(RUNS)) {
			const { closed } = await of("pipeline_complete", name);
			expect(closed, name).toEqual([keys.get(name)]);
		}
		expect(open.size).toBe(0);
	});

	it("is ended by the success of the same subject, and a drift by nothing", async () => {
		const columns = ["a", "b", "a"].map((column) => ({
			event: "drift_detected",
			table: "orders",
			metadata: { column },
		}));
		const failures = SUBJECTS.map(([event, , of]) => ({ event, error: "broken", ...of }));
		const { open, fire } = await startReceiver("", {
			"failures.jsonl": [...failures, ...columns],
			"good.jsonl": SUBJECTS.map(([, event, of]) => ({ event, ...of })),
		});
		const { opened } = await fire({ "events-file": "failures.jsonl" });
		expect(opened).toHaveLength(SUBJECTS.length + 2);
		// One after the other, each its own.
		const { closed } = await fire({ "events-file": "good.jsonl" });
		expect(closed).toEqual(opened.slice(0, SUBJECTS.length));
		expect([...open]).toEqual(opened.slice(SUBJECTS.length));
	});

	it("is not opened by what begins, informs or was cancelled, and the log says so", async () => {
		const { server, folder, fire } = await startReceiver();
		for (const [event, status] of [
			["pipeline_start", "started"],
			["commit", "info"],
			["job.stopped", "cancelled"],
		] as const) {
			const { run } = await fire({ event });
			expect(run.log).toContain(`skipped: nothing to send: PagerDuty opens no alert for the status ${status}`);
			expect(run.outputs).toMatchObject({ result: "skipped", skipped: "1", delivered: "0" });
		}
		expect(server.requests).toEqual([]);
		const checked = await runCommand(["validate"], { workspace: folder });
		expect(checked).toMatchObject({ code: 0, stderr: "" });
		expect(checked.stdout).toMatch(/^note: pager sends nothing for pipeline_start, .*, which pages nobody$/m);
		const { stdout } = await runCommand(["validate", "--json"], { workspace: folder });
		expect(JSON.parse(stdout).unsent).toMatchObject([{ hook: "pager", events: expect.arrayContaining(["commit"]) }]);
		const shown = await runCommand(["fire", "pipeline_start", "--dry-run"], { workspace: folder });
		expect(shown.stdout).toContain("would be skipped: nothing to send");
	});

	it("is a change event instead, where those are wanted", async () => {
		const { server, fire } = await startReceiver("change_events = true\n");
		await fire({ event: "pipeline_start" });
		await fire({ event: "pipeline_error", error: "no disk" });
		expect(server.requests.map(({ path }) => path)).toEqual(["/v2/change/enqueue", "/v2/enqueue"]);
		expect(parseJson(server.requests[0]?.body ?? "")).toMatchObject({
			payload: { summary: "nightly started on main" },
		});
	});

	it("is tied to what a template says", async () => {
		const { fire } = await startReceiver('dedup_key = "{{pipeline}}/{{table}}"\n');
		expect((await fire({ event: "drift_detected", table: "orders" })).opened).toEqual(["nightly/orders"]);
		expect((await fire({ event: "after_materialize", table: "customers" })).closed).toEqual([]);
		expect((await fire({ event: "after_materialize", table: "orders" })).closed).toEqual(["nightly/orders"]);
	});
});
