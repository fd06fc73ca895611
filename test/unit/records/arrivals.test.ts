// What is stored while a redelivery is under way: it is sent too, in its order, and does not wait for a slow receiver.
import { describe, expect, it } from "vitest";
import { Bell } from "../../../src/lib/bell.ts";
import type { Webhook } from "../../../src/model/hook.ts";
import type { DeliveryRecord } from "../../../src/model/records.ts";
import { parseReference } from "../../../src/model/reference.ts";
import type { HttpRequest } from "../../../src/ports.ts";
import { claimTimes } from "../../../src/records/claim-times.ts";
import { answer } from "../../helpers/fakes.ts";
import { webhook } from "../../helpers/make.ts";
import { MINUTE, START, type World, world } from "../../helpers/stored-runs.ts";

const DOWN = answer(503);
const ANY = { selectors: [{ kind: "glob", pattern: "*" }] } as const;
const hookAt = (name: string, more: Partial<Webhook> = {}) =>
	webhook({ name, url: parseReference(`https://${name}.example.com/`), retryCount: 0, ...ANY, ...more });
const hostOf = ({ url }: HttpRequest) => url.hostname.split(".")[0];

/** A world that has stored one failed event for its first hook, which is due now. */
async function storing(...hooks: readonly Webhook[]) {
	const bell = new Bell();
	const there = world(hooks, { arrivals: bell });
	there.respond = () => DOWN;
	await there.fire(there.event("pipeline_error"));
	there.wait(MINUTE);
	const [first, ...others] = Object.values(there.records.all());
	if (first === undefined) throw new Error("nothing is stored");
	for (const { id } of others) await remove(there, id);
	there.http.requests.length = 0;
	return { there, bell, first };
}

async function remove({ records }: World, id: string): Promise<void> {
	const listed = await records.list({ ids: [id] });
	if ("problem" in listed) throw new Error(listed.problem);
	await records.settle(listed.records.map((from) => ({ from, to: undefined })));
}

/** Stores another one that is due, and rings. */
async function arrive(there: World, bell: Bell, from: DeliveryRecord, more: Partial<DeliveryRecord>): Promise<void> {
	await there.records.put([{ ...from, eventTime: from.eventTime + 1, created: from.created + 1, ...more }]);
	bell.ring();
}

it("sends to another receiver what arrives while a slow one is asked", async () => {
	const { there, bell, first } = await storing(hookAt("slow"), hookAt("quick"));
	let answerSlow = () => {};
	there.respond = (request) => {
		if (hostOf(request) === "quick") {
			answerSlow();
			return answer(200);
		}
		void arrive(there, bell, first, { id: "late", hook: "quick" });
		return new Promise((resolve) => {
			answerSlow = () => resolve(answer(200));
		});
	};
	const { outcomes } = await there.redeliver();
	expect(outcomes.map(({ delivery, status }) => [delivery.hook.name, status])).toEqual([
		["quick", "delivered"],
		["slow", "delivered"],
	]);
});

it("sends what arrives about the same after what is in flight, also where that is obsolete now", async () => {
	const { there, bell, first } = await storing(hookAt("page", { supersede: true }));
	there.respond = async () => {
		if (there.http.requests.length === 1) await arrive(there, bell, first, { id: "newer" });
		return answer(200);
	};
	const { outcomes } = await there.redeliver();
	expect(outcomes.map(({ delivery, status }) => [delivery.id, status])).toEqual([
		[first.id, "delivered"],
		["newer", "delivered"],
	]);
});

it("ends what waits in this run and is made obsolete by what arrives", async () => {
	const { there, bell, first } = await storing(hookAt("page", { supersede: true }));
	await there.records.put([{ ...first, id: "older", key: "other", eventTime: first.eventTime + 1 }]);
	there.respond = async () => {
		if (there.http.requests.length === 1) {
			await arrive(there, bell, first, { id: "newer", key: "other", eventTime: first.eventTime + 2 });
		}
		return answer(200);
	};
	await there.redeliver();
	expect(there.states()).toEqual({ [first.id]: "delivered", older: "superseded", newer: "delivered" });
});

it("leaves to the next run what arrives after a minute", async () => {
	const { there, bell, first } = await storing(hookAt("audit"), hookAt("other"));
	there.respond = async () => {
		there.wait(MINUTE);
		await arrive(there, bell, first, { id: "later", hook: "other" });
		return answer(200);
	};
	await there.redeliver();
	expect(there.http.requests.length).toBe(1);
	there.respond = () => answer(200);
	await there.redeliver();
	expect(there.states()).toMatchObject({ later: "delivered" });
});

it("takes nothing that arrives without a bell", async () => {
	const { there, first } = await storing(hookAt("audit"), hookAt("other"));
	there.respond = async () => {
		await arrive(there, new Bell(), first, { id: "late", hook: "other" });
		return answer(200);
	};
	await there.redeliver();
	expect(there.states()).toMatchObject({ [first.id]: "delivered", late: "waiting" });
});

it("claims for as long as the longest deadline of the config needs, and never for longer than a claim may be", () => {
	expect(claimTimes([])).toEqual({ neededMs: 330_000, wholeMs: 420_000 });
	expect(claimTimes([hookAt("a", { deadlineMs: 60_000 })])).toEqual({ neededMs: 510_000, wholeMs: 600_000 });
	expect(claimTimes([hookAt("a"), hookAt("b", { deadlineMs: 9e9 })]).wholeMs).toBe(3_600_000);
});

it("gives back what could not begin in time, for others to send", async () => {
	const there = world([hookAt("audit", { deadlineMs: 60_000 })], { concurrency: 1 });
	there.respond = () => DOWN;
	for (let n = 0; n < 4; n++) await there.fire(there.event("pipeline_error", { pipeline: `p${n}` }));
	there.wait(MINUTE);
	there.respond = () => {
		there.wait(MINUTE);
		return answer(200);
	};
	await there.redeliver();
	expect(Object.values(there.states())).toEqual(["delivered", "delivered", "delivered", "waiting"]);
	const listed = await there.records.list({ states: ["waiting"] });
	expect("problem" in listed ? listed : listed.records.map(({ claimedUntil }) => claimedUntil)).toEqual([undefined]);
});

describe("an older message that goes first and fails", () => {
	/** A world with an older message that is due in hours, and a newer one that is due in a minute. */
	async function withBoth(): Promise<World> {
		const there = world([hookAt("audit")]);
		there.respond = () => DOWN;
		for (const schedule of [[100 * MINUTE], [MINUTE, 5 * MINUTE]]) {
			there.schedule = schedule;
			await there.fire(there.event("pipeline_error"));
		}
		return there;
	}

	/** Rounds of a worker, ten seconds apart. */
	async function rounds(there: World, count: number): Promise<void> {
		for (let n = 0; n < count; n++) {
			await there.redeliver();
			there.wait(10_000);
		}
	}

	it("has used up the try of the newer one, and is not asked again in every round", async () => {
		const there = await withBoth();
		there.http.requests.length = 0;
		await rounds(there, 60);
		expect(there.http.requests.length).toBe(2);
		const [older, newer] = Object.values(there.records.all());
		expect([older?.failures, newer?.failures, newer?.state]).toEqual([1, 3, "retry_limit_reached"]);
	});

	it("lets both arrive in their order once the receiver answers", async () => {
		const there = await withBoth();
		await rounds(there, 10);
		there.respond = () => answer(200);
		there.sent();
		await rounds(there, 40);
		expect(there.sent().map((body) => JSON.parse(body).id)).toEqual(["evt_1", "evt_2"]);
	});

	it("moves nothing where a person has asked for it", async () => {
		const there = world([hookAt("audit")]);
		there.respond = () => DOWN;
		for (let n = 0; n < 2; n++) await there.fire(there.event("pipeline_error"));
		await there.redeliver({ all: true });
		expect(Object.values(there.records.all()).map(({ failures }) => failures)).toEqual([1, 1]);
	});
});

it("leaves alone what is about nothing, and what comes after one that was refused for good", async () => {
	for (const key of [undefined, "same"]) {
		const there = world([hookAt("audit")]);
		there.respond = () => DOWN;
		there.schedule = [100 * MINUTE];
		await there.fire(there.event("pipeline_error"));
		const [older] = Object.values(there.records.all());
		if (older === undefined) throw new Error("nothing is stored");
		await remove(there, older.id);
		const { key: _, ...rest } = older;
		const keyed = key === undefined ? rest : { ...rest, key };
		await there.records.put([keyed, { ...keyed, id: "newer", eventTime: older.eventTime + 1, due: START }]);
		const bodies: number[] = [];
		there.respond = () => answer(bodies.push(0) === 1 ? 400 : 200);
		await there.redeliver();
		expect([key, there.states()[older.id], there.states()["newer"]]).toEqual(
			key === undefined ? [key, "delivered", "failed"] : [key, "failed", "delivered"],
		);
		expect(there.records.all()["newer"]?.attempts.length).toBe(older.attempts.length + 1);
	}
});

it("ends after a minute, so that the next run sees what has come since, and goes on with the rest", async () => {
	const { there, bell, first } = await storing(hookAt("slow"), hookAt("quick"));
	for (let n = 0; n < 5; n++) {
		await there.records.put([{ ...first, id: `slow-${n}`, eventTime: first.eventTime + n + 1 }]);
	}
	there.respond = async (request) => {
		if (hostOf(request) === "slow") there.wait(25_000);
		if (there.http.requests.length === 4) await arrive(there, bell, first, { id: "fresh", hook: "quick" });
		return answer(200);
	};
	const { rung } = bell;
	await there.redeliver();
	expect(there.http.requests.length).toBeLessThan(5);
	expect(bell.rung).toBeGreaterThan(rung);
	await there.redeliver();
	expect(there.states()).toMatchObject({ fresh: "delivered" });
	const listed = await there.records.list({ states: ["waiting"] });
	expect("problem" in listed ? listed : listed.records.map(({ claimedUntil }) => claimedUntil)).not.toContain(1);
	for (let n = 0; n < 3; n++) await there.redeliver();
	expect(new Set(Object.values(there.states()))).toEqual(new Set(["delivered"]));
});

it.each([
	["a worker leaves room for other receivers", true, 15],
	["a single redelivery claims all at once, since each claim may be a push", false, 60],
] as const)("%s", async (_, isWorker, most) => {
	const given = isWorker ? { arrivals: new Bell() } : {};
	const there = world([hookAt("slow"), hookAt("quick")], given);
	there.respond = () => DOWN;
	await there.fire(there.event("pipeline_error"));
	there.wait(MINUTE);
	const [first] = Object.values(there.records.all());
	if (first === undefined) throw new Error("nothing is stored");
	const { key: __, ...rest } = first;
	const many = Array.from({ length: 60 }, (_, n) => ({ ...rest, id: `more-${n}`, eventTime: rest.eventTime + n + 1 }));
	await there.records.put(many);
	there.respond = () => answer(200);
	let claimed = 0;
	const { claim } = there.records;
	there.records.claim = async (records, times) => {
		claimed = Math.max(claimed, records.length);
		return claim(records, times);
	};
	await there.redeliver();
	expect(claimed).toBe(most);
	expect(new Set(Object.values(there.states()))).toEqual(new Set(["delivered"]));
});
