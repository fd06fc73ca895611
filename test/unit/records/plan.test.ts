// What a redelivery would do is what it then does, and planning it changes nothing.
import { expect, it } from "vitest";
import { MESSAGE_RULES } from "../../../src/deliver/message-rules.ts";
import type { Wanted } from "../../../src/model/records.ts";
import { parseReference } from "../../../src/model/reference.ts";
import { USUAL_SCHEDULE_MS } from "../../../src/model/store-config.ts";
import { Outbox } from "../../../src/records/outbox.ts";
import { planOf } from "../../../src/records/plan.ts";
import { writeHeld } from "../../../src/store/held-event.ts";
import { answer, fakeClock } from "../../helpers/fakes.ts";
import { webhook } from "../../helpers/make.ts";
import { HOUR, MINUTE, START, type World, world } from "../../helpers/stored-runs.ts";

const once = { retryCount: 0, selectors: [{ kind: "glob", pattern: "*" }] } as const;

async function planIn(there: World, wanted: Wanted = {}) {
	const ports = { env: {}, clock: { ...fakeClock(), now: () => new Date(START + there.time) } };
	const config = { file: there.file, hooks: there.hooks };
	const outbox = new Outbox({
		records: there.records,
		config,
		scope: there.file,
		schedule: USUAL_SCHEDULE_MS,
		ports,
		mask: (text) => text,
		rules: MESSAGE_RULES,
		write: writeHeld,
	});
	const plan = await planOf(outbox, wanted, {
		muted: () => undefined,
		unreadable: (problem) => new Error(problem),
	});
	const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id).toSorted();
	return { ...plan, ready: ids(plan.ready), following: ids(plan.following) };
}

const audit = () => webhook({ name: "audit", ...once, supersede: false });

it("sends what is due, and then what is not due to receivers that answer", async () => {
	const elsewhere = webhook({
		name: "other",
		...once,
		supersede: false,
		url: parseReference("https://other.example/x"),
	});
	const there = world([audit(), elsewhere]);
	there.respond = () => answer(503);
	await there.fire(there.event("pipeline_error"));
	there.wait(30_000);
	there.hooks = [audit()];
	await there.fire(there.event("pipeline_error"));
	there.hooks = [audit(), elsewhere];
	there.wait(MINUTE - 30_000);
	const before = there.records.all();
	const plan = await planIn(there, { hook: "audit" });
	expect([plan.ready.length, plan.following.length]).toEqual([1, 1]);
	expect((await planIn(there)).ready.length).toBe(2);
	expect(there.records.all()).toEqual(before);

	there.respond = () => answer(200);
	const { outcomes } = await there.redeliver({ hook: "audit" });
	expect(outcomes.map(({ delivery }) => delivery.id).toSorted()).toEqual([...plan.ready, ...plan.following].toSorted());
});

it("has nothing that follows where a person says what is sent", async () => {
	const there = world([audit()]);
	there.respond = () => answer(503);
	await there.fire(there.event("pipeline_error"), there.event("pipeline_error"));
	const [id] = Object.keys(there.records.all());
	expect(await planIn(there, { id })).toMatchObject({ ready: [id], following: [] });
	expect(await planIn(there, { all: true })).toMatchObject({ ready: { length: 2 }, following: [] });
	const { ready, following, later } = await planIn(there);
	expect([ready, following, later.length]).toEqual([[], [], 2]);
});

it("says what would expire, and what a newer one makes obsolete", async () => {
	const pager = webhook({ name: "tell", ...once, supersede: true, maxAgeMs: HOUR });
	const there = world([pager, audit()]);
	there.respond = () => answer(503);
	await there.fire(there.event("pipeline_error"));
	there.wait(MINUTE);
	there.hooks = [pager];
	await there.fire(there.event("pipeline_error"));
	there.hooks = [pager, audit()];
	there.wait(2 * MINUTE);
	const { obsolete, expired } = await planIn(there, { hook: "tell" });
	expect(obsolete.map(({ from, by }) => from.record.eventTime < by.eventTime)).toEqual([true]);
	expect(expired).toEqual([]);
	there.wait(HOUR);
	expect((await planIn(there, { hook: "tell" })).expired.length).toBe(1);
});
