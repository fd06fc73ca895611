// What a preset adds to a message beside its body: headers of the event, parameters of the query, a refusal.
import { describe, expect, it } from "vitest";
import { makeMessage } from "../../../src/deliver/message.ts";
import { CannotRender, type Preset } from "../../../src/model/preset.ts";
import { parseReference } from "../../../src/model/reference.ts";
import { delivery, event, preset, webhook } from "../../helpers/make.ts";

const generic = preset("generic");

function make(given: Partial<Preset>, hook: Parameters<typeof webhook>[0] = {}) {
	return makeMessage(delivery(webhook({ preset: { ...generic, ...given }, ...hook })), {});
}

function sent(...args: Parameters<typeof make>) {
	const made = make(...args);
	if (made.kind !== "message") throw new Error(made.kind);
	return made.message;
}

describe("what a preset adds to a message", () => {
	const render = () => ({ body: {}, cut: [], headers: { "CE-Id": "1", "Content-Type": "application/x+json" } });

	it("is headers of the event, below those of the preset and the hook", () => {
		expect(sent({ render }).headers).toMatchObject({ "CE-Id": "1", "Content-Type": "application/x+json" });
		const headers = new Map([["ce-id", parseReference("2")]]);
		const own = sent({ render, headers: () => ({ "content-type": "application/y+json" }) }, { headers });
		expect(own.headers).toMatchObject({ "ce-id": "2", "content-type": "application/y+json" });
		expect(own.headers).not.toHaveProperty("CE-Id");
	});

	it.each([
		["https://e.x/a", "https://e.x/a?wait=true"],
		["https://e.x/a?sig=a%2fb%20c", "https://e.x/a?sig=a%2fb%20c&wait=true"],
		["https://e.x/a?wait=false", "https://e.x/a?wait=false"],
	])("is parameters of the query: %s becomes %s", (url, expected) => {
		expect(sent({ query: { wait: "true" } }, { url: parseReference(url) }).url.href).toBe(expected);
	});

	it("may be that there can be no message", () => {
		const refuse = () => {
			throw new CannotRender("the event has no resource");
		};
		expect(make({ render: refuse })).toEqual({ kind: "invalid", reason: "the event has no resource" });
	});
});

describe("a batch", () => {
	it("is rendered as one, and said to be one, however few its events", () => {
		const hook = webhook({ batchSize: 5 });
		const made = makeMessage({ id: "dlv_1", hook, events: [event()] }, {});
		if (made.kind !== "message") throw new Error(made.kind);
		expect(made.message.headers["X-Rocky-Event"]).toBe("batch");
		expect(JSON.parse(new TextDecoder().decode(made.message.body))).toEqual({ events: [event().context] });
	});
});
