// What is said of one event, and of a batch as a whole.
import { describe, expect, it } from "vitest";
import { type Events, STATUSES } from "../../../src/model/event.ts";
import { statusCounts, storyOf } from "../../../src/presets/story.ts";
import { event } from "../../helpers/make.ts";
import { batch, failedPipeline, finishedRun, RUN_URL } from "../../helpers/presets.ts";

const of = (events: Events) => storyOf(events, []);

describe("the story of one event", () => {
	it("has the same parts as that of a batch", () => {
		const { headline, isBatch, status, mark, error, cause, facts, details, period, link } = of([failedPipeline()]);
		const said = "Table `dim_orders` not found\n  at load <orders> & more";
		expect([headline, isBatch, status, mark]).toEqual(["Pipeline failed: etl", false, "failure", "❌"]);
		expect([error, cause]).toEqual([said, said]);
		expect(facts.map(([label]) => label)).toEqual(
			"Status Pipeline Duration Run Repository Branch Commit Actor".split(" "),
		);
		expect(details).toEqual([
			["tables_copied", "20"],
			["shards", "[1,2]"],
		]);
		expect(period).toBe("2026-04-02T14:30:00Z");
		expect(link).toEqual({ url: RUN_URL, text: "View run" });
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
		const { subject, origin, context, period, link, details, error } = of(finishedRun());
		expect([...subject, ...origin]).toEqual([
			["Pipeline", "etl"],
			["Run", "1234567890-1"],
			["Repository", "acme/shop"],
			["Branch", "main"],
			["Commit", "1a2b3c4"],
			["Actor", "octocat"],
		]);
		expect(context).toMatchObject({ event: "batch", status: "failure", run_id: "1234567890-1", pipeline: "etl" });
		expect(period).toBe("2026-04-02T14:30:00Z – 2026-04-02T14:32:10Z");
		expect(link).toEqual({ url: RUN_URL, text: "View run" });
		expect([details, error]).toEqual([[], ""]);
	});

	it("is no more than that", () => {
		const ci = (index: number) => ({
			repository: `r${index}`,
			branch: `b${index}`,
			commit: `c${index}`,
			actor: `a${index}`,
		});
		const different = batch(2, (index) =>
			event("ping", { run_id: `${index}`, pipeline: `p${index}`, project_id: `x${index}`, ci: ci(index) }),
		);
		const { subject, origin, context } = of(different);
		expect([...subject, ...origin]).toEqual([]);
		expect(context).toMatchObject({ event: "ping", run_id: "", pipeline: "" });
		expect(of([event("ping", { project_id: "x" }), event("ping")]).subject).toEqual([
			["Pipeline", "etl"],
			["Run", "run_1"],
		]);
		expect(of(batch(2, () => event("ping", { project_id: "x" }))).facts).toContainEqual(["Project", "x"]);
	});

	it("tells the time once where there is one", () => {
		expect(of(batch(3, () => event())).period).toBe("2026-04-02T14:30:00Z");
	});
});

describe("the link of a batch", () => {
	const run = (index: number, name: string) => event(name, { ci: { run_url: `https://ci.example/${index}` } });

	it("leads to the first failed run where there are several, and nowhere when none failed", () => {
		const failed: Events = [run(1, "pipeline_complete"), run(2, "pipeline_error"), run(3, "pipeline_error")];
		expect(of(failed).link).toEqual({ url: "https://ci.example/2", text: "View first failed run" });
		expect(of([run(1, "pipeline_complete"), run(2, "job.stopped")]).link).toBeUndefined();
		expect(of([run(1, "pipeline_complete"), event("pipeline_error")]).link).toBeUndefined();
	});

	it("says when the shared one is left out", () => {
		const notes: string[] = [];
		const url = `https://ci.example/${"x".repeat(500)}`;
		expect(
			storyOf(
				batch(2, () => event("ping", { ci: { run_url: url } })),
				notes,
			).link,
		).toBeUndefined();
		expect(notes).toEqual(["run link left out: longer than 500 characters"]);
	});
});

describe("the count of statuses", () => {
	it("uses the singular", () => {
		expect(statusCounts("so", [event("drift_detected")])).toBe("so: 1 warning");
		expect(statusCounts("so", [event("drift_detected"), event("drift_detected")])).toBe("so: 2 warnings");
		expect(statusCounts("so", [])).toBe("so");
	});
});
