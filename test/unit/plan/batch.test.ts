// Batches of one process, and the events that end the waiting.
import { describe, expect, it } from "vitest";
import { CATALOG } from "../../../src/model/catalog.ts";
import type { Delivery } from "../../../src/model/delivery.ts";
import { BATCH_BYTES, Batches, batchDelivery, isFinal } from "../../../src/plan/batch.ts";
import { delivery, event, webhook } from "../../helpers/make.ts";

const numbered = (number: number) => event("pipeline_error", { id: `evt_${number}` });

describe("batches", () => {
	it("are full at the hook's size, in order, hook by hook, and the rest is given at the end", () => {
		const [a, b] = [webhook({ name: "a", batchSize: 2 }), webhook({ name: "b", batchSize: 3 })];
		const batches = new Batches();
		const full = [1, 2, 3].flatMap((number) => [a, b].flatMap((hook) => batches.add(delivery(hook, numbered(number)))));
		const ids = (of: typeof full) =>
			of.map(({ hook, events }) => [hook.name, ...events.map(({ context }) => context.id)]);
		expect(ids(full)).toEqual([
			["a", "evt_1", "evt_2"],
			["b", "evt_1", "evt_2", "evt_3"],
		]);
		expect(ids([...batches.rest()])).toEqual([["a", "evt_3"]]);
		expect(batches.rest()).toEqual([]);
	});

	it("have no more bytes than they may, but for one event that has more by itself, in order", () => {
		const hook = webhook({ name: "a", batchSize: 100 });
		const sized = (id: number, size: number, fill = "x") =>
			event("pipeline_error", { id: `evt_${id}`, error: fill.repeat(size / Buffer.byteLength(fill)) });
		const batches = new Batches();
		const third = BATCH_BYTES / 3;
		const given = [
			...[sized(1, third - 500), sized(2, third - 500), sized(3, third - 500), sized(4, 10), sized(5, third)],
			...[sized(6, BATCH_BYTES), sized(7, 10), sized(8, third, "é"), sized(9, third * 2, "é"), sized(10, 10)],
		];
		const numbers = (all: readonly Delivery[]) =>
			all.map(({ events }) => events.map(({ context: { id } }) => Number(id.slice(4))));
		expect(given.map((of) => numbers(batches.add(delivery(hook, of))))).toEqual([
			...[[], [], [], [], [[1, 2, 3, 4]]],
			...[[[5], [6]], [], [], [[7, 8]], []],
		]);
		expect(numbers(batches.rest())).toEqual([[9, 10]]);
	});

	it("count the run beside an event, which a hook may post in the event's place", () => {
		const hook = webhook({ name: "a", batchSize: 100 });
		const batches = new Batches();
		const run = { resource: { id: 1, log: "x".repeat(BATCH_BYTES) } };
		expect(batches.add(delivery(hook, { ...numbered(1), run }))).toHaveLength(1);
	});

	it("have the same id for the same events and hook, and another for any other", () => {
		const hook = webhook({ name: "a" });
		const id = (numbers: readonly number[], of = hook) => {
			const [first = 0, ...rest] = numbers;
			return batchDelivery(of, [numbered(first), ...rest.map(numbered)]).id;
		};
		expect(id([1, 2])).toBe(id([1, 2]));
		expect(new Set([id([1, 2]), id([2, 1]), id([1]), id([1, 2, 3]), id([1, 2], webhook({ name: "b" }))]).size).toBe(5);
	});
});

it("a pipeline ends with two events", () => {
	expect(CATALOG.filter(isFinal).map(({ name }) => name)).toEqual(["pipeline_complete", "pipeline_error"]);
});
