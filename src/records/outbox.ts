// The outbox of a run: what became of its deliveries goes into a store, for later runs to try again.
import { compact } from "../lib/json.ts";
import { type Delivery, isGate, type Outcome } from "../model/delivery.ts";
import type { PipelineEvent } from "../model/event.ts";
import type { Config, Webhook } from "../model/hook.ts";
import type { MessageRules } from "../model/message-rules.ts";
import type { Warning, WarningCode } from "../model/problem.ts";
import { type DeliveryRecord, type Records, type StoredRecord, UNDELIVERED } from "../model/records.ts";
import { belongsTo } from "../model/scope.ts";
import type { StoreFailure } from "../model/store.ts";
import type { Ports } from "../ports.ts";
import type { Mask } from "../secrets/mask.ts";
import { attemptsOf, type Fate, fateOf, isRecorded, mayBeTriedAgain } from "./fate.ts";
import { ObsoleteRecords } from "./obsolete.ts";
import { notStored, told } from "./told.ts";
import { Writer } from "./writer.ts";

/** What an outbox needs of its run. */
export interface OutboxOptions {
	readonly records: Records;
	readonly config: Pick<Config, "file" | "hooks">;
	/** Names the config, as `scopeOf` does. */
	readonly scope: string;
	/** Milliseconds before each further try, where a hook has no schedule of its own. */
	readonly schedule: readonly number[];
	readonly ports: Pick<Ports, "clock" | "env">;
	readonly mask: Mask;
	readonly rules: MessageRules;
	/** An event as text. */
	readonly write: (event: PipelineEvent) => string;
}

/** What a record says of its events. */
type About = Pick<DeliveryRecord, "key" | "eventTime" | "line" | "names" | "events">;

/** The records of one run. */
export class Outbox {
	/** What could not be stored. */
	readonly warnings: Warning[] = [];
	readonly options: OutboxOptions;
	readonly writer: Writer;
	readonly scope: string;
	readonly #obsolete: ObsoleteRecords;
	/** Hooks that their receivers have switched off, by name, and why; and those of them that it was done to in this run. */
	readonly #switchedOff = new Map<string, string>();
	readonly #newlyOff = new Map<string, Promise<StoreFailure | undefined>>();
	/** What the store has failed with; and whether that was at once, so that nothing is put into it. */
	readonly #problems = new Set<string>();
	#isBroken = false;
	/** The first failure of the store, in full. */
	#failure: string | undefined;

	constructor(options: OutboxOptions) {
		this.options = options;
		this.scope = options.scope;
		this.writer = new Writer(options.records, (problem) => this.fail("a delivery could not be stored", problem));
		this.#obsolete = new ObsoleteRecords(this);
	}

	/** The hooks that their receivers have switched off, by name, and why; as far as it is known. */
	get switchedOff(): ReadonlyMap<string, string> {
		return this.#switchedOff;
	}

	/** Reads which hooks are switched off. A store far away is not asked for it. */
	async begin(): Promise<void> {
		const { records } = this.options;
		const found = records.keepsAll ? await records.disabled() : [];
		if ("problem" in found) {
			this.#isBroken = true;
			return this.fail("the store cannot be used", found.problem);
		}
		for (const { scope, hook, reason } of found) if (belongsTo(scope, this.scope)) this.#switchedOff.set(hook, reason);
	}

	/** Puts an outcome on record, and gives it back with the time of its next try. */
	settle(outcome: Outcome): Outcome {
		this.noteOff(outcome);
		const { delivery } = outcome;
		if (this.#isBroken || !isRecorded(outcome) || delivery.hook.kind !== "webhook") return outcome;
		const { hook } = delivery;
		const { records } = this.options;
		if (!records.keepsAll && outcome.status !== "delivered" && !mayBeTriedAgain(outcome)) return outcome;
		const now = this.now();
		const expires = now + this.#rules.lateOf(hook).maxAgeMs;
		const attempts = attemptsOf(outcome, now, this.options.mask);
		const fate = this.fateOf(outcome, hook, 0, expires);
		const record = this.#recordOf({ ...leftOf(outcome), hook }, { attempts, ...fate, expires });
		const isDelivered = outcome.status === "delivered";
		const endsOthers = isDelivered && this.noteDelivered(record, hook);
		// Another process may be about to send what is obsolete now, and the end of this run may be far.
		if (endsOthers) this.#obsolete.endSoon();
		if (isDelivered && !records.keepsAll) return outcome;
		if (delivery.events.some(({ context }) => this.#rules.contextSecrets(context).length > 0))
			return notStored(outcome);
		this.writer.add(record, endsOthers);
		return told(outcome, record);
	}

	/** From now on nothing is sent for a hook that its receiver has switched off. A gate is asked all the same. */
	noteOff({ switchedOff, delivery: { hook } }: Outcome): void {
		if (switchedOff === undefined || isGate(hook)) return;
		this.#switchedOff.set(hook.name, switchedOff);
		if (this.#newlyOff.has(hook.name)) return;
		const { records, mask } = this.options;
		const reason = mask(switchedOff);
		this.#newlyOff.set(hook.name, records.disable({ scope: this.scope, hook: hook.name, at: this.now(), reason }));
	}

	/** The record of a delivery that is yet to be tried, of events that are known since a time. */
	untried(delivery: Delivery<Webhook>, since: number): DeliveryRecord {
		const now = this.now();
		const fate: Fate = { state: "waiting", failures: 0, due: now };
		return this.#recordOf(delivery, {
			attempts: [],
			...fate,
			expires: since + this.#rules.lateOf(delivery.hook).maxAgeMs,
		});
	}

	/** Puts another record in the place of one that is ours. */
	change(from: StoredRecord, to: DeliveryRecord): void {
		this.writer.change({ from, to: this.options.records.keepsAll || UNDELIVERED.includes(to.state) ? to : undefined });
	}

	/** What is left of a batch that a fallback has delivered in part; nothing where all of it is. */
	leftOf(outcome: Outcome, hook: Webhook): Partial<About> {
		const left = leftOf(outcome);
		return left === outcome.delivery ? {} : this.#aboutOf({ ...left, hook });
	}

	/** Milliseconds before each further try of a hook. */
	waitsOf(hook: Webhook): readonly number[] {
		return hook.schedule ?? this.options.schedule;
	}

	/** What follows a try, after `failures` that failed. */
	fateOf(outcome: Outcome, hook: Webhook, failures: number, expires: number): Fate {
		return fateOf(outcome, failures, { waits: this.waitsOf(hook), now: this.now(), expires });
	}

	/** What the store has failed with first, and what was not done for it. */
	get failure(): string | undefined {
		return this.#failure;
	}

	get #rules(): MessageRules {
		return this.options.rules;
	}

	now(): number {
		return this.options.ports.clock.now().getTime();
	}

	warn(message: string, code: WarningCode = "not_stored"): void {
		const place = { file: this.options.config.file, line: 1, column: 1 };
		if (this.warnings.some((warning) => warning.message === message)) return;
		this.warnings.push({ code, message, remedy: "", place });
	}

	/** Warns at a hook's own line. */
	#warnOf(name: string, message: string): void {
		const hook = this.options.config.hooks.find((each) => each.name === name);
		if (hook !== undefined) this.warnings.push({ code: "switched_off", message, remedy: "", place: hook.place });
	}

	/** Warns of a failure of the store, once for each: the same one is met at several steps. */
	fail(what: string, problem: string): void {
		if (!this.#problems.has(problem)) this.warn(`${what}: ${problem}`);
		this.#failure ??= `${what}: ${problem}`;
		this.#problems.add(problem);
	}

	/** Writes what is left, and closes the store. */
	async end(): Promise<void> {
		const { records } = this.options;
		await this.writer.end();
		await this.#obsolete.end();
		for (const [hook, disabling] of this.#newlyOff) {
			const reason = this.options.mask(this.#switchedOff.get(hook) ?? "");
			const failure = await disabling;
			const how = `\`pipeline-hooks enable ${hook}\` switches it on`;
			if (failure === undefined) this.#warnOf(hook, `${hook} is switched off by its receiver (${reason}); ${how}`);
			else this.fail(`${hook} could not be switched off`, failure.problem);
		}
		await records.close();
	}

	/** From now on this makes what is stored and older obsolete; false for what ends no other. */
	noteDelivered(record: DeliveryRecord, hook: Webhook): boolean {
		return this.#obsolete.note(record, hook);
	}

	#aboutOf(delivery: Delivery<Webhook>): About {
		const { ports, write } = this.options;
		const { events } = delivery;
		// A store takes no time before 1970.
		const times = events.map(({ context }) => Math.max(0, Date.parse(context.timestamp) || this.now()));
		const eventTime = Math.max(...times);
		return compact<About>({
			key: this.#rules.keyOf(delivery, ports.env),
			eventTime,
			line: events[times.lastIndexOf(eventTime)]?.line,
			names: [...new Set(events.map(({ definition }) => definition.name))],
			events: events.map(write),
		});
	}

	#recordOf(delivery: Delivery<Webhook>, fate: Fate & Pick<DeliveryRecord, "attempts" | "expires">): DeliveryRecord {
		const { id, hook, events } = delivery;
		return compact<DeliveryRecord>({
			id,
			scope: this.scope,
			hook: hook.name,
			...this.#aboutOf(delivery),
			created: this.now(),
			runId: events[0].context.run_id,
			...fate,
		});
	}
}

/** The delivery that is left to do: of a batch that a fallback delivered in part, that of the other events. */
function leftOf({ delivery, missed, status }: Outcome): Delivery {
	const [first, ...rest] = status === "failed" ? (missed ?? []).flatMap((at) => delivery.events[at] ?? []) : [];
	return first === undefined ? delivery : { ...delivery, events: [first, ...rest] };
}
