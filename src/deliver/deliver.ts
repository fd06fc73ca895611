// Carries a plan out: gates first and one at a time, then shell hooks in order beside webhooks all at once.
import { unsetVariables } from "../config/references.ts";
import { type Delivery, isGate, type Outcome, type Plan, type SkipCause } from "../delivery.ts";
import type { Ports } from "../ports.ts";
import { authoritiesOf } from "./authorities.ts";
import { runCommand } from "./command.ts";
import { refusalOf } from "./refusal.ts";
import { showTarget } from "./target.ts";
import { type Shared, sendWebhook } from "./webhook.ts";

/** From this many webhooks in a plan on, keeping connections is worth loading what does it. */
const MANY_WEBHOOKS = 33;

/** Why a delivery is skipped after a cancellation. */
const NOT_BEGUN = "cancelled before it began";

/** What carrying out a plan needs of the world. */
export type DeliverPorts = Pick<Ports, "clock" | "random" | "env" | "http" | "shell" | "files" | "log">;

/** Where and until when deliveries run. */
export interface DeliverOptions {
	/** The folder shell hooks run in; absolute. */
	readonly workspace: string;
	/** Aborts on cancellation: what has not begun is skipped then. */
	readonly signal: AbortSignal;
	/** Called with each outcome as it comes. */
	readonly onOutcome: (outcome: Outcome) => void;
}

/** Runs every delivery of a plan; outcomes in the order of the file. */
export async function deliver(plan: Plan, ports: DeliverPorts, options: DeliverOptions): Promise<readonly Outcome[]> {
	const outcomes: Outcome[] = [];
	const shared: Shared = {
		pooled: [...plan.gates, ...plan.webhooks].filter(({ hook }) => hook.kind === "webhook").length >= MANY_WEBHOOKS,
		readAuthorities: authoritiesOf(ports.files, options.workspace),
		signal: options.signal,
	};
	const run = async (delivery: Delivery): Promise<Outcome> => {
		const outcome = await runOne(delivery, plan, shared, ports, options);
		outcomes.push(outcome);
		options.onOutcome(outcome);
		return outcome;
	};
	const denied = await runGates(plan.gates, run);
	if (denied === undefined) {
		await Promise.all([inOrder(plan.shell, run), pooled(plan.webhooks, plan.concurrency, run)]);
	} else {
		const begun = new Set(outcomes.map((outcome) => outcome.delivery.id));
		const rest = [...plan.gates, ...plan.shell, ...plan.webhooks].filter((delivery) => !begun.has(delivery.id));
		// A gate that a cancellation ended has decided nothing.
		const [cause, reason] = options.signal.aborted
			? (["cancelled", NOT_BEGUN] as const)
			: (["gate_failed", `gate ${denied.delivery.hook.name} failed`] as const);
		outcomes.push(...rest.map((delivery) => skipped(delivery, cause, reason, ports)));
	}
	return outcomes.sort((a, b) => a.delivery.hook.order - b.delivery.hook.order);
}

/** Runs gates until one fails, and returns that one. */
async function runGates(gates: readonly Delivery[], run: (gate: Delivery) => Promise<Outcome>) {
	for (const gate of gates) {
		const outcome = await run(gate);
		if (outcome.status !== "delivered") return outcome;
	}
	return undefined;
}

async function inOrder(deliveries: readonly Delivery[], run: (delivery: Delivery) => Promise<Outcome>): Promise<void> {
	for (const delivery of deliveries) await run(delivery);
}

/** Keeps up to `width` deliveries under way. */
async function pooled(
	deliveries: readonly Delivery[],
	width: number,
	run: (delivery: Delivery) => Promise<Outcome>,
): Promise<void> {
	const queue = deliveries.values();
	const worker = () => inQueue(queue, run);
	await Promise.all(Array.from({ length: Math.min(width, deliveries.length) }, worker));
}

async function inQueue(queue: Iterator<Delivery>, run: (delivery: Delivery) => Promise<Outcome>): Promise<void> {
	for (let next = queue.next(); !next.done; next = queue.next()) await run(next.value);
}

async function runOne(
	delivery: Delivery,
	plan: Plan,
	shared: Shared,
	ports: DeliverPorts,
	options: DeliverOptions,
): Promise<Outcome> {
	if (options.signal.aborted) return skipped(delivery, "cancelled", NOT_BEGUN, ports);
	const [absent] = plan.secretsWithheld && !isGate(delivery.hook) ? unsetVariables(delivery.hook, ports.env) : [];
	if (absent !== undefined) {
		const reason = `variable ${absent} is unset or empty, as secrets are on a pull request from a fork or by Dependabot`;
		return skipped(delivery, "secrets_withheld", reason, ports);
	}
	const refused = refusalOf(delivery, plan);
	if (refused !== undefined) return { ...notBegun(delivery, refused, ports), status: "failed" };
	const { hook } = delivery;
	if (hook.kind === "shell") return runCommand({ ...delivery, hook }, options.workspace, ports, options.signal);
	return sendWebhook({ ...delivery, hook }, ports, shared);
}

function skipped(delivery: Delivery, skipCause: SkipCause, reason: string, ports: DeliverPorts): Outcome {
	return { ...notBegun(delivery, reason, ports), status: "skipped", skipCause };
}

function notBegun(delivery: Delivery, reason: string, { env }: DeliverPorts): Omit<Outcome, "status"> {
	const target = showTarget(delivery.hook, env);
	return { delivery, reason, target, attempts: [], durationMs: 0, notes: [] };
}
