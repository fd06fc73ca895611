// A valid config with every kind of key, statement by statement, so that tests can change it and know what they changed.

/** One header or assignment of {@link STATEMENTS}; a text over several lines is one statement too. */
export interface Statement {
	/** Empty for a header. */
	readonly key: string;
	/** The header itself, or what stands after the `=`. */
	readonly text: string;
}

/** What every secret of {@link STATEMENTS} has in it, and nothing else; no six characters of it come twice. */
export const SECRET = "Qz7Kp2Xw9Rt4Lm8NvB3cJ5hF6dG";

const WRITTEN = String.raw`
[event.deploy_approved]
phase = "deploy"
status = "success"
title = "Deploy approved"

[event."release.cut"]

[defaults]
concurrency = 5
on_failure = "warn"
timeout_ms = 9000

[defaults.headers]
Authorization = "Bearer ${SECRET}"

[defaults.shell]
env = { API_TOKEN = "${SECRET}", REGION = "eu" }

[defaults.webhook]
retry_count = 2
batch_size = 10

[[hook.pipeline_start]]
name = "freeze-gate"
display_name = "Freeze"
description = "Holds deploys back."
owner = "jane"
team = "data"
domain = "Sales"
tags = ["tier1", "nightly"]
runbook = "https://wiki.example.com/freeze"
custom = { since = 2026-01-02, token = "${SECRET}" }
command = "bash scripts/freeze.sh"
on_failure = "abort"
async = false

[hook.webhooks.on_pipeline_error]
url = "https://user:${SECRET}@hooks.example.com/x"
preset = "slack"
secret = "${SECRET}"
mention = ["here", "U012AB3CD"]
signature = "rocky"
body_template = """
{"text": "{{event}}: {{#if error}}{{error}}{{else}}none{{/if}}",
 "n": {{{duration_ms}}}}"""

[[hook.webhooks.generation.completed]]
preset = "pagerduty"
routing_key = "${SECRET}"
severity = "critical"
custom_details = { team = "data", deep = [{ x = 1 }, { y = "z" }] }

[[hook.webhooks."generation.completed"]]
preset = "datadog"
api_key = '''${SECRET}'''
site = "datadoghq.eu"
tags = ["a:b", "c"]

[[hooks.webhooks.on_release.cut]]
url = """https://example.com/\
   ${SECRET}"""
method = "put"
retry_delay_ms = 500
deadline_ms = 20000
allow_http = true
allow_private = false
ca_file = "ca.pem"
enabled = false

[hooks.webhooks.on_release.cut.headers]
X-Api-Key = "${SECRET}"

[[subscription]]
name = "data-team"
events = ["job.*", "phase:quality", "on_pipeline_error"]
url = "https://example.com/${SECRET}"
filter = [{ entities = ["dash*"], include = ["tags", "branch:release/*"] }, { events = "job.*", exclude = "status:success" }]
fallback = "pager"

[[hook."phase:custom"]]
name = "pager"
command = "true"
`;

export const STATEMENTS: readonly Statement[] = [
	...WRITTEN.matchAll(/^(?:(\S+) = ("""[\s\S]*?"""|.*)|(\[.*\]))$/gm),
].map(([, key = "", value = "", header = ""]) => ({ key, text: value + header }));

/** A statement as TOML. */
export function write({ key, text }: Statement): string {
	return key === "" ? text : `${key} = ${text}`;
}

/** Whether any six characters of {@link SECRET} that stand together are in the text. */
export function tells(text: string): boolean {
	return Array.from({ length: SECRET.length - 5 }, (_, at) => SECRET.slice(at, at + 6)).some((part) =>
		text.includes(part),
	);
}
