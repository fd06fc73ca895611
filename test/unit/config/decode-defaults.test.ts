// [defaults]: what hooks take by default, and which layer wins.
import { describe, expect, it } from "vitest";
import { mistakes, parse, shell, webhook } from "../../helpers/parse.ts";

const SHELL = '[hook.ping]\ncommand = "x"\n';
const WEBHOOK = '[hook.webhooks.ping]\nurl = "https://example.com/"\n';

describe("[defaults]", () => {
	it("is for both kinds, [defaults.<kind>] for one, and the hook has the last word", () => {
		const defaults = "[defaults]\ntimeout_ms = 1\n[defaults.shell]\ntimeout_ms = 2\n";
		expect(shell(`${SHELL}[defaults]\ntimeout_ms = 1`).timeoutMs).toBe(1);
		expect(webhook(`${WEBHOOK}[defaults]\ntimeout_ms = 1`).timeoutMs).toBe(1);
		expect(shell(`${SHELL}${defaults}`).timeoutMs).toBe(2);
		expect(webhook(`${WEBHOOK}${defaults}`).timeoutMs).toBe(1);
		expect(shell(`${SHELL}timeout_ms = 3\n${defaults}`).timeoutMs).toBe(3);
	});

	it("has the shell in [defaults.shell], and nowhere else", () => {
		const defaults = '[defaults.shell]\nshell = "bash"\n';
		expect(shell(SHELL).shell).toBe(undefined);
		expect(shell(`${SHELL}${defaults}`).shell).toBe("bash");
		expect(shell(`${SHELL}shell = "sh"\n${defaults}`).shell).toBe("sh");
		expect(mistakes(`${SHELL}[defaults]\nshell = "bash"\n`)).toEqual([
			"4:1 defaults.shell must be a table, not a string",
		]);
		expect(mistakes(`${WEBHOOK}[defaults.webhook]\nshell = "bash"\n`)).toEqual(["4:1 shell is a key of shell hooks"]);
		expect(mistakes(`${WEBHOOK}shell = "bash"\n`)).toEqual([
			"3:1 shell belongs to a shell hook, and this is a webhook",
		]);
	});

	it("gives a key that one kind knows to that kind", () => {
		const hook = webhook(`${WEBHOOK}[defaults]\nsecret = "s"\nretry_count = 0\nenv = { A = "b" }`);
		expect(hook).toMatchObject({ secrets: [{ source: "s" }], retryCount: 0 });
		expect(shell(`${SHELL}[defaults]\nsecret = "s"\nenv = { A = "b" }`).env.get("A")?.source).toBe("b");
	});

	it("merges headers whatever their case, and env", () => {
		const hook = webhook(`${WEBHOOK}headers = { x-team = "own", X-Own = "1" }
[defaults]
headers = { X-Team = "all", X-All = "2" }
[defaults.webhook]
headers = { X-ALL = "kind" }
`);
		const headers = [...hook.headers].map(([name, value]) => `${name}: ${value.source}`);
		expect(headers.toSorted()).toEqual(["X-ALL: kind", "X-Own: 1", "x-team: own"]);

		const { env } = shell(`${SHELL}env = { A = "own" }\n[defaults.shell]\nenv = { A = "all", B = "b" }`);
		expect([...env].map(([name, value]) => `${name}=${value.source}`)).toEqual(["A=own", "B=b"]);
	});

	it("can set the preset, its options and the failure mode", () => {
		const hook = webhook(`
[hook.webhooks.ping]
[defaults]
on_failure = "ignore"
[defaults.webhook]
preset = "pagerduty"
routing_key = "\${KEY}"
api_key = "for datadog hooks only"
`);
		expect(hook).toMatchObject({ onFailure: "ignore", options: { routing_key: `\${KEY}` } });
		expect(hook.preset.name).toBe("pagerduty");
		expect(hook.options).not.toHaveProperty("api_key");
	});

	it("has the concurrency, 20 by default", () => {
		expect(parse(SHELL).concurrency).toBe(20);
		expect(parse(`${SHELL}[defaults]\nconcurrency = 1`).concurrency).toBe(1);
	});

	it("cannot give a body to a GET, nor a GET to a body", () => {
		const message = "method is GET, which has no body, but body_template is set";
		const template = 'body_template = "{}"\n';
		const get = 'method = "GET"\n';
		expect(mistakes(`${WEBHOOK}${get}[defaults.webhook]\n${template}`)).toEqual([`3:1 ${message}`]);
		expect(mistakes(`${WEBHOOK}${template}[defaults]\n${get}`)).toEqual([`1:1 ${message}`]);
		expect(mistakes(`${WEBHOOK}[defaults]\n${get}${template}`)).toEqual([`1:1 ${message}`]);
		expect(webhook(`${WEBHOOK}method = "PUT"\n[defaults]\n${get}${template}`).method).toBe("PUT");
	});

	it("give no batch to a GET or to a gate, which may stand beside hooks that take one, but no GET to a batch", () => {
		const message = "method is GET, which has no body, but batch_size is set";
		const batch = "[defaults.webhook]\nbatch_size = 5\n";
		const get = 'method = "GET"\n';
		expect(webhook(`${WEBHOOK}${batch}`).batchSize).toBe(5);
		expect(webhook(`${WEBHOOK}${get}${batch}`).batchSize).toBeUndefined();
		expect(webhook(`${WEBHOOK}${get}on_failure = "abort"\n${batch}`).batchSize).toBeUndefined();
		expect(mistakes(`${WEBHOOK}batch_size = 5\n[defaults]\n${get}`)).toEqual([`1:1 ${message}`]);
	});

	it("tells an error once, at its own place, however many hooks take it", () => {
		expect(mistakes(`${SHELL}${WEBHOOK}[defaults]\ntimeout_ms = 0`)).toEqual([
			"6:1 defaults.timeout_ms must be an integer from 1 to 2147483647",
		]);
		const pagerduty = '[[hook.webhooks.ping]]\npreset = "pagerduty"\n';
		const severity = '[defaults.webhook]\nrouting_key = "k"\nseverity = "urgent"';
		expect(mistakes(`${pagerduty}${pagerduty}${severity}`)).toEqual([
			expect.stringMatching(/^7:1 defaults.webhook.severity is "urgent", which is not one of/),
		]);
	});

	it.each([
		["[defaults]\nconcurrency = 0", "4:1 defaults.concurrency must be an integer from 1 to 1000"],
		["[defaults]\nconcurrency = 1001", "4:1 defaults.concurrency must be an integer from 1 to 1000"],
		['[defaults.shell]\nsecret = "x"', "4:1 secret is a key of webhook hooks"],
		['[defaults.shell]\nrouting_key = "x"', "4:1 routing_key is a key of webhook hooks"],
		['[defaults.webhook]\nenv = { A = "b" }', "4:1 env is a key of shell hooks"],
		["[defaults.webhook]\nconcurrency = 3", '4:1 unknown key "concurrency"'],
		["[defaults]\nconcurency = 3", '4:1 unknown key "concurency"'],
		["[defaults]\nshell = 3", "4:1 defaults.shell must be a table, not an integer"],
	])("refuses %j", (defaults, message) => {
		expect(mistakes(`${SHELL}${defaults}`)).toEqual([message]);
	});
});
