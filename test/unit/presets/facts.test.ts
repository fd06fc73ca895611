// What presets tell of an event.
import { describe, expect, it } from "vitest";
import {
	details,
	formatDuration,
	headline,
	headlineAndError,
	identity,
	origin,
	runUrl,
} from "../../../src/presets/facts.ts";
import { event } from "../../helpers/make.ts";

describe("a headline", () => {
	it.each([
		[event("pipeline_error"), "Pipeline failed: etl"],
		[event("model_error", { model: "dim_orders", table: "t" }), "Model failed: dim_orders"],
		[event("materialize_error", { table: "t" }), "Materialization failed: t"],
		[event("entityUpdated", { entity: { type: "table", name: "customers" } }), "Entity updated: customers"],
		[event("entityUpdated", { entity: { type: "table", id: "42" } }), "Entity updated: 42"],
		[event("entityUpdated", { entity: { type: "table" } }), "Entity updated: etl"],
		[event("pipeline_error", { pipeline: "\u001b[31ma\nb" }), "Pipeline failed: a b"],
	])("names the closest subject: %#", (of, wanted) => expect(headline(of)).toBe(wanted));

	it("is never empty", () => {
		const { context, definition } = event("ping", { pipeline: " " });
		expect(headline({ definition: { ...definition, title: "" }, context })).toBe("ping");
		expect(headline({ definition: { ...definition, title: "" }, context: { ...context, event: "\u0000" } })).toBe(
			"Event",
		);
	});
});

describe("a headline with the error", () => {
	it("is one line, and the headline alone where there is no error to see", () => {
		expect(headlineAndError(event("pipeline_error", { error: "two\n lines" }))).toBe("Pipeline failed: etl: two lines");
		expect(headlineAndError(event("pipeline_error", { error: "\u0000\n" }))).toBe("Pipeline failed: etl");
	});
});

describe("a duration", () => {
	it.each([
		[0, "0ms"],
		[849.6, "850ms"],
		[999.4, "999ms"],
		[999.5, "1s"],
		[45_200, "45.2s"],
		[59_949, "59.9s"],
		[59_950, "1m 0s"],
		[125_000, "2m 5s"],
		[3_599_499, "59m 59s"],
		[3_599_500, "1h 0m"],
		[7_325_000, "2h 2m"],
	])("of %d ms reads %s", (milliseconds, wanted) => expect(formatDuration(milliseconds)).toBe(wanted));
});

describe("facts", () => {
	it("tell identity first, then where it came from, then the details", () => {
		const { context } = event("entityUpdated", {
			model: "m",
			table: "t",
			project_id: "p",
			duration_ms: 850,
			entity: { name: "customers" },
			changes: [{ field: "tags", old: [], new: ["PII"] }, { field: "owner", new: "ann" }, {}],
			owners: ["ann", "bob"],
			metadata: { rows: 1, note: "two\nlines", blank: " ", routing_key: "secret" },
			data: { status: "done" },
			resource: { size: null },
			ci: {
				repository: "acme/shop",
				branch: "main",
				commit: "1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d7e8f9a0b",
				actor: "octocat",
			},
		});
		expect(identity(context)).toEqual([
			["Status", "info"],
			["Pipeline", "etl"],
			["Model", "m"],
			["Table", "t"],
			["Entity", "customers"],
			["Project", "p"],
			["Duration", "850ms"],
			["Run", "run_1"],
		]);
		expect(origin(context)).toEqual([
			["Repository", "acme/shop"],
			["Branch", "main"],
			["Commit", "1a2b3c4"],
			["Actor", "octocat"],
		]);
		expect(details(context)).toEqual([
			["tags", '[] → ["PII"]'],
			["owner", "none → ann"],
			["Change", "none → none"],
			["rows", "1"],
			["note", "two lines"],
			["status", "done"],
			["size", "null"],
			["Owners", "ann, bob"],
		]);
	});

	it("leave a commit that is not a full hash as it is", () => {
		expect(origin(event("ping", { ci: { commit: "v1.2.3" } }).context)).toEqual([["Commit", "v1.2.3"]]);
	});
});

describe("the link to the run", () => {
	it.each([
		["https://ci.example/a(b)|c", "https://ci.example/a%28b%29%7Cc"],
		["https://ci.example/a%20b%%%", "https://ci.example/a%20b%25%25%25"],
		["https://ci.example/@all?`a`\\_b", "https://ci.example/%40all?%60a%60%5C_b"],
		["https://octocat:s3cret@ci.example/1", "https://ci.example/1"],
		["HTTP://CI.example", "http://ci.example/"],
		["javascript:alert(1)", undefined],
		["ci.example/1", undefined],
	])("of %j is %j", (run_url, link) => {
		expect(runUrl(event("ping", { ci: { run_url } }).context, [])).toBe(link);
	});
});
