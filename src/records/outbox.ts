// The outbox of a run: what became of its deliveries goes into a store, for later runs to try again.
import { compact } from "../lib/json.ts";
import { type Delivery, isGate, type Outcome } from "../model/delivery.ts";
import type { PipelineEvent } from "../model/event.ts";
import type { Config, Webhook } from "../model/hook.ts";
import type { MessageRules } from "../model/message-rules.ts";
import type { Warning } from "../model/problem.ts";
import { type DeliveryRecord, type Records, type StoredRecord, UNDELIVERED } from "../model/records.ts";
import { belongsTo } from "../model/scope.ts";
import type { Ports } from "../ports.ts";
import type { Mask } from "../secrets/mask.ts";
import { BRIEF_MS } from "./claim-times.ts";
import { attemptsOf, type Fate, fateOf, isRecorded, mayBeTriedAgain } from "./fate.ts";
import { isNewer } from "./newer.ts";
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

/** A newer delivery, which may make stored ones obsolete. */
type Newer = Pick<DeliveryRecord, "id" | "eventTime" | "line" | "runId" | "key">;

/** What a record says of its events. */
type About = Pick<DeliveryRecord, "key" | "eventTime" | "line" | "names" | "events">;

const UNENDED = "what is stored and obsolete could not be ended";

/** The records of one run. */
export class Outbox {
	/** What could not be stored. */
	readonly warnings: Warning[] = [];
	readonly options: OutboxOptions;
	readonly writer: Writer;
	readonly scope: string;
	/** The newest of each receiver and key. */
	readonly #delivered = new Map<string, Newer>();
	/** Hooks that their receivers have switched off, by name, and why; and those of them that it was done to in this run. */
	readonly #switchedOff = new Map<string, string>();
	readonly #newlyOff = new Set<string>();
	/** What the store has failed with; and whether that was at once, so that nothing is put into it. */
	readonly #problems = new Set<string>();
	#isBroken = false;

	constructor(options: OutboxOptions) {
		this.options = options;
		this.scope = options.scope;
		this.writer = new Writer(options.records, (problem) => this.fail("a delivery could not be stored", problem));
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
		if (outcome.status === "delivered") {
			this.noteDelivered(record, hook);
			if (!records.keepsAll) return outcome;
		}
		if (delivery.events.some(({ context }) => this.#rules.contextSecrets(context).length > 0))
			return notStored(outcome);
		this.writer.add(record);
		return told(outcome, record);
	}

	/** From now on nothing is sent for a hook that its receiver has switched off. A gate is asked all the same. */
	noteOff({ switchedOff, delivery: { hook } }: Outcome): void {
		if (switchedOff === undefined || isGate(hook)) return;
		this.#switchedOff.set(hook.name, switchedOff);
		this.#newlyOff.add(hook.name);
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

	/** What follows a try, of which `failures` failed before. */
	fateOf(outcome: Outcome, hook: Webhook, failures: number, expires: number): Fate {
		return fateOf(outcome, failures, { waits: this.waitsOf(hook), now: this.now(), expires });
	}

	get #rules(): MessageRules {
		return this.options.rules;
	}

	now(): number {
		return this.options.ports.clock.now().getTime();
	}

	warn(message: string): void {
		const place = { file: this.options.config.file, line: 1, column: 1 };
		if (this.warnings.some((warning) => warning.message === message)) return;
		this.warnings.push({ code: "not_stored", message, remedy: "", place });
	}

	/** Warns at a hook's own line. */
	#warnOf(name: string, message: string): void {
		const hook = this.options.config.hooks.find((each) => each.name === name);
		if (hook !== undefined) this.warnings.push({ code: "switched_off", message, remedy: "", place: hook.place });
	}

	/** Warns of a failure of the store, once for each: the same one is met at several steps. */
	fail(what: string, problem: string): void {
		if (!this.#problems.has(problem)) this.warn(`${what}: ${problem}`);
		this.#problems.add(problem);
	}

	/** Writes what is left, and closes the store. */
	async end(): Promise<void> {
		const { records } = this.options;
		await this.writer.end();
		await this.#supersede();
		for (const hook of this.#newlyOff) {
			const reason = this.options.mask(this.#switchedOff.get(hook) ?? "");
			const failure = await records.disable({ scope: this.scope, hook, at: this.now(), reason });
			const how = `\`pipeline-hooks enable ${hook}\` switches it on`;
			if (failure === undefined) this.#warnOf(hook, `${hook} is switched off by its receiver (${reason}); ${how}`);
			else this.fail(`${hook} could not be switched off`, failure.problem);
		}
		await records.close();
	}

	/** Ends the stored deliveries that those of this run have made obsolete. */
	async #supersede(): Promise<void> {
		if (this.#delivered.size === 0) return;
		const { records } = this.options;
		const keys = [...this.#delivered.values()].flatMap(({ key }) => key ?? []);
		// Without a record of what was delivered, nobody would know later that they are obsolete.
		const found = await records.list({ states: records.keepsAll ? ["waiting"] : UNDELIVERED, keys });
		if ("problem" in found) return this.fail(UNENDED, found.problem);
		const obsolete = found.records.filter((from) => this.#newerThan(from) !== undefined);
		if (obsolete.length === 0) return;
		const now = this.now();
		const claimed = await records.claim(obsolete, { now, until: now + BRIEF_MS });
		if ("problem" in claimed) return this.fail(UNENDED, claimed.problem);
		for (const from of claimed) this.change(from, superseded(from.record, this.#newerThan(from)?.id));
		await this.writer.end();
	}

	/** From now on this makes what is stored and older obsolete. */
	noteDelivered(record: DeliveryRecord, hook: Webhook): void {
		const about = this.#nameOf(record, hook);
		const other = about === undefined ? undefined : this.#delivered.get(about);
		if (about !== undefined && (other === undefined || isNewer(record, other))) this.#delivered.set(about, record);
	}

	/** What was delivered in this run and makes a stored delivery obsolete. */
	#newerThan({ record }: StoredRecord): Newer | undefined {
		const hook = this.options.config.hooks.find(({ name }) => name === record.hook);
		if (!belongsTo(record.scope, this.scope) || hook?.kind !== "webhook") return undefined;
		const newer = this.#delivered.get(this.#nameOf(record, hook) ?? "");
		return newer !== undefined && isNewer(newer, record) ? newer : undefined;
	}

	/** For whom and about what it is; undefined for what no newer one makes obsolete. */
	#nameOf({ key }: DeliveryRecord, hook: Webhook): string | undefined {
		const isTied = key !== undefined && this.#rules.lateOf(hook).supersedes;
		return isTied ? `${this.#rules.receiverOf(hook, this.options.ports.env)} ${key}` : undefined;
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

/** The record of what a newer delivery has made obsolete. */
export function superseded({ due: _, ...record }: DeliveryRecord, by: string | undefined): DeliveryRecord {
	return { ...record, state: "superseded", ...(by !== undefined && { supersededBy: by }) };
}
