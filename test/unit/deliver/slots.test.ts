// Slots: as many as there are, in turn, given back while their work waits, and bounded in what waits.
import { describe, expect, test } from "vitest";
import { Slots } from "../../../src/deliver/slots.ts";

const idle = () => new Promise((resolve) => setImmediate(resolve));

/** Enters, and says so. */
function entering(slots: Slots, entered: string[], name: string): void {
	void slots.enter().then(() => entered.push(name));
}

describe("a slot that is given back while its work waits", () => {
	test("goes to the next, and is taken again before all that have not begun", async () => {
		const slots = new Slots(1);
		const entered: string[] = [];
		let goOn = () => {};
		await slots.enter();
		void slots
			.aside(
				new Promise<void>((resolve) => {
					goOn = resolve;
				}),
			)
			.then(() => entered.push("back"));
		entering(slots, entered, "a");
		entering(slots, entered, "b");
		await idle();
		expect(entered).toEqual(["a"]);
		goOn();
		await idle();
		expect(entered).toEqual(["a"]);
		slots.leave();
		await idle();
		expect(entered).toEqual(["a", "back"]);
		slots.leave();
		await idle();
		expect(entered).toEqual(["a", "back", "b"]);
	});

	test("is taken again also where the waiting has failed", async () => {
		const slots = new Slots(1);
		await slots.enter();
		await expect(slots.aside(Promise.reject(new Error("no")))).rejects.toThrow("no");
		expect(slots.take()).toBe(false);
	});

	test("lets nothing new begin once 200 wait", async () => {
		const slots = new Slots(1);
		const goOn: (() => void)[] = [];
		let begun = 0;
		const begin = async () => {
			await slots.enter();
			begun++;
			await slots.aside(new Promise<void>((resolve) => goOn.push(resolve)));
			slots.leave();
		};
		const all = Array.from({ length: 1000 }, begin);
		await idle();
		expect(begun).toBe(200);
		goOn.shift()?.();
		await idle();
		expect(begun).toBe(201);
		while (goOn.length > 0) {
			goOn.shift()?.();
			await idle();
		}
		await Promise.all(all);
		expect(begun).toBe(1000);
		expect([slots.take(), slots.take()]).toEqual([true, false]);
	});
});
