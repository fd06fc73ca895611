// The step of a whole job: what its beginning leaves, and what its end fires.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Begun, endOf, readBegun, startInputs } from "../../../src/run/lifecycle.ts";

const reader =
	(inputs: Readonly<Record<string, string>>) =>
	(name: string): string =>
		inputs[name] ?? "";

const PASSED: Begun = { started: 1000, start: "passed", runId: "42-1" };
const DENIED: Begun = { ...PASSED, start: "denied", reason: "gate freeze denied: no" };
const UNKNOWN: Begun = { started: 1000 };

/** What the end of job `load` fires at 3500. */
const end = (begun: Begun | undefined, status: string, inputs: Readonly<Record<string, string>> = {}) =>
	endOf(reader({ "job-status": status, ...inputs }), begun, "load", 3500);

describe("the end of a job", () => {
	it.each([
		["success", PASSED, { event: "pipeline_complete", context: { run_id: "42-1", duration_ms: 2500 } }],
		["failure", PASSED, { event: "pipeline_error", context: { error: "job load failed" } }],
		[
			"cancelled",
			PASSED,
			{ event: "pipeline_error", context: { status: "cancelled", error: "job load was cancelled" } },
		],
		["failure", { ...UNKNOWN, reason: "no disk" }, { event: "pipeline_error", context: { error: "no disk" } }],
		["failure", undefined, { event: "pipeline_error", context: { error: "job load failed" } }],
		["success", UNKNOWN, { event: "", flush: true }],
		["success", DENIED, { event: "", flush: true }],
		["failure", DENIED, { event: "", flush: true }],
		["cancelled", DENIED, { event: "", flush: true }],
	])("that is a %s after %j", (status, begun, inputs) => {
		expect(end(begun, status).inputs).toMatchObject(inputs);
	});

	it.each(["success", "failure"])(
		"announces a gate that denied where that is asked for, and the job is a %s",
		(status) => {
			const { inputs, silence } = end(DENIED, status, { "announce-denied": "true", error: "mine" });
			expect(inputs).toMatchObject({ event: "pipeline_error", context: { error: "gate freeze denied: no" } });
			expect(silence).toBeUndefined();
		},
	);

	it("has the error of the input, where the job has begun", () => {
		expect(end(PASSED, "failure", { error: "mine" }).inputs?.context.error).toBe("mine");
		expect(end(PASSED, "success", { error: "mine" }).inputs?.context).not.toHaveProperty("error");
	});

	it("says of a cancelled job nothing that is meant for one that failed", () => {
		const { inputs } = end(PASSED, "cancelled", { error: "the nightly load failed" });
		expect(inputs?.context).toMatchObject({ status: "cancelled", error: "job load was cancelled" });
	});

	it.each(["", "skipped", "Success", "${{ job.status }}"])("refuses the status %j", (status) => {
		expect(() => end(PASSED, status)).toThrow("is none of success, failure, cancelled");
	});

	it("has no duration if the clock was set back", () => {
		expect(end({ ...PASSED, started: 9000 }, "success").inputs?.context).not.toHaveProperty("duration_ms");
	});

	it("is complete only after gates that are known to have allowed it, whatever was left", () => {
		const status = fc.constantFrom("success", "failure", "cancelled");
		const left = fc.oneof(
			fc.string(),
			fc.json(),
			fc
				.record({ started: fc.jsonValue(), start: fc.jsonValue(), runId: fc.jsonValue(), reason: fc.jsonValue() })
				.map((value) => JSON.stringify(value)),
			fc.constantFrom(PASSED, DENIED, UNKNOWN).map((begun) => JSON.stringify(begun)),
		);
		fc.assert(
			fc.property(left, status, fc.boolean(), (text, job, announced) => {
				const begun = readBegun(text);
				const { inputs } = end(begun, job, { "announce-denied": String(announced) });
				if (inputs?.event === "pipeline_complete") expect([begun?.start, job]).toEqual(["passed", "success"]);
				if (inputs?.event === "pipeline_error") expect(begun?.start === "passed" && job === "success").toBe(false);
				if (begun?.start === "denied" && !announced) expect(inputs?.flush).toBe(true);
			}),
		);
	});
});

describe("the beginning of a job", () => {
	it("fires pipeline_start without the error of its end", () => {
		const inputs = startInputs(reader({ "job-status": "success", error: "mine", metadata: "a=1" }));
		expect(inputs).toMatchObject({ event: "pipeline_start", context: { metadata: { a: "1" } } });
		expect(inputs.context).not.toHaveProperty("error");
	});

	it.each(["event", "id", "timestamp", "status", "error", "duration_ms"])("refuses %s in the context", (key) => {
		const values = { event: "pipeline_start", timestamp: "2026-01-01T00:00:00Z", status: "failure", duration_ms: 1 };
		const context = JSON.stringify({ id: "1", error: "no", ...values });
		const refused = () => startInputs(reader({ "job-status": "success", context }));
		expect(refused).toThrow(
			expect.objectContaining({
				problems: expect.arrayContaining([
					expect.objectContaining({ message: `context: "${key}" cannot be set: this step finds it out itself` }),
				]),
			}),
		);
	});
});
