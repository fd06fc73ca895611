// The two runs that the demo plays: each event with its context, and what must become of every hook.

import type { GivenContext } from "../../model/context.ts";
import type { Outcome } from "../../model/delivery.ts";

/** One event. */
export interface Step {
	readonly event: string;
	/** What happened, in a few words. */
	readonly note: string;
	readonly context: GivenContext;
	/** Every hook of the event, and how its delivery must end. */
	readonly expected: Readonly<Record<string, Outcome["status"]>>;
}

/** One run of the pipeline. */
export interface Run {
	readonly title: string;
	readonly steps: readonly Step[];
}

const pipeline = "nightly_etl";

export const RUNS: readonly [Run, ...Run[]] = [
	{
		title: "Run 1: the life of a pipeline",
		steps: [
			{
				event: "pipeline_start",
				note: "gates first, one at a time; then the messages",
				context: { pipeline, run_id: "demo-1" },
				expected: { "no-deploy-lock": "delivered", "slack-started": "delivered", "change-approval": "delivered" },
			},
			{
				event: "after_materialize",
				note: "orders is built",
				context: { pipeline, run_id: "demo-1", table: "orders", duration_ms: 5200, metadata: { rows: 48210 } },
				expected: { "orders-row-count": "delivered", "audit-log": "delivered" },
			},
			{
				event: "check_result",
				note: "a check of orders fails; so do two hooks, which must not stop anything",
				context: { pipeline, run_id: "demo-1", table: "orders", status: "failure", error: "7 null ids" },
				expected: {
					"pagerduty-trigger": "delivered",
					"teams-quality": "delivered",
					"lineage-export": "failed",
					"old-board": "failed",
				},
			},
			{
				event: "pipeline_complete",
				note: "all done, and the page is resolved",
				context: { pipeline, run_id: "demo-1", duration_ms: 45_200, metadata: { tables: 20 } },
				expected: { "slack-complete": "delivered", "datadog-event": "delivered", "pagerduty-resolve": "delivered" },
			},
		],
	},
	{
		title: "Run 2: a gate says no",
		steps: [
			{
				event: "pipeline_start",
				note: "the same hooks, another day",
				context: { pipeline, run_id: "demo-2" },
				expected: { "no-deploy-lock": "delivered", "change-approval": "failed", "slack-started": "skipped" },
			},
		],
	},
];
