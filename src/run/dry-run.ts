// The sender of a dry run: shows what each delivery would send.
import { preview, previewAnywhere } from "../deliver/preview.ts";
import { showTarget } from "../deliver/target.ts";
import { mutedReason, skipped, untrustedReason } from "../deliver/unsent.ts";
import type { Env } from "../lib/env.ts";
import type { Delivery, Outcome, Preview, RunFacts } from "../model/delivery.ts";
import { needsPeople, type People } from "../model/people.ts";
import { problemsOf } from "../secrets/thrown.ts";
import type { Observer } from "./prepare.ts";

/** With `placeholders`, unset variables are shown by their names instead of failing. */
export function showing(
	facts: RunFacts,
	placeholders: boolean,
	env: Env,
	{ onPreview }: Observer,
): (delivery: Delivery) => Promise<Outcome> {
	return async (delivery) => {
		const { hook } = delivery;
		const people = hook.kind === "webhook" && needsPeople(hook) ? await facts.people() : undefined;
		const shown = previewOf(delivery, facts, placeholders, env, people);
		onPreview(delivery, shown);
		const target = shown.kind === "shell" ? shown.command : shown.target;
		return { ...skipped(delivery, "dry_run", reasonOf(shown), env), target };
	};
}

function reasonOf(shown: Preview): string {
	if (!("reason" in shown)) return "dry run";
	return `dry run; it would ${shown.kind === "problem" ? "fail" : "be skipped"}: ${shown.reason}`;
}

/** As in a run, an error in making one message is only that delivery's problem. */
function previewOf(
	delivery: Delivery,
	facts: RunFacts,
	placeholders: boolean,
	env: Env,
	people: People | undefined,
): Preview {
	const problem = (reason: string) => ({ kind: "problem", target: showTarget(delivery.hook, env), reason }) as const;
	const refused = untrustedReason(delivery, facts);
	if (refused !== undefined) return problem(refused);
	const muted = mutedReason(delivery, facts);
	if (muted !== undefined) return { ...problem(muted), kind: "nothing" };
	try {
		return placeholders ? previewAnywhere(delivery, env, people) : preview(delivery, env, people);
	} catch (thrown) {
		return problem(problemsOf(thrown, env)[0].message);
	}
}
