// What hooks get to know of an event, from GitHub's own payloads and environment.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
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

test("the whole context, in its documented order, with its defaults", async () => {
	const before = Date.now();
	const context = await contextOf({ GITHUB_RUN_ATTEMPT: "3" }, undefined);
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
			trigger: "push",
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
