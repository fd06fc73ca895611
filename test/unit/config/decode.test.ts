// What a config says, as hooks: the ways to write one, and what a hook has by default.
import { describe, expect, it } from "vitest";
import { eventsOf, NO_CHAIN, UNKNOWN } from "../../helpers/make.ts";
import { parse, shell, webhook } from "../../helpers/parse.ts";

describe("a shell hook", () => {
	it("has sensible values by default", () => {
		expect(shell('[[hook.pipeline_start]]\ncommand = "true"')).toEqual({
			kind: "shell",
			name: "pipeline_start-shell-1",
			...NO_CHAIN,
			about: UNKNOWN,
			selectors: [{ kind: "event", event: "pipeline_start" }],
			command: "true",
			env: new Map(),
			onFailure: "warn",
			timeoutMs: 30_000,
			order: 0,
			place: { file: "hooks.toml", line: 1, column: 1 },
		});
	});

	it("takes what is written", () => {
		const hook = shell(`
[[hook.on_pipeline_start]]
name = "gate"
command = "echo \${HOME} $\${X}"
timeout_ms = 1
on_failure = "abort"
async = false
env = { REGION = "eu-\${ZONE:-1}", EMPTY = "" }
`);
		expect(hook).toMatchObject({ name: "gate", timeoutMs: 1, onFailure: "abort" });
		expect(hook.command).toBe(`echo \${HOME} $\${X}`);
		expect([...hook.env.keys()]).toEqual(["REGION", "EMPTY"]);
		expect(hook.env.get("REGION")?.parts).toEqual(["eu-", { name: "ZONE", fallback: "1" }]);
	});
});

describe("a webhook", () => {
	it("has sensible values by default", () => {
		const { preset, ...hook } = webhook('[hook.webhooks.pipeline_error]\nurl = "https://example.com/"');
		expect(preset.name).toBe("generic");
		expect(hook).toEqual({
			kind: "webhook",
			name: "pipeline_error-webhook-1",
			...NO_CHAIN,
			about: UNKNOWN,
			selectors: [{ kind: "event", event: "pipeline_error" }],
			url: { source: "https://example.com/", parts: ["https://example.com/"] },
			options: {},
			secrets: [],
			signatures: ["rocky"],
			signatureHeader: undefined,
			batchSize: undefined,
			headers: new Map(),
			method: undefined,
			bodyTemplate: undefined,
			onFailure: "warn",
			timeoutMs: 10_000,
			retryCount: 3,
			retryDelayMs: 1000,
			deadlineMs: 60_000,
			allowHttp: false,
			allowPrivate: true,
			caFile: undefined,
			requireAllow: false,
			sendTo: [],
			order: 0,
			place: { file: "hooks.toml", line: 1, column: 1 },
		});
	});

	it("takes what is written", () => {
		const hook = webhook(`
[[hook.webhooks."generation.completed"]]
name = "chat"
url = "http://example.com/"
preset = "slack"
mention = ["@here", "\${ONCALL}"]
secret = "\${SECRET}"
signature = "rocky"
headers = { X-Team = "data", Authorization = "Bearer \${TOKEN}" }
method = "put"
body_template = '{"text": "{{event}}"}'
timeout_ms = 2147483647
retry_count = 0
retry_delay_ms = 5
deadline_ms = 6
on_failure = "ignore"
allow_http = true
allow_private = false
ca_file = "\${CERTS}/ca.pem"
async = true
`);
		expect(hook).toMatchObject({ name: "chat", method: "PUT", allowHttp: true });
		expect(hook).toMatchObject({ timeoutMs: 2_147_483_647, retryCount: 0, retryDelayMs: 5, deadlineMs: 6 });
		expect(hook).toMatchObject({ onFailure: "ignore", options: { mention: ["@here", `\${ONCALL}`] } });
		expect(hook).toMatchObject({ allowPrivate: false, caFile: { source: `\${CERTS}/ca.pem` } });
		expect(hook.preset.name).toBe("slack");
		expect(hook.secrets[0]?.parts).toEqual([{ name: "SECRET", fallback: undefined }]);
		expect([...hook.headers.keys()]).toEqual(["X-Team", "Authorization"]);
		expect(hook.headers.get("Authorization")?.source).toBe(`Bearer \${TOKEN}`);
		expect(hook.bodyTemplate?.source.source).toBe('{"text": "{{event}}"}');
	});

	it("needs no url where its preset has one, and no options where a template replaces the body", () => {
		expect(webhook('[hook.webhooks.ping]\npreset = "pagerduty"\nrouting_key = "k"').url).toBeUndefined();
		expect(webhook(`[hook.webhooks.ping]\npreset = "pagerduty"\nbody_template = "{}"`).options).toEqual({});
	});

	it("keeps the tables of an option with all that JSON can carry", () => {
		const hook = webhook(`
[hook.webhooks.ping]
preset = "pagerduty"
routing_key = "\${KEY}"
custom_details = { a = [1, 2.5, true, { b = "\${C}" }] }
`);
		expect(hook.options).toEqual({
			routing_key: `\${KEY}`,
			custom_details: { a: [1, 2.5, true, { b: `\${C}` }] },
		});
	});
});

describe("hooks", () => {
	it("keep the order of the file across tables, arrays and kinds", () => {
		const { hooks } = parse(`
[[hook.ping]]
command = "0"
[[hook.webhooks.ping]]
url = "https://example.com/1"
[hook.pipeline_start]
command = "2"
[[hook.ping]]
command = "3"
[[hooks.webhooks.commit]]
url = "https://example.com/4"
`);
		expect(hooks.map((hook) => [hook.order, hook.place.line, eventsOf(hook)])).toEqual([
			[0, 2, "ping"],
			[1, 4, "ping"],
			[2, 6, "pipeline_start"],
			[3, 8, "ping"],
			[4, 10, "commit"],
		]);
	});
});

describe("names", () => {
	const names = (source: string) => parse(source).hooks.map((hook) => hook.name);

	it("counts from 1 by event and kind, in the order of the file", () => {
		const source = `
hook.ping = [{ command = "a" }, { command = "b", name = "own" }, { command = "c" }]
hook.commit = { command = "d" }
hook.webhooks.ping = { url = "https://example.com/" }
`;
		expect(names(source)).toEqual(["ping-shell-1", "own", "ping-shell-3", "commit-shell-1", "ping-webhook-1"]);
	});

	it("passes over a number that is taken by a name further down", () => {
		const source = 'hook.ping = [{ command = "a" }, { command = "b" }, { command = "c", name = "ping-shell-1" }]';
		expect(names(source)).toEqual(["ping-shell-2", "ping-shell-3", "ping-shell-1"]);
	});
});
