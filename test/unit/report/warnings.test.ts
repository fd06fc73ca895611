// How a run tells warnings: advice as lines of the log, annotations only of what it leaves out.
import { expect, it, test } from "vitest";
import { WARNINGS } from "../../../scripts/explanations.ts";
import type { Warning } from "../../../src/model/problem.ts";
import { annotationsOf } from "../../../src/report/annotations.ts";
import { isAnnotated, warningLines } from "../../../src/report/warnings.ts";
import { event, reportOf } from "../../helpers/make.ts";

const place = { file: "hooks.toml", line: 3, column: 1 };
const warning = (code: Warning["code"]): Warning => ({ code, message: "odd", remedy: "mend it", place });
const CODES = Object.keys(WARNINGS) as Warning["code"][];

it("annotates hooks and events that a run leaves out, at their place, and nothing else", () => {
	const annotated = CODES.filter(isAnnotated);
	expect(annotated).toEqual(["hooks_left_out", "choice_unknown", "gate_not_read", "chain_disabled", "not_held"]);
	const report = reportOf(event(), [], { warnings: CODES.map(warning), dryRun: true });
	expect(annotationsOf(report, (text) => text)).toEqual(
		annotated.map((code) => ({
			kind: "warning",
			message: `odd; mend it [${code}]`,
			place: { title: "Config", file: "hooks.toml", startLine: 3, startColumn: 1 },
		})),
	);
});

it("has a line for each, but for what a delivery notes", () => {
	const lines = CODES.flatMap((code) => warningLines([warning(code)]));
	const told = CODES.filter((code) => code !== "unsuitable_url");
	expect(lines).toEqual(told.map((code) => `warning[${code}]: hooks.toml:3:1: odd; mend it`));
	expect(warningLines([{ ...warning("not_held"), remedy: "" }])).toEqual(["warning[not_held]: hooks.toml:3:1: odd"]);
});

test("of many only the first are told, and the others counted", () => {
	const many = (count: number) => warningLines(Array.from({ length: count }, () => warning("short_time")));
	expect(many(10)).toHaveLength(10);
	expect(many(12).slice(9)).toEqual([
		"warning[short_time]: hooks.toml:3:1: odd; mend it",
		"2 more warnings: `pipeline-hooks validate` shows them",
	]);
});
