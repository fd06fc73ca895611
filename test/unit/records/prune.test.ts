// Old records are removed, but for what somebody is sending at this moment.
import { expect, it } from "vitest";
import type { DeliveryRecord } from "../../../src/model/records.ts";
import { ENDED, prune } from "../../../src/records/prune.ts";
import { fakeRecords } from "../../helpers/fake-records.ts";
import { good, record } from "../../helpers/records.ts";

const now = () => 5000;
const old: readonly DeliveryRecord[] = [
	record("waits"),
	record("delivered", { state: "delivered" }),
	record("failed", { state: "failed" }),
	record("new", { state: "delivered", created: 3000 }),
];

it("removes what has ended and is old, and says how many", async () => {
	const records = fakeRecords({ given: old });
	expect(await prune(records, { until: 2000, states: ENDED }, now)).toBe(2);
	expect(Object.keys(records.all())).toEqual(["waits", "new"]);
});

it("removes what waits only where it is asked for", async () => {
	const records = fakeRecords({ given: old });
	expect(await prune(records, { until: 2000 }, now)).toBe(3);
	expect(Object.keys(records.all())).toEqual(["new"]);
});

it("leaves what another process has claimed", async () => {
	const records = fakeRecords({ given: old });
	const claimed = good(await records.list({ ids: ["failed"] })).records;
	await records.claim(claimed, { now: 4000, until: 6000 });
	expect(await prune(records, { until: 2000, states: ENDED }, now)).toBe(1);
	expect(Object.keys(records.all())).toEqual(["waits", "failed", "new"]);
});

it("removes more than are claimed at once", async () => {
	const records = fakeRecords({
		given: Array.from({ length: 2500 }, (_, at) => record(`${at}`, { state: "delivered" })),
	});
	expect(await prune(records, { until: 2000 }, now)).toBe(2500);
	expect(records.all()).toEqual({});
});

it.each(["list", "claim", "settle"] as const)("says what fails, where it is %s", async (step) => {
	const records = fakeRecords({ given: old });
	records.fail(step);
	expect(await prune(records, { until: 2000 }, now)).toEqual({ problem: `${step} failed` });
});
