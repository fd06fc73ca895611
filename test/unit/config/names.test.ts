// Names that people bring from elsewhere: what each is called here.
import { describe, expect, it, test } from "vitest";
import { closest } from "../../../src/lib/suggest.ts";
import { CATALOG, nearestEvent } from "../../../src/model/catalog.ts";
import { mistakes, onlyProblem, onlyWarning, problemsOf } from "../../helpers/parse.ts";

const EVENTS = CATALOG.map(({ name }) => name);

test.each([
	["pipeline_failed", "pipeline_error"],
	["pipeline_failure", "pipeline_error"],
	["pipelineFailed", "pipeline_error"],
	["pipeline.failed", "pipeline_error"],
	["pipeline_success", "pipeline_complete"],
	["pipeline_succeeded", "pipeline_complete"],
	["pipeline_completed", "pipeline_complete"],
	["pipeline_finished", "pipeline_complete"],
	["pipeline_done", "pipeline_complete"],
	["pipeline_started", "pipeline_start"],
	["pipeline_begin", "pipeline_start"],
	["model_failed", "model_error"],
	["materialize_failed", "materialize_error"],
	["job.error", "job.failed"],
	["job_success", "job.completed"],
	["cluster.failed", "cluster.error"],
	["generation.success", "generation.completed"],
	["failure", "pipeline_error"],
	["failed", "pipeline_error"],
	["error", "pipeline_error"],
	["success", "pipeline_complete"],
	["start", "pipeline_start"],
	["pipeline_strat", "pipeline_start"],
])("the event %s is %s", (written, name) => {
	expect(nearestEvent(written, EVENTS)).toBe(name);
});

test.each(["deploy_failed", "nightly", "release.success"])("the event %s is one of the user's own", (written) => {
	expect(nearestEvent(written, EVENTS)).toBeUndefined();
});

it("every event is nearest to itself, however its words are joined", () => {
	for (const name of EVENTS) {
		expect(closest(name, EVENTS)).toBe(name);
		expect(closest(name.replaceAll(/[_.]/g, "-").toUpperCase(), EVENTS)).toBe(name);
	}
});

test.each([
	['on_failure = "fail"', "abort"],
	['on_failure = "error"', "abort"],
	['on_failure = "stop"', "abort"],
	['on_failure = "warning"', "warn"],
	['on_failure = "continue"', "warn"],
	['on_failure = "skip"', "ignore"],
	['preset = "msteams"', "teams"],
	['preset = "gchat"', "google_chat"],
	['preset = "webhook"', "generic"],
	['signature = "sha256"', "github"],
	['filter = { include = ["status:failed"] }', "status:failure"],
	['filter = { include = ["status:succeeded"] }', "status:success"],
	['filter = { include = ["status:canceled"] }', "status:cancelled"],
	['on_error = "abort"', "on_failure"],
])("%s: did you mean %s", (line, meant) => {
	const source = `[hook.webhooks.ping]\nurl = "\${U}"\nsecret = "\${S}"\n${line}`;
	expect(onlyProblem(source).remedy).toContain(`did you mean "${meant}"?`);
});

describe("a table of hooks with a wrong name", () => {
	test.each(["webhook", "webhoks", "webhooks_", "web_hooks", "WebHooks"])("hook.%s is hook.webhooks", (name) => {
		const source = `[[hook.${name}.pipeline_error]]\nurl = "\${U}"\n`;
		expect(onlyProblem(source)).toMatchObject({
			message: `${name} is not a table of hooks`,
			remedy: 'did you mean "webhooks"? Write [[hook.webhooks.pipeline_error]]',
			place: { line: 1, column: 1 },
		});
		expect(onlyWarning(`${source}[[hook.on_pipeline_start]]\ncommand = "x"\n`, "rocky")).toMatchObject({
			code: "hooks_left_out",
			message: `${name} is not a table of hooks, its hooks are left out`,
		});
		const gate = onlyProblem(`${source}on_failure = "abort"`, "rocky");
		expect(gate.message).toBe(`${name} is not a table of hooks: its gate would never be asked`);
	});

	it("is also one of shell hooks", () => {
		expect(onlyProblem('[[hook.shell.pipeline_start]]\ncommand = "x"')).toMatchObject({
			message: "shell is not a table of hooks",
			remedy: "shell hooks have no table of their own: write [[hook.pipeline_start]]",
		});
	});

	it("hides no other error below it", () => {
		expect(mistakes('[[hook.webhook.pipeline_eror]]\nurl = "${U}"\ntimeout = 1')).toEqual([
			"1:1 webhook is not a table of hooks",
			'1:1 unknown event "pipeline_eror"',
			'3:1 unknown key "timeout"',
		]);
	});

	it("may be an event that the config declares", () => {
		const source =
			'[event.webhook]\n[[hook.webhook]]\ncommand = "x"\n[event."webhook.done"]\n[[hook.webhook.done]]\ncommand = "x"';
		expect(problemsOf(source)).toEqual([]);
	});

	it("after the event is told to go before it", () => {
		expect(problemsOf('[[hook.pipeline_error.webhooks]]\nurl = "${U}"')[0]).toMatchObject({
			message: "webhooks goes before the event",
			remedy: "write [[hook.webhooks.pipeline_error]]",
		});
	});
});
