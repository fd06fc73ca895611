// What is stored and due is sent: on its schedule, in order, once, and only while it is still true.
import { describe, expect, it } from "vitest";
import { parseReference } from "../../../src/model/reference.ts";
import { fakeRecords } from "../../helpers/fake-records.ts";
import { answer } from "../../helpers/fakes.ts";
import { preset, webhook } from "../../helpers/make.ts";
import { actionsOf, DOWN, idsOf, once, pager, plain } from "../../helpers/stored-hooks.ts";
import { HOUR, MINUTE, SECOND, world } from "../../helpers/stored-runs.ts";

const at = (path: string) => parseReference(`https://example.com/${path}`);

it("ends where the run breaks on an outcome, and waits for none that cannot come", async () => {
	const there = world([plain()], {
		onRedelivered: () => {
			throw new Error("broken");
		},
	});
	there.respond = () => DOWN;
	await there.fire(there.event("pipeline_error"), there.event("pipeline_error"));
	there.wait(MINUTE);
	await expect(there.redeliver()).rejects.toThrow("broken");
});

describe("the schedule", () => {
	it("is tried 1 m, 5 m, 15 m, 1 h, 4 h and 12 h after the failed try before it, and then given up", async () => {
		const there = world([plain()]);
		there.respond = () => DOWN;
		await there.fire(there.event("pipeline_error"));
		const waits = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 12 * HOUR];
		for (const wait of waits) {
			there.sent();
			there.wait(wait - 1);
			await there.redeliver();
			expect(there.sent()).toEqual([]);
			there.wait(1);
			await there.redeliver();
			expect(there.sent().length).toBe(1);
		}
		expect(Object.values(there.states())).toEqual(["retry_limit_reached"]);
		there.wait(100 * HOUR);
		await there.redeliver();
		expect(there.sent()).toEqual([]);
		const [record] = Object.values(there.records.all());
		expect([record?.failures, record?.attempts.length, record?.due]).toEqual([7, 7, undefined]);
		expect(new Set(there.http.requests.map(({ headers }) => headers["X-Rocky-Delivery"])).size).toBe(1);
	});

	it("counts from a try that came late", async () => {
		const there = world([plain()]);
		there.respond = () => DOWN;
		await there.fire(there.event("pipeline_error"));
		there.wait(3 * HOUR);
		await there.redeliver();
		there.sent();
		there.wait(5 * MINUTE - 1);
		await there.redeliver();
		expect(there.sent()).toEqual([]);
		there.wait(1);
		await there.redeliver();
		expect(there.sent().length).toBe(1);
	});

	it("ends for a chat when nobody reads it any more", async () => {
		const there = world([plain({ preset: preset("slack") })]);
		there.respond = () => DOWN;
		await there.fire(there.event("pipeline_error"));
		for (const wait of [MINUTE, 5 * MINUTE, 15 * MINUTE]) {
			there.wait(wait);
			await there.redeliver();
		}
		expect(Object.values(there.states())).toEqual(["expired"]);
		expect(there.sent().length).toBe(4);
	});

	it("ends what is found too old, without sending it", async () => {
		const there = world([plain({ preset: preset("slack") })]);
		there.respond = () => DOWN;
		await there.fire(there.event("pipeline_error"));
		there.sent();
		there.wait(HOUR);
		const { lines } = await there.redeliver();
		expect([there.sent(), Object.values(there.states())]).toEqual([[], ["expired"]]);
		expect(lines).toEqual(["1 stored message expired: too old to be sent"]);
	});

	it("is that of the hook, and the receiver's own wish before it", async () => {
		const there = world([plain({ schedule: [10 * SECOND] })]);
		there.respond = () => answer(503, "", { "retry-after": "7200" });
		const { outcomes } = await there.fire(there.event("pipeline_error"));
		expect(outcomes[0]?.failure?.reason).toMatch(/; tried again by `redeliver` from 2026-04-02T16:30:00Z on$/);
		there.sent();
		there.wait(2 * HOUR - 1);
		await there.redeliver();
		expect(there.sent()).toEqual([]);
		there.wait(1);
		await there.redeliver();
		expect(there.sent().length).toBe(1);
		expect(Object.values(there.states())).toEqual(["retry_limit_reached"]);
	});

	it("stays as it is where a person sends something before its time", async () => {
		const there = world([plain()]);
		there.respond = () => DOWN;
		await there.fire(there.event("pipeline_error"));
		const [before] = Object.values(there.records.all());
		await there.redeliver({ all: true });
		await there.redeliver({ id: before?.id });
		const [after] = Object.values(there.records.all());
		expect(there.sent().length).toBe(3);
		expect(after).toEqual({ ...before, attempts: expect.anything() });
		expect(after?.attempts.length).toBe(3);
	});

	it("goes on after a clock that was set back, and ends nothing before its time", async () => {
		const there = world([plain()]);
		there.respond = () => DOWN;
		await there.fire(there.event("pipeline_error"));
		there.wait(-2 * HOUR);
		await there.redeliver();
		there.wait(2 * HOUR + MINUTE);
		there.respond = () => answer(200);
		await there.redeliver();
		expect(Object.values(there.states())).toEqual(["delivered"]);
	});

	it("finds what a clock that was ahead has claimed", async () => {
		const there = world([plain()]);
		there.respond = () => DOWN;
		await there.fire(there.event("pipeline_error"));
		const { records } = there;
		const listed = await records.list({});
		if ("problem" in listed) throw new Error(listed.problem);
		const ahead = Date.UTC(2036, 0);
		await records.claim(listed.records, { now: ahead, until: ahead + MINUTE });
		there.wait(MINUTE);
		there.respond = () => answer(200);
		await there.redeliver();
		expect(Object.values(there.states())).toEqual(["delivered"]);
	});
});

describe("a receiver", () => {
	it("that fails is probed by one, and the others wait", async () => {
		const there = world([plain()]);
		there.respond = () => DOWN;
		for (let n = 0; n < 5; n++) await there.fire(there.event("pipeline_error"));
		there.sent();
		there.wait(MINUTE);
		await there.redeliver();
		expect(there.sent().length).toBe(1);
		await there.redeliver();
		expect(there.sent().length).toBe(1);
	});

	it("that answers gets what was held back, due or not, also of its other hooks", async () => {
		const there = world([
			plain(),
			plain({ name: "other", selectors: [{ kind: "event", event: "pipeline_complete" }] }),
			plain({ name: "elsewhere", url: at("elsewhere"), selectors: [{ kind: "event", event: "pipeline_start" }] }),
		]);
		there.respond = () => DOWN;
		await there.fire(there.event("pipeline_error"));
		there.wait(MINUTE - SECOND);
		await there.fire(there.event("pipeline_complete"));
		await there.fire(there.event("pipeline_start"));
		there.sent();
		there.respond = () => answer(200);
		there.wait(SECOND);
		await there.redeliver();
		expect(Object.values(there.states()).toSorted()).toEqual([...Array(4).fill("delivered"), "waiting"]);
		expect(there.http.requests.filter(({ url }) => url.pathname === "/elsewhere").length).toBe(1);
	});

	it("that fails again is left alone, and gets the rest another time", async () => {
		const there = world([plain()], { concurrency: 1 });
		there.respond = () => DOWN;
		for (let n = 0; n < 5; n++) await there.fire(there.event("pipeline_error"));
		there.sent();
		there.wait(MINUTE);
		let left = 2;
		there.respond = () => (left-- > 0 ? answer(200) : DOWN);
		await there.redeliver();
		const sent = there.sent().length;
		expect(Object.values(there.states()).filter((state) => state === "delivered").length).toBe(2);
		there.respond = () => answer(200);
		there.wait(HOUR);
		await there.redeliver();
		expect(Object.values(there.states())).toEqual(Array(5).fill("delivered"));
		expect(sent + there.sent().length).toBeLessThanOrEqual(2 * 5);
	});

	it("that refuses one message gets the others", async () => {
		const there = world([plain()]);
		there.respond = () => DOWN;
		for (let n = 0; n < 3; n++) await there.fire(there.event("pipeline_error"));
		there.wait(MINUTE);
		let isFirst = true;
		there.respond = () => {
			const status = isFirst ? 400 : 200;
			isFirst = false;
			return answer(status);
		};
		await there.redeliver();
		expect(Object.values(there.states())).toEqual(["failed", "delivered", "delivered"]);
	});

	it("that only a fallback stands in for has not answered", async () => {
		const there = world([
			plain({ fallback: "instead" }),
			webhook({ name: "instead", ...once, selectors: [], url: at("instead") }),
		]);
		there.respond = () => DOWN;
		for (let n = 0; n < 3; n++) await there.fire(there.event("pipeline_error"));
		there.sent();
		there.wait(MINUTE);
		there.respond = ({ url }) => (url.pathname === "/instead" ? answer(200) : DOWN);
		await there.redeliver();
		expect(Object.values(there.states())).toEqual(["delivered", "waiting", "waiting"]);
		expect(there.sent().length).toBe(2);
	});

	it("that switches a hook off gets nothing more for it, and all of it is kept until it is switched on", async () => {
		const there = world([plain()]);
		there.respond = () => DOWN;
		for (let n = 0; n < 3; n++) await there.fire(there.event("pipeline_error"));
		there.sent();
		there.wait(MINUTE);
		there.respond = () => answer(410);
		const { warnings } = await there.redeliver();
		expect(there.sent().length).toBe(1);
		expect(warnings).toEqual([
			"audit is switched off by its receiver (410 Gone); `pipeline-hooks enable audit` switches it on",
		]);
		const { outcomes } = await there.fire(there.event("pipeline_error"));
		expect(outcomes[0]).toMatchObject({ status: "skipped", skipCause: "switched_off" });
		await there.redeliver({ all: true });
		expect([there.sent(), Object.values(there.states())]).toEqual([[], Array(4).fill("waiting")]);
		const [scope = ""] = Object.values(there.records.all()).map((record) => record.scope);
		await there.records.enable({ scope, hook: "audit" });
		there.respond = () => answer(200);
		await there.redeliver();
		expect(Object.values(there.states())).toEqual(Array(4).fill("delivered"));
	});
});

describe("what is about the same thing", () => {
	it("comes in its order, also where only the newer one is due", async () => {
		const late = plain({ schedule: [HOUR], selectors: [{ kind: "event", event: "pipeline_error" }] });
		const soon = plain({
			name: "soon",
			schedule: [SECOND],
			selectors: [{ kind: "event", event: "pipeline_complete" }],
		});
		const there = world([late, soon]);
		there.respond = () => DOWN;
		await there.fire(there.event("pipeline_error"));
		await there.fire(there.event("pipeline_complete"));
		there.sent();
		there.wait(MINUTE);
		there.respond = () => answer(200);
		await there.redeliver();
		expect(idsOf(there)).toEqual(["evt_1", "evt_2"]);
	});

	it("is in flight one after the other, to one receiver", async () => {
		const there = world([plain()]);
		there.respond = () => DOWN;
		for (let n = 0; n < 6; n++) await there.fire(there.event("pipeline_error"));
		there.sent();
		there.wait(MINUTE);
		let inFlight = 0;
		let most = 0;
		there.respond = async () => {
			most = Math.max(most, ++inFlight);
			await new Promise(setImmediate);
			await new Promise(setImmediate);
			inFlight--;
			return answer(200);
		};
		await there.redeliver();
		expect(idsOf(there)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `evt_${n}`));
		expect(most).toBe(1);
	});

	it("is made obsolete by the newest, which says so", async () => {
		const there = world([pager("page")]);
		there.respond = () => DOWN;
		await there.fire(there.event("pipeline_error"));
		there.wait(SECOND);
		await there.fire(there.event("pipeline_complete"));
		const [trigger, resolve] = Object.values(there.records.all());
		there.sent();
		there.respond = () => answer(202);
		there.wait(MINUTE);
		const { lines } = await there.redeliver();
		expect(actionsOf(there)).toEqual(["resolve"]);
		expect(lines).toEqual(["1 stored message superseded by newer ones"]);
		expect(there.records.all()[trigger?.id ?? ""]).toMatchObject({ state: "superseded", supersededBy: resolve?.id });
	});

	it("is not made obsolete by what is said to happen much later", async () => {
		const there = world([pager("page")]);
		there.respond = () => DOWN;
		await there.fire(there.event("pipeline_error"));
		await there.fire(there.event("pipeline_complete", { timestamp: "2031-01-01T00:00:00Z" }));
		there.sent();
		there.respond = () => answer(202);
		there.wait(MINUTE);
		await there.redeliver();
		expect(actionsOf(there)).toContain("trigger");
	});

	it("is kept where the config has the hook for other events now", async () => {
		const there = world([plain()]);
		there.respond = () => DOWN;
		await there.fire(there.event("pipeline_error"));
		there.sent();
		there.wait(MINUTE);
		there.hooks = [plain({ selectors: [{ kind: "event", event: "ping" }] })];
		const { lines } = await there.redeliver();
		expect([there.sent(), lines]).toEqual([
			[],
			["1 stored message kept for audit: the config has it for other events"],
		]);
		there.hooks = [...there.hooks, webhook({ name: "first", ...once, onSuccess: ["audit"] })];
		await there.redeliver();
		expect(there.sent().length).toBe(1);
	});

	it("stays obsolete where the newer one is given up before the older is due", async () => {
		const there = world([
			pager("fail", { selectors: [{ kind: "event", event: "pipeline_error" }], schedule: [HOUR] }),
			pager("good", { selectors: [{ kind: "event", event: "pipeline_complete" }], schedule: [SECOND] }),
		]);
		there.respond = () => DOWN;
		await there.fire(there.event("pipeline_error"));
		await there.fire(there.event("pipeline_complete"));
		there.wait(SECOND);
		await there.redeliver();
		there.sent();
		there.respond = () => answer(202);
		there.wait(HOUR);
		await there.redeliver();
		expect(there.sent()).toEqual([]);
		expect(Object.values(there.states()).toSorted()).toEqual(["retry_limit_reached", "superseded"]);
	});

	it.each([true, false])(
		"is ended by a resolve that a later run delivers, by another hook (all kept: %s)",
		async (keepsAll) => {
			const hooks = [
				pager("fail", { selectors: [{ kind: "event", event: "pipeline_error" }] }),
				pager("good", { selectors: [{ kind: "event", event: "pipeline_complete" }] }),
				// Of another receiver, with the same key.
				plain({ name: "chat", preset: preset("slack") }),
			];
			const there = world(hooks, { records: fakeRecords({ keepsAll }) });
			there.respond = ({ url }) => (url.host.includes("pagerduty") ? DOWN : answer(200));
			await there.fire(there.event("pipeline_error"));
			there.respond = () => answer(202);
			there.wait(SECOND);
			await there.fire(there.event("pipeline_complete"));
			there.sent();
			there.wait(HOUR);
			await there.redeliver();
			expect(there.sent()).toEqual([]);
			expect(Object.values(there.records.all()).filter(({ state }) => state === "waiting")).toEqual([]);
		},
	);

	it("is not sent after a resolve that was delivered before it was stored", async () => {
		const there = world([pager("page")]);
		const trigger = there.event("pipeline_error");
		const resolve = there.event("pipeline_complete");
		await there.fire(resolve);
		there.respond = () => DOWN;
		await there.fire(trigger);
		there.sent();
		there.respond = () => answer(202);
		there.wait(HOUR);
		await there.redeliver();
		expect(there.sent()).toEqual([]);
	});

	it("is sent where the newer one went to somebody else", async () => {
		const other = { options: { routing_key: "R0000000000000000000000000000002" } };
		const there = world([
			pager("fail", { selectors: [{ kind: "event", event: "pipeline_error" }] }),
			pager("good", { selectors: [{ kind: "event", event: "pipeline_complete" }], ...other }),
		]);
		there.respond = () => DOWN;
		await there.fire(there.event("pipeline_error"));
		there.respond = () => answer(202);
		await there.fire(there.event("pipeline_complete"));
		there.sent();
		there.wait(MINUTE);
		await there.redeliver();
		expect(actionsOf(there)).toEqual(["trigger"]);
	});

	it("is sent where the newer one is about something else", async () => {
		const there = world([pager("page")]);
		there.respond = () => DOWN;
		await there.fire(there.event("pipeline_error", { pipeline: "orders" }));
		there.respond = () => answer(202);
		await there.fire(there.event("pipeline_complete", { pipeline: "customers" }));
		there.sent();
		there.wait(MINUTE);
		await there.redeliver();
		expect(actionsOf(there)).toEqual(["trigger"]);
	});

	it("is tied by a key of the config's own as the messages are", async () => {
		const options = { routing_key: "R0000000000000000000000000000001", dedup_key: "all of {{metadata.team}}" };
		const there = world([pager("page", { options })]);
		there.respond = () => DOWN;
		await there.fire(there.event("pipeline_error", { pipeline: "orders", metadata: { team: "data" } }));
		await there.fire(there.event("pipeline_error", { pipeline: "orders", metadata: { team: "web" } }));
		await there.fire(there.event("pipeline_complete", { pipeline: "customers", metadata: { team: "data" } }));
		there.sent();
		there.respond = () => answer(202);
		there.wait(MINUTE);
		await there.redeliver();
		expect(there.sent().map((body) => [JSON.parse(body).event_action, JSON.parse(body).dedup_key])).toEqual([
			["trigger", "all of web"],
			["resolve", "all of data"],
		]);
	});

	it("is no start, which hides no failure before it", async () => {
		const there = world([plain({ preset: preset("slack") })]);
		there.respond = () => DOWN;
		await there.fire(there.event("pipeline_error"));
		there.respond = () => answer(200, "ok");
		await there.fire(there.event("pipeline_start"));
		there.sent();
		there.wait(MINUTE);
		await there.redeliver();
		expect(there.sent()).toEqual([expect.stringContaining("etl failed")]);
	});

	it.each([true, false])(
		"is in the order of the lines of a file whose events have one time (all kept: %s)",
		async (keepsAll) => {
			const there = world([pager("page")], { records: fakeRecords({ keepsAll }) });
			const timestamp = "2026-04-02T00:00:00Z";
			const line = (name: string, number: number) => ({ ...there.event(name, { timestamp }), line: number });
			const [trigger, resolve] = [line("pipeline_error", 1), line("pipeline_complete", 2)];
			there.respond = ({ body }) => answer(new TextDecoder().decode(body).includes('"trigger"') ? 503 : 202);
			await there.fire(trigger, resolve);
			expect(actionsOf(there)).toEqual(["trigger", "resolve"]);
			there.respond = () => answer(202);
			there.wait(MINUTE);
			await there.redeliver();
			expect(there.sent()).toEqual([]);
		},
	);

	it("is all sent where nobody knows what came first", async () => {
		const there = world([pager("page")]);
		there.respond = () => DOWN;
		const timestamp = "2026-04-02T00:00:00Z";
		await there.fire(there.event("pipeline_complete", { timestamp }));
		there.wait(SECOND);
		await there.fire(there.event("pipeline_error", { timestamp }));
		there.sent();
		there.respond = () => answer(202);
		there.wait(MINUTE);
		await there.redeliver();
		expect(actionsOf(there)).toEqual(["resolve", "trigger"]);
	});

	it("is not sent while somebody else may be sending what comes before it", async () => {
		const there = world([pager("page")]);
		there.respond = () => DOWN;
		await there.fire(there.event("pipeline_error"));
		await there.fire(there.event("pipeline_complete"));
		there.sent();
		there.wait(MINUTE);
		const { records } = there;
		const listed = await records.list({});
		if ("problem" in listed) throw new Error(listed.problem);
		const now = Date.UTC(2026, 3, 2, 14, 31);
		await records.claim(listed.records.slice(0, 1), { now, until: now + MINUTE });
		there.respond = () => answer(202);
		await there.redeliver();
		expect(there.sent()).toEqual([]);
		there.wait(MINUTE);
		await there.redeliver();
		expect(actionsOf(there)).toEqual(["resolve"]);
	});

	it("of two topics of a chat is told to both", async () => {
		const topic = (thread_id: string, event: string) =>
			plain({
				name: `topic-${thread_id}`,
				preset: preset("telegram"),
				url: undefined,
				options: { token: "1:a-token-of-a-bot", chat_id: "7", thread_id },
				selectors: [{ kind: "event", event }],
			});
		const there = world([topic("1", "pipeline_error"), topic("2", "pipeline_complete")]);
		there.respond = () => DOWN;
		await there.fire(there.event("pipeline_error"));
		await there.fire(there.event("pipeline_complete"));
		there.sent();
		there.respond = () => answer(200, '{"ok":true}');
		there.wait(MINUTE);
		await there.redeliver();
		expect(there.sent().map((body) => JSON.parse(body).message_thread_id)).toEqual([1, 2]);
	});
});

describe("two redeliveries at once", () => {
	it("send each message once", async () => {
		const there = world([plain(), plain({ name: "other", url: at("other") })]);
		there.respond = () => DOWN;
		for (let n = 0; n < 20; n++) await there.fire(there.event("pipeline_error", { pipeline: `p${n}` }));
		there.sent();
		there.respond = async () => {
			await new Promise(setImmediate);
			return answer(200);
		};
		there.wait(MINUTE);
		await Promise.all([there.redeliver(), there.redeliver(), there.redeliver()]);
		await there.redeliver();
		expect(there.sent().length).toBe(40);
		expect(Object.values(there.states())).toEqual(Array(40).fill("delivered"));
	});

	it("go on to the next where the first is somebody else's", async () => {
		const there = world([plain()]);
		there.respond = () => DOWN;
		for (let n = 0; n < 3; n++) await there.fire(there.event("pipeline_error", { pipeline: `p${n}` }));
		there.sent();
		const { records } = there;
		const listed = await records.list({});
		if ("problem" in listed) throw new Error(listed.problem);
		const now = Date.UTC(2026, 3, 2, 14, 31);
		await records.claim(listed.records.slice(0, 1), { now, until: now + MINUTE });
		there.respond = () => answer(200);
		there.wait(MINUTE);
		await there.redeliver();
		expect(there.sent().length).toBe(2);
	});
});

it("sends what is asked for by its id, whatever became of it", async () => {
	const there = world([plain()]);
	const { outcomes } = await there.fire(there.event("pipeline_error"));
	const id = outcomes[0]?.delivery.id ?? "";
	expect(there.states()).toEqual({ [id]: "delivered" });
	there.respond = () => DOWN;
	await there.redeliver({ id });
	expect([there.sent().length, there.states()]).toEqual([2, { [id]: "delivered" }]);
});

it("stops at a cancellation, and gives back what it has claimed", async () => {
	const controller = new AbortController();
	const there = world([plain()], { signal: controller.signal, concurrency: 1 });
	there.respond = () => DOWN;
	for (let n = 0; n < 4; n++) await there.fire(there.event("pipeline_error", { pipeline: `p${n}` }));
	there.wait(MINUTE);
	let left = 2;
	there.respond = () => {
		if (--left === 0) controller.abort();
		return answer(200);
	};
	await there.redeliver();
	expect(Object.values(there.states()).toSorted()).toEqual(["delivered", "delivered", "waiting", "waiting"]);
	const listed = await there.records.list({ states: ["waiting"] });
	expect("problem" in listed ? [] : listed.records.map(({ claimedUntil }) => claimedUntil)).toEqual([
		undefined,
		undefined,
	]);
});

it("keeps what it may not send now, and ends what there is nothing to send of", async () => {
	const there = world([plain()]);
	there.respond = () => DOWN;
	await there.fire(there.event("pipeline_error"));
	there.sent();
	const before = there.records.all();
	there.respond = () => answer(200);
	there.wait(MINUTE);
	there.isMuted = true;
	const { lines } = await there.redeliver();
	expect([there.sent(), there.records.all()]).toEqual([[], before]);
	expect(lines.filter((line) => line.includes("kept for"))).toEqual([
		"1 stored message kept for audit: it is muted for now",
	]);
	there.isMuted = false;
	there.respond = () => DOWN;
	await there.fire(there.event("pipeline_start", { pipeline: "other" }));
	there.sent();
	there.hooks = [plain({ preset: preset("pagerduty"), url: undefined, options: { routing_key: "R".repeat(32) } })];
	there.respond = () => answer(202);
	there.wait(MINUTE);
	await there.redeliver();
	expect([there.sent().length, Object.values(there.states())]).toEqual([1, ["delivered", "failed"]]);
});

it("stops where the store fails, and says so once", async () => {
	const there = world([plain()]);
	there.respond = () => DOWN;
	for (let n = 0; n < 3; n++) await there.fire(there.event("pipeline_error", { pipeline: `p${n}` }));
	there.sent();
	there.wait(MINUTE);
	for (const step of ["list", "disabled"] as const) {
		there.records.fail(step);
		await expect(there.redeliver()).rejects.toThrow(`${step} failed`);
	}
	there.records.fail("claim");
	const claimed = await there.redeliver();
	expect(claimed.warnings).toEqual(["stored messages are not sent: claim failed"]);
	expect(there.records.steps.filter((each) => each === "claim").length).toBe(1);
	expect(there.sent()).toEqual([]);
	there.records.fail("settle");
	const { warnings } = await there.redeliver();
	expect(warnings).toEqual(["a delivery could not be stored: settle failed"]);
});
