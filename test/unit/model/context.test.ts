// The context: key order, defaults, types, and what a user's mistake in it gives.
import { describe, expect, test } from "vitest";
import { ExactNumber } from "../../../src/lib/exact-number.ts";
import { vocabulary } from "../../../src/model/catalog.ts";
import { completeEvent, readContext } from "../../../src/model/context.ts";
import type { Problem } from "../../../src/model/problem.ts";
import { withinCpuTime } from "../../helpers/cpu-time.ts";
import { event } from "../../helpers/make.ts";

describe("completeEvent", () => {
	test("writes the keys in the order of the contract and leaves absent ones out", () => {
		const { context } = event("pipeline_complete", {
			metadata: { tables: 20 },
			duration_ms: 45_200,
			table: "orders",
			model: "m",
		});
		expect(JSON.stringify(context)).toBe(
			'{"id":"evt_1","event":"pipeline_complete","run_id":"run_1","pipeline":"etl","timestamp":"2026-04-02T14:30:00Z","status":"success","model":"m","table":"orders","duration_ms":45200,"metadata":{"tables":20},"ci":{"provider":"local"}}',
		);
	});

	test("what the user gives wins over the defaults, and ci facts are merged", () => {
		const given = { run_id: "r", pipeline: "p", id: "evt_x", status: "warning", ci: { branch: "b" } } as const;
		const { context } = event("pipeline_start", given);
		expect(context).toMatchObject({ ...given, ci: { provider: "local", branch: "b" } });
	});

	test.each([
		["check_result", { error: "3 rows are null" }, "failure"],
		["check_result", {}, "success"],
		["check_result", { metadata: { passed: true } }, "success"],
		["check_result", { metadata: { passed: "False" } }, "failure"],
		["check_result", { metadata: { passed: "no" } }, "failure"],
		["check_result", { metadata: { passed: 0 } }, "failure"],
		["check_result", { metadata: { passed: "✗" } }, "info"],
		["check_result", { metadata: { passed: { ok: false } } }, "info"],
		["check_result", { metadata: { passed: null } }, "success"],
		["check_result", { metadata: { passed: true }, error: "3 rows are null" }, "failure"],
		["check_result", { metadata: { passed: false }, status: "warning" }, "warning"],
		["after_checks", {}, "info"],
		["after_checks", { metadata: { passed: true } }, "success"],
		["after_checks", { metadata: { passed: false } }, "failure"],
		["compile_complete", { metadata: { passed: true } }, "info"],
		["drift_detected", { metadata: { passed: true } }, "warning"],
		["check_result", { error: "late", status: "warning" }, "warning"],
		["pipeline_complete", { error: "one table failed" }, "success"],
	] as const)("%s with %j has the status %s", (name, given, status) => {
		expect(event(name, given).context.status).toBe(status);
	});
});

describe("readContext", () => {
	const problemsOf = (value: Parameters<typeof readContext>[0]) => {
		const problems: Problem[] = [];
		readContext(value, "context", problems);
		return problems.map(({ message, remedy }) => `${message} | ${remedy}`);
	};

	test("an unknown key is an error with a suggestion", () => {
		expect(problemsOf({ runid: "x" })).toEqual([
			'context: unknown key "runid" | did you mean "run_id"? Values of your own go into metadata',
		]);
		expect(problemsOf({ foobarbaz: 1 })[0]).toContain("put values of your own into metadata");
	});

	test.each([
		[{ duration_ms: "45" }, '"duration_ms" must be a number of milliseconds, 0 or more'],
		[{ duration_ms: -1 }, '"duration_ms" must be a number'],
		[{ status: "done" }, '"status" must be one of started, success'],
		[{ timestamp: "yesterday" }, '"timestamp" must be a time such as'],
		[{ timestamp: "2026-13-45T00:00:00Z" }, '"timestamp" must be a time such as'],
		[{ owners: ["a", 1] }, '"owners" must be a list of strings'],
		[{ changes: [1] }, '"changes" must be a list of objects'],
		[{ metadata: [] }, undefined],
		[{ metadata: "a=b" }, '"metadata" must be an object'],
		[{ table: null }, undefined],
	] as const)("%j: %s", (value, message) => {
		const problems = problemsOf(value);
		if (message === undefined) expect(problems).toEqual([]);
		else expect(problems).toEqual([expect.stringContaining(message)]);
	});

	test.each([
		["timestamp", "2026-04-02T16:30:00.250+02:00", "2026-04-02T14:30:00.250Z"],
		["status", "timed_out", "failure"],
		["duration_ms", new ExactNumber("1e3"), 1000],
	])("%s = %j has the one form of a context", (key, given, read) => {
		expect(readContext({ [key]: given }, "context", [])).toEqual({ [key]: read });
	});

	test("very many unknown keys are counted, each of the first with what was meant, and what is right is read", () => {
		const keys = Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`k${n}`, 1]));
		const problems = withinCpuTime(2000, () => {
			const found: Problem[] = [];
			expect(readContext({ ...keys, table: "orders" }, "context", found)).toEqual({ table: "orders" });
			return found;
		});
		expect(problems).toHaveLength(21);
		expect(problems.at(-1)?.message).toBe("context: 99980 more unknown keys");
	});

	test("__proto__ is an unknown key like any other", () => {
		expect(problemsOf(JSON.parse('{"__proto__": {"table": "x"}}'))).toHaveLength(1);
	});
});

describe("vocabulary", () => {
	test("knows on_<event>, the alias NewCommit and declared events, and nothing inherited", () => {
		const own = { name: "deploy_approved", phase: "deploy", status: "success", title: "Deploy approved" } as const;
		const { find } = vocabulary([own]);
		expect(find("on_pipeline_start")?.name).toBe("pipeline_start");
		expect(find("NewCommit")?.name).toBe("commit");
		expect(find("on_deploy_approved")).toBe(own);
		for (const name of ["toString", "__proto__", "on_", "", "Pipeline_Start"]) expect(find(name)).toBeUndefined();
	});

	test("completeEvent takes its definition from it", () => {
		const definition = vocabulary().find("NewCommit");
		expect(
			definition &&
				completeEvent(definition, {}, { id: "", run_id: "", pipeline: "", now: new Date(0), ci: { provider: "x" } })
					.context.event,
		).toBe("commit");
	});
});
