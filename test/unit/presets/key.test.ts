// Keys of alerts: the same for a failure and its success, and different for whatever can be told apart.
import { describe, expect, it } from "vitest";
import { compact } from "../../../src/lib/json.ts";
import { completeEvent, type GivenContext } from "../../../src/model/context.ts";
import type { CiFacts, EventDefinition, Events } from "../../../src/model/event.ts";
import type { Fill } from "../../../src/model/preset.ts";
import { alertKey, correlationKey } from "../../../src/presets/key.ts";
import { storyOf } from "../../../src/presets/story.ts";
import { event } from "../../helpers/make.ts";

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

	it.each([
		["a project", { project_id: "p" }],
		["a check that is on nothing", { metadata: { check: "rows" } }],
		["a kind of entity", { entity: { type: "table" } }],
	])("jobs and legs of a matrix where no more than %s is named", (_, given) => {
		const legs = [{ job: "a" }, { job: "b" }, { job: "a", matrix: { r: "eu" } }, { job: "a", matrix: { r: "us" } }];
		expect(new Set(legs.map((ci) => keyOf("generation.failed", given, ci))).size).toBe(legs.length);
	});
});

const NOTHING = { id: "", run_id: "", pipeline: "", now: new Date(0), ci: { provider: "local" } };
const OCCURRENCE = /; occurrence=[0-9a-f]{32}$/;

describe("of what no success ends", () => {
	it.each(["drift_detected", "anomaly_detected", "budget_breach", "policy.violated", "entityDeleted"])(
		"two occurrences of %s have two keys, and one told twice has one",
		(name) => {
			const key = (rows: number, more: GivenContext = {}, run = "42") =>
				keyOf(name, { table: "t", metadata: { rows }, run_id: run, duration_ms: rows, ...more });
			expect(key(1)).toMatch(OCCURRENCE);
			expect(key(1)).toContain(`event=${name}; table=t`);
			expect(key(1, {}, "43")).toBe(key(1));
			const others: readonly GivenContext[] = [
				{ error: "other" },
				{ changes: [{ field: "a" }] },
				{ data: { a: 1 } },
				{ entity: { a: 1 } },
				{ resource: { a: 1 } },
			];
			expect(new Set([key(1), key(2), ...others.map((more) => key(1, more))]).size).toBe(7);
			const secret = (routing_key: string) => key(1, { metadata: { routing_key } });
			expect(secret("a")).toBe(secret("b"));
		},
	);

	it.each(["pipeline_error", "check_result", "model_error", "job.failed", "cluster.error", "compile_complete"])(
		"%s, which a success ends, is none",
		(name) => {
			expect(keyOf(name, { table: "t", metadata: { rows: 1 } })).toBe(
				keyOf(name, { table: "t", metadata: { rows: 2 } }),
			);
		},
	);
});

describe("of an event that a config declares", () => {
	const declared = (name: string, phase: string, status: EventDefinition["status"], given: GivenContext = {}) =>
		correlationKey(completeEvent({ name, phase, status, title: "" }, given, NOTHING), 255);

	it("the phase is what ends it, but not the one that all have who say nothing", () => {
		expect(declared("deploy_failed", "deploy", "failure")).toBe(declared("deploy_done", "deploy", "success"));
		expect(declared("feed_late", "custom", "failure")).not.toBe(declared("export_done", "custom", "success"));
		expect(declared("audit", "custom", "info", { status: "failure" })).toBe(declared("audit", "custom", "info"));
	});

	it("two failures that nothing ends are two", () => {
		const late = (feed: string) => declared("feed_late", "custom", "failure", { metadata: { feed } });
		expect(late("a")).not.toBe(late("b"));
	});
});

const SHOP = { repository: "acme/shop", branch: "main" };
const model = (name: string, model: string, given: GivenContext = {}) => event(name, { model, ci: SHOP, ...given });
const alertOf = (events: Events, fill?: Fill, notes: string[] = []) =>
	alertKey(storyOf(events, []), { name: "key", limit: 255, fill, notes });
const PIPELINE = "repository=acme/shop; branch=main; pipeline=etl; phase=pipeline";
const A = "repository=acme/shop; branch=main; pipeline=etl; phase=model; model=a";

describe("the alert of a batch", () => {
	it("is that of the one thing in it that is not well", () => {
		expect(alertOf([model("model_error", "a"), model("after_model_run", "a")])).toBe(A);
		expect(alertOf([model("after_model_run", "b"), model("model_error", "a"), model("model_error", "a")])).toBe(A);
		expect(alertOf([model("model_error", "a")])).toBe(A);
	});

	it("is that of the pipeline where it has failed itself, so that its success finds it", () => {
		const events: Events = [model("model_error", "a"), event("pipeline_error", { ci: SHOP })];
		expect(alertOf(events)).toBe(PIPELINE);
		expect(alertOf([event("pipeline_complete", { ci: SHOP, run_id: "another" })])).toBe(PIPELINE);
	});

	it("is its own where several things are not well: the success of none of them ends it", () => {
		const failed = alertOf([model("model_error", "a"), model("model_error", "b")]);
		expect(failed).toMatch(/^repository=acme\/shop; branch=main; pipeline=etl; event=\*; several=[0-9a-f]{32}$/);
		expect(alertOf([model("model_error", "b"), model("model_error", "a")])).toBe(failed);
		expect(alertOf([model("model_error", "a"), model("model_error", "c")])).not.toBe(failed);
		const drifted = alertOf([model("model_error", "a"), event("drift_detected", { table: "t", ci: SHOP })]);
		for (const ended of [model("after_model_run", "a"), event("pipeline_complete", { ci: SHOP })]) {
			expect([failed, drifted]).not.toContain(alertOf([ended]));
		}
	});

	it("is of no pipeline where several have failed", () => {
		const of = (pipeline: string) => event("pipeline_error", { pipeline, ci: SHOP });
		expect(alertOf([of("a"), of("b")])).toMatch(/^repository=acme\/shop; branch=main; event=\*; several=/);
	});

	it("is bounded", () => {
		const ci = { repository: "r".repeat(300), branch: "b" };
		const events: Events = [event("model_error", { model: "a", ci }), event("model_error", { model: "b", ci })];
		const key = alertKey(storyOf(events, []), { name: "key", limit: 100, fill: undefined, notes: [] });
		expect(key).toMatch(/^repository=r+#[0-9a-f]{32}$/);
	});
});

describe("what a good batch ends", () => {
	it("is the pipeline's alert when the pipeline itself succeeded", () => {
		expect(alertOf([event("pipeline_complete", { ci: SHOP }), model("after_model_run", "a")])).toBe(PIPELINE);
	});

	it("is else the alert of what has last succeeded, and never one that another batch may have opened", () => {
		expect(alertOf([model("after_model_run", "b"), model("after_model_run", "a")])).toBe(A);
	});
});

describe("a key of one's own", () => {
	const fill: Fill = (_, view) => [["", String(view()["table"] ?? "")]];

	it.each([{ fork: true, branch: "evil:main" }, { stranger: true }])(
		"never ends an alert by the run of a stranger: %j",
		(ci) => {
			const failed = alertOf([event("materialize_error", { table: "t" })], fill);
			expect(alertOf([event("after_materialize", { table: "t" })], fill)).toBe(failed);
			expect(alertOf([event("after_materialize", { table: "t", ci })], fill)).not.toBe(failed);
		},
	);
	const table = (name: string, table: string) => event(name, { table });

	it("ties together what it is the same for", () => {
		expect(alertOf([table("materialize_error", "t")], fill)).toBe("t");
		expect(alertOf([table("drift_detected", "t"), table("anomaly_detected", "t")], fill)).toBe("t");
		expect(alertOf([table("after_materialize", "u"), table("after_materialize", "t")], fill)).toBe("t");
	});

	it("is one of all where it differs", () => {
		const both = alertOf([table("materialize_error", "t"), table("materialize_error", "u")], fill);
		expect(both).toMatch(/; several=[0-9a-f]{32}$/);
	});

	it("stands aside where it is empty, with a note", () => {
		const notes: string[] = [];
		expect(alertOf([event("pipeline_error"), event("pipeline_error")], fill, notes)).toBe(
			"pipeline=etl; phase=pipeline",
		);
		expect(notes).toEqual(["key is empty, so the preset's own is used"]);
	});

	it("is one line, and bounded", () => {
		const long: Fill = () => [["", `a\n\u001b[1mb${"c".repeat(300)}`]];
		expect(alertOf([event()], long)).toMatch(/^a bc+#[0-9a-f]{32}$/);
		expect(alertOf([event()], long).length).toBe(255);
	});
});
