// What hooks get to know of an event, from GitHub's own payloads and environment.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import examples from "@octokit/webhooks-examples/api.github.com/index.json" with { type: "json" };
import { describe, expect, it, test } from "vitest";
import { runAction, workspace } from "../helpers/runner.ts";

const CONFIG = `[[hook.pipeline_start]]
command = "cat > context.json"
`;

/** Fires an event through one shell hook and gives what that reads. */
async function contextOf(
	env: Readonly<Record<string, string>>,
	payload: unknown,
	inputs: Readonly<Record<string, string>> = {},
): Promise<unknown> {
	const folder = workspace();
	// Outside the workspace, where also an event that strangers can trigger finds it.
	const config = join(workspace({ "hooks.toml": CONFIG }), "hooks.toml");
	const run = await runAction({
		inputs: { event: "pipeline_start", config, "allow-untrusted-shell": "true", ...inputs },
		workspace: folder,
		env,
		payload,
	});
	expect(run).toMatchObject({ code: 0, annotations: [] });
	const text = readFileSync(join(folder, "context.json"), "utf8");
	expect(text.endsWith("}\n"), "one line").toBe(true);
	return JSON.parse(text);
}

function example(event: string, fits: (payload: Record<string, unknown>) => boolean = () => true) {
	const found = examples.find(({ name }) => name === event)?.examples.find((each) => fits({ ...each }));
	if (found === undefined) throw new Error(`no example of ${event}`);
	return structuredClone(found);
}

test("the whole context, in its documented order, with its defaults", async () => {
	const before = Date.now();
	const context = await contextOf({ GITHUB_RUN_ATTEMPT: "3" }, example("push"));
	const { id, timestamp, ...rest } = Object(context);
	expect(id).toMatch(/^evt_[0-9a-f]{32}$/);
	expect(Date.parse(timestamp)).toBeGreaterThanOrEqual(before - 1000);
	expect(Date.parse(timestamp)).toBeLessThanOrEqual(Date.now());
	expect(timestamp).toMatch(/Z$/);
	expect(rest).toEqual({
		event: "pipeline_start",
		run_id: "42-3",
		pipeline: "nightly",
		status: "started",
		ci: {
			provider: "github",
			repository: "acme/warehouse",
			branch: "main",
			commit: "0123456789abcdef0123456789abcdef01234567",
			actor: "octocat",
			workflow: "nightly",
			job: "load",
			attempt: 3,
			run_url: "https://github.com/acme/warehouse/actions/runs/42/attempts/3",
		},
	});
	expect(Object.keys(Object(context))).toEqual(["id", "event", "run_id", "pipeline", "timestamp", "status", "ci"]);
});

test("every key that can be given, in the documented order whatever the order of giving", async () => {
	const given = {
		metadata: { b: 1, a: [true, null] },
		resource: { kind: "cluster" },
		data: { rows: 3 },
		project_id: "p-1",
		followers: ["eve"],
		owners: ["adam"],
		changes: [{ field: "tags", old: [], new: ["PII"] }],
		entity: { type: "table", name: "orders" },
		status: "warning",
		timestamp: "2026-04-02T16:30:00+02:00",
		id: "evt_mine",
		owner_count: undefined,
	};
	const context = await contextOf({}, undefined, {
		context: JSON.stringify(given),
		"run-id": "run_1",
		pipeline: "etl",
		model: "m",
		table: "t",
		error: "e",
		"duration-ms": "12.5",
		metadata: '{"a": 2, "c": {"deep": "x"}}',
	});
	expect(JSON.stringify(context, (key, value) => (key === "ci" ? value.job : value))).toBe(
		'{"id":"evt_mine","event":"pipeline_start","run_id":"run_1","pipeline":"etl","timestamp":"2026-04-02T14:30:00Z",' +
			'"status":"warning","model":"m","table":"t","error":"e","duration_ms":12.5,' +
			'"entity":{"type":"table","name":"orders"},"changes":[{"field":"tags","old":[],"new":["PII"]}],' +
			'"owners":["adam"],"followers":["eve"],"project_id":"p-1","data":{"rows":3},"resource":{"kind":"cluster"},' +
			'"metadata":{"b":1,"a":2,"c":{"deep":"x"}},"ci":"load"}',
	);
});

describe("GitHub's events", () => {
	it("pull_request: the head's branch and commit, not those of the merge", async () => {
		const payload = example("pull_request");
		const { pull_request } = Object(payload);
		const context = await contextOf(
			{
				GITHUB_EVENT_NAME: "pull_request",
				GITHUB_REF_NAME: "2/merge",
				GITHUB_HEAD_REF: pull_request.head.ref,
				GITHUB_SHA: "f".repeat(40),
			},
			payload,
		);
		expect(context).toMatchObject({ ci: { branch: pull_request.head.ref, commit: pull_request.head.sha } });
	});

	it("workflow_run: the run that ended, not the default branch", async () => {
		const payload = example("workflow_run");
		const { workflow_run } = Object(payload);
		const context = await contextOf({ GITHUB_EVENT_NAME: "workflow_run" }, payload);
		expect(context).toMatchObject({
			ci: { branch: workflow_run.head_branch, commit: workflow_run.head_sha },
		});
	});

	it("a tag is no branch", async () => {
		const context = await contextOf({ GITHUB_REF_TYPE: "tag", GITHUB_REF_NAME: "v1" }, example("push"));
		expect(context).toMatchObject({ ci: { tag: "v1" } });
		expect(Object(context).ci).not.toHaveProperty("branch");
	});

	it("a pull request without a payload counts as a fork's", async () => {
		const context = await contextOf(
			{ GITHUB_EVENT_NAME: "pull_request", GITHUB_EVENT_PATH: "/nowhere", GITHUB_HEAD_REF: "fix" },
			undefined,
		);
		expect(context).toMatchObject({ ci: { branch: "unknown:fix", fork: true } });
	});
});
