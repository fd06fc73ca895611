// Writing records: in few steps, all before the end, and with what the store says of it.
import { expect, it } from "vitest";
import { Writer } from "../../../src/records/writer.ts";
import { fakeRecords } from "../../helpers/fake-records.ts";
import { good, record } from "../../helpers/records.ts";

it("writes what is new at the end, and what is much at once", async () => {
	const records = fakeRecords();
	const writer = new Writer(records, () => {});
	for (let n = 0; n < 499; n++) writer.add(record(`${n}`));
	await new Promise((resolve) => setTimeout(resolve, 20));
	expect(records.steps).toEqual([]);
	writer.add(record("499"));
	await expect.poll(() => Object.keys(records.all()).length).toBe(500);
	writer.add(record("500"));
	await writer.end();
	expect([Object.keys(records.all()).length, records.steps, writer.isGood]).toEqual([501, ["put", "put"], true]);
});

it("writes changes together that come while another is written, and all before the end", async () => {
	const records = fakeRecords({ given: Array.from({ length: 50 }, (_, n) => record(`${n}`)) });
	const writer = new Writer(records, () => {});
	const { records: listed } = good(await records.list({}));
	const [first, ...others] = listed;
	if (first === undefined) throw new Error("nothing");
	writer.change({ from: first, to: { ...first.record, state: "delivered" } });
	records.before = (step) => {
		if (step !== "settle") return;
		for (const from of others.splice(0)) writer.change({ from, to: { ...from.record, state: "delivered" } });
	};
	await writer.end();
	expect(new Set(Object.values(records.all()).map(({ state }) => state))).toEqual(new Set(["delivered"]));
	expect(records.steps.filter((step) => step === "settle").length).toBe(2);
});

it("ends where the store fails, and says so each time", async () => {
	const records = fakeRecords();
	const said: string[] = [];
	const writer = new Writer(records, (problem) => said.push(problem));
	records.fail("put", "settle");
	writer.add(record("1"));
	writer.change({ from: { record: record("2"), revision: "1" }, to: undefined });
	await writer.end();
	expect([said.toSorted(), writer.isGood]).toEqual([["put failed", "settle failed"], false]);
});
