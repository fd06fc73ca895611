// A dry run: what each delivery of a plan would send, shown instead of sent.
import { preview, previewAnywhere } from "../deliver/preview.ts";
import { refusalOf } from "../deliver/refusal.ts";
import { showTarget } from "../deliver/target.ts";
import type { Delivery, Outcome, Plan, Preview, RunFacts } from "../delivery.ts";
import { deliveriesOf } from "../plan/plan.ts";
import type { Env } from "../ports.ts";
import type { Collector } from "../report/collect.ts";
import type { Watcher } from "./run.ts";

/** Shows every delivery in the order of running. With `standIns`, variables that are unset stand for themselves. */
export function showPlan(
	plan: Plan,
	facts: RunFacts,
	standIns: boolean,
	env: Env,
	watcher: Watcher,
	collector: Collector,
): void {
	for (const delivery of deliveriesOf(plan)) collector.add(show(delivery, facts, standIns, env, watcher));
}

function show(delivery: Delivery, facts: RunFacts, standIns: boolean, env: Env, { onPreview }: Watcher): Outcome {
	const refused = refusalOf(delivery, facts);
	const make = standIns ? previewAnywhere : preview;
	const shown: Preview =
		refused === undefined
			? make(delivery, env)
			: { kind: "problem", target: showTarget(delivery.hook, env), reason: refused };
	onPreview(delivery, shown);
	const target = shown.kind === "shell" ? shown.command : shown.target;
	const reason = shown.kind === "problem" ? `dry run; it would fail: ${shown.reason}` : "dry run";
	return { delivery, status: "skipped", skipCause: "dry_run", reason, target, attempts: [], durationMs: 0, notes: [] };
}
