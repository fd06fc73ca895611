// Commands to type, as a shell reads them.
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, it } from "vitest";
import { toType } from "../../../src/commands/store.ts";

it("a command to type names the config and the store that were given", () => {
	expect(toType(["enable", "tell-slack"], {})).toBe("pipeline-hooks enable tell-slack");
	expect(toType(["redeliver", "--hook", "tell it"], { config: "a.toml", store: "it's.db" })).toBe(
		"pipeline-hooks redeliver --hook 'tell it' --config a.toml --store 'it'\\''s.db'",
	);
});

it("a command to type is read by a shell as it was meant, whatever a hook is called", () => {
	const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((text) => !text.includes("\0"));
	fc.assert(
		fc.property(fc.array(name, { minLength: 1, maxLength: 20 }), (names) => {
			const script = toType(names, {}).replace("pipeline-hooks", "printf '%s\\0'");
			const read = execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0");
			expect(read.slice(0, -1)).toEqual(names);
		}),
		{ numRuns: 30 },
	);
});
