// Batches over the steps of a job: events are held until there are enough of them, or until the pipeline ends.

import { createHash, randomUUID } from "node:crypto";
import type { CiRun } from "../ci/ci.ts";
import type { Batched } from "../deliver/deliver.ts";
import { count } from "../lib/text.ts";
import { type Delivery, isGate, type Outcome, reasonOf, withReason } from "../model/delivery.ts";
import type { Events } from "../model/event.ts";
import type { Webhook } from "../model/hook.ts";
import { unsetReason, unsetVariables } from "../model/hook-references.ts";
import type { Warning } from "../model/problem.ts";
import type { Claimed, Store, StoredItem, StoreFailure } from "../model/store.ts";
import { BATCH_BYTES, batchDelivery } from "../plan/batch.ts";
import { chainsIn } from "../plan/chains.ts";
import type { Ports } from "../ports.ts";
import { readHeld, writeHeld } from "../store/held-event.ts";
import { sealOf } from "../store/seal.ts";
import type { RunContext } from "./prepare.ts";

const WHEN = "sent when there are enough, with pipeline_complete or pipeline_error, or by `flush`";
const CHANGED = "changed since, or held with another URL or other secrets";

/** The part of the {@link RunContext} that is used here. */
type HoldingContext = Pick<RunContext, "config" | "receive"> & { readonly ci: Pick<CiRun, "holdingFolder"> };

type Deliveries = AsyncGenerator<Delivery<Webhook>, void, undefined>;

/** The events held for the hooks of a run. */
export class Holding {
	/** Events that could not be held, and held events that cannot be sent. */
	readonly warnings: Warning[] = [];
	readonly #run: HoldingContext;
	readonly #ports: Pick<Ports, "openStore" | "env" | "log">;
	#opened: Store | undefined;
	/** Nothing was ever held: a file of events would look for the store at each final event. */
	#isAbsent = false;
	/** The ids of stored items, by events and not by delivery id, because users may give many events the same id. */
	readonly #claimed = new Map<Events, readonly string[]>();
	/** Hooks whose events all became due with an event of this run. */
	readonly #emptied = new Set<string>();
	readonly #settling: Promise<void>[] = [];
	/** What is on record for later runs, by hook, with the ids of what was not delivered at all. */
	readonly #recorded: (readonly [hook: Delivery["hook"], ids: readonly string[], missed: readonly string[]])[] = [];
	readonly #chainOf: ReturnType<typeof chainsIn>;

	constructor(run: HoldingContext, ports: Pick<Ports, "openStore" | "env" | "log">) {
		this.#run = run;
		this.#ports = ports;
		this.#chainOf = chainsIn(run.config.hooks);
	}

	/** Puts an event behind those that are held for its hook; with `all`, all of them become due. */
	async add(delivery: Delivery<Webhook>, all: boolean): Promise<Batched> {
		const { hook, events } = delivery;
		const store = await this.#open(true);
		if (store === undefined) return { due: [delivery] };
		const id = randomUUID();
		const body = this.#sealOf(hook).seal(writeHeld(events[0]), id);
		const failure = await store.put({ id, owner: this.#ownerOf(hook), body });
		if (failure !== undefined) {
			this.#warn(hook, `an event could not be held, and is sent by itself: ${failure.problem}`);
			return { due: [delivery] };
		}
		if (all) this.#emptied.add(hook.name);
		const { batches, left } = await this.#claim(store, hook, all);
		const due = this.#deliveries(store, hook, batches);
		return left === 0 ? { due } : { due, held: `${left} of ${count(hook.batchSize ?? 1, "event")}, ${WHEN}` };
	}

	/** Everything else that is held for the hooks of the config; each batch is read when it is asked for. */
	async *rest(): Deliveries {
		const { file, hooks } = this.#run.config;
		const webhooks = hooks.flatMap((hook) => (hook.kind === "webhook" ? [hook] : []));
		const store = await this.#open(false);
		if (store === undefined) return;
		const held = await store.list();
		if ("problem" in held) {
			// Whose events they are is unknown, and one warning names the file.
			const [hook] = webhooks.filter(({ batchSize }) => batchSize !== undefined);
			if (hook !== undefined && this.warnings.length === 0) this.#warnOfStaying(hook, held);
			return;
		}
		const owners = new Set(held.keys());
		for (const hook of webhooks) {
			if (!owners.delete(this.#ownerOf(hook)) || this.#emptied.has(hook.name)) continue;
			const problem = this.#problemOf(hook);
			if (problem !== undefined) this.#warn(hook, `its held events stay held: ${problem}`);
			else yield* this.#deliveries(store, hook, (await this.#claim(store, hook, true)).batches);
		}
		if (owners.size === 0) return;
		const whose = `${count(owners.size, "webhook")} that ${file} does not have`;
		this.#ports.log.info(`events stay held for ${whose}: \`flush\` sends them with a config that has`);
	}

	/**
	 * Removes what was delivered from the store. The rest stays held, and the outcome says so; what is on record for later
	 * runs stays only until that is written.
	 */
	settle(outcome: Outcome): Outcome {
		const { delivery, status, skipCause, missed } = outcome;
		const { events } = delivery;
		const ids = this.#claimed.get(events);
		if (ids === undefined || this.#opened === undefined) return outcome;
		this.#claimed.delete(events);
		if (outcome.nextAttempt !== undefined) {
			this.#recorded.push([delivery.hook, ids, (missed ?? [...events.keys()]).flatMap((at) => ids[at] ?? [])]);
			return outcome;
		}
		const isDone = status === "delivered" || skipCause === "nothing_to_send";
		const failed = new Set(isDone ? [] : (missed ?? events.keys()));
		const settling = this.#settle(this.#opened, delivery.hook, ids, (at) => failed.has(at));
		// It is awaited only at the end, and until then an uncaught rejection would end the process.
		settling.catch(() => {});
		this.#settling.push(settling);
		if (failed.size === 0) return outcome;
		const which = failed.size < events.length ? `${failed.size} of its ` : "its ";
		const stay = failed.size === 1 ? "stays" : "stay";
		const held = `${which}${count(events.length, "event")} ${stay} held for \`flush\``;
		return withReason(outcome, `${reasonOf(outcome)}; ${held}`);
	}

	/** Waits until everything is settled, and closes the store. `isRecorded` says whether all records were written. */
	async end(isRecorded: boolean): Promise<void> {
		const store = this.#opened;
		for (const [hook, ids, missed] of this.#recorded) {
			const isKept = (at: number) => !isRecorded && missed.includes(ids[at] ?? "");
			if (store !== undefined) this.#settling.push(this.#settle(store, hook, ids, isKept));
		}
		await Promise.all(this.#settling);
		await this.#opened?.close();
	}

	/** Undefined if the CI has no folder for the store; without `create`, also if nothing was ever held. */
	async #open(create: boolean): Promise<Store | undefined> {
		const { holdingFolder } = this.#run.ci;
		if (holdingFolder === undefined) return undefined;
		if (this.#opened === undefined && (create || !this.#isAbsent)) {
			this.#opened = await this.#ports.openStore(holdingFolder, { create });
			this.#isAbsent = this.#opened === undefined;
		}
		return this.#opened;
	}

	async #claim(store: Store, hook: Webhook, all: boolean): Promise<Claimed> {
		// Events of a hook that has stopped batching are sent one by one.
		const query = { items: hook.batchSize ?? 1, bytes: BATCH_BYTES, all };
		const claimed = await store.claim(this.#ownerOf(hook), query);
		if (!("problem" in claimed)) return claimed;
		this.#warnOfStaying(hook, claimed);
		return { batches: [], left: 1 };
	}

	async *#deliveries(store: Store, hook: Webhook, batches: Claimed["batches"]): Deliveries {
		const staying = new Map<string, number>();
		for (const ids of batches) {
			const items = await store.read(ids);
			if ("problem" in items) {
				this.#warnOfStaying(hook, items);
				return;
			}
			const read = items.map((item) => ({ id: item.id, ...this.#read(hook, item) }));
			for (const each of read) {
				if ("problem" in each) staying.set(each.problem, (staying.get(each.problem) ?? 0) + 1);
			}
			const [first, ...others] = read.flatMap((each) => ("event" in each ? [each] : []));
			if (first === undefined) continue;
			const delivery = batchDelivery(hook, [first.event, ...others.map(({ event }) => event)]);
			this.#claimed.set(
				delivery.events,
				[first, ...others].map(({ id }) => id),
			);
			yield delivery;
		}
		for (const [why, number] of staying) {
			this.#warn(hook, `${count(number, "held event")} ${number === 1 ? "stays" : "stay"}: ${why}`);
		}
	}

	#read(hook: Webhook, { id, body }: StoredItem): ReturnType<typeof readHeld> {
		const text = this.#sealOf(hook).open(body, id);
		return text === undefined ? { problem: CHANGED } : readHeld(text, this.#run.receive);
	}

	async #settle(store: Store, hook: Delivery["hook"], ids: readonly string[], isKept: (at: number) => boolean) {
		const failure = await store.settle(
			ids.filter((_, at) => !isKept(at)),
			ids.filter((_, at) => isKept(at)),
		);
		if (failure !== undefined) this.#warn(hook, `what was sent stays held, and may be sent again: ${failure.problem}`);
	}

	/** Why nothing that is held for a hook can be sent. Its config may have changed since the events were held. */
	#problemOf(hook: Webhook): string | undefined {
		if (!hook.enabled) return "it is disabled";
		if (isGate(hook)) return "it has become a gate, which is never batched";
		const [unset] = unsetVariables(hook, this.#ports.env);
		return unset === undefined ? undefined : unsetReason(unset);
	}

	/** Identifies the hook by its config file and name, without showing either. */
	#ownerOf({ name }: Webhook): string {
		return createHash("sha256")
			.update(JSON.stringify([this.#run.config.file, name]))
			.digest("hex")
			.slice(0, 32);
	}

	#sealOf(hook: Webhook) {
		return sealOf(this.#chainOf(hook), this.#ports.env);
	}

	#warnOfStaying(hook: Webhook, { problem }: StoreFailure): void {
		this.#warn(hook, `held events stay: ${problem}`);
	}

	#warn({ name, place }: Delivery["hook"], message: string): void {
		this.warnings.push({ code: "not_held", message: `${name}: ${message}`, remedy: "", place });
	}
}
