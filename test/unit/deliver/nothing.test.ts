// A service that takes nothing of an event: the delivery is skipped, and a gate that was not asked has not allowed anything.
import { describe, expect, it } from "vitest";
import { makeMessage } from "../../../src/deliver/message.ts";
import { preview } from "../../../src/deliver/preview.ts";
import type { Events } from "../../../src/model/event.ts";
import type { Webhook } from "../../../src/model/hook.ts";
import { fireWith } from "../../helpers/deliver.ts";
import { answer, fakeHttp } from "../../helpers/fakes.ts";
import { delivery, event, preset, webhook } from "../../helpers/make.ts";
import { template } from "../../helpers/template.ts";

const REASON = "nothing to send: PagerDuty opens no alert for the status";
const pager = (given: Partial<Webhook> = {}) =>
	webhook({
		name: "pager",
		preset: preset("pagerduty"),
		options: { routing_key: "k" },
		selectors: [{ kind: "glob", pattern: "*" }],
		...given,
	});

describe("an event of which a service takes nothing", () => {
	it("is skipped without a request, and what follows the hook is not reached", async () => {
		const http = fakeHttp(answer(200));
		const next = webhook({ name: "next", selectors: [] });
		const { told, result } = await fireWith([pager({ onSuccess: ["next"] }), next], {
			of: event("pipeline_start"),
			ports: { http },
		});
		expect(http.requests).toEqual([]);
		expect(told).toMatchObject([
			{ status: "skipped", skipCause: "nothing_to_send", reason: `${REASON} started` },
			{ status: "skipped", skipCause: "not_reached" },
		]);
		expect(result).toBe("skipped");
	});

	it("leaves a run passed in which something else was sent", async () => {
		const { result, counts } = await fireWith([pager(), webhook({ selectors: [{ kind: "glob", pattern: "*" }] })], {
			of: event("commit"),
		});
		expect([result, counts]).toMatchObject(["passed", { skipped: 1, delivered: 1, failed: 0 }]);
	});

	it("fails a gate, which must not be passed unasked", async () => {
		const { outcomes, passed } = await fireWith([pager({ onFailure: "abort" })], { of: event("pipeline_start") });
		expect(outcomes).toMatchObject([{ status: "failed", failure: { cause: "invalid_message" } }]);
		expect(passed).toBe(false);
	});

	it("is shown as what would be skipped", () => {
		expect(preview(delivery(pager(), event("pipeline_start")), {})).toMatchObject({
			kind: "nothing",
			reason: `${REASON} started`,
		});
	});

	it("is sent where the body is the hook's own", () => {
		const made = makeMessage(delivery(pager({ bodyTemplate: template('{"a": "{{event}}"}') }), event("commit")), {});
		expect(made).toMatchObject({ body: Buffer.from('{"a":"commit"}') });
	});

	it("is left out of a batch, whose id stays what it was", () => {
		const events: Events = [event("pipeline_start"), event("pipeline_error", { error: "no disk" }), event("commit")];
		const made = makeMessage({ ...delivery(pager({ batchSize: 3 })), events }, {});
		if (!("body" in made)) throw new Error("no message");
		expect(made.headers).toMatchObject({ "X-Rocky-Delivery": "dlv_pager", "X-Rocky-Event": "batch" });
		expect(JSON.parse(Buffer.from(made.body ?? []).toString()).payload.summary).toBe("etl failed: no disk");
		const [first, , last] = events;
		const quiet = makeMessage({ ...delivery(pager()), events: last === undefined ? [first] : [first, last] }, {});
		expect(quiet).toEqual({ nothing: `${REASON} started or info` });
	});
});
