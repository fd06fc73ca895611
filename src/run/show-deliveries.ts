// A dry run: what each delivery would send, shown instead of sent.
import { preview, previewAnywhere } from "../deliver/preview.ts";
import { refusalOf } from "../deliver/refusal.ts";
import { showTarget } from "../deliver/target.ts";
import type { Env } from "../lib/env.ts";
import type { Delivery, Outcome, Preview, RunFacts } from "../model/delivery.ts";
import type { Collector } from "../report/collect.ts";
import { problemsOf } from "../secrets/thrown.ts";
import type { Watcher } from "./prepare.ts";

/** Shows deliveries in the order given. With `standIns`, variables that are unset stand for themselves. */
export function showAll(
	deliveries: readonly Delivery[],
	facts: RunFacts,
	standIns: boolean,
	env: Env,
	watcher: Watcher,
	collector: Collector,
): void {
	for (const delivery of deliveries) collector.add(show(delivery, facts, standIns, env, watcher));
}

function show(delivery: Delivery, facts: RunFacts, standIns: boolean, env: Env, { onPreview }: Watcher): Outcome {
	const refused = refusalOf(delivery, facts);
	const shown: Preview =
		refused === undefined
			? makePreview(delivery, standIns, env)
			: { kind: "problem", target: showTarget(delivery.hook, env), reason: refused };
	onPreview(delivery, shown);
	const target = shown.kind === "shell" ? shown.command : shown.target;
	const reason = shown.kind === "problem" ? `dry run; it would fail: ${shown.reason}` : "dry run";
	return { delivery, status: "skipped", skipCause: "dry_run", reason, target, attempts: [], durationMs: 0, notes: [] };
}

/** As in a run, an error in making one message is that delivery's problem. */
function makePreview(delivery: Delivery, standIns: boolean, env: Env): Preview {
	try {
		return standIns ? previewAnywhere(delivery, env) : preview(delivery, env);
	} catch (thrown) {
		return { kind: "problem", target: showTarget(delivery.hook, env), reason: problemsOf(thrown, env)[0].message };
	}
}
