// Whether everything in the demo went as it must: what is shown is what happened, so it may also have gone wrong.
import { reasonOf } from "../../model/delivery.ts";
import type { Fired, Played } from "./play.ts";
import { serviceAt } from "./services.ts";

/** What went otherwise than it must, one sentence each; empty when all is well. */
export function unexpected({ fired, received }: Pick<Played, "fired" | "received">): readonly string[] {
	const attempts = fired
		.flatMap(({ report }) => report.outcomes)
		.filter(({ delivery }) => delivery.hook.kind === "webhook")
		.reduce((sum, outcome) => sum + outcome.attempts.length, 0);
	const lost =
		received.length === attempts ? [] : [`${attempts} requests were sent, but ${received.length} were received`];
	const unsigned = received
		.filter(({ signature }) => signature !== "valid")
		.map(({ path, event, signature }) => `${serviceAt(path)?.title ?? path}: signature of ${event} ${signature}`);
	return [...fired.flatMap(unexpectedOutcomes), ...lost, ...unsigned];
}

function unexpectedOutcomes({ step, report }: Fired): readonly string[] {
	const ended = new Map(report.outcomes.map((outcome) => [outcome.delivery.hook.name, outcome]));
	return Object.entries(step.expected).flatMap(([hook, expected]) => {
		const outcome = ended.get(hook);
		if (outcome?.status === expected) return [];
		const why = outcome === undefined ? "" : reasonOf(outcome);
		const reason = why === "" ? "" : ` (${why})`;
		return [`${hook} on ${step.event} should be ${expected} and is ${outcome?.status ?? "missing"}${reason}`];
	});
}
