// What a run has delivered ends what is stored, older, and about the same thing for the same receiver.
import type { Config, Webhook } from "../model/hook.ts";
import type { MessageRules } from "../model/message-rules.ts";
import { type DeliveryRecord, type Records, type StoredRecord, UNDELIVERED } from "../model/records.ts";
import { belongsTo } from "../model/scope.ts";
import type { Ports } from "../ports.ts";
import { BRIEF_MS } from "./claim-times.ts";
import { isNewer } from "./newer.ts";
import type { Writer } from "./writer.ts";

/** A newer delivery, which may make stored ones obsolete. */
type Newer = Pick<DeliveryRecord, "id" | "eventTime" | "line" | "runId" | "key">;

const UNENDED = "what is stored and obsolete could not be ended";

/** The outbox of a run. */
interface Place {
	readonly options: {
		readonly records: Records;
		readonly config: Pick<Config, "hooks">;
		readonly rules: MessageRules;
		readonly ports: Pick<Ports, "env">;
	};
	readonly scope: string;
	readonly writer: Pick<Writer, "end">;
	now(): number;
	fail(what: string, problem: string): void;
	change(from: StoredRecord, to: DeliveryRecord): void;
}

/** What one run has made obsolete. */
export class ObsoleteRecords {
	readonly #outbox: Place;
	/** The newest of each receiver and key. */
	readonly #delivered = new Map<string, Newer>();
	#ending: Promise<void> | undefined;

	constructor(outbox: Place) {
		this.#outbox = outbox;
	}

	/** From now on this makes what is stored and older obsolete; false for what ends no other. */
	note(record: DeliveryRecord, hook: Webhook): boolean {
		const about = this.#nameOf(record, hook);
		if (about === undefined) return false;
		const other = this.#delivered.get(about);
		if (other === undefined || isNewer(record, other)) this.#delivered.set(about, record);
		return true;
	}

	/** Begins to end it; what comes meanwhile waits for {@link end}. */
	endSoon(): void {
		this.#ending ??= this.#endAll().finally(() => {
			this.#ending = undefined;
		});
	}

	/** Ends all of it, also what was stored since it was looked for. */
	async end(): Promise<void> {
		await this.#ending;
		await this.#endAll();
	}

	async #endAll(): Promise<void> {
		if (this.#delivered.size === 0) return;
		const { options, writer } = this.#outbox;
		const { records } = options;
		const keys = [...this.#delivered.values()].flatMap(({ key }) => key ?? []);
		// Without a record of what was delivered, nobody would know later that they are obsolete.
		const found = await records.list({ states: records.keepsAll ? ["waiting"] : UNDELIVERED, keys });
		if ("problem" in found) return this.#outbox.fail(UNENDED, found.problem);
		const obsolete = found.records.filter((from) => this.#newerThan(from) !== undefined);
		if (obsolete.length === 0) return;
		const now = this.#outbox.now();
		const claimed = await records.claim(obsolete, { now, until: now + BRIEF_MS });
		if ("problem" in claimed) return this.#outbox.fail(UNENDED, claimed.problem);
		for (const from of claimed) this.#outbox.change(from, superseded(from.record, this.#newerThan(from)?.id));
		await writer.end();
	}

	/** What was delivered in this run and makes a stored delivery obsolete. */
	#newerThan({ record }: StoredRecord): Newer | undefined {
		const { options, scope } = this.#outbox;
		const hook = options.config.hooks.find(({ name }) => name === record.hook);
		if (!belongsTo(record.scope, scope) || hook?.kind !== "webhook") return undefined;
		const newer = this.#delivered.get(this.#nameOf(record, hook) ?? "");
		return newer !== undefined && isNewer(newer, record) ? newer : undefined;
	}

	/** For whom and about what it is; undefined for what no newer one makes obsolete. */
	#nameOf({ key }: DeliveryRecord, hook: Webhook): string | undefined {
		const { rules, ports } = this.#outbox.options;
		const isTied = key !== undefined && rules.lateOf(hook).supersedes;
		return isTied ? `${rules.receiverOf(hook, ports.env)} ${key}` : undefined;
	}
}

/** The record of what a newer delivery has made obsolete. */
export function superseded({ due: _, ...record }: DeliveryRecord, by: string | undefined): DeliveryRecord {
	return { ...record, state: "superseded", ...(by !== undefined && { supersededBy: by }) };
}
