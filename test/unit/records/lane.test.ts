// Who is sent what waits for one receiver: one at first, and the rest in its order.
import { expect, it } from "vitest";
import { Lane } from "../../../src/records/lane.ts";
import { withinCpuTime } from "../../helpers/cpu-time.ts";

/** A lane with these, each `id` or `id:key`. */
function lane(...items: readonly string[]): Lane<{ readonly id: string; readonly key: string | undefined }> {
	const made = new Lane<{ readonly id: string; readonly key: string | undefined }>("r");
	made.add(items.map(of));
	return made;
}
const of = (item: string) => {
	const [id = "", key] = item.split(":");
	return { id, key };
};
const next = (from: ReturnType<typeof lane>, most = 10) => from.next(most).map(({ id }) => id);

it("gives one until the receiver has answered, then as many as are asked for", () => {
	const there = lane("1", "2", "3", "4");
	expect([next(there), next(there), there.isDone, there.isOpen]).toEqual([["1"], [], false, false]);
	there.settle("1", true);
	expect([there.isOpen, next(there, 2), next(there)]).toEqual([true, ["2", "3"], ["4"]]);
	expect(there.isDone).toBe(false);
	for (const id of ["2", "3", "4"]) there.settle(id, true);
	expect(there.isDone).toBe(true);
});

it("gives nothing more after a failure, also where others still succeed", () => {
	const there = lane("1", "2", "3", "4");
	next(there);
	there.settle("1", true);
	next(there, 2);
	there.settle("2", false);
	there.settle("3", true);
	expect([next(there), there.isDone]).toEqual([[], true]);
});

it("gives another one first where the first was not asked, or is somebody else's", () => {
	const there = lane("1", "2", "3");
	next(there);
	there.settle("1", undefined);
	expect(next(there)).toEqual(["2"]);
	there.lose("2");
	expect(next(there)).toEqual(["3"]);
});

it("gives what has one key in turn", () => {
	const there = lane("1", "2:a", "3:a", "4:b", "5:a", "6");
	next(there);
	there.settle("1", true);
	expect(next(there)).toEqual(["2", "4", "6"]);
	expect(next(there)).toEqual([]);
	there.settle("2", true);
	expect(next(there)).toEqual(["3"]);
});

it("leaves what comes after something that is somebody else's, however often it is added", () => {
	const there = lane("1:a", "2:a", "3");
	expect(next(there)).toEqual(["1"]);
	there.lose("1");
	there.add(["2:a", "4:a", "3"].map(of));
	expect(next(there)).toEqual(["3"]);
	there.settle("3", true);
	expect([next(there), there.isDone]).toEqual([[], true]);
});

it("no longer gives what has ended, and gives the others in their order", () => {
	const there = lane("1", "2", "3", "4", "5");
	next(there);
	there.settle("1", true);
	there.remove(new Set(["2", "4", "elsewhere"]));
	expect(next(there)).toEqual(["3", "5"]);
	expect(next(there)).toEqual([]);
});

it("gives what is about the same as something that has ended, now and when it comes later", () => {
	const there = lane("1:a", "2:a", "3:b");
	there.remove(new Set(["1"]));
	expect(next(there)).toEqual(["2"]);
	there.settle("2", true);
	there.remove(new Set(["3"]));
	there.add(["4:a", "5:b"].map(of));
	expect(next(there)).toEqual(["4", "5"]);
});

it("waits for what is in flight, also where that has ended elsewhere", () => {
	const there = lane("1", "2");
	next(there);
	there.remove(new Set(["1", "2"]));
	expect(there.isDone).toBe(false);
	there.add([of("1")]);
	there.settle("1", true);
	expect([next(there), there.isDone]).toEqual([[], true]);
});

it("is done once all that waits has ended", () => {
	const there = lane("1", "2");
	expect(there.isDone).toBe(false);
	there.remove(new Set(["1", "2"]));
	expect([there.isDone, next(there)]).toEqual([true, []]);
});

/** One that is open, with these after its probe. */
function long(): ReturnType<typeof lane> {
	const there = lane(...Array.from({ length: 500 }, (_, n) => String(n)));
	next(there, 1);
	there.settle("0", true);
	return there;
}

it("begins a long queue at its front, or in one of ten places, so that two workers hardly meet", () => {
	const firstOf = (random?: () => number) => long().next(10, random)[0]?.id;
	expect([firstOf(), firstOf(() => 0), firstOf(() => 0.35), firstOf(() => 0.999)]).toEqual(["1", "1", "31", "91"]);
});

it("begins a short queue at its front, and gives all of it in the end", () => {
	const there = long();
	const late = () => 0.999;
	const all = [...there.next(400, late), ...there.next(400, late)].map(({ id }) => Number(id));
	expect(all).toEqual(Array.from({ length: 499 }, (_, n) => n + 1));
});

it("puts what has a key in its place among the others again", () => {
	const there = lane("0", "1:a", "2:a", "3", "4:a", "5", "6:b");
	next(there, 1);
	there.settle("0", true);
	expect(next(there, 1)).toEqual(["1"]);
	there.settle("1", true);
	expect(there.pull(({ id }) => id === "3").map(({ id }) => id)).toEqual(["3"]);
	expect(next(there, 2)).toEqual(["2", "5"]);
	there.remove(new Set(["4"]));
	there.add(["7:a", "8"].map(of));
	there.settle("2", true);
	expect(next(there)).toEqual(["6", "7", "8"]);
});

it.each<readonly [string, (n: number) => string]>([
	["about nothing", (n) => `${n}`],
	["about one thing", (n) => `${n}:a`],
	["about many things", (n) => `${n}:${n % 100}`],
])("gives 20,000 %s one by one in little time", (_, item) => {
	const order = withinCpuTime(2000, () => {
		const there = lane(...Array.from({ length: 20_000 }, (_, n) => item(n)));
		const given: number[] = [];
		while (!there.isDone) {
			for (const id of next(there, 1)) {
				given.push(Number(id));
				there.settle(id, true);
			}
		}
		return given;
	});
	expect(order).toEqual(Array.from({ length: 20_000 }, (_, n) => n));
});

it("gives a key's next ones in little time while the first is in flight", () => {
	withinCpuTime(2000, () => {
		const there = lane("first", ...Array.from({ length: 20_000 }, (_, n) => `${n}:a`), "last");
		next(there);
		there.settle("first", true);
		expect(next(there)).toEqual(["0", "last"]);
		let more = 0;
		for (let n = 0; n < 20_000; n++) more += next(there).length;
		expect(more).toBe(0);
	});
});
