// Batches over the steps of a job: events are held until there are enough of them, or until the pipeline ends.

import type { Batched } from "../deliver/deliver.ts";
import { count } from "../lib/text.ts";
import { type Delivery, isGate, type Outcome, reasonOf, withReason } from "../model/delivery.ts";
import type { Events, PipelineEvent } from "../model/event.ts";
import type { ConfigWarning, Webhook } from "../model/hook.ts";
import { unsetReason, unsetVariables } from "../model/hook-references.ts";
import { HeldEvents, heldFolders } from "../outbox/held.ts";
import { sealOf } from "../outbox/seal.ts";
import type { HeldBatch } from "../outbox/shelf.ts";
import { BATCH_BYTES, batchDelivery } from "../plan/batch.ts";
import { chainsIn } from "../plan/reach.ts";
import type { Ports } from "../ports.ts";
import { readHeld, writeHeld } from "./held-event.ts";
import type { RunContext } from "./prepare.ts";

const WHEN = "sent when there are enough, with pipeline_complete or pipeline_error, or by `flush`";

type Shelf = HeldEvents<PipelineEvent>;

/** What is held for the hooks of a run. */
export class Holding {
	/** What was found that is no event of ours, and what could not be held. */
	readonly warnings: ConfigWarning[] = [];
	readonly #run: RunContext;
	readonly #ports: Pick<Ports, "spool" | "clock" | "env" | "log">;
	/** By their events, not by the ids of their deliveries: users may give many events the same id. */
	readonly #taken = new Map<Events, { readonly shelf: Shelf; readonly batch: HeldBatch<PipelineEvent> }>();
	/** The hooks of which all was due with an event. */
	readonly #emptied = new Set<string>();
	readonly #settling: Promise<void>[] = [];
	readonly #chainOf: ReturnType<typeof chainsIn>;

	constructor(run: RunContext, ports: Pick<Ports, "spool" | "clock" | "env" | "log">) {
		this.#run = run;
		this.#ports = ports;
		this.#chainOf = chainsIn(run.config.hooks);
	}

	/** Puts an event behind those that are held for its hook; with `all`, everything that is held is due then. */
	async add(delivery: Delivery<Webhook>, all: boolean): Promise<Batched> {
		const { hook, events } = delivery;
		const root = this.#run.ci.holdingFolder;
		if (root === undefined) return { due: [delivery] };
		const shelf = this.#shelf(hook, root);
		const problem = await shelf.put(writeHeld(events[0]));
		if (problem !== undefined) {
			this.#warn(hook, `an event could not be held, and is sent by itself: ${problem}`);
			return { due: [delivery] };
		}
		if (all) this.#emptied.add(hook.name);
		const { due, left } = await this.#take(hook, shelf, all);
		if (left === 0) return { due };
		return { due, held: `${left} of ${count(hook.batchSize ?? 1, "event")}, ${WHEN}` };
	}

	/** All else that is held for the hooks of the config, each batch read when it is asked for. */
	async *rest(): AsyncGenerator<Delivery<Webhook>, void, undefined> {
		const { ci, config } = this.#run;
		const root = ci.holdingFolder;
		if (root === undefined) return;
		const folders = new Set(await heldFolders(root, this.#ports.spool));
		if (folders.size === 0) return;
		for (const hook of config.hooks) {
			if (hook.kind !== "webhook") continue;
			const shelf = this.#shelf(hook, root);
			if (!folders.delete(shelf.name) || this.#emptied.has(hook.name)) continue;
			const hindrance = this.#hindrance(hook);
			if (hindrance === undefined) yield* (await this.#take(hook, shelf, true)).due;
			else this.#warn(hook, `what is held for it stays held: ${hindrance}`);
		}
		if (folders.size === 0) return;
		const whose = `${count(folders.size, "webhook")} that ${config.file} does not have`;
		this.#ports.log.info(`events stay held for ${whose}: \`flush\` sends them by the config that has`);
	}

	/** Forgets what was delivered. What was not stays held, and the outcome says so. */
	settle(outcome: Outcome): Outcome {
		const { delivery, status, missed } = outcome;
		const { events } = delivery;
		const taken = this.#taken.get(events);
		if (taken === undefined) return outcome;
		this.#taken.delete(events);
		const failed = status === "delivered" ? [] : (missed ?? [...events.keys()]);
		const settling = taken.shelf.settle(taken.batch, failed);
		// Nobody waits for it before the end, and an error that nothing catches until then would end the process.
		settling.catch(() => {});
		this.#settling.push(settling);
		if (failed.length === 0) return outcome;
		const which = failed.length < events.length ? `${failed.length} of its ` : "its ";
		const stay = failed.length === 1 ? "stays" : "stay";
		const held = `${which}${count(events.length, "event")} ${stay} held for \`flush\``;
		return withReason(outcome, `${reasonOf(outcome)}; ${held}`);
	}

	/** Waits until everything is settled. */
	async end(): Promise<void> {
		await Promise.all(this.#settling);
	}

	async #take(hook: Webhook, shelf: Shelf, all: boolean) {
		const { batches, left } = await shelf.take(all);
		return { due: this.#deliveries(hook, shelf, batches), left };
	}

	async *#deliveries(
		hook: Webhook,
		shelf: Shelf,
		batches: AsyncIterable<HeldBatch<PipelineEvent>>,
	): AsyncGenerator<Delivery<Webhook>, void, undefined> {
		for await (const batch of batches) {
			this.#taken.set(batch.events, { shelf, batch });
			yield batchDelivery(hook, batch.events);
		}
	}

	/** Why nothing can be sent that is held for a hook. It may have been another when its events were held. */
	#hindrance(hook: Webhook): string | undefined {
		if (!hook.enabled) return "it is disabled";
		if (isGate(hook)) return "it has become a gate, which never batches";
		const [unset] = unsetVariables(hook, this.#ports.env);
		return unset === undefined ? undefined : unsetReason(unset);
	}

	#shelf(hook: Webhook, root: string): Shelf {
		const shelf = {
			root,
			owner: JSON.stringify([this.#run.config.file, hook.name]),
			seal: sealOf(this.#chainOf(hook), this.#ports.env),
			read: (text: string) => readHeld(text, this.#run.receive),
			// Held for batches that the hook no longer makes, each event is sent by itself.
			limits: { events: hook.batchSize ?? 1, bytes: BATCH_BYTES },
			onProblem: (problem: string) => this.#warn(hook, problem),
		};
		return new HeldEvents(shelf, this.#ports);
	}

	#warn(hook: Webhook, message: string): void {
		this.warnings.push({ message: `${hook.name}: ${message}`, place: hook.place });
	}
}
