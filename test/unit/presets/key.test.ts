// Keys of alerts: the same for a failure and its success, and different for whatever can be told apart.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compact } from "../../../src/lib/json.ts";
import type { GivenContext } from "../../../src/model/context.ts";
import type { CiFacts, Events } from "../../../src/model/event.ts";
import { alertKey, boundedKey, correlationKey, groupKey, writeKey } from "../../../src/presets/key.ts";
import { storyOf } from "../../../src/presets/story.ts";
import { event } from "../../helpers/make.ts";
import { oddText } from "../../helpers/odd-text.ts";

const CI: CiFacts = {
	provider: "github",
	repository: "acme/warehouse",
	branch: "main",
	workflow: "nightly",
	job: "load",
	attempt: 1,
	run_url: "https://github.com/acme/warehouse/actions/runs/42",
};
/** What differs of {@link CI}; what is undefined is absent. */
type Change = { readonly [K in keyof CiFacts]?: CiFacts[K] | undefined };

function keyOf(name: string, given: GivenContext = {}, change: Change = {}): string {
	const { definition, context } = event(name, { pipeline: "nightly", ...given });
	const ci = compact<CiFacts>({ ...CI, ...change, provider: "github" });
	return correlationKey({ definition, context: { ...context, ci } }, 255);
}

it("is written for people who look at it", () => {
	expect(keyOf("pipeline_error")).toBe(
		"repository=acme/warehouse; branch=main; pipeline=nightly; job=load; phase=pipeline",
	);
	expect(keyOf("pipeline_error", { pipeline: "etl" }, { matrix: { os: "linux", n: 1 } })).toBe(
		'repository=acme/warehouse; branch=main; pipeline=etl; workflow=nightly; job=load; matrix={"n":1,"os":"linux"}; phase=pipeline',
	);
	expect(keyOf("check_result", { table: "orders", metadata: { check: "not_null" } })).toBe(
		"repository=acme/warehouse; branch=main; pipeline=nightly; event=check_result; table=orders; check=not_null",
	);
});

describe("is the same for", () => {
	it.each<[string, Change]>([
		["another run and attempt", { attempt: 2, run_url: "https://github.com/acme/warehouse/actions/runs/43" }],
		["another commit and actor", { commit: "b".repeat(40), actor: "grace" }],
	])("%s", (_, ci) => {
		expect(keyOf("pipeline_complete", { run_id: "43-1" }, ci)).toBe(keyOf("pipeline_error", { run_id: "42-1" }));
	});

	it("a matrix whose keys come in another order", () => {
		const matrix = (value: object) => keyOf("pipeline_error", {}, { matrix: JSON.parse(JSON.stringify(value)) });
		expect(matrix({ a: { x: 1, y: [{ p: 1, q: 2 }] }, b: 2 })).toBe(matrix({ b: 2, a: { y: [{ q: 2, p: 1 }], x: 1 } }));
	});

	it.each<[string, string, GivenContext, GivenContext]>([
		["materialize_error", "after_materialize", { model: "m", table: "t" }, { table: "t" }],
		["pipeline_error", "pipeline_complete", { model: "m", table: "t" }, { table: "t" }],
		["pipeline_error", "pipeline_complete", { model: "m", table: "t" }, {}],
		["model_error", "after_model_run", { model: "m" }, { model: "m" }],
	])("%s and %s, where the failure names more", (failed, ended, failure, success) => {
		expect(keyOf(ended, success)).toBe(keyOf(failed, failure));
	});

	it("a table's failure and success in two jobs, and two pull requests of a merge queue", () => {
		const table = { table: "orders" };
		expect(keyOf("after_materialize", table, { job: "repair" })).toBe(keyOf("materialize_error", table));
		const queued = (pull_request: number) => keyOf("pipeline_error", {}, { queue: true, pull_request });
		expect(queued(5)).toBe(queued(6));
	});
});

describe("tells apart", () => {
	it("runs", () => {
		const runs: readonly Change[] = [
			{},
			{ repository: "acme/lake" },
			{ branch: "dev" },
			{ branch: "stranger:main", fork: true },
			{ branch: undefined, fork: true },
			{ branch: undefined },
			{ branch: undefined, tag: "main" },
			{ branch: "tag:main", fork: true },
			{ queue: true },
			{ stranger: true },
			{ pull_request: 5 },
			{ pull_request: 6 },
			{ workflow: "hourly" },
			{ job: "deploy" },
			{ matrix: { region: "eu" } },
			{ matrix: { region: "us" } },
			{ branch: "main; pipeline=nightly" },
			{ branch: "main#0" },
			{ branch: "main%3B" },
			{ branch: "main;" },
			{ branch: "main " },
			{ branch: "main\u200b" },
		];
		expect(new Set(runs.map((ci) => keyOf("pipeline_error", {}, ci))).size).toBe(runs.length);
	});

	it("subjects", () => {
		const subjects: readonly GivenContext[] = [
			{},
			{ model: "orders" },
			{ table: "orders" },
			{ table: "orders", model: "orders" },
			{ project_id: "orders" },
			{ entity: { name: "orders" } },
			{ entity: { name: "orders", type: "table" } },
			{ entity: { name: "orders", type: "topic" } },
			{ entity: { name: "orders", fullyQualifiedName: "a.orders" } },
			{ entity: { id: "orders" } },
			{ table: "orders", metadata: { check: "not_null" } },
			{ table: "orders", metadata: { check: "unique" } },
			{ resource: { id: 7 } },
			{ resource: { id: 8 } },
			{ table: "orders; check=unique" },
		];
		for (const name of ["check_result", "model_error", "job.failed"]) {
			expect(new Set(subjects.map((given) => keyOf(name, given))).size, name).toBe(subjects.length);
		}
	});

	it("what a phase is about, events of their own, and jobs where nothing is named", () => {
		const names = ["pipeline_error", "model_error", "materialize_error", "check_result", "drift_detected", "ping"];
		expect(new Set(names.map((name) => keyOf(name))).size).toBe(names.length);
		expect(keyOf("model_error", {}, { job: "a" })).not.toBe(keyOf("model_error", {}, { job: "b" }));
	});

	it("any two lists of values, wherever they are split", () => {
		const parts = fc.record({ a: oddText, b: oddText, c: oddText }, { requiredKeys: [] });
		const text = (parts: object, key: string) => String(Reflect.get(parts, key) || "").toWellFormed();
		const isSame = (one: object, other: object) => ["a", "b", "c"].every((key) => text(one, key) === text(other, key));
		fc.assert(
			fc.property(parts, parts, fc.constantFrom(48, 100, 255), (one, other, limit) => {
				const [first, second] = [one, other].map((given) => boundedKey(writeKey(given), limit));
				expect(first?.length).toBeLessThanOrEqual(limit);
				expect(first === second).toBe(isSame(one, other));
				expect(first).toMatch(/^\P{C}*$/u);
			}),
			{ numRuns: 300 },
		);
	});

	it("a long value and one that is spelt as its key would be truncated", () => {
		const long = writeKey({ a: "x".repeat(300) });
		const bounded = boundedKey(long, 100);
		expect(boundedKey(writeKey({ a: bounded.slice("a=".length) }), 100)).not.toBe(bounded);
	});
});

const SHOP = { repository: "acme/shop", branch: "main" };
const model = (name: string, model: string) => event(name, { model, ci: SHOP });
const groupOf = (events: Events) => groupKey(storyOf(events, []), 255);
const endedBy = (events: Events) => alertKey(storyOf(events, []), 255);

const PIPELINE = "repository=acme/shop; branch=main; pipeline=etl; phase=pipeline";

describe("the key of a batch", () => {
	it("is that of its events where they are of one thing", () => {
		const a = "repository=acme/shop; branch=main; pipeline=etl; phase=model; model=a";
		expect(groupOf([model("model_error", "a"), model("after_model_run", "a")])).toBe(a);
		expect(groupOf([model("model_error", "a")])).toBe(a);
	});

	it("is that of the pipeline where they are of several things, so that its success finds it", () => {
		const events: Events = [model("model_error", "a"), model("model_error", "b")];
		expect(groupOf(events)).toBe(PIPELINE);
		expect(groupOf(events)).toBe(correlationKey(event("pipeline_complete", { ci: SHOP, run_id: "another" }), 255));
	});

	it("is of no pipeline where they are of several", () => {
		const [one, other] = [
			event("pipeline_error", { pipeline: "a", ci: SHOP, project_id: "x" }),
			event("pipeline_error", { pipeline: "b", ci: SHOP, project_id: "x" }),
		];
		expect(groupOf([one, other])).toBe("repository=acme/shop; branch=main; event=*; project=x");
		expect(groupOf([event("ping", { pipeline: "a" }), event("ping", { pipeline: "b" })])).toBe("event=*");
	});

	it("is bounded", () => {
		const long = { repository: "r".repeat(300), branch: "b" };
		const events: Events = [
			event("model_error", { model: "a", ci: long }),
			event("model_error", { model: "b", ci: long }),
		];
		expect(groupKey(storyOf(events, []), 100)).toMatch(/^repository=r+#[0-9a-f]{32}$/);
	});
});

describe("what a good batch ends", () => {
	it("is the pipeline's alert when the pipeline itself succeeded", () => {
		const done = event("pipeline_complete", { ci: SHOP });
		expect(endedBy([done, model("after_model_run", "a")])).toBe(PIPELINE);
	});

	it("is else the alert of what has last succeeded, and never one that another batch may have opened", () => {
		const started = event("pipeline_start", { ci: SHOP });
		const events: Events = [model("after_model_run", "a"), model("after_model_run", "b"), started];
		expect(groupOf(events)).toBe(PIPELINE);
		expect(endedBy(events)).toBe(correlationKey(model("model_error", "b"), 255));
	});

	it("is the one alert of events that are of one thing", () => {
		const events: Events = [model("before_model_run", "a"), model("after_model_run", "a")];
		expect(endedBy(events)).toBe(correlationKey(model("model_error", "a"), 255));
	});
});

it("keeps texts apart that differ only in a lone surrogate", () => {
	const keys = ["a\ud800", "a\ud801", "a\ufffd"].map((table) => writeKey({ table }));
	expect(new Set(keys).size).toBe(3);
	expect(keys.every((key) => key.isWellFormed())).toBe(true);
});
