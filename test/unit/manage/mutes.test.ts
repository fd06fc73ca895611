// PIPELINE_HOOKS_MUTE: what it mutes until when, and what of it mutes nothing.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { readMutes } from "../../../src/manage/mutes.ts";
import { withinCpuTime } from "../../helpers/cpu-time.ts";
import { shellHook, webhook } from "../../helpers/make.ts";
import { blocks } from "../../helpers/pages.ts";

const NOW = new Date("2026-11-30T12:00:00Z");
const HOOKS = [
	webhook({ name: "tell-slack" }),
	webhook({ name: "tell-slack (jane)", copyFor: "jane" }),
	webhook({ name: "audit log" }),
	shellHook({ name: "freeze-gate", onFailure: "abort" }),
];

/** What is muted until when, and what is wrong. */
function read(text: string) {
	const { until, problems } = readMutes(text, HOOKS, NOW);
	return [
		Object.fromEntries([...until].map(([name, time]) => [name, time.toISOString()])),
		...problems.map(({ message }) => message),
	];
}

describe("a hook is muted", () => {
	test.each([
		["audit log until 2026-12-01T08:00Z", "2026-12-01T08:00:00.000Z"],
		["audit log until 2026-12-01T08:00:30+02:00", "2026-12-01T06:00:30.000Z"],
		["audit log  UNTIL  2026-12-01t08:00z", "2026-12-01T08:00:00.000Z"],
		["audit log until 2026-12-01 08:00Z", "2026-12-01T08:00:00.000Z"],
		["audit log until: 2026-12-24", "2026-12-24T00:00:00.000Z"],
		["audit* until 2026-12-24", "2026-12-24T00:00:00.000Z"],
		["audit log until 2026-12-01, audit* until 2026-12-02\naudit log until 2026-12-01", "2026-12-02T00:00:00.000Z"],
	])("%j", (text, until) => {
		expect(read(text)).toEqual([{ "audit log": until }]);
	});

	it("with its copies, and a copy by itself", () => {
		const time = "2026-12-01T00:00:00.000Z";
		expect(read("tell-slack until 2026-12-01")).toEqual([{ "tell-slack": time, "tell-slack (jane)": time }]);
		expect(read("tell-slack (jane) until 2026-12-01")).toEqual([{ "tell-slack (jane)": time }]);
	});
});

it("reads what the page shows", () => {
	const hooks = [webhook({ name: "tell-slack" }), webhook({ name: "audit-log" })];
	const { until, problems } = readMutes(blocks("docs/managing.md", "text")[1] ?? "", hooks, NOW);
	expect([[...until.keys()], problems]).toEqual([["tell-slack", "audit-log"], []]);
});

describe("nothing is muted", () => {
	test.each([
		["", undefined],
		[" , \n,", undefined],
		["audit log until 2026-11-30T12:00Z", undefined],
		["freeze-gate until 2026-11-29", undefined],
		["audit log", '"audit log" does not say until when'],
		["audit log until", '"audit log until" does not say until when'],
		["until 2026-12-01", '"until 2026-12-01" names no hook'],
		[
			"audit log until 2026-12-01 08:00",
			'"audit log until 2026-12-01 08:00" does not end in a date, or a time with its zone',
		],
		["audit log until tomorrow", '"audit log until tomorrow" does not end in a date, or a time with its zone'],
		[
			"audit log until 2026-12-01T08:00",
			'"audit log until 2026-12-01T08:00" does not end in a date, or a time with its zone',
		],
		["audit log until 2026-02-30", '"audit log until 2026-02-30" does not end in a date, or a time with its zone'],
		[
			"audit log until 2026-12-01T25:00Z",
			'"audit log until 2026-12-01T25:00Z" does not end in a date, or a time with its zone',
		],
		["tell-slak until 2026-12-01", 'no hook is named "tell-slak"'],
		["freeze-gate until 2026-12-01", '"freeze-gate" is a gate, and gates are never muted'],
	])("by %j", (text, problem) => {
		expect(read(text)).toEqual(problem === undefined ? [{}] : [{}, problem]);
	});
});

it("knows a hook by a name with commas in it, and takes them for the end of an entry elsewhere", () => {
	const hooks = [webhook({ name: "a, b" }), webhook({ name: "b" }), webhook({ name: "a, b (jane)", copyFor: "jane" })];
	const named = (text: string) => {
		const { until, problems } = readMutes(text, hooks, NOW);
		return [[...until.keys()], ...problems.map(({ message }) => message)];
	};
	expect(named("b until 2026-12-01, a, b until 2026-12-01")).toEqual([["b", "a, b", "a, b (jane)"]]);
	expect(named("a, b (jane) until 2026-12-01")).toEqual([["a, b (jane)"]]);
	expect(named("x, b until 2026-12-01")).toEqual([["b"], '"x" does not say until when']);
	expect(named("a\n, b until 2026-12-01")).toEqual([["b"], '"a" does not say until when']);
});

it("reads a long variable in little time", () => {
	withinCpuTime(3000, () => {
		for (const text of [",x", " ", "x until ", "until: ", "x  until 2026-12-01 "]) {
			readMutes(`${text.repeat(120_000 / text.length)}${" ".repeat(10_000)}x until 2026-12-01`, HOOKS, NOW);
		}
	});
});

it("mutes what is right beside what is wrong, and no gate by a glob", () => {
	const time = "2026-12-01T00:00:00.000Z";
	expect(read("x until 2026-12-01,* until 2026-12-01")).toEqual([
		{ "tell-slack": time, "tell-slack (jane)": time, "audit log": time },
		'no hook is named "x"',
		'"freeze-gate" is a gate, and gates are never muted',
	]);
	expect(readMutes("tell-slak until 2026-12-01", HOOKS, NOW).problems[0]?.remedy).toBe('did you mean "tell-slack"?');
});

it("never mutes a gate, and never until a time that is past, whatever is written", () => {
	const part = fc.constantFrom(
		"tell-slack",
		"*",
		"freeze-gate",
		" until ",
		"2026-12-01",
		"T08:00Z",
		"2025-01-01",
		",",
		"\n",
		"é",
	);
	fc.assert(
		fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
			const { until } = readMutes(parts.join(""), HOOKS, NOW);
			expect(until.has("freeze-gate")).toBe(false);
			expect([...until.values()].every((time) => time > NOW)).toBe(true);
		}),
	);
});
