// Receivers that are down or busy: which message is tried, by whom, and how often they are asked.
import { describe, expect, it } from "vitest";
import { Pauses } from "../../../src/records/pauses.ts";
import { answer } from "../../helpers/fakes.ts";
import { DOWN, idsOf, pager, plain } from "../../helpers/stored-hooks.ts";
import { MINUTE, SECOND, START, type World, world } from "../../helpers/stored-runs.ts";

it("by hand tries another message each time, so that one that always fails keeps none back", async () => {
	const there = world([plain({ supersede: false })]);
	there.respond = () => DOWN;
	for (let n = 0; n < 3; n++) await there.fire(there.event("pipeline_error", { pipeline: `p${n}` }));
	there.respond = ({ body }) => (new TextDecoder().decode(body).includes('"p0"') ? DOWN : answer(200));
	for (let n = 0; n < 2; n++) {
		there.wait(SECOND);
		await there.redeliver({ all: true });
	}
	expect(Object.values(there.states())).toEqual(["waiting", "delivered", "delivered"]);
	const { lines } = await there.redeliver({ all: true });
	expect(lines).toEqual([]);
});

it("says how many wait for one whose receiver has not answered", async () => {
	const there = world([plain({ supersede: false })]);
	there.respond = () => DOWN;
	for (let n = 0; n < 3; n++) await there.fire(there.event("pipeline_error", { pipeline: `p${n}` }));
	there.wait(MINUTE);
	const { lines } = await there.redeliver();
	expect(lines).toEqual(["2 other stored messages not tried: their receiver did not answer the first one"]);
});

it("by hand keeps the order of what is about the same", async () => {
	const there = world([plain({ supersede: false })]);
	there.respond = () => DOWN;
	for (let n = 0; n < 2; n++) await there.fire(there.event("pipeline_error"));
	there.sent();
	for (let n = 0; n < 3; n++) {
		there.wait(SECOND);
		await there.redeliver({ all: true });
	}
	expect(idsOf(there)).toEqual(["evt_1", "evt_1", "evt_1"]);
});

it("says of one that another redelivery has, also where it was asked for, until when", async () => {
	const there = world([plain()]);
	there.respond = () => DOWN;
	await there.fire(there.event("pipeline_error"));
	const listed = await there.records.list({});
	if ("problem" in listed) throw new Error(listed.problem);
	const [id = ""] = Object.keys(there.records.all());
	await there.records.claim(listed.records, { now: START, until: START + 2 * MINUTE });
	there.sent();
	there.wait(MINUTE);
	for (const wanted of [{}, { id }]) {
		const { lines } = await there.redeliver(wanted);
		expect(lines).toEqual(["1 stored message kept for audit: another redelivery has it until 2026-04-02T14:32:00Z"]);
	}
	expect(there.sent()).toEqual([]);
});

it("forgets what has superseded a message that is sent after all", async () => {
	const there = world([pager("page")]);
	there.respond = () => DOWN;
	await there.fire(there.event("pipeline_error"));
	there.respond = () => answer(202);
	await there.fire(there.event("pipeline_complete"));
	const [first] = Object.values(there.records.all());
	expect(first?.supersededBy).toBeDefined();
	await there.redeliver({ id: first?.id });
	expect(there.records.all()[first?.id ?? ""]).toMatchObject({ state: "delivered" });
	expect(there.records.all()[first?.id ?? ""]).not.toHaveProperty("supersededBy");
});

describe("a worker", () => {
	const four = async (respond: World["respond"]) => {
		const there = world([plain({ supersede: false })], { pauses: new Pauses() });
		there.respond = () => DOWN;
		there.schedule = [MINUTE, 30 * MINUTE];
		for (let n = 0; n < 4; n++) await there.fire(there.event("pipeline_error", { pipeline: `p${n}` }));
		there.respond = respond;
		there.wait(MINUTE);
		there.sent();
		return there;
	};
	const rounds = async (there: World, count: number) => {
		for (let n = 0; n < count; n++) {
			await there.redeliver();
			there.wait(10 * SECOND);
		}
	};

	it("leaves a receiver alone until the time that it has named", async () => {
		const there = await four(() => answer(429, "", { "retry-after": "600" }));
		await rounds(there, 59);
		expect(there.sent().length).toBe(1);
		await rounds(there, 3);
		expect(there.sent().length).toBe(1);
	});

	it("asks a receiver that fails once in the first wait of the schedule, and sends all once it answers", async () => {
		const there = await four(() => DOWN);
		await rounds(there, 6);
		expect(there.sent().length).toBe(1);
		there.respond = () => answer(200);
		await rounds(there, 2);
		expect(new Set(Object.values(there.states()))).toEqual(new Set(["delivered"]));
	});
});
