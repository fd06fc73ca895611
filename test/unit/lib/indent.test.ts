// JSON as people read it: nothing of it changes but the white space.
import { expect, it } from "vitest";
import { writesExactNumbers } from "../../../src/lib/exact-number.ts";
import { indented } from "../../../src/lib/indent.ts";

it("indents objects and lists", () => {
	expect(indented('{"a":[1,{"b":"c\\n"}],"d":[]}')).toBe(
		'{\n  "a": [\n    1,\n    {\n      "b": "c\\n"\n    }\n  ],\n  "d": []\n}',
	);
});

it.runIf(writesExactNumbers())("keeps every digit of a number", () => {
	expect(indented("[1152921506151679042,1.10,1e400]")).toBe("[\n  1152921506151679042,\n  1.10,\n  1e400\n]");
});

it.each(["", "text", '{"a": ', "[1] x", "***"])("leaves %j, which is not JSON, as it is", (text) => {
	expect(indented(text)).toBe(text);
});
