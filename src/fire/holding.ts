// Batches over the steps of a job: events are held until there are enough of them, or until the pipeline ends.
import type { ConfigWarning, Webhook } from "../config/hook.ts";
import { unsetReason, unsetVariables } from "../config/references.ts";
import type { Batched } from "../deliver/deliver.ts";
import type { Delivery, Outcome } from "../delivery.ts";
import type { PipelineEvent } from "../event/event.ts";
import { type HeldBatch, HeldEvents, type HeldPorts } from "../outbox/held.ts";
import { sealOf } from "../outbox/seal.ts";
import { batchDelivery, batchingHooks } from "../plan/batch.ts";
import type { Env } from "../ports.ts";
import { count, excerpt } from "../text.ts";
import { findEvent } from "./find-event.ts";
import { lineErrorOf, readLine } from "./lines.ts";
import { eventOf } from "./moment.ts";
import type { Run } from "./run.ts";

const WHEN = "sent when there are enough, with pipeline_complete or pipeline_error, or by `pipeline-hooks flush`";

/** What is held for the hooks of a run. */
export class Holding {
	/** What was found that is no event of ours, and what could not be held. */
	readonly warnings: ConfigWarning[] = [];
	readonly #run: Run;
	readonly #ports: HeldPorts & { readonly env: Env };
	readonly #taken = new Map<string, { readonly shelf: HeldEvents; readonly batch: HeldBatch }>();
	readonly #settling: Promise<void>[] = [];

	constructor(run: Run, ports: HeldPorts & { readonly env: Env }) {
		this.#run = run;
		this.#ports = ports;
	}

	/** Puts an event behind those that are held for its hook; with `all`, everything that is held is due then. */
	async add(delivery: Delivery<Webhook>, all: boolean): Promise<Batched> {
		const { hook, events } = delivery;
		const shelf = this.#shelf(hook);
		if (hook.batchSize === 1 || shelf === undefined) return { due: [delivery] };
		for (const { context } of events) {
			const problem = await shelf.put(JSON.stringify(context));
			if (problem === undefined) continue;
			this.#warn(hook, `an event could not be held, and is sent by itself: ${problem}`);
			return { due: [delivery] };
		}
		const { due, left } = await this.#take(hook, shelf, all);
		if (left === 0) return { due };
		return { due, held: `${left} of ${count(hook.batchSize ?? 1, "event")}, ${WHEN}` };
	}

	/** All that is held for the hooks of the config, but for those of these names. */
	async rest(except: ReadonlySet<string> = new Set()): Promise<readonly Delivery<Webhook>[]> {
		const due: Delivery<Webhook>[] = [];
		for (const hook of batchingHooks(this.#run.config.hooks)) {
			const shelf = except.has(hook.name) ? undefined : this.#shelf(hook);
			if (shelf === undefined || (await shelf.isEmpty())) continue;
			const [unset] = unsetVariables(hook, this.#ports.env);
			if (unset === undefined) due.push(...(await this.#take(hook, shelf, true)).due);
			else this.#warn(hook, `what is held for it stays held: ${unsetReason(unset)}`);
		}
		return due;
	}

	/** Forgets what was delivered. What was not stays held, and the outcome says so. */
	settle(outcome: Outcome): Outcome {
		const taken = this.#taken.get(outcome.delivery.id);
		if (taken === undefined) return outcome;
		this.#taken.delete(outcome.delivery.id);
		const delivered = outcome.status === "delivered";
		this.#settling.push(taken.shelf.settle(taken.batch, delivered));
		if (delivered) return outcome;
		const stays = `its ${count(outcome.delivery.events.length, "event")} stay held for \`pipeline-hooks flush\``;
		return { ...outcome, reason: `${outcome.reason}; ${stays}` };
	}

	/** Waits until everything is settled. */
	async end(): Promise<void> {
		await Promise.all(this.#settling);
	}

	async #take(hook: Webhook, shelf: HeldEvents, all: boolean) {
		const { batches, left, problems } = await shelf.take(all);
		for (const problem of problems) this.#warn(hook, problem);
		const due: Delivery<Webhook>[] = [];
		for (const batch of batches) {
			const [first, ...rest] = this.#read(hook, batch);
			if (first === undefined) {
				this.#settling.push(shelf.settle(batch, true));
				continue;
			}
			const delivery = batchDelivery(hook, [first, ...rest]);
			this.#taken.set(delivery.id, { shelf, batch });
			due.push(delivery);
		}
		return { due, left };
	}

	/** The events of a batch, each once. */
	#read(hook: Webhook, { texts }: HeldBatch): readonly PipelineEvent[] {
		const events = new Map<string, PipelineEvent>();
		// What held events lack of the CI, they lacked when they were put away.
		const { ci } = this.#run;
		const bare = { ...this.#run, ci: { ...ci, facts: { provider: ci.facts.provider } } };
		for (const [index, text] of texts.entries()) {
			try {
				const given = readLine({ number: index + 1, text });
				const event = eventOf(findEvent(given.event ?? "", this.#run.config), given, bare);
				this.#run.protect(given);
				events.set(event.context.id, event);
			} catch (thrown) {
				this.#warn(hook, `a held event was thrown away: it ${excerpt(lineErrorOf(index + 1, thrown).problem, 200)}`);
			}
		}
		return [...events.values()];
	}

	#shelf(hook: Webhook): HeldEvents | undefined {
		const root = this.#run.ci.holdingFolder;
		if (root === undefined || hook.batchSize === undefined) return undefined;
		const owner = JSON.stringify([this.#run.config.file, hook.name]);
		return new HeldEvents({ root, owner, seal: sealOf(hook, this.#ports.env), size: hook.batchSize }, this.#ports);
	}

	#warn(hook: Webhook, message: string): void {
		this.warnings.push({ message: `${hook.name}: ${message}`, place: hook.place });
	}
}
