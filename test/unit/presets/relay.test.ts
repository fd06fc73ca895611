// The preset of `[relay]`: the whole event, under the subject of its repository.
import { describe, expect, it, vi } from "vitest";
import { makeMessage } from "../../../src/deliver/message.ts";
import { showTarget } from "../../../src/deliver/target.ts";
import type { PipelineEvent } from "../../../src/model/event.ts";
import { delivery, event } from "../../helpers/make.ts";
import { webhook } from "../../helpers/parse.ts";
import { hostileEvent } from "../../helpers/presets.ts";

const hook = webhook('[relay]\nnats = "${NATS_URL}"');
const SHOP = { provider: "github", repository: "acme/shop" };

const make = (nats: string, of: PipelineEvent) => makeMessage(delivery(hook, of), { NATS_URL: nats });

function sent(nats = "nats://localhost", of = event("pipeline_error", { ci: SHOP })) {
	const made = make(nats, of);
	if (!("url" in made)) throw new Error("no message");
	return made;
}

const bodyOf = (of: PipelineEvent) => new TextDecoder().decode(sent(undefined, of).body);

describe("the message for a relay", () => {
	it.each([
		["nats://localhost", "nats://localhost:4222/ci.acme.shop.pipeline_error"],
		["nats://localhost/", "nats://localhost:4222/ci.acme.shop.pipeline_error"],
		[" nats://127.1:4223/\n", "nats://127.0.0.1:4223/ci.acme.shop.pipeline_error"],
		["nats://localhost/events-2", "nats://localhost:4222/events-2.acme.shop.pipeline_error"],
		[
			"nats://shop:p%40ss%2F@nats.example.com",
			"tls://shop:p%40ss%2F@nats.example.com:4222/ci.acme.shop.pipeline_error",
		],
		["tls://t0ken@nats.example.com/ci", "tls://t0ken@nats.example.com:4222/ci.acme.shop.pipeline_error"],
	])("to %j has the address %s", (nats, href) => {
		const { url, method, target, proxy } = sent(nats);
		expect([url.href, method, proxy]).toEqual([href, "PUB", undefined]);
		expect(target).toBe(`${url.protocol}//${url.host}/…`);
		expect(showTarget(hook, { NATS_URL: nats })).toBe(target);
	});

	it("has a subject for each event, which says that it is of no repository where none is known", () => {
		expect(sent(undefined, event("job.failed", { ci: SHOP })).url.pathname).toBe("/ci.acme.shop.job=2Efailed");
		expect(sent(undefined, event()).url.pathname).toBe("/ci.local.pipeline_error");
	});

	it.each(["ci.events", "ci.", "ci:events", "ci=2E", "dead"])("is not made where the stream is called %s", (path) => {
		const isOneWord = path !== "ci.";
		expect(make(`nats://user:s3cret@localhost/${path}`, event())).toEqual({
			cause: "invalid_message",
			retryable: false,
			reason: isOneWord
				? "the path of nats must be one word other than dead, as in nats://host:4222/ci"
				: expect.stringContaining("a subject that nothing can be published to"),
		});
	});

	it.each(["https://example.com/ci", "http://127.0.0.1:8222/ci"])(
		"goes to no other server than one of NATS: %s",
		(nats) => {
			expect(make(nats, event())).toMatchObject({ reason: "nats is not a URL of NATS; write it as nats://host:4222" });
		},
	);

	it("has the headers of every message, and an id that is the same in each attempt and that no other run can guess", async () => {
		const id = sent().headers["Nats-Msg-Id"] ?? "";
		expect(sent().headers).toEqual({
			"Content-Type": "application/json",
			"User-Agent": expect.stringMatching(/^pipeline-hooks\//),
			"X-Rocky-Event": "pipeline_error",
			"X-Rocky-Delivery": "dlv_relay",
			"Nats-Msg-Id": expect.stringMatching(/^dlv_relay\.[0-9a-f-]{36}$/),
		});
		expect(sent().sign(new Date())).toEqual({});
		expect(sent().headers["Nats-Msg-Id"]).toBe(id);
		vi.resetModules();
		const { relay } = await import("../../../src/presets/relay.ts");
		const other = relay().service({}, new URL("nats://localhost/ci")).request?.([event()], false);
		expect(other?.messageId?.("dlv_relay")).not.toBe(id);
	});
});

describe("its body", () => {
	it("is the event with the version of the layout, to the byte", () => {
		const given = { error: "boom", duration_ms: 45200, metadata: { rows: "20" }, ci: SHOP };
		expect(bodyOf(event("pipeline_error", given))).toBe(
			'{"version":1,"definition":{"name":"pipeline_error","phase":"pipeline","status":"failure","title":"Pipeline failed"},' +
				'"context":{"id":"evt_1","event":"pipeline_error","run_id":"run_1","pipeline":"etl",' +
				'"timestamp":"2026-04-02T14:30:00Z","status":"failure","error":"boom","duration_ms":45200,' +
				'"ci":{"provider":"github","repository":"acme/shop"},"metadata":{"rows":"20"}}}',
		);
	});

	it("has the definition that the event had in its own config, its line in a file of events, and the run that was found", () => {
		const definition = { name: "deploy_approved", phase: "deploy", status: "info", title: "Go!" } as const;
		for (const run of [{ resource: { id: 7 } }, { reason: "the API answered 500" }]) {
			const of = { definition, context: event().context, run, line: 12 };
			expect(JSON.parse(bodyOf(of))).toEqual({ version: 1, ...of });
		}
		expect(Object.keys(JSON.parse(bodyOf(event())))).toEqual(["version", "definition", "context"]);
	});

	it("never has the routing key that came in the metadata, and has all else of it", () => {
		const alone = event("ping", { metadata: { routing_key: "R0UT1NG" } });
		expect(JSON.parse(bodyOf(alone)).context).toEqual(event("ping").context);
		const more = event("ping", { metadata: { a: 1, routing_key: "R0UT1NG", b: { routing: "x" } } });
		expect(JSON.parse(bodyOf(more)).context.metadata).toEqual({ a: 1, b: { routing: "x" } });
		for (const of of [alone, more]) expect(bodyOf(of)).not.toContain("R0UT1NG");
	});

	it("has no halves of characters in its context, and keeps a key named __proto__", () => {
		const { definition } = event("ping");
		const body = bodyOf({ definition, context: hostileEvent("\ud800").context });
		expect(body).not.toMatch(/\\ud800/i);
		expect(body).toContain('{"\ufffd":"\ufffd","__proto__":"\ufffd","nested":{"\ufffd":["\ufffd"]}}');
	});
});

describe("what the stream says", () => {
	const { judge, explain } = sent().service;
	const said = (status: number, body: string) => ({ status, headers: {}, body });

	it("is that it has the event, or has had one with its id before, which is noted", () => {
		const note = "the relay has had an event with this id before, and keeps one of them";
		expect(judge?.(said(200, '{"stream":"ci","seq":1}'))).toEqual({ ok: true });
		expect(judge?.(said(200, '{"stream":"ci","seq":1,"duplicate":false}'))).toEqual({ ok: true });
		for (const duplicate of ['"duplicate":true', '"duplicate": true']) {
			expect(judge?.(said(200, `{"stream":"ci","seq":1,${duplicate}}`))).toEqual({ ok: true, note });
		}
	});

	it("is explained where there is no stream yet, and nowhere else", () => {
		expect(explain?.(said(503, "no JetStream stream takes the subject"))).toBe(
			"no JetStream stream takes the subject; `pipeline-hooks work` makes it, and must have run once",
		);
		for (const status of [401, 403, 413, 500]) expect(explain?.(said(status, "x"))).toBeUndefined();
		expect(explain?.(said(503, "maximum messages exceeded"))).toBeUndefined();
	});
});
