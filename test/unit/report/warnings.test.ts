// How a run tells the warnings of its config: what it leaves out.
import { expect, it, test } from "vitest";
import type { Warning } from "../../../src/model/problem.ts";
import { annotationsOf } from "../../../src/report/annotations.ts";
import { warningLines } from "../../../src/report/warnings.ts";
import { event, reportOf } from "../../helpers/make.ts";

const place = { file: "hooks.toml", line: 3, column: 1 };
const warning = (code: Warning["code"]): Warning => ({ code, message: "odd", remedy: "mend it", place });

it("annotates each at its place", () => {
	const report = reportOf(event(), [], { warnings: [warning("hooks_left_out")], dryRun: true });
	expect(annotationsOf(report, (text) => text)).toEqual([
		{
			kind: "warning",
			message: "odd; mend it [hooks_left_out]",
			place: { title: "Config", file: "hooks.toml", startLine: 3, startColumn: 1 },
		},
	]);
});

it("names no place for one that is about no file", () => {
	const muted: Warning = { code: "mute", message: "odd", remedy: "mend it" };
	const report = reportOf(event(), [], { warnings: [muted], dryRun: true });
	expect(annotationsOf(report, (text) => text)).toEqual([
		{ kind: "warning", message: "odd; mend it [mute]", place: {} },
	]);
	expect(warningLines([muted])).toEqual(["warning[mute]: odd; mend it"]);
});

it("has a line for each", () => {
	expect(warningLines([warning("not_held"), { ...warning("not_held"), remedy: "" }])).toEqual([
		"warning[not_held]: hooks.toml:3:1: odd; mend it",
		"warning[not_held]: hooks.toml:3:1: odd",
	]);
});

test("of many only the first are told, and the others counted", () => {
	const many = (count: number) => warningLines(Array.from({ length: count }, () => warning("not_held")));
	expect(many(10)).toHaveLength(10);
	expect(many(12).slice(9)).toEqual([
		"warning[not_held]: hooks.toml:3:1: odd; mend it",
		"2 more warnings: `pipeline-hooks validate` shows those of the config",
	]);
});
