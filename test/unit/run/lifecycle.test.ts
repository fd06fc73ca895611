// The step of a whole job: what its beginning leaves, and what its end fires.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Outcome } from "../../../src/model/delivery.ts";
import { failure } from "../../../src/model/failure.ts";
import { UserError } from "../../../src/model/problem.ts";
import type { Report } from "../../../src/report/report.ts";
import type { Inputs } from "../../../src/run/inputs.ts";
import { type Begun, endJob, endOf, readBegun, startInputs, startJob } from "../../../src/run/lifecycle.ts";
import { delivery, event, reportOf, webhook } from "../../helpers/make.ts";

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
		expect(() => end(PASSED, status)).toThrow("is not one of success, failure, cancelled");
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

const gate = webhook({ name: "freeze", onFailure: "abort" });
const outcome = (status: "delivered" | "failed", given: Partial<Outcome> = {}): Outcome => {
	const why = status === "failed" ? { failure: failure("denied", "until Monday") } : {};
	return {
		delivery: delivery(gate),
		status,
		reason: "",
		target: "",
		attempts: [],
		durationMs: 0,
		notes: [],
		...why,
		...given,
	};
};
const passed = reportOf(event("pipeline_start", { run_id: "42-1" }), [outcome("delivered")]);
const denied = reportOf(event("pipeline_start", { run_id: "42-1" }), [outcome("failed")]);
const stopped = { code: "internal", message: "it broke", remedy: "" } as const;

describe("what the beginning of a job leaves", () => {
	/** What is kept, in order, and what was kept when the event was fired. */
	async function left(report: Report) {
		const kept: Begun[] = [];
		let before = -1;
		const fire = async ({ event: name }: Inputs) => {
			expect(name).toBe("pipeline_start");
			before = kept.length;
			return report;
		};
		const from = Date.now();
		const given = await startJob(reader({ "job-status": "success" }), fire, async (begun) => kept.push(begun));
		expect(given).toBe(report);
		const [first] = kept;
		expect(first?.started).toBeGreaterThanOrEqual(from);
		expect(first?.started).toBeLessThanOrEqual(Date.now());
		expect([kept.length, before, first]).toEqual([2, 1, { started: first?.started }]);
		const { started, ...last } = kept[1] ?? {};
		expect(started).toBe(first?.started);
		return last;
	}

	it.each<[string, Report, Omit<Begun, "started">]>([
		["a start that its gates allowed", passed, { start: "passed", runId: "42-1" }],
		["a denied one", denied, { start: "denied", runId: "42-1", reason: "gate freeze denied: until Monday" }],
		["one that an error stopped", { ...passed, stopped }, { runId: "42-1", reason: "it broke" }],
		["a file of events", { ...passed, source: { kind: "held" } }, { start: "passed" }],
	])("of %s", async (_, report, wanted) => {
		expect(await left(report)).toEqual(wanted);
	});

	it("is read by the end", async () => {
		expect(readBegun(JSON.stringify({ started: 1, ...(await left(denied)) }))).toEqual({
			...DENIED,
			started: 1,
			reason: "gate freeze denied: until Monday",
		});
	});
});

describe("the end of a job, fired", () => {
	/** What was fired and told at the end. What `answers` has for each is a report, or what is thrown. */
	async function ended(
		begun: Begun,
		inputs: Readonly<Record<string, string>>,
		...answers: readonly (Report | Error)[]
	) {
		const fired: Inputs[] = [];
		const told: string[] = [];
		const fire = async (given: Inputs) => {
			const answer = answers[fired.push(given) - 1];
			if (answer === undefined || answer instanceof Error) throw answer ?? new Error("nothing more is to be fired");
			return answer;
		};
		const tell = {
			info: (line: string) => told.push(`info ${line}`),
			warn: (line: string) => told.push(`warn ${line}`),
		};
		const read = reader({ "job-status": "success", ...inputs });
		const report = await endJob({ name: "load", left: JSON.stringify(begun) }, read, fire, tell);
		return { fired, told, report };
	}

	it("has the run id of the beginning, and how long the job took", async () => {
		const begun = { ...PASSED, started: Date.now() - 5000 };
		const { fired, told, report } = await ended(begun, {}, passed);
		expect(fired).toMatchObject([{ event: "pipeline_complete", context: { run_id: "42-1" } }]);
		expect(fired[0]?.context.duration_ms).toBeGreaterThanOrEqual(5000);
		expect(fired[0]?.context.duration_ms).toBeLessThan(60_000);
		expect([told, report]).toEqual([[], passed]);
	});

	it("sends what is held where a gate denied it, and keeps the report of the event", async () => {
		const { fired, told, report } = await ended(PASSED, {}, denied, passed);
		expect(fired).toMatchObject([{ event: "pipeline_complete" }, { event: "", flush: true }]);
		expect([told, report]).toEqual([[], denied]);
	});

	it("warns where that fails, in part or as a whole", async () => {
		const part = await ended(PASSED, {}, denied, reportOf(event(), [outcome("failed"), outcome("failed")]));
		expect([part.told, part.report]).toEqual([["warn 2 of the deliveries of held events failed"], denied]);
		const none = await ended(PASSED, {}, denied, new UserError({ ...stopped, message: "no config" }));
		expect([none.told, none.report]).toEqual([["warn what is held for batches is not sent: no config"], denied]);
		await expect(ended(PASSED, {}, denied, new TypeError("a bug"))).rejects.toThrow("a bug");
	});

	it("sends only what is held after a gate that denied the beginning, once, and says why", async () => {
		const { fired, told, report } = await ended(DENIED, {}, denied);
		expect(fired).toMatchObject([{ event: "", flush: true }]);
		expect(told).toEqual([expect.stringMatching(/^info pipeline_error is not fired, since a gate did not allow/)]);
		expect(report).toEqual(denied);
		const nothing = await ended(DENIED, {}, reportOf(event(), []));
		expect(nothing.report?.summary).toBe(false);
	});

	it("warns where it is not known whether the gates allowed it", async () => {
		const { told } = await ended(UNKNOWN, {}, passed);
		expect(told).toEqual([expect.stringMatching(/^warn pipeline_complete is not fired, since it is not known/)]);
	});

	it("sends nothing that is held in a dry run", async () => {
		const { fired, report } = await ended(DENIED, { "dry-run": "true" });
		expect([fired, report]).toEqual([[], undefined]);
	});
});
