// What happened, on one line.
import { describe, expect, it } from "vitest";
import { STATUSES } from "../../../src/model/event.ts";
import { headline } from "../../../src/presets/headline.ts";
import { headlineAndError } from "../../../src/presets/story.ts";
import { event } from "../../helpers/make.ts";

describe("a headline", () => {
	it.each([
		["pipeline_start", "nightly started on main"],
		["pipeline_complete", "nightly succeeded on main"],
		["pipeline_error", "nightly failed on main"],
	])("of %s says how the pipeline did, and on which branch", (name, wanted) => {
		expect(headline(event(name, { pipeline: "nightly", ci: { branch: "main" } }))).toBe(wanted);
	});

	it("of a pipeline says each status in its own word", () => {
		const of = STATUSES.map((status) => headline(event("pipeline_complete", { status, ci: { tag: "v1.2" } })));
		expect(of).toEqual([
			"etl started at v1.2",
			"etl succeeded at v1.2",
			"etl failed at v1.2",
			"etl cancelled at v1.2",
			"etl finished at v1.2",
			"etl finished with warnings at v1.2",
		]);
	});

	it.each([
		[event("model_error", { model: "dim_orders", table: "t" }), "Model failed: dim_orders"],
		[event("materialize_error", { table: "t" }), "Materialization failed: t"],
		[event("entityUpdated", { entity: { type: "table", name: "customers" } }), "Entity updated: customers"],
		[event("entityUpdated", { entity: { type: "table", id: "42" } }), "Entity updated: 42"],
		[event("entityUpdated", { entity: { type: "table" } }), "Entity updated: etl"],
		[event("discover_complete", { pipeline: "\u001b[31ma\nb" }), "Discovery complete: a b"],
	])("names the closest subject: %#", (of, wanted) => expect(headline(of)).toBe(wanted));

	it.each([
		["failure", "Check failed: not_null on dim_orders"],
		["success", "Check passed: not_null on dim_orders"],
		["warning", "Check finished with warnings: not_null on dim_orders"],
		["cancelled", "Check cancelled: not_null on dim_orders"],
	] as const)("of a check that is a %s does not say that it is a result", (status, wanted) => {
		expect(headline(event("check_result", { status, table: "dim_orders", metadata: { check: "not_null" } }))).toBe(
			wanted,
		);
	});

	it.each([
		["after_materialize", "failure", "Table failed: orders"],
		["job.completed", "cancelled", "Job cancelled: orders"],
		["commit", "failure", "New commit (failed): orders"],
		["ping", "success", "Ping (succeeded): orders"],
	] as const)("of %s with the status %s says that status", (name, status, wanted) => {
		expect(headline(event(name, { status, table: "orders" }))).toBe(wanted);
	});

	it("keeps the title of a config's own event whole, and adds a status that is not its usual one", () => {
		const definition = { name: "backfill", phase: "custom", status: "info", title: "Backfill of orders" } as const;
		const { context } = event("ping", { status: "failure" });
		expect(headline({ definition, context })).toBe("Backfill of orders (failed): etl");
		expect(headline({ definition, context: { ...context, status: "info" } })).toBe("Backfill of orders: etl");
	});

	it("shows its outcome however long the names are", () => {
		const notes: string[] = [];
		const of = event("pipeline_error", { pipeline: "p".repeat(500), ci: { branch: "b".repeat(500) } });
		expect(headline(of, notes)).toBe(`${"p".repeat(63)}… failed on ${"b".repeat(63)}…`);
		const tagged = event("pipeline_start", { ci: { tag: "t".repeat(65) } });
		expect(headline(tagged, notes)).toBe(`etl started at ${"t".repeat(63)}…`);
		expect(notes).toEqual(["pipeline", "branch", "tag"].map((what) => `${what} truncated to 64 characters`));
	});

	it("is never empty", () => {
		const { context, definition } = event("ping", { pipeline: " " });
		expect(headline(event("pipeline_error", { pipeline: "\u0000" }))).toBe("Pipeline failed");
		expect(headline({ definition: { ...definition, title: "" }, context })).toBe("ping");
		expect(headline({ definition: { ...definition, title: "" }, context: { ...context, event: "\u0000" } })).toBe(
			"Event",
		);
	});
});

describe("a headline with the error", () => {
	it("is one line, and the headline alone where there is no error to see", () => {
		const error = 'Traceback (most recent call last):\n  File "x.py", line 1\nKeyError: 7';
		expect(headlineAndError(event("pipeline_error", { error }))).toBe("etl failed: KeyError: 7");
		expect(headlineAndError(event("pipeline_error", { error: "\u0000\n" }))).toBe("etl failed");
	});
});
