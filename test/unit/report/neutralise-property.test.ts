// Foreign text is no command, by the runner's own rules and by those of stricter readers.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { neutralise } from "../../../src/report/neutralise.ts";
import { commandText } from "../../helpers/command-text.ts";
import { withinCpuTime } from "../../helpers/cpu-time.ts";
import { commandIn, linesRead } from "../../helpers/runner-commands.ts";

it.each([
	["::error::x", "error", "x"],
	["\x85\t::Set-Output name=a%2Cb,c=::d%0Ae%25", "set-output", "d\ne%"],
	["a\x1b[0m##[group a=b;c=d]e%5D", "group", "e]"],
	["##[error]::warning::x", "error", "::warning::x"],
	["\u200b::error::x", undefined, undefined],
	["##\u200b[error]x", undefined, undefined],
	["a ::error::x", undefined, undefined],
	["::error:x", undefined, undefined],
	["##[error x", undefined, undefined],
	["::resume-token::", undefined, undefined],
])("the runner finds in %j the command %s", (line, name, data) => {
	expect(commandIn(line)?.name).toBe(name);
	expect(commandIn(line)?.data).toBe(data);
});

describe("foreign text", () => {
	it("is no command in any of its lines, by the runner's own rules, and loses nothing visible", () => {
		let dangerous = 0;
		fc.assert(
			fc.property(commandText, (all) => {
				if (linesRead(all).some((line) => commandIn(line) !== undefined)) dangerous++;
				const lines = neutralise(all);
				const shown = (text: string) => text.replaceAll(/\r\n?/g, "\n").replaceAll("\u200b", "");
				expect(shown(lines.join("\n"))).toBe(shown(all));
				for (const line of lines) {
					expect(linesRead(line)).toHaveLength(1);
					expect(commandIn(line)).toBeUndefined();
				}
			}),
			{ numRuns: 3000 },
		);
		expect(dangerous).toBeGreaterThan(30);
	});

	it("is none where more than line feeds end a line, nor any token that stops or resumes commands", () => {
		fc.assert(
			fc.property(commandText, (all) => {
				for (const line of neutralise(all).flatMap((line) => line.split(/[\v\f\x85\u2028\u2029]/))) {
					expect(commandIn(line)).toBeUndefined();
					expect(line).not.toMatch(/^[\s\x85]*::|##\[/);
				}
			}),
			{ numRuns: 500 },
		);
	});
});

it("foreign text is neutralised in linear time", () => {
	withinCpuTime(2000, () => {
		for (const unit of [" ", ":", " :: ", "\v", "\u2028::", "##[", "\t\x85"])
			neutralise(unit.repeat(300_000 / unit.length));
	});
});
