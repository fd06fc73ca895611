// Discord, Google Chat and incident.io, as their servers answer: errors in a 2xx, waits in a body, threads and resolutions.
import { describe, expect, it } from "vitest";
import { delivered, denied, failed, send } from "../../helpers/send.ts";
import { startServer } from "../../helpers/server.ts";

const DISCORD = 'preset = "discord"\n';
const GATE = 'on_failure = "abort"\n';
const MESSAGE = { status: 200, body: '{"id": "1441", "type": 0, "channel_id": "7"}' } as const;
const PATH = "/api/webhooks/1/s3cret";

const limited = (retryAfter: number, headers: Readonly<Record<string, string>>) => ({
	status: 429,
	body: JSON.stringify({ message: "You are being rate limited.", retry_after: retryAfter, global: false }),
	headers,
});

describe("fault 15: a 2xx from Discord that contains an error, or no message, is a failure and is not retried", () => {
	it.each([
		[
			200,
			'{"message": "Unknown Webhook", "code": 10015}',
			"Discord responded with 200, but with error 10015: Unknown Webhook",
		],
		[
			200,
			'{"code": 50035, "message": "::error::Invalid\\nForm Body", "errors": {}}',
			"Discord responded with 200, but with error 50035: ::error::Invalid Form Body",
		],
		[200, "<title>Sign in</title>", "Discord responded with 200 without the message: <title>Sign in</title>"],
	])("%d %s", async (status, body, reason) => {
		const server = await startServer({ status, body });
		const [notification, gate] = await Promise.all([send(server.url, DISCORD), send(server.url, DISCORD + GATE)]);
		expect(notification).toMatchObject(failed(reason));
		expect(gate).toMatchObject(denied(reason));
		expect(server.requests.length).toBe(2);
	});

	it("while the message itself is a success, which Discord was asked to wait for", async () => {
		const server = await startServer(MESSAGE);
		const run = await send(`${server.url}${PATH}?thread_id=5`, DISCORD);
		expect(run).toMatchObject(delivered());
		expect(server.requests.map(({ path }) => path)).toEqual([`${PATH}?thread_id=5&wait=true`]);
		expect(JSON.parse(server.requests[0]?.body ?? "")).toMatchObject({ allowed_mentions: { parse: [] } });
		expect(run.results).toMatchObject({ results: [{ status: "delivered" }] });
	});

	it("and a url that asks not to wait is heeded, and told", async () => {
		const server = await startServer({ status: 204 });
		const run = await send(`${server.url}${PATH}?wait=false`, DISCORD);
		expect(run).toMatchObject(delivered());
		expect(server.requests.map(({ path }) => path)).toEqual([`${PATH}?wait=false`]);
		expect(run.results).toMatchObject({ results: [{ notes: ["not confirmed: the url asks Discord not to wait"] }] });
	});
});

describe("what Slack refuses in a 200 is a failure in Arraylake's format for it too, and nothing in its own", () => {
	const arraylake = (format: string) => `preset = "arraylake"\nformat = "${format}"\n`;

	it.each([
		["no_service", 'Slack responded with "no_service"'],
		['{"ok": false, "error": "channel_not_found"}', "Slack responded with channel_not_found"],
	])("200 %s", async (body, reason) => {
		const server = await startServer({ status: 200, body });
		const [literal, variable, gate, own] = await Promise.all([
			send(server.url, arraylake("slack")),
			send(server.url, arraylake("${FORMAT}"), { env: { FORMAT: "slack" } }),
			send(server.url, arraylake("slack") + GATE),
			send(server.url, arraylake("json")),
		]);
		for (const notification of [literal, variable]) expect(notification).toMatchObject(failed(reason));
		expect(gate).toMatchObject(denied(reason));
		expect(own).toMatchObject(delivered());
		expect(server.requests.length).toBe(4);
	});
});

describe("fault 17: a webhook that was deleted in Discord is reported as deleted and not retried", () => {
	it("by its code", async () => {
		const server = await startServer({ status: 404, body: '{"message": "Unknown Webhook", "code": 10015}' });
		const run = await send(`${server.url}${PATH}`, DISCORD);
		expect(run).toMatchObject(failed("404 Not Found: the webhook has been deleted, remove the hook or change its url"));
		expect(server.requests.length).toBe(1);
	});
});

describe("fault 20: the wait in the body of Discord's 429 is honoured, in its own unit", () => {
	it.each([
		["seconds", limited(0.4, { "Retry-After": "1", "X-RateLimit-Reset-After": "0.4" })],
		["seconds without headers", limited(0.4, {})],
		[
			"the milliseconds of an unversioned url",
			limited(400, { "Retry-After": "400", "X-RateLimit-Reset-After": "0.4" }),
		],
	])("%s", async (_, reply) => {
		const server = await startServer(reply, MESSAGE);
		const run = await send(server.url, `${DISCORD}deadline_ms = 20000\n`);
		expect(run).toMatchObject(delivered(2));
		expect(run.log).toMatch(/^r: 429 Too Many Requests.*; deliveries to http:.* wait for 400 ms$/m);
	});

	it("past the deadline it fails at once, naming both", async () => {
		const server = await startServer(limited(1336.57, { "Retry-After": "1337", "X-RateLimit-Reset-After": "0.5" }));
		const run = await send(server.url, DISCORD);
		expect(run).toMatchObject(
			failed(/^429 Too Many Requests: .*; Retry-After asks for 1337 s, past the deadline of 60000 ms$/),
		);
		expect(server.requests.length).toBe(1);
	});
});

it("a url of Discord's for another service's messages is warned about, without showing it", async () => {
	const server = await startServer(MESSAGE);
	const run = await send(`${server.url}${PATH}/slack`, DISCORD);
	expect(run).toMatchObject(delivered());
	const note = "the url ends in /slack, where Discord accepts another service's messages: remove that part";
	expect(run.results).toMatchObject({ results: [{ notes: [note] }] });
	expect(run.log + run.summary).not.toContain("s3cret");
});
