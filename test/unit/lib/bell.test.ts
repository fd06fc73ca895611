// A bell: who waits hears it, and who looks later sees that it has rung.
import { expect, it } from "vitest";
import { Bell } from "../../../src/lib/bell.ts";

it("is seen to have rung by who looks later", () => {
	const bell = new Bell();
	expect(bell.rung).toBe(0);
	bell.ring();
	bell.ring();
	expect(bell.rung).toBe(2);
});

it("is heard by everyone who waits, at each ring, in the order in which they came", () => {
	const bell = new Bell();
	const heard: string[] = [];
	bell.ring();
	bell.onRing(() => heard.push("first"));
	bell.onRing(() => heard.push("second"));
	expect(heard).toEqual([]);
	bell.ring();
	bell.ring();
	expect(heard).toEqual(["first", "second", "first", "second"]);
});

it("is heard by nobody who has stopped to wait, however often they say so, and by all others still", () => {
	const bell = new Bell();
	const heard: string[] = [];
	const stop = bell.onRing(() => heard.push("gone"));
	bell.onRing(() => heard.push("here"));
	stop();
	stop();
	bell.ring();
	expect(heard).toEqual(["here"]);
});

it("has counted a ring before anyone hears of it, so that a round that begins at once does not begin again", () => {
	const bell = new Bell();
	const seen: number[] = [];
	bell.onRing(() => seen.push(bell.rung));
	bell.ring();
	bell.ring();
	expect(seen).toEqual([1, 2]);
});

it("may be waited for by who has just heard it, which is for the next ring, and stopped to be waited for", () => {
	const bell = new Bell();
	const heard: string[] = [];
	const stop = bell.onRing(() => {
		heard.push("first");
		stop();
		bell.onRing(() => heard.push("next"));
	});
	bell.ring();
	expect(heard).toEqual(["first"]);
	bell.ring();
	expect(heard).toEqual(["first", "next"]);
});

it("may ring others", () => {
	const [inner, outer] = [new Bell(), new Bell()];
	inner.onRing(() => outer.ring());
	inner.ring();
	outer.ring();
	expect([inner.rung, outer.rung]).toEqual([1, 2]);
});

it("does not call who was ended by another in the same ring, and calls twice who listens twice", () => {
	const [bell, heard]: [Bell, string[]] = [new Bell(), []];
	let end = () => {};
	bell.onRing(() => {
		heard.push("a");
		end();
	});
	end = bell.onRing(() => heard.push("b"));
	const twice = () => heard.push("c");
	bell.onRing(twice);
	const endOne = bell.onRing(twice);
	bell.ring();
	expect(heard).toEqual(["a", "c", "c"]);
	endOne();
	bell.ring();
	expect(heard).toEqual(["a", "c", "c", "a", "c"]);
});
