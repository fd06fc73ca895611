// The configs of this domain's own documentation, used as they are written there.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { verify } from "@octokit/webhooks-methods";
import { expect, test } from "vitest";
import { normalise, runAction, runCommand, workspace } from "../helpers/runner.ts";
import { fire } from "../helpers/send.ts";
import { startServer } from "../helpers/server.ts";

const DOCUMENTED = `[[hook.pipeline_complete]]
command = "bash scripts/slack-notify.sh"
timeout_ms = 5000
on_failure = "warn"

[hook.webhooks.pipeline_error]
url = "\${SLACK_WEBHOOK_URL}"
preset = "slack"
secret = "\${WEBHOOK_SECRET}"
body_template = """{ "text": "Pipeline {{event}}: {{metadata.tables_copied}} tables copied in {{duration_ms}}ms{{#if error}}: {{error}}{{/if}}" }"""
`;

const SCRIPT = "cat > received.json\necho told the channel\n";

test("a shell hook gets the context of a finished pipeline", async () => {
	const folder = workspace({ "rocky.toml": DOCUMENTED, "scripts/slack-notify.sh": SCRIPT });
	const run = await runAction({
		inputs: { event: "pipeline_complete", "duration-ms": "45200", metadata: '{"tables_copied": 20}' },
		workspace: folder,
	});
	expect(run).toMatchObject({ code: 0, annotations: [], outputs: { result: "passed" } });
	expect(normalise(run.log)).toBe(
		[
			"::group::pipeline_complete-shell-1: bash scripts/slack-notify.sh",
			"told the channel",
			"::endgroup::",
			"✓ pipeline_complete-shell-1 · TIME",
			"pipeline_complete: passed · 1 delivered, 0 failed, 0 skipped",
			"",
		].join("\n"),
	);
	expect(JSON.parse(readFileSync(join(folder, "received.json"), "utf8"))).toMatchObject({
		event: "pipeline_complete",
		run_id: "42-1",
		pipeline: "nightly",
		status: "success",
		duration_ms: 45200,
		metadata: { tables_copied: 20 },
	});
});

test.each([
	["with an error", { error: 'disk "A" full' }, ': disk \\"A\\" full'],
	["without an error", {}, ""],
])("the webhook's text %s", async (_, inputs, end) => {
	const slack = await startServer({ status: 200, body: "ok" });
	const url = `${slack.url}/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX`;
	const run = await fire(DOCUMENTED, {
		event: "pipeline_error",
		inputs: { "duration-ms": "45200", metadata: "tables_copied=20", ...inputs },
		env: { SLACK_WEBHOOK_URL: `${url}\n`, WEBHOOK_SECRET: "whispered" },
	});
	expect(run).toMatchObject({ code: 0, annotations: [], outputs: { result: "passed" } });
	const [request] = slack.requests;
	expect(request?.body).toBe(`{"text":"Pipeline pipeline_error: 20 tables copied in 45200ms${end}"}`);
	expect(request?.path).toBe(new URL(url).pathname);
	expect(await verify("whispered", request?.body ?? "", request?.headers["x-rocky-signature"] ?? "")).toBe(true);
	expect(normalise(run.log)).toBe(
		"✓ pipeline_error-webhook-1 → http://127.0.0.1:PORT/… · 200 · TIME\n" +
			"pipeline_error: passed · 1 delivered, 0 failed, 0 skipped\n",
	);
});

const ROCKY = (url: string) => `[project]
name = "warehouse"
hook_timeout = 3

[pipeline.bronze]
strategy = "full_refresh"
on_pipeline_start = "not a hook"

[adapter.databricks]
token = "dapi0123456789"

[hook]
[[hook.on_pipeline_start]]
command = "echo starting"
on_failure = "abort"

[[hook.pipeline_start]]
command = "echo also"
async = true

[hook.webhooks.on_pipeline_error]
url = "${url}/enqueue"
preset = "PagerDuty"
async = true

[[hook.on_table_teleported]]
command = "exit 1"
`;

test("a rocky.toml with hooks of Rocky's spelling works as it is", async () => {
	const server = await startServer({ status: 202, body: "{}" });
	const folder = workspace({ "rocky.toml": ROCKY(server.url) });
	const unknown = {
		kind: "warning",
		properties: expect.objectContaining({ title: "Config", file: "rocky.toml", line: "26" }),
		message:
			'unknown event "on_table_teleported", its hooks are left out; `pipeline-hooks events` lists the known ones [hooks_left_out]',
	};

	const start = await runAction({ inputs: { event: "on_pipeline_start" }, workspace: folder });
	expect(start).toMatchObject({ code: 0, outputs: { result: "passed", delivered: "2" } });
	expect(start.annotations).toEqual([unknown]);
	expect(start.log).toContain("\nstarting\n");
	expect(start.log).toContain("\nalso\n");

	const metadata = '{"routing_key": "R0123456789ABCDEF0123456789ABCDE", "severity": "critical"}';
	const failed = await runAction({
		inputs: { event: "pipeline_error", error: "no disk", metadata },
		workspace: folder,
	});
	expect(failed).toMatchObject({ code: 0, outputs: { result: "passed" } });
	expect(failed.annotations).toEqual([unknown]);
	expect(JSON.parse(server.requests[0]?.body ?? "")).toMatchObject({
		routing_key: "R0123456789ABCDEF0123456789ABCDE",
		event_action: "trigger",
		payload: { severity: "critical" },
	});
	expect(failed.masks).toContain("R0123456789ABCDEF0123456789ABCDE");
	expect(failed.log + JSON.stringify(failed.outputs) + failed.summary).not.toContain("R0123456789ABCDEF");

	const valid = await runCommand(["validate"], { workspace: folder });
	expect(valid).toMatchObject({ code: 0, stderr: "" });
	expect(valid.stdout).toMatch(/^rocky\.toml is valid: 3 hooks on 2 events, with 2 warnings\n/);
	expect(valid.stdout.match(/^warning.*/gm)).toEqual([
		expect.stringMatching(/^warning\[missing_option\]: rocky\.toml:\d+:1: preset pagerduty has no routing_key$/),
		'warning[hooks_left_out]: rocky.toml:26:1: unknown event "on_table_teleported", its hooks are left out',
	]);
});
