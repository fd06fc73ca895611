// Carries plans out: gates first and one at a time, then shell hooks in order beside webhooks all at once.
import type { Webhook } from "../config/hook.ts";
import { unsetVariables } from "../config/references.ts";
import type { Delivery, Outcome, Plan, RunFacts } from "../delivery.ts";
import type { Connections, Ports } from "../ports.ts";
import { problemsOf } from "../secrets/thrown.ts";
import { authoritiesOf } from "./authorities.ts";
import { type Chaining, followers, runWithFallback } from "./chain.ts";
import { runCommand } from "./command.ts";
import { Fired } from "./fired.ts";
import { failed, held, NOT_BEGUN, notReady, skipped } from "./not-begun.ts";
import { Receivers } from "./receivers.ts";
import { Slots } from "./slots.ts";
import { type Shared, sendWebhook } from "./webhook.ts";

/** From this many webhooks on, keeping connections is worth loading what does it. */
export const MANY_WEBHOOKS = 33;

/** What carrying out a plan needs of the world. */
export type DeliverPorts = Pick<Ports, "clock" | "random" | "env" | "http" | "shell" | "files" | "log">;

/** What became of an event that was put into a batch: what is to be sent now, and why it is not among that. */
export interface Batched {
	readonly due: Iterable<Delivery<Webhook>> | AsyncIterable<Delivery<Webhook>>;
	/** Set where the event waits for others beyond this process. */
	readonly held?: string;
}

/** A delivery without an outcome: the event's that it belongs to, and whether it was begun. */
interface Unfinished {
	readonly fired: Fired;
	isBegun: boolean;
}

/** Where and until when deliveries run. */
export interface DeliverOptions {
	/** The folder shell hooks run in; absolute. */
	readonly workspace: string;
	/** Of webhooks: `pooled` from {@link MANY_WEBHOOKS} on. */
	readonly connections: Connections;
	/** Aborts on cancellation: what has not begun is skipped then. */
	readonly signal: AbortSignal;
	/** Puts the event of a delivery into a batch. Called one after the other. */
	readonly batch: (delivery: Delivery<Webhook>) => Promise<Batched>;
	/** Called with each outcome as it comes. */
	readonly onOutcome: (outcome: Outcome) => void;
}

/** Slots, and how the chains run that have them. */
interface Lane {
	readonly slots: Slots;
	readonly chaining: Chaining;
}

/** Carries out the plans of one run, one after the other; their gates in turn, their other deliveries overlapping. */
export class Deliverer {
	readonly #facts: RunFacts;
	readonly #ports: DeliverPorts;
	readonly #options: DeliverOptions;
	readonly #shared: Omit<Shared, "onBegin">;
	/**
	 * A slot is kept through a whole chain, but while a webhook waits; a command, which may be in anybody's, waits for its
	 * turn besides.
	 */
	readonly #shellChains: Lane;
	readonly #webhookChains: Lane;
	/** Gates have no slots, nor has what follows them. */
	readonly #gateChaining: Chaining;
	readonly #commands = new Slots(1);
	readonly #unfinished = new Map<Delivery, Unfinished>();
	#underWay = 0;
	#ended = () => {};
	/** What was thrown beside the deliveries themselves, such as a bug in what follows them. */
	#fault: { readonly thrown: unknown } | undefined;

	constructor(facts: RunFacts, ports: DeliverPorts, options: DeliverOptions) {
		this.#facts = facts;
		this.#ports = ports;
		this.#options = options;
		const chaining = (slots?: Slots): Chaining => ({
			reach: facts.reach,
			run: (delivery, planned) => this.#runOne(delivery, () => this.#markBegun(planned), slots),
			cancelled: () => options.signal.aborted,
		});
		const lane = (slots: Slots): Lane => ({ slots, chaining: chaining(slots) });
		this.#shellChains = lane(new Slots(1));
		this.#webhookChains = lane(new Slots(facts.concurrency));
		this.#gateChaining = chaining();
		const { signal, connections, workspace } = options;
		const receivers = new Receivers(ports.clock, signal);
		this.#shared = { connections, readAuthorities: authoritiesOf(ports.files, workspace), receivers, signal };
	}

	/** Asks the gates, and begins the rest as soon as there is room. False where a gate has not said yes. */
	async run(plan: Plan): Promise<boolean> {
		const { gates, shell, webhooks, batched } = plan;
		const first = [...gates, ...shell, ...webhooks, ...batched];
		const fired = new Fired(first);
		this.#plan(first, fired);
		fired.begin();
		const passed: Outcome[] = [];
		for (const gate of gates) {
			const outcome = this.#emit(await runWithFallback(gate, this.#gateChaining), gate);
			passed.push(outcome);
			if (outcome.status !== "delivered") {
				this.#skipAfter(outcome, plan, passed.length);
				return false;
			}
		}
		const following = passed.map((outcome) => followers(outcome, this.#facts.reach));
		for (const next of following) this.#plan(next, fired);
		// Beside each other only where there is more than one of them: an event of a file has one webhook, as a rule.
		if (shell.length === 0 && batched.length === 0) {
			for (const delivery of webhooks) await this.begin(delivery, fired);
		} else {
			await Promise.all([
				this.#beginAll(shell, fired),
				this.#beginAll(webhooks, fired),
				this.#batchAll(batched, fired),
			]);
		}
		for (const [index, outcome] of passed.entries()) {
			await this.#follow(outcome, following[index] ?? [], fired, this.#gateChaining);
		}
		this.#endOf(fired);
		return true;
	}

	/**
	 * Begins one delivery as soon as there is room. Throws what was thrown beside the deliveries before, since a run does
	 * not go on after that.
	 */
	async begin(delivery: Delivery, fired = new Fired([delivery])): Promise<void> {
		this.#plan([delivery], fired);
		this.#throwFault();
		const lane = delivery.hook.kind === "shell" ? this.#shellChains : this.#webhookChains;
		if (!lane.slots.take()) await lane.slots.enter();
		this.#underWay++;
		fired.begin();
		void this.#inSlot(lane, delivery, fired);
	}

	/** Waits for all that was begun. Throws as {@link begin} does. */
	async end(): Promise<void> {
		if (this.#underWay > 0) {
			await new Promise<void>((resolve) => {
				this.#ended = resolve;
			});
		}
		this.#throwFault();
	}

	/**
	 * Gives every delivery that has no outcome yet one, for a run that cannot go on: nobody knows what became of those
	 * that were begun. `others` have not even been planned here.
	 */
	abandon(others: readonly Delivery[] = []): void {
		const { env } = this.#ports;
		for (const delivery of others) this.#plan([delivery], new Fired([delivery]));
		const all = new Set<Fired>();
		for (const [delivery, { isBegun, fired }] of [...this.#unfinished]) {
			all.add(fired);
			const outcome = this.#emit(isBegun ? failed(delivery, UNKNOWN, env) : skipped(delivery, "stopped", STOPPED, env));
			this.#miss(outcome, followers(outcome, this.#facts.reach), fired);
		}
		for (const fired of all) for (const missed of fired.notReached()) this.#emit(missed);
	}

	#plan(deliveries: readonly Delivery[], fired: Fired): void {
		for (const delivery of deliveries) this.#unfinished.set(delivery, { fired, isBegun: false });
	}

	#throwFault(): void {
		if (this.#fault !== undefined) throw this.#fault.thrown;
	}

	/** Never rejects. */
	async #inSlot({ slots, chaining }: Lane, delivery: Delivery, fired: Fired): Promise<void> {
		try {
			await this.#chain(delivery, fired, chaining);
			this.#endOf(fired);
		} catch (thrown) {
			this.#fault ??= { thrown };
		}
		slots.leave();
		this.#underWay--;
		if (this.#underWay === 0) this.#ended();
	}

	async #beginAll(deliveries: readonly Delivery[], fired: Fired): Promise<void> {
		for (const delivery of deliveries) await this.begin(delivery, fired);
	}

	async #batchAll(deliveries: readonly Delivery<Webhook>[], fired: Fired): Promise<void> {
		for (const delivery of deliveries) {
			const notReady = this.#notReady(delivery);
			if (notReady !== undefined) {
				this.#emit(notReady);
				continue;
			}
			// What cannot be sent now cannot be later: it fails by itself.
			const sendable = unsetVariables(delivery.hook, this.#ports.env).length === 0;
			const { due, held: why } = sendable ? await this.#options.batch(delivery) : { due: [delivery] };
			if (why !== undefined) this.#emit(held(delivery, why, this.#ports.env));
			// What becomes of its event is the outcome of a batch.
			else this.#unfinished.delete(delivery);
			for await (const next of due) await this.begin(next, fired);
		}
	}

	async #chain(delivery: Delivery, fired: Fired, chaining: Chaining): Promise<void> {
		const outcome = this.#emit(await runWithFallback(delivery, chaining), delivery);
		const next = followers(outcome, this.#facts.reach);
		if (next.length > 0) await this.#follow(outcome, next, fired, chaining);
	}

	/** Carries out what follows a delivery, each once an event, or notes that it has not led there. */
	async #follow(outcome: Outcome, following: readonly Delivery[], fired: Fired, chaining: Chaining): Promise<void> {
		if (outcome.status !== "delivered") {
			this.#miss(outcome, following, fired);
			return;
		}
		for (const next of following) {
			this.#unfinished.delete(next);
			if (!fired.add(next)) continue;
			this.#plan([next], fired);
			await this.#chain(next, fired, chaining);
		}
	}

	#miss({ status, delivery }: Outcome, following: readonly Delivery[], fired: Fired): void {
		const reason = `${delivery.hook.name}, which it follows, ${status === "failed" ? "failed" : "was skipped"}`;
		for (const next of following) {
			if (!fired.has(next)) fired.miss(skipped(next, "not_reached", reason, this.#ports.env));
		}
	}

	#endOf(fired: Fired): void {
		for (const missed of fired.end()) this.#emit(missed);
	}

	#skipAfter({ delivery: { hook } }: Outcome, plan: Plan, asked: number): void {
		const rest = [...plan.gates.slice(asked), ...plan.shell, ...plan.webhooks, ...plan.batched];
		// A gate that a cancellation ended has decided nothing.
		const [cause, reason] = this.#options.signal.aborted
			? (["cancelled", NOT_BEGUN] as const)
			: (["gate_failed", `gate ${hook.name} failed`] as const);
		for (const delivery of rest) this.#emit(skipped(delivery, cause, reason, this.#ports.env));
	}

	/** `planned` is the delivery as it was planned, of which an outcome may have a copy. */
	#emit(outcome: Outcome, planned = outcome.delivery): Outcome {
		this.#unfinished.delete(planned);
		this.#options.onOutcome(outcome);
		return outcome;
	}

	#notReady(delivery: Delivery): Outcome | undefined {
		return notReady(delivery, this.#facts, this.#ports.env, this.#options.signal);
	}

	/** An error in making, sending or judging a message fails that delivery only. */
	async #runOne(delivery: Delivery, onBegin: () => void, slots: Slots | undefined): Promise<Outcome> {
		try {
			return this.#notReady(delivery) ?? (await this.#carryOut(delivery, onBegin, slots));
		} catch (thrown) {
			const [{ message, remedy, frame = "" }] = problemsOf(thrown, this.#ports.env);
			this.#ports.log.info(`${delivery.hook.name}: ${remedy}`);
			for (const line of frame.split("\n")) this.#ports.log.info(line);
			return failed(delivery, message, this.#ports.env);
		}
	}

	#carryOut(delivery: Delivery, onBegin: () => void, slots: Slots | undefined): Promise<Outcome> {
		const { hook } = delivery;
		const { workspace, signal } = this.#options;
		if (hook.kind === "webhook") {
			return sendWebhook({ ...delivery, hook }, this.#ports, { ...this.#shared, onBegin }, slots);
		}
		return this.#commands.within(async () => {
			const notReady = this.#notReady(delivery);
			if (notReady !== undefined) return notReady;
			onBegin();
			return runCommand({ ...delivery, hook }, workspace, this.#ports, signal);
		});
	}

	#markBegun(delivery: Delivery): void {
		const unfinished = this.#unfinished.get(delivery);
		if (unfinished !== undefined) unfinished.isBegun = true;
	}
}

/** Why a delivery has failed that had begun when the run stopped. */
const UNKNOWN = "the run stopped on an error while this was in flight; what became of it is not known";

/** Why a delivery is skipped that had not begun when the run stopped. */
const STOPPED = "the run stopped on an error before this began";
