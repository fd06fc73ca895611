// Carries plans out: gates first and one at a time, then shell hooks in order beside webhooks all at once.

import { Bag } from "../lib/bag.ts";
import type { Delivery, Outcome, Plan, RunFacts } from "../model/delivery.ts";
import { failure, gateSaid } from "../model/failure.ts";
import type { Webhook } from "../model/hook.ts";
import { unsetVariables } from "../model/hook-references.ts";
import type { Connections, Ports } from "../ports.ts";
import { problemsOf } from "../secrets/thrown.ts";
import { caFileReader } from "./ca-file.ts";
import { followers, runWithFallback } from "./chain.ts";
import { ChainState } from "./chain-state.ts";
import { runCommand } from "./command.ts";
import { Receivers } from "./receivers.ts";
import { Slots } from "./slots.ts";
import { abandoned, CANCELLED, failed, held, mutedReason, notReached, notReady, skipped } from "./unsent.ts";
import { type Shared, sendWebhook } from "./webhook.ts";

/** From this many webhooks on, keeping connections is worth loading what does it. */
export const MANY_WEBHOOKS = 33;

/** What carrying out a plan needs of the world. */
export type DeliverPorts = Pick<Ports, "clock" | "random" | "env" | "http" | "shell" | "files" | "log">;

/** What became of an event that was put into a batch. */
export interface Batched {
	/** What is to be sent now. */
	readonly due: Iterable<Delivery<Webhook>> | AsyncIterable<Delivery<Webhook>>;
	/** Why the event waits for others beyond this process. */
	readonly held?: string;
}

/** Where and until when deliveries run. */
export interface DeliverOptions {
	/** The folder shell hooks run in; absolute. */
	readonly workspace: string;
	/** Of webhooks: `pooled` from {@link MANY_WEBHOOKS} on. */
	readonly connections: Connections;
	/** Aborts on cancellation: what has not begun is skipped. */
	readonly signal: AbortSignal;
	/** Carries out a delivery instead: in a dry run, whose outcomes let an event pass. */
	readonly send?: ((delivery: Delivery) => Promise<Outcome>) | undefined;
	/** Puts the event of a delivery into a batch. Called one after the other. */
	readonly batch: (delivery: Delivery<Webhook>) => Promise<Batched>;
	/** Called with each outcome as it comes. */
	readonly onOutcome: (outcome: Outcome) => void;
	/** Called when something was thrown between deliveries: what is in flight may have no outcome. */
	readonly onCrash?: () => void;
}

/** Carries out the plans of one run, one after the other; their gates in turn, their other deliveries overlapping. */
export class Deliverer {
	readonly #facts: RunFacts;
	readonly #ports: DeliverPorts;
	readonly #options: DeliverOptions;
	readonly #shared: Omit<Shared, "onBegin">;
	/**
	 * A chain keeps its slot to its end, except while a webhook waits. A command, which can be in any chain, also waits for
	 * its turn. Gates and their followers run one at a time anyway.
	 */
	readonly #shellChains = new Slots(1);
	readonly #webhookChains: Slots;
	readonly #gateChains = new Slots(Number.POSITIVE_INFINITY);
	readonly #commands = new Slots(1);
	/** Of the events that have not ended. */
	readonly #states = new Bag<ChainState>();
	#inFlight = 0;
	#ended = () => {};
	/** What was thrown between deliveries: a bug, which ends the run. */
	#crash: { readonly thrown: unknown } | undefined;

	constructor(facts: RunFacts, ports: DeliverPorts, options: DeliverOptions) {
		this.#facts = facts;
		this.#ports = ports;
		this.#options = options;
		this.#webhookChains = new Slots(facts.concurrency);
		const { signal, connections, workspace } = options;
		const receivers = new Receivers(ports.clock, signal);
		const readCaFile = caFileReader(ports.files, workspace);
		this.#shared = { connections, readCaFile, receivers, people: facts.people, signal };
	}

	/** Asks the gates, and begins the rest as soon as there is room. False if a gate has not let the event pass. */
	async run({ gates, shell, webhooks, batched }: Plan): Promise<boolean> {
		const first = [...gates, ...shell, ...webhooks, ...batched];
		const state = new ChainState(first, this.#states);
		state.begin();
		const passed: Outcome[] = [];
		for (const gate of gates) {
			const outcome = await this.#carryOut(gate, state, this.#gateChains);
			passed.push(outcome);
			if (outcome.status !== "delivered" && outcome.skipCause !== "dry_run") {
				this.#skipAfter(outcome, first.slice(passed.length), state);
				this.#endOf(state);
				return false;
			}
		}
		const following = passed.map((gate) => [gate, followers(gate, this.#facts.reach)] as const);
		for (const [, next] of following) state.plan(next);
		await Promise.all([this.#beginAll(shell, state), this.#beginAll(webhooks, state), this.#batchAll(batched, state)]);
		for (const [gate, next] of following) await this.#follow(gate, next, state, this.#gateChains);
		this.#endOf(state);
		return true;
	}

	/** Begins one delivery as soon as there is room. Throws what was thrown between the deliveries before. */
	async begin(delivery: Delivery, state = new ChainState([delivery], this.#states)): Promise<void> {
		if (this.#crash !== undefined) throw this.#crash.thrown;
		const slots = delivery.hook.kind === "shell" ? this.#shellChains : this.#webhookChains;
		await slots.enter();
		this.#inFlight++;
		state.begin();
		void this.#chain(delivery, state, slots)
			.then(() => this.#endOf(state))
			.catch((thrown: unknown) => {
				this.#crash ??= { thrown };
				this.#options.onCrash?.();
			})
			.then(() => {
				slots.leave();
				this.#inFlight--;
				if (this.#inFlight === 0) this.#ended();
			});
	}

	/** Waits for all that was begun. Throws as {@link begin} does. */
	async end(): Promise<void> {
		if (this.#inFlight > 0) {
			await new Promise<void>((resolve) => {
				this.#ended = resolve;
			});
		}
		if (this.#crash !== undefined) throw this.#crash.thrown;
	}

	/**
	 * Gives an outcome to every delivery that has none, for a run that cannot go on. What became of those that were begun
	 * is not known. `others` were not even planned here.
	 */
	abandon(others: readonly Delivery[] = []): void {
		const { env } = this.#ports;
		for (const delivery of others) new ChainState([delivery], this.#states);
		const states = this.#states.values();
		for (const state of states) {
			for (const [delivery, isBegun] of state.unfinished()) {
				const outcome = abandoned(delivery, isBegun, env);
				this.#emit(outcome, delivery, state);
				this.#miss(outcome, followers(outcome, this.#facts.reach), state);
			}
		}
		for (const state of states) for (const missed of state.notReached()) this.#options.onOutcome(missed);
	}

	async #beginAll(deliveries: Iterable<Delivery> | AsyncIterable<Delivery>, state: ChainState): Promise<void> {
		for await (const delivery of deliveries) {
			state.plan([delivery]);
			await this.begin(delivery, state);
		}
	}

	async #batchAll(deliveries: readonly Delivery<Webhook>[], state: ChainState): Promise<void> {
		for (const delivery of deliveries) {
			// What cannot be sent now cannot be sent later: it ends by itself.
			const { signal, batch } = this.#options;
			const isMuted = mutedReason(delivery, this.#facts) !== undefined;
			const sendable = !isMuted && !signal.aborted && unsetVariables(delivery.hook, this.#ports.env).length === 0;
			const { due, held: why } = sendable ? await batch(delivery) : { due: [delivery] };
			if (why !== undefined) this.#emit(held(delivery, why, this.#ports.env), delivery, state);
			// Its event gets the outcome of a batch.
			else state.finish(delivery);
			await this.#beginAll(due, state);
		}
	}

	async #chain(delivery: Delivery, state: ChainState, slots: Slots): Promise<void> {
		const outcome = await this.#carryOut(delivery, state, slots);
		await this.#follow(outcome, followers(outcome, this.#facts.reach), state, slots);
	}

	/** With its fallback. */
	async #carryOut(delivery: Delivery, state: ChainState, slots: Slots): Promise<Outcome> {
		const outcome = await runWithFallback(delivery, {
			reach: this.#facts.reach,
			run: (each) => this.#runOne(each, () => state.markBegun(delivery), slots),
			signal: this.#options.signal,
		});
		this.#emit(outcome, delivery, state);
		return outcome;
	}

	/** Carries out the followers of a delivery, each once an event, or notes that it has not led to them. */
	async #follow(outcome: Outcome, following: readonly Delivery[], state: ChainState, slots: Slots): Promise<void> {
		if (outcome.status !== "delivered") return this.#miss(outcome, following, state);
		for (const next of following) {
			state.finish(next);
			if (!state.add(next)) continue;
			state.plan([next]);
			await this.#chain(next, state, slots);
		}
	}

	#miss(outcome: Outcome, following: readonly Delivery[], state: ChainState): void {
		for (const next of following) {
			if (!state.has(next)) state.miss(notReached(next, outcome, this.#ports.env));
		}
	}

	#endOf(state: ChainState): void {
		for (const missed of state.end()) this.#options.onOutcome(missed);
	}

	/** A gate that a cancellation has ended has not denied. */
	#skipAfter({ delivery: { hook }, failure: why }: Outcome, rest: readonly Delivery[], state: ChainState): void {
		const { aborted } = this.#options.signal;
		const cause = aborted ? "cancelled" : "gate_failed";
		const reason = aborted || why === undefined ? CANCELLED : `gate ${hook.name} ${gateSaid(why)}`;
		for (const delivery of rest) this.#emit(skipped(delivery, cause, reason, this.#ports.env), delivery, state);
	}

	/** `planned` is the delivery as it was planned; the outcome may have a copy. */
	#emit(outcome: Outcome, planned: Delivery, state: ChainState): void {
		state.finish(planned);
		this.#options.onOutcome(outcome);
	}

	/** An error in making, sending or judging a message fails that delivery only. */
	async #runOne(delivery: Delivery, onBegin: () => void, slots: Slots): Promise<Outcome> {
		try {
			const { send } = this.#options;
			return await (send === undefined ? this.#send(delivery, onBegin, slots) : send(delivery));
		} catch (thrown) {
			const [{ message, remedy, frame = "" }] = problemsOf(thrown, this.#ports.env);
			this.#ports.log.info(`${delivery.hook.name}: ${remedy}`);
			for (const line of frame.split("\n")) this.#ports.log.info(line);
			return failed(delivery, failure("internal", message), this.#ports.env);
		}
	}

	async #send(delivery: Delivery, onBegin: () => void, slots: Slots): Promise<Outcome> {
		const { hook } = delivery;
		const { workspace, signal } = this.#options;
		const refused = () => notReady(delivery, this.#facts, this.#ports.env, signal);
		const early = refused();
		if (early !== undefined) return early;
		if (hook.kind === "webhook") {
			return sendWebhook({ ...delivery, hook }, this.#ports, { ...this.#shared, onBegin }, slots);
		}
		await this.#commands.enter();
		try {
			// Waiting for its turn may have taken a long time.
			const late = refused();
			if (late !== undefined) return late;
			onBegin();
			return await runCommand({ ...delivery, hook }, workspace, this.#ports, signal);
		} finally {
			this.#commands.leave();
		}
	}
}
