// What a person asks for, what somebody else has, and what messages of each preset are worth when they come late.
import { describe, expect, it } from "vitest";
import { MESSAGE_RULES } from "../../../src/deliver/message-rules.ts";
import { parseReference } from "../../../src/model/reference.ts";
import { answer } from "../../helpers/fakes.ts";
import { preset, webhook } from "../../helpers/make.ts";
import { actionsOf, DOWN, idsOf, once, pager, plain } from "../../helpers/stored-hooks.ts";
import { HOUR, MINUTE, SECOND, START, world } from "../../helpers/stored-runs.ts";

const at = (path: string) => parseReference(`https://example.com/${path}`);

describe("what a person asks for", () => {
	const on = (event: string) => ({ selectors: [{ kind: "event", event }] }) as const;

	it.each([
		[{ since: START + HOUR }, ["evt_2", "evt_3"]],
		[{ until: START + HOUR }, ["evt_1"]],
		[{ since: START + HOUR, until: START + 2 * HOUR }, ["evt_2"]],
		[{ hook: "audit" }, ["evt_1", "evt_2"]],
		[{ hook: "other", all: true }, ["evt_3"]],
	])("by %j is sent, and nothing else that waits for the same receiver", async (wanted, ids) => {
		const there = world([plain(on("pipeline_error")), plain({ name: "other", ...on("pipeline_complete") })]);
		there.respond = () => DOWN;
		for (const name of ["pipeline_error", "pipeline_error", "pipeline_complete"]) {
			await there.fire(there.event(name));
			there.wait(HOUR);
		}
		there.sent();
		there.respond = () => answer(200);
		await there.redeliver(wanted);
		expect(idsOf(there)).toEqual(ids);
	});

	it("by its id is sent, also where a newer one has made it obsolete", async () => {
		const there = world([pager("page")]);
		there.respond = () => DOWN;
		await there.fire(there.event("pipeline_error"));
		there.wait(SECOND);
		await there.fire(there.event("pipeline_complete"));
		there.respond = () => answer(202);
		there.wait(MINUTE);
		await there.redeliver();
		there.sent();
		await there.redeliver({ id: Object.keys(there.records.all())[0] });
		expect(actionsOf(there)).toEqual(["trigger"]);
	});
});

describe("while somebody else has what is about the same", () => {
	it("the newer one waits, also where the older had been given up", async () => {
		const there = world([plain()]);
		there.schedule = [SECOND];
		there.respond = () => DOWN;
		await there.fire(there.event("pipeline_error"));
		there.wait(SECOND);
		await there.redeliver();
		expect(Object.values(there.states())).toEqual(["retry_limit_reached"]);
		await there.fire(there.event("pipeline_error"));
		const listed = await there.records.list({ states: ["retry_limit_reached"] });
		if ("problem" in listed) throw new Error(listed.problem);
		await there.records.claim(listed.records, { now: START + SECOND, until: START + HOUR });
		there.sent();
		there.wait(SECOND);
		there.respond = () => answer(200);
		const { lines } = await there.redeliver();
		expect([there.sent(), lines]).toEqual([
			[],
			["1 stored message kept for audit: another redelivery is sending what is about the same"],
		]);
	});

	it("it is free ten minutes later, and not before", async () => {
		let isBroken = true;
		const there = world([plain()], {
			onRedelivered: () => {
				if (isBroken) throw new Error("broken");
			},
		});
		there.respond = () => DOWN;
		await there.fire(there.event("pipeline_error"));
		there.wait(MINUTE);
		await expect(there.redeliver()).rejects.toThrow("broken");
		isBroken = false;
		there.sent();
		there.wait(10 * MINUTE - 1);
		await there.redeliver();
		expect(there.sent()).toEqual([]);
		there.wait(1);
		await there.redeliver();
		expect(idsOf(there)).toEqual(["evt_1"]);
	});

	it("what has waited here for longer than its claim is left alone", async () => {
		const there = world([plain()], { concurrency: 1 });
		there.respond = () => DOWN;
		for (let n = 0; n < 3; n++) await there.fire(there.event("pipeline_error", { pipeline: `p${n}` }));
		there.sent();
		there.wait(MINUTE);
		there.respond = () => {
			there.wait(31 * MINUTE);
			return answer(200);
		};
		await there.redeliver();
		expect([idsOf(there), Object.values(there.states())]).toEqual([
			["evt_1", "evt_2"],
			["delivered", "delivered", "waiting"],
		]);
	});
});

it("a hook of that name in another config stays on where the store is shared", async () => {
	const there = world([plain()]);
	there.respond = () => answer(410);
	await there.fire(there.event("pipeline_error"));
	there.file = "other.toml";
	there.respond = () => answer(200);
	const { outcomes } = await there.fire(there.event("pipeline_error"));
	expect(outcomes).toMatchObject([{ status: "delivered" }]);
});

it("what its fallback has refused for good waits for its own receiver", async () => {
	const there = world([
		plain({ fallback: "instead" }),
		webhook({ name: "instead", ...once, selectors: [], url: at("instead") }),
	]);
	there.respond = ({ url }) => (url.pathname === "/instead" ? answer(400) : DOWN);
	await there.fire(there.event("pipeline_error"));
	expect(Object.values(there.states())).toEqual(["waiting"]);
});

it.each([
	["slack", 1],
	["ntfy", 1],
	["pagerduty", 4],
	["alertmanager", 4],
	["datadog", 4],
	["incident_io", 4],
	["generic", 72],
	["openmetadata", 72],
])("a message of %s is worth sending for %d hours", (name, hours) => {
	expect(MESSAGE_RULES.lateOf(plain({ preset: preset(name) })).maxAgeMs).toBe(hours * HOUR);
});
