// Inputs: what each takes, and every mistake told at once.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/model/problem.ts";
import { readInputs } from "../../../src/run/inputs.ts";

const read = (given: Record<string, string>) => readInputs((name) => given[name] ?? "");
const problems = (given: Record<string, string>): string[] => {
	try {
		read(given);
		return [];
	} catch (error) {
		if (error instanceof UserError) return error.problems.map(({ message }) => message);
		throw error;
	}
};

describe("readInputs", () => {
	test("maps every input to its place", () => {
		expect(
			read({
				event: " on_pipeline_error ",
				config: "ci/hooks.toml",
				"run-id": "r1",
				pipeline: "etl",
				model: "m",
				table: "t",
				error: "line one\nline two",
				status: " timed_out\n",
				"duration-ms": "45200",
				metadata: '{"n": 1, "deep": {"a": [true]}}',
				context: '{"status": "info", "project_id": "p", "metadata": {"n": 0, "kept": "yes"}}',
				"dry-run": "TRUE",
				"allow-untrusted-shell": " True ",
				"github-token": "ghs_x\n",
				summary: "false",
				"job-id": " 51725241954 ",
			}),
		).toEqual({
			event: "on_pipeline_error",
			config: "ci/hooks.toml",
			context: {
				run_id: "r1",
				pipeline: "etl",
				model: "m",
				table: "t",
				error: "line one\nline two",
				status: "failure",
				duration_ms: 45_200,
				project_id: "p",
				metadata: { n: 1, kept: "yes", deep: { a: [true] } },
			},
			dryRun: true,
			summary: false,
			githubToken: "ghs_x",
			allowUntrustedShell: true,
			jobId: "51725241954",
		});
	});

	test("is silent about what was not given", () => {
		expect(read({ event: "ping" })).toEqual({
			event: "ping",
			config: undefined,
			context: {},
			dryRun: false,
			summary: true,
			githubToken: "",
			allowUntrustedShell: false,
		});
	});

	test("need no event where what is held is to be sent", () => {
		expect(read({ flush: "true", event: " " })).toMatchObject({ event: "", flush: true });
	});

	test("key=value lines stay strings, whole after the first =", () => {
		expect(
			read({ event: "ping", metadata: "tables=20\r\n url = a=b\n\nempty=\n__proto__=x" }).context.metadata,
		).toEqual(JSON.parse('{"tables": "20", "url": "a=b", "empty": "", "__proto__": "x"}'));
	});

	test.each([
		[{}, "no event was given"],
		[{ event: "ping", "duration-ms": "45s" }, 'duration-ms: "45s" is not a number'],
		[{ event: "ping", "duration-ms": "-1" }, 'duration-ms: "-1" is not a number'],
		[{ event: "ping", metadata: "just words" }, "metadata: line 1 is neither JSON nor key=value nor key<<END"],
		[{ event: "ping", metadata: "a=1\n=2" }, "metadata: line 2 has no key before its = or <<"],
		[{ event: "ping", metadata: "a=1\n\n a = 2" }, "metadata: line 3 has the same key as line 1"],
		[{ event: "ping", metadata: "a<<\nb" }, "metadata: line 1 has no delimiter after <<"],
		[{ event: "ping", metadata: "<<END\nb\nEND" }, "metadata: line 1 has no key before its = or <<"],
		[
			{ event: "ping", metadata: "a=1\nb<<END\nc=2\n END" },
			"metadata: line 2 opens a value that is not closed: a later line must be exactly what follows <<",
		],
		[
			{ event: "ping", metadata: '{"a": 1, "b": {"c": 1,\n"c": 2}}' },
			"metadata: has a key twice in one object (again at line 2, column 1)",
		],
		[{ event: "ping", metadata: '{"": 1}' }, "metadata: has an empty key"],
		[
			{ event: "ping", context: '{"id": "a", "\\u0069d": "b"}' },
			"context: has a key twice in one object (again at column 13)",
		],
		[{ event: "ping", context: '{"metadata": {"": 1}}' }, 'context: "metadata" must be an object without an empty key'],
		[{ event: "ping", context: '{"ci": {}}' }, 'context: "ci" cannot be set: the facts of the CI come from the run'],
		[{ event: "ping", metadata: '{"a": }' }, "metadata: is neither JSON nor key=value lines (wrong at column 7)"],
		[{ event: "ping", metadata: "[1]" }, "metadata: is JSON, but not an object"],
		[{ event: "ping", context: "7" }, "context: is JSON, but not an object"],
		[{ event: "ping", context: "{" }, "context: is not JSON (it ends too early)"],
		[{ event: "ping", context: '{"event": "commit"}' }, /context: its "event" \(commit\) is not the event being fired/],
		[{ event: "ping", "dry-run": "yes" }, 'dry-run: "yes" is neither true nor false'],
		[{ event: "ping", flush: "true" }, "flush: sends what is held, and fires no event"],
		[{ "events-file": "e.jsonl", flush: "true" }, "flush: sends what is held, and fires no event"],
		[{ flush: "true", "dry-run": "true" }, "flush: cannot show what it would send"],
		[{ event: "ping", flush: "1" }, 'flush: "1" is neither true nor false'],
		[{ event: "ping", "allow-untrusted-shell": "1" }, 'allow-untrusted-shell: "1" is neither true nor false'],
	] as const)("%j: %s", (given, message) => {
		expect(problems({ ...given })).toEqual([typeof message === "string" ? message : expect.stringMatching(message)]);
	});

	test("tells all mistakes at once", () => {
		expect(problems({ "duration-ms": "x", metadata: "x", context: "x", "dry-run": "x", summary: "x" })).toHaveLength(6);
	});

	test("never throws anything but a UserError, and never quotes metadata", () => {
		const names = ["event", "metadata", "context", "duration-ms", "summary"];
		fc.assert(
			fc.property(fc.constantFrom(...names), fc.string({ unit: "grapheme" }), (name, value) => {
				const found = problems({ event: "ping", [name]: value });
				if (name === "metadata" && value.trim().length > 3) expect(found.join()).not.toContain(value.trim());
			}),
		);
	});
});
