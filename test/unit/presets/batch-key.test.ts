// Which alert a batch opens, and which it ends.
import { describe, expect, it } from "vitest";
import type { Events } from "../../../src/model/event.ts";
import { summarize } from "../../../src/presets/batch.ts";
import { batchKey, resolvedKey } from "../../../src/presets/batch-key.ts";
import { correlationKey } from "../../../src/presets/correlation.ts";
import { Cuts } from "../../../src/presets/text.ts";
import { event } from "../../helpers/make.ts";

const ci = { repository: "acme/shop", branch: "main" };
const model = (name: string, model: string) => event(name, { model, ci });
const keyOf = (events: Events) => batchKey(events, summarize(events, new Cuts("characters")), 255);
const endedBy = (events: Events) => resolvedKey(events, summarize(events, new Cuts("characters")), 255);

const PIPELINE = "repository=acme/shop; branch=main; pipeline=etl; phase=pipeline";

describe("the key of a batch", () => {
	it("is that of its events where they are of one thing", () => {
		const a = "repository=acme/shop; branch=main; pipeline=etl; phase=model; model=a";
		expect(keyOf([model("model_error", "a"), model("after_model_run", "a")])).toBe(a);
		expect(keyOf([model("model_error", "a")])).toBe(a);
	});

	it("is that of the pipeline where they are of several things, so that its success finds it", () => {
		const events: Events = [model("model_error", "a"), model("model_error", "b")];
		expect(keyOf(events)).toBe(PIPELINE);
		expect(keyOf(events)).toBe(correlationKey(event("pipeline_complete", { ci, run_id: "another" }), 255));
	});

	it("is of no pipeline where they are of several", () => {
		const [one, other] = [
			event("pipeline_error", { pipeline: "a", ci, project_id: "x" }),
			event("pipeline_error", { pipeline: "b", ci, project_id: "x" }),
		];
		expect(keyOf([one, other])).toBe("repository=acme/shop; branch=main; event=*; project=x");
		expect(keyOf([event("ping", { pipeline: "a" }), event("ping", { pipeline: "b" })])).toBe("event=*");
	});

	it("is bounded", () => {
		const long = { repository: "r".repeat(300), branch: "b" };
		const events: Events = [
			event("model_error", { model: "a", ci: long }),
			event("model_error", { model: "b", ci: long }),
		];
		expect(batchKey(events, summarize(events, new Cuts("characters")), 100)).toMatch(/^repository=r+#[0-9a-f]{32}$/);
	});
});

describe("what a good batch ends", () => {
	it("is the pipeline's alert when the pipeline itself succeeded", () => {
		const done = event("pipeline_complete", { ci });
		expect(endedBy([done, model("after_model_run", "a")])).toBe(PIPELINE);
	});

	it("is else the alert of what has last succeeded, and never one that another batch may have opened", () => {
		const started = event("pipeline_start", { ci });
		const events: Events = [model("after_model_run", "a"), model("after_model_run", "b"), started];
		expect(keyOf(events)).toBe(PIPELINE);
		expect(endedBy(events)).toBe(correlationKey(model("model_error", "b"), 255));
	});

	it("is the one alert of events that are of one thing", () => {
		const events: Events = [model("before_model_run", "a"), model("after_model_run", "a")];
		expect(endedBy(events)).toBe(correlationKey(model("model_error", "a"), 255));
	});
});
