// One webhook delivery: attempts, waits, the deadline, gates' responses and what is told of a failure.
import { describe, expect, test } from "vitest";
import { Receivers } from "../../../src/deliver/receivers.ts";
import { Slots } from "../../../src/deliver/slots.ts";
import { type Shared, sendWebhook } from "../../../src/deliver/webhook.ts";
import type { HttpCause } from "../../../src/model/failure.ts";
import type { Webhook } from "../../../src/model/hook.ts";
import { parseReference } from "../../../src/model/reference.ts";
import type { Clock, HttpResult } from "../../../src/ports.ts";
import { compileTemplate } from "../../../src/template/compile.ts";
import { answer, fakeClock, fakeHttp, fakeLog } from "../../helpers/fakes.ts";
import { limitedHttp } from "../../helpers/limited.ts";
import { delivery, event, NO_PEOPLE, preset, webhook } from "../../helpers/make.ts";

const sharedOf = (clock: Clock, { signal } = new AbortController()): Shared => ({
	connections: "single",
	readCaFile: async (caFile) => ({ pem: `certificates of ${caFile}` }),
	receivers: new Receivers(clock, signal),
	people: NO_PEOPLE,
	signal,
	onBegin: () => {},
});
const fault = (kind: HttpCause, detail: string = kind): HttpResult => ({ kind: "failure", cause: kind, detail });

async function send(given: Partial<Webhook>, env: Record<string, string>, ...results: [HttpResult, ...HttpResult[]]) {
	const http = fakeHttp(...results);
	const clock = fakeClock();
	const log = fakeLog();
	const hook = webhook({ name: "hook", ...given });
	const outcome = await sendWebhook(
		delivery(hook),
		{ http, clock, log, env, random: () => 0.5 },
		sharedOf(clock),
		new Slots(1),
	);
	return { outcome, requests: http.requests, sleeps: clock.sleeps, lines: log.lines };
}

describe("retries", () => {
	test("503, then 429 with Retry-After, then 200: three identical bodies, one id, a signature on each", async () => {
		const { outcome, requests, sleeps } = await send(
			{ secrets: [parseReference("${S}")] },
			{ S: "key" },
			answer(503),
			answer(429, "slow down", { "retry-after": "1" }),
			answer(200),
		);
		expect(outcome).toMatchObject({ status: "delivered", httpStatus: 200, reason: "" });
		expect(outcome.attempts.map(({ httpStatus, failure }) => [httpStatus, failure?.reason])).toEqual([
			[503, "503 Service Unavailable"],
			[429, "429 Too Many Requests: slow down"],
			[200, undefined],
		]);
		expect(sleeps).toEqual([500, 1000]);
		expect(new Set(requests.map(({ body }) => new TextDecoder().decode(body))).size).toBe(1);
		expect(new Set(requests.map(({ headers }) => headers["X-Rocky-Delivery"]))).toEqual(new Set(["dlv_hook"]));
		for (const { headers } of requests) expect(headers["X-Rocky-Signature"]).toMatch(/^sha256=[0-9a-f]{64}$/);
	});

	test.each(["refused", "name_not_found", "unreachable", "timeout", "reset", "protocol"] as const)(
		"%s is retried",
		async (kind) => {
			const { outcome } = await send({}, {}, fault(kind), answer(204));
			expect(outcome).toMatchObject({ status: "delivered", httpStatus: 204 });
			expect(outcome.attempts).toHaveLength(2);
		},
	);

	describe("of a connection that was kept", () => {
		async function sendPooled(given: Partial<Webhook>, ...results: [HttpResult, ...HttpResult[]]) {
			const http = fakeHttp(...results);
			const clock = fakeClock();
			const ports = { http, clock, log: fakeLog(), env: {}, random: () => 0.5 };
			const shared: Shared = { ...sharedOf(clock), connections: "pooled" };
			const outcome = await sendWebhook(delivery(webhook({ name: "hook", ...given })), ports, shared, new Slots(1));
			return { outcome, sleeps: clock.sleeps, connections: http.requests.map(({ connections }) => connections) };
		}

		test("the first reset uses up no retry, and the next request gets a connection of its own at once", async () => {
			const { outcome, connections, sleeps } = await sendPooled({ retryCount: 1 }, fault("reset"));
			expect(outcome).toMatchObject({ status: "failed", failure: { reason: "reset, after 3 attempts" } });
			expect(connections).toEqual(["pooled", "single", "single"]);
			expect(sleeps).toEqual([500]);
		});

		test("any other fault counts as ever", async () => {
			const { connections } = await sendPooled({ retryCount: 1 }, fault("refused"));
			expect(connections).toEqual(["pooled", "pooled"]);
		});

		test("none is used for what is sent once only", async () => {
			expect((await sendPooled({ retryCount: 0 }, fault("reset"))).connections).toEqual(["single"]);
		});
	});

	test.each(["tls", "proxy"] as const)("%s is final", async (kind) => {
		const { outcome } = await send({}, {}, fault(kind, "TLS: certificate has expired"), answer(200));
		expect(outcome).toMatchObject({ status: "failed", failure: { reason: "TLS: certificate has expired" } });
		expect(outcome.attempts).toHaveLength(1);
	});

	test.each([400, 401, 403, 404, 413, 415, 422, 501, 505])("%s is final", async (status) => {
		const { outcome } = await send({}, {}, answer(status), answer(200));
		expect(outcome.status).toBe("failed");
		expect(outcome.failure?.reason).toContain(String(status));
		expect(outcome.attempts).toHaveLength(1);
	});

	test("410 is said to be gone, a redirect not to be followed", async () => {
		expect((await send({}, {}, answer(410, "channel_is_archived"))).outcome.failure?.reason).toMatch(
			/^410 Gone: channel_is_archived; .*no longer exists/,
		);
		expect((await send({}, {}, answer(302, "", { location: "http://169.254.169.254/" }))).outcome.failure?.reason).toBe(
			"302 Found: redirects are not followed",
		);
	});

	test("always 503: bounded in attempts, and the reason says how many there were", async () => {
		const { outcome, requests } = await send({ retryCount: 2 }, {}, answer(503, "down\nfor maintenance"));
		expect(outcome.failure?.reason).toBe("503 Service Unavailable: down for maintenance, after 3 attempts");
		expect(requests).toHaveLength(3);
	});

	test("retry_count = 0 tries once", async () => {
		const { outcome, requests } = await send({ retryCount: 0 }, {}, answer(503));
		expect(requests).toHaveLength(1);
		expect(outcome.failure?.reason).toBe("503 Service Unavailable");
	});

	test("always 429 without a wait: bounded as any other status", async () => {
		const { outcome, requests } = await send({ retryCount: 2 }, {}, answer(429));
		expect(outcome.failure?.reason).toBe("429 Too Many Requests, after 3 attempts");
		expect(requests).toHaveLength(3);
	});

	test("each attempt has the time that it took itself", async () => {
		const clock = fakeClock();
		const http = limitedHttp(clock, () => answer(503));
		const ports = { http, clock, log: fakeLog(), env: {}, random: () => 0.5 };
		const outcome = await sendWebhook(delivery(webhook({ retryCount: 1 })), ports, sharedOf(clock), new Slots(1));
		expect(outcome.attempts).toMatchObject([{ durationMs: 10 }, { durationMs: 10 }]);
		expect(outcome).toMatchObject({ durationMs: 520, reason: "" });
	});

	test("none is begun at the deadline, where the wait took longer than it was to", async () => {
		const clock = fakeClock();
		const sleep: Clock["sleep"] = async (ms) => clock.advance(ms + 1500);
		const http = fakeHttp(answer(503), answer(200));
		const ports = { http, clock: { ...clock, sleep }, log: fakeLog(), env: {}, random: () => 0.5 };
		const hook = webhook({ deadlineMs: 2000 });
		const outcome = await sendWebhook(delivery(hook), ports, sharedOf(clock), new Slots(1));
		expect(outcome.failure?.reason).toBe(
			"503 Service Unavailable; the deadline of 2000 ms leaves no time for another, after 1 attempt",
		);
		expect(http.requests).toHaveLength(1);
	});

	test("a Retry-After past the deadline fails at once, naming both", async () => {
		const { outcome, sleeps } = await send(
			{ deadlineMs: 5000 },
			{},
			answer(429, "", { "retry-after": "3600" }),
			answer(200),
		);
		expect(outcome.failure?.reason).toBe(
			"429 Too Many Requests; Retry-After asks for 3600 s, past the deadline of 5000 ms",
		);
		expect(sleeps).toEqual([]);
	});

	test("a service's own way to ask for a wait goes before Retry-After, which counts where there is none", async () => {
		const limited = (body: string) =>
			answer(429, body, { "retry-after": "300", "x-ratelimit-reset-after": "0.3", "content-type": "application/json" });
		const message = answer(200, '{"id": "1"}');
		const { sleeps, requests } = await send(
			{ preset: preset("discord") },
			{},
			limited('{"retry_after": 300}'),
			message,
		);
		expect(sleeps).toEqual([300]);
		expect(requests).toHaveLength(2);
		const { outcome } = await send({ preset: preset("discord") }, {}, limited("slow down"), message);
		expect(outcome.failure?.reason).toMatch(/; Retry-After asks for 300 s, past the deadline of 60000 ms$/);
	});

	test("a service's own words for a refusal stand beside the status", async () => {
		const unknown = answer(404, '{"message": "Unknown Webhook", "code": 10015}');
		const { outcome } = await send({ preset: preset("discord") }, {}, unknown);
		expect(outcome.failure?.reason).toBe(
			"404 Not Found: the webhook has been deleted, remove the hook or change its url",
		);
		const { outcome: other } = await send({ preset: preset("slack") }, {}, unknown);
		expect(other.failure?.reason).toBe('404 Not Found: {"message": "Unknown Webhook", "code": 10015}');
	});

	test("the deadline bounds all attempts together", async () => {
		const { outcome, requests } = await send({ deadlineMs: 2000, retryCount: 50 }, {}, answer(503));
		expect(outcome.failure?.reason).toMatch(/the deadline of 2000 ms leaves no time for another, after 3 attempts/);
		expect(requests.map(({ timeoutMs }) => timeoutMs)).toEqual([1000, 1000, 500]);
		expect(outcome.durationMs).toBeLessThanOrEqual(2000);
	});

	test("no attempt gets more time than the deadline leaves", async () => {
		const { requests } = await send({ timeoutMs: 9000, deadlineMs: 5000 }, {}, answer(503), answer(200));
		expect(requests.map(({ timeoutMs }) => timeoutMs)).toEqual([5000, 4500]);
	});

	test("each wait is told", async () => {
		const { lines } = await send({}, {}, answer(503), answer(200));
		expect(lines).toEqual(["hook: attempt 1 of 4 failed: 503 Service Unavailable; the next in 500 ms"]);
	});

	test("cancelled while waiting: no further attempt", async () => {
		const controller = new AbortController();
		const http = fakeHttp(answer(503), answer(200));
		const clock = { ...fakeClock(), sleep: async () => controller.abort() };
		const ports = { http, clock, log: fakeLog(), env: {}, random: () => 0 };
		const outcome = await sendWebhook(delivery(webhook()), ports, sharedOf(clock, controller), new Slots(1));
		expect(outcome).toMatchObject({
			status: "failed",
			failure: { cause: "cancelled", reason: "cancelled; before that: 503 Service Unavailable" },
		});
		expect(http.requests).toHaveLength(1);
	});
});

describe("a gate", () => {
	const gate = { onFailure: "abort", retryCount: 3 } as const;

	test("that denies is asked once, and its reason is what is told", async () => {
		const said = answer(503, '{"allow": false, "reason": "frozen\\nuntil Monday"}');
		const { outcome, requests } = await send(gate, {}, said);
		expect(outcome).toMatchObject({ status: "failed", failure: { reason: "frozen until Monday" } });
		expect(requests).toHaveLength(1);
	});

	test.each([
		["403", answer(403, "no"), "403 Forbidden: no"],
		["no connection", fault("tls", "TLS: certificate has expired"), "TLS: certificate has expired"],
		["too long a response", { ...answer(200, "x"), read: "over_limit" } as HttpResult, /is longer than 250 KB$/],
	])("fails closed: %s", async (_, result, reason) => {
		const { outcome } = await send(gate, {}, result);
		expect(outcome).toMatchObject({ status: "failed", failure: { reason: expect.stringMatching(reason) } });
	});

	test("is denied by what says nothing about a notification", async () => {
		for (const result of [answer(200, '{"allow": false}'), { ...answer(200), read: "truncated" } as HttpResult]) {
			expect((await send(gate, {}, result)).outcome.status).toBe("failed");
			expect((await send({}, {}, result)).outcome.status).toBe("delivered");
		}
	});
});

describe("a service that says no in a 200", () => {
	test("slack: anything but ok is final", async () => {
		const { outcome } = await send({ preset: preset("slack") }, {}, answer(200, "invalid_payload"), answer(200, "ok"));
		expect(outcome.status).toBe("failed");
		expect(outcome.failure?.reason).toContain("invalid_payload");
		expect(outcome.attempts).toHaveLength(1);
	});

	test("teams: what is accepted and not yet posted is a success with a note", async () => {
		const { outcome } = await send({ preset: preset("teams") }, {}, answer(202));
		expect(outcome).toMatchObject({ status: "delivered", reason: "" });
		expect(outcome.notes).toContain("accepted by the Workflow, not yet posted");
	});

	test("slack: an answer that was cut is unconfirmed", async () => {
		const { outcome } = await send({ preset: preset("slack") }, {}, {
			...answer(200, "o"),
			read: "truncated",
		} as HttpResult);
		expect(outcome.failure?.reason).toMatch(/^unconfirmed/);
	});
});

describe("what cannot be sent fails its own hook", () => {
	test("an unset or empty variable, named", async () => {
		for (const env of [{}, { HOOK_URL: "" }]) {
			const { outcome, requests } = await send(
				{ url: parseReference("${HOOK_URL}") },
				env as Record<string, string>,
				answer(200),
			);
			expect(outcome).toMatchObject({
				status: "failed",
				failure: { reason: "variable HOOK_URL is unset or empty; set it in the step's env" },
				target: "${HOOK_URL}",
			});
			expect(requests).toEqual([]);
		}
	});

	test("a default stands in for an unset variable", async () => {
		const { requests } = await send(
			{ url: parseReference("${HOOK_URL:-https://fallback.example/x}") },
			{},
			answer(200),
		);
		expect(requests[0]?.url.host).toBe("fallback.example");
	});

	test.each(["ftp://example.com/secret-path", "http://example.com/secret-path", "secret-path"])(
		"the URL %s, unquoted",
		async (HOOK_URL) => {
			const { outcome, requests } = await send({ url: parseReference("${HOOK_URL}") }, { HOOK_URL }, answer(200));
			expect(outcome.status).toBe("failed");
			expect(JSON.stringify([outcome.failure?.reason, outcome.target])).not.toContain("secret-path");
			expect(requests).toEqual([]);
		},
	);
});

describe("the connection", () => {
	const connection = { connections: "single", proxy: undefined, allowPrivate: true, caCertificates: undefined };

	test("goes through the proxy that the environment names", async () => {
		const env = { HTTPS_PROXY: "http://user:pass@proxy:3128" };
		const proxy = { url: new URL(env.HTTPS_PROXY), variable: "HTTPS_PROXY" };
		expect((await send({}, env, answer(200))).requests).toMatchObject([{ ...connection, proxy }]);
		const exempt = await send({}, { ...env, NO_PROXY: "localhost, .example.com" }, answer(200));
		expect(exempt.requests).toMatchObject([connection]);
	});

	test("over plain http a refusal may be the proxy's own, and says so", async () => {
		const env = { http_proxy: "http://proxy:3128", HTTPS_PROXY: "http://proxy:3128" };
		const plain = { url: parseReference("http://receiver.test:8080/"), allowHttp: true };
		expect((await send(plain, env, answer(403))).outcome.failure?.reason).toBe(
			"403 Forbidden (the response came through the proxy of http_proxy)",
		);
		expect((await send({}, env, answer(403))).outcome.failure?.reason).toBe("403 Forbidden");
		expect((await send(plain, env, fault("tls"))).outcome.failure?.reason).toBe("tls");
	});

	test("has the hook's allow_private and the certificates of its ca_file, whose path may end in a newline", async () => {
		const given = { allowPrivate: false, caFile: parseReference("/etc/certs/${CA}") };
		const { requests } = await send(given, { CA: "ca.pem\n" }, answer(200));
		const caCertificates = "certificates of /etc/certs/ca.pem";
		expect(requests).toMatchObject([{ ...connection, allowPrivate: false, caCertificates }]);
	});

	test.each<[HttpCause, number]>([
		["forbidden", 1],
		["proxy", 1],
		["tls", 1],
		["invalid", 1],
		["unreachable", 4],
		["protocol", 4],
	])("that fails as %s is tried %i times in all", async (kind, times) => {
		expect((await send({}, {}, fault(kind))).requests).toHaveLength(times);
	});
});

test("a preset's header with a character that headers do not allow fails once, named, and nothing is sent", async () => {
	const given = { preset: preset("datadog"), options: { api_key: "${K}" } };
	const { outcome, requests } = await send(given, { K: "ab\ncd" }, answer(202));
	expect(outcome).toMatchObject({
		status: "failed",
		failure: { reason: "header DD-API-KEY has a character that is not allowed in headers" },
	});
	expect(requests).toEqual([]);
});

test("a variable in a template gets the preset's escaping", async () => {
	const bodyTemplate = compileTemplate(parseReference('{"text": "${TITLE} {{error}}"}'));
	const given = { preset: preset("slack"), bodyTemplate };
	const { requests } = await send(given, { TITLE: '<!channel> & "more"' }, answer(200, "ok"));
	expect(new TextDecoder().decode(requests[0]?.body)).toBe('{"text":"&lt;!channel&gt; &amp; \\"more\\" "}');
});

describe("what is told of the time of an attempt", () => {
	const timeout = fault("timeout", "no response within 700 ms");

	test.each([
		[1000, 700, timeout, "no response before the deadline of 700 ms"],
		[700, 700, timeout, "no response within 700 ms"],
		[700, 60_000, timeout, "no response within 700 ms"],
		[1000, 700, answer(503, "retry within 5 ms"), "503 Service Unavailable: retry within 5 ms"],
	])("is which limit ended it: timeout %i ms, deadline %i ms (%#)", async (timeoutMs, deadlineMs, result, reason) => {
		const { outcome } = await send({ timeoutMs, deadlineMs, retryCount: 0 }, {}, result);
		expect(outcome.failure?.reason).toBe(reason);
	});

	test("is nothing of further attempts where it has used up the deadline", async () => {
		const clock = fakeClock();
		const http = limitedHttp(
			clock,
			() => timeout,
			() => 700,
		);
		const ports = { http, clock, log: fakeLog(), env: {}, random: () => 0.5 };
		const outcome = await sendWebhook(delivery(webhook({ deadlineMs: 700 })), ports, sharedOf(clock), new Slots(1));
		expect(outcome.failure?.reason).toBe("no response before the deadline of 700 ms");
	});
});

test("the target never shows path, query or userinfo", async () => {
	const url = parseReference("https://user:word@hooks.slack.com:8443/services/T/B/x?token=y");
	expect((await send({ url }, {}, answer(200))).outcome.target).toBe("https://hooks.slack.com:8443/…");
});

test("the message of an event: method, headers and body", async () => {
	const headers = new Map([
		["x-team", parseReference("${TEAM}\n")],
		["content-type", parseReference("application/vnd.acme+json")],
	]);
	const { requests } = await send({ method: "PUT", headers }, { TEAM: "data" }, answer(200));
	expect(requests[0]).toMatchObject({
		method: "PUT",
		headers: {
			"content-type": "application/vnd.acme+json",
			"User-Agent": expect.stringMatching(/^pipeline-hooks\/\d/),
			"x-team": "data",
			"X-Rocky-Event": "pipeline_error",
			"X-Rocky-Delivery": "dlv_hook",
		},
	});
	expect(JSON.parse(new TextDecoder().decode(requests[0]?.body))).toEqual(event().context);
});

describe("a hook is switched off", () => {
	const GONE = answer(410, "", { "webhook-delivery": "disable" });
	const over = (proxy: string) =>
		send({ allowHttp: true, url: parseReference("http://hooks.example.com/x") }, { http_proxy: proxy }, GONE);

	test("by its receiver", async () => {
		expect((await over("")).outcome.switchedOff).toBe("its response says webhook-delivery: disable");
	});

	test("but not by a proxy, which may say so of itself", async () => {
		expect((await over("http://proxy.example.com:3128")).outcome.switchedOff).toBeUndefined();
	});
});
