// A rocky.toml works as it is: only its hooks are read, and what a later Rocky may know is not an error.
import { describe, expect, it } from "vitest";
import { eventsOf } from "../../helpers/make.ts";
import { mistakes, parse, webhook } from "../../helpers/parse.ts";

const ROCKY = `
[adapter]
type = "databricks"
host = "\${DATABRICKS_HOST}"
max_rows = 9223372036854775807
since = 2026-04-02T10:00:00Z

[pipeline.bronze]
strategy = "incremental"

[pipeline.bronze.source.discovery]
adapter = "fivetran"
schema_pattern = { prefix = "raw__", separator = "__" }

[budget]
max_usd = 12.5
on_breach = "error"

[defaults]
nobody_knows = true

[event]
also = "Rocky's"

[hook.on_pipeline_start]
command = "bash scripts/notify.sh"
timeout_ms = 5000
on_failure = "abort"
env = { REGION = "eu" }

[[hook.on_materialize_error]]
command = "bash scripts/first.sh"

[[hook.on_materialize_error]]
command = "bash scripts/second.sh"
on_failure = "ignore"

[hook.webhooks.on_pipeline_complete]
url = "\${SLACK_WEBHOOK_URL}"
preset = "Slack"
async = true

[[hook.webhooks.on_budget_breach]]
url = "https://events.pagerduty.com/v2/enqueue"
preset = "PagerDuty"
secret = "\${WEBHOOK_SECRET}"

[[hook.webhooks.on_budget_breach]]
url = "https://example.com/budget"
method = "POST"
headers = { X-Team = "data" }
body_template = '{"text": "{{event}} {{metadata.limit}}"}'
retry_count = 2
retry_delay_ms = 500

[[hook.on_new_thing]]
command = "bash scripts/new.sh"

[[hook.webhooks.on_pipeline_strat]]
url = "https://example.com/"
unknown_too = 1
`;

describe("rocky.toml", () => {
	it("gives its hooks in the order of the file", () => {
		const { hooks, events, concurrency } = parse(ROCKY, "rocky");
		expect(hooks.map((hook) => `${hook.kind} ${eventsOf(hook)} ${hook.onFailure}`)).toEqual([
			"shell pipeline_start abort",
			"shell materialize_error warn",
			"shell materialize_error ignore",
			"webhook pipeline_complete warn",
			"webhook budget_breach warn",
			"webhook budget_breach warn",
		]);
		expect(hooks.map((hook) => hook.kind === "webhook" && hook.preset.name)).toEqual([
			...[false, false, false],
			...["slack", "pagerduty", "generic"],
		]);
		expect({ events, concurrency }).toEqual({ events: [], concurrency: 20 });
	});

	it("gives PagerDuty the severity that Rocky's metadata has, as no other file does", () => {
		const source = '[hook.webhooks.on_pipeline_error]\npreset = "pagerduty"\nrouting_key = "${KEY}"\n';
		expect(webhook(source, "rocky").options).toMatchObject({ severity: "{{metadata.severity}}" });
		expect(webhook(source).options).toEqual({ routing_key: `\${KEY}` });
		const chosen = `${source}severity = "critical"\n`;
		expect(webhook(chosen).options).toMatchObject({ severity: "critical" });
		expect(webhook(`${source}severity = "{{metadata.severity}}"\n`).options).toMatchObject({
			severity: "{{metadata.severity}}",
		});
		expect(mistakes(`${source}severity = "{{#if}}"\n`)).toHaveLength(1);
	});

	it("warns of unknown events, and goes on", () => {
		const { warnings } = parse(ROCKY, "rocky");
		expect(warnings.map(({ message, place }) => `${place?.line} ${message}`)).toEqual([
			"43 preset pagerduty has no routing_key",
			'56 unknown event "on_new_thing", its hooks are left out',
			'59 unknown event "on_pipeline_strat", its hooks are left out',
		]);
	});

	it("whose only hooks have unknown events warns, and has nothing to do", () => {
		const { hooks, warnings } = parse('[[hook.on_new_thing]]\ncommand = "x"\n', "rocky");
		expect({ hooks, warnings: warnings.map(({ message }) => message) }).toEqual({
			hooks: [],
			warnings: ['unknown event "on_new_thing", its hooks are left out'],
		});
	});

	it("is full of errors in any other file", () => {
		expect(mistakes(ROCKY).length).toBeGreaterThan(8);
	});

	it("still has to be right where its hooks are", () => {
		expect(mistakes('[hook.on_pipeline_start]\ncomand = "x"\ntimeout_ms = 0', "rocky")).toEqual([
			"1:1 command is missing",
			'2:1 unknown key "comand"',
			"3:1 timeout_ms must be an integer from 1 to 2147483647",
		]);
	});

	it("without any hook gives nothing to do", () => {
		expect(mistakes('[adapter]\ntype = "duckdb"', "rocky")).toEqual(["1:1 hooks.toml has no hooks"]);
	});
});

describe("a word that Rocky itself would only warn of", () => {
	const at = (lines: string) => `[hook.webhooks.on_pipeline_error]\nurl = "https://example.com/"\n${lines}\n`;
	const told = (lines: string) => {
		const { hooks, warnings } = parse(at(lines), "rocky");
		const [hook] = hooks;
		const used = hook?.kind === "webhook" ? `${hook.preset.name} ${hook.method}` : "";
		return [
			used,
			...warnings.map(({ code, message, remedy, place }) => [code, place?.line, message, remedy].join(" | ")),
		];
	};

	it("is a preset: the context is posted, or the hook's own template", () => {
		expect(told('preset = "slak"')).toEqual([
			"generic undefined",
			'choice_unknown | 3 | preset is "slak", which is unknown, so it is "generic" | did you mean "slack"?',
		]);
		expect(mistakes(at('preset = "slak"'))).toHaveLength(1);
	});

	it("is a method: the request is a POST", () => {
		expect(told('method = "FETCH"')).toEqual([
			"generic POST",
			'choice_unknown | 3 | method is "FETCH", which is unknown, so it is "POST" | use POST, PUT, PATCH, DELETE or GET',
		]);
		expect(told('method = "put"')).toEqual(["generic PUT"]);
		expect(mistakes(at('method = "FETCH"'))).toHaveLength(1);
	});

	it("has to be a word", () => {
		for (const line of ["preset = 1", 'preset = ""', "method = true"])
			expect(mistakes(at(line), "rocky")).toHaveLength(1);
	});
});
