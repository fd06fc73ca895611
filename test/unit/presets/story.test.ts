// What is said of one event, and of a batch as a whole.
import { describe, expect, it } from "vitest";
import { type Events, STATUSES } from "../../../src/model/event.ts";
import { statusCounts, storyOf } from "../../../src/presets/story.ts";
import { event } from "../../helpers/make.ts";
import { batch, failedPipeline, finishedRun, RUN_URL } from "../../helpers/presets.ts";

const of = (events: Events) => storyOf(events, []);

describe("the story of one event", () => {
	it("has the same parts as that of a batch", () => {
		const story = of([failedPipeline()]);
		const said = "Table `dim_orders` not found\n  at load <orders> & more";
		expect(story).toMatchObject({ isBatch: false, status: "failure", mark: "❌", tone: "failure", color: "#e74c3c" });
		expect(story.headline).toBe("etl failed on main");
		expect([story.telling, story.text, story.trace]).toEqual([
			"Table `dim_orders` not found",
			"Table `dim_orders` not found",
			said,
		]);
		expect(story.facts).toEqual([
			["Duration", "45.2s"],
			["tables_copied", "20"],
			["shards", "1, 2"],
		]);
		expect(story.origin.map(([label]) => label)).toEqual(["Repository", "Commit", "Author"]);
		expect(story.times).toEqual(["2026-04-02T14:30:00Z"]);
		expect(story.links.map(({ text }) => text)).toEqual(["View run", "Commit 1a2b3c4"]);
	});

	it("tells the subject among the facts where the headline is about the pipeline", () => {
		const facts = (name: string) => of([event(name, { table: "orders" })]).facts;
		expect(facts("pipeline_error")).toEqual([["Table", "orders"]]);
		expect(facts("check_result")).toEqual([]);
	});

	it("has no trace where the telling line is all of the error", () => {
		expect(of([event("pipeline_error", { error: "boom\n" })])).toMatchObject({ telling: "boom", trace: "" });
	});
});

describe("the headline of a batch", () => {
	it("counts the events, the worst first, and names the pipeline that they share", () => {
		const statuses = [...STATUSES, ...STATUSES.slice(1), "failure"] as const;
		const events = batch(statuses.length, (index) => event("check_result", { status: statuses[index] ?? "info" }));
		expect(of(events).headline).toBe(
			"12 events: 3 failed, 2 cancelled, 2 warnings, 2 succeeded, 1 started, 2 info – etl",
		);
	});

	it("says nothing of a status where all only inform, and of no pipeline where there are several", () => {
		expect(of(batch(3, () => event("commit"))).headline).toBe("3 events – etl");
		const several = batch(2, (index) => event("pipeline_error", { pipeline: `etl ${index}` }));
		expect(of(several).headline).toBe("2 events: 2 failed");
		expect(of(batch(2, () => event("pipeline_error", { pipeline: "\u0000\n" }))).headline).toBe("2 events: 2 failed");
	});

	it("is one line, whatever the pipeline is called", () => {
		expect(of(batch(2, () => event("ping", { pipeline: "a\n\u001b[31mb" }))).headline).toBe("2 events – a b");
	});
});

describe("the status of a batch", () => {
	it.each([
		[["info", "started", "success", "warning", "cancelled", "failure"], "failure"],
		[["info", "started", "success", "warning", "cancelled"], "cancelled"],
		[["info", "started", "success", "warning"], "warning"],
		[["info", "started", "success"], "success"],
		[["info", "started"], "started"],
		[["info", "info"], "info"],
	] as const)("of %j is %s, and its first event leads", (statuses, worst) => {
		const all = [...statuses, ...statuses];
		const { status, lead } = of(
			batch(all.length, (index) => event("ping", { id: `${index}`, status: all[index] ?? "info" })),
		);
		expect(status).toBe(worst);
		expect(lead.context.id).toBe(String(all.indexOf(worst)));
	});
});

describe("what the events of a batch share", () => {
	it("is told once", () => {
		const { facts, origin, context, times, links, trace, telling, text } = of(finishedRun());
		expect(facts).toEqual([]);
		expect(origin).toEqual([
			["Repository", "acme/shop"],
			["Commit", "1a2b3c4"],
			["Author", "octocat"],
		]);
		expect(context).toMatchObject({ event: "batch", status: "failure", run_id: "1234567890-1", pipeline: "etl" });
		expect(times).toEqual(["2026-04-02T14:30:00Z", "2026-04-02T14:32:10Z"]);
		expect(links[0]).toEqual({ url: RUN_URL, text: "View run" });
		expect([trace, text, telling]).toEqual(["", "", "Model failed: dim_orders: Table `raw_orders` not found"]);
	});

	it("has the job with its matrix, and the pull request's title", () => {
		const ci = { job: "load", matrix: { region: "eu" }, pull_request_title: "Load orders" };
		const facts = (...own: readonly object[]) =>
			of(batch(2, (index) => event("ping", { ci: { ...ci, ...own[index] } }))).facts;
		expect(facts()).toEqual([
			["Job", "load (eu)"],
			["Pull request", "Load orders"],
		]);
		expect(facts({}, { matrix: { region: "us" }, pull_request_title: "Other" })).toEqual([["Job", "load"]]);
	});

	it("is no more than that", () => {
		const ci = (index: number) => ({ repository: `r${index}`, branch: `b${index}`, actor: `a${index}` });
		const different = batch(2, (index) =>
			event("ping", { run_id: `${index}`, pipeline: `p${index}`, project_id: `x${index}`, ci: ci(index) }),
		);
		const { facts, origin, context } = of(different);
		expect([...facts, ...origin]).toEqual([]);
		expect(context).toMatchObject({ event: "ping", run_id: "", pipeline: "" });
		expect(of([event("ping", { project_id: "x" }), event("ping")]).facts).toEqual([]);
		expect(of(batch(2, () => event("ping", { project_id: "x" }))).facts).toContainEqual(["Project", "x"]);
	});

	it("tells the time once where there is one", () => {
		expect(of(batch(3, () => event())).times).toEqual(["2026-04-02T14:30:00Z"]);
	});
});

describe("the links of a batch", () => {
	const run = (index: number, name: string) => event(name, { ci: { run_url: `https://ci.example/${index}` } });

	it("lead to the first failed run where there are several, and nowhere when none failed", () => {
		const failed: Events = [run(1, "pipeline_complete"), run(2, "pipeline_error"), run(3, "pipeline_error")];
		expect(of(failed).links).toEqual([{ url: "https://ci.example/2", text: "View first failed run" }]);
		expect(of([run(1, "pipeline_complete"), run(2, "job.stopped")]).links).toEqual([]);
		expect(of([run(1, "pipeline_complete"), event("pipeline_error")]).links).toEqual([]);
	});
});

describe("the count of statuses", () => {
	it("uses the singular", () => {
		expect(statusCounts("so", [event("drift_detected")])).toBe("so: 1 warning");
		expect(statusCounts("so", [event("drift_detected"), event("drift_detected")])).toBe("so: 2 warnings");
		expect(statusCounts("so", [])).toBe("so");
	});
});
