// What presets tell of an event besides its headline.
import { describe, expect, it } from "vitest";
import { factsOf, formatDuration, originOf, shortSha } from "../../../src/presets/facts.ts";
import { saidIn } from "../../../src/presets/headline.ts";
import { event } from "../../helpers/make.ts";

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
	it("tell what helps most first, and nothing that the headline says", () => {
		const updated = event("entityUpdated", {
			model: "m",
			table: "t",
			project_id: "p",
			duration_ms: 850,
			entity: { name: "customers" },
			changes: [{ field: "tags", old: [], new: ["PII"] }, { field: "owner", new: "ann" }, {}],
			owners: ["ann", "bob"],
			metadata: { load_id: 7, nested: { a: 1 }, rows: 1, note: "two\nlines", blank: " ", routing_key: "secret" },
			data: { status: "done", deep: [[1]] },
			resource: { size: null, id: 3 },
			ci: { job: "load", matrix: { region: "eu", python: 3.12 }, pull_request_title: "Load orders" },
		});
		expect(factsOf(updated.context, saidIn(updated))).toEqual([
			["Job", "load (eu, 3.12)"],
			["Duration", "850ms"],
			["Owners", "ann, bob"],
			["Table", "t"],
			["Entity", "customers"],
			["Project", "p"],
			["Pull request", "Load orders"],
			["tags", "none → PII"],
			["owner", "none → ann"],
			["Change", "none → none"],
			["rows", "1"],
			["note", "two lines"],
			["status", "done"],
			["size", "null"],
			["load_id", "7"],
			["id", "3"],
			["nested", '{"a":1}'],
			["deep", "[[1]]"],
		]);
	});

	it("tell a value of the user's own that happens to be what the headline says", () => {
		const of = event("check_result", { table: "orders", metadata: { check: "not_null", source: "orders" } });
		expect(factsOf(of.context, saidIn(of))).toEqual([["source", "orders"]]);
	});

	it("tell the table of a pipeline or a commit, whose headlines do not name it", () => {
		for (const name of ["pipeline_error", "commit"]) {
			const of = event(name, { table: "orders" });
			expect(factsOf(of.context, saidIn(of))).toEqual([["Table", "orders"]]);
		}
	});
});

describe("the origin", () => {
	const { context } = event("ping", {
		ci: {
			repository: "acme/shop",
			branch: "main",
			commit: "1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d7e8f9a0b",
			commit_message: "Load orders",
			commit_author: "Ada",
			actor: "octocat",
			trigger: "push",
		},
	});

	it("tells where it came from, without what the headline says", () => {
		const rest = [
			["Trigger", "push"],
			["Commit", "1a2b3c4 Load orders"],
			["Author", "Ada"],
		];
		expect(originOf(context, true)).toEqual([["Repository", "acme/shop"], ...rest]);
		expect(originOf(context, false)).toEqual([
			["Pipeline", "etl"],
			["Repository", "acme/shop"],
			["Branch", "main"],
			...rest,
		]);
	});

	it("names who acted where nobody knows the author, and leaves out what is not known", () => {
		const known = { ...context, ci: { provider: "github", actor: "octocat" } };
		expect(originOf(known, true)).toEqual([["Author", "octocat"]]);
	});

	it("leaves a commit that is not a full hash as it is", () => {
		expect([shortSha("v1.2.3"), shortSha(undefined)]).toEqual(["v1.2.3", ""]);
	});
});
