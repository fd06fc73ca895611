// The records of deliveries in refs of a repository, one ref a record, for hosted runners, which keep no disk.
import { createHash, randomUUID } from "node:crypto";
import {
	askedFor,
	type DeliveryRecord,
	type DisabledHook,
	isFree,
	type RecordChange,
	type RecordList,
	type RecordQuery,
	type Records,
	type StoredRecord,
} from "../model/records.ts";
import type { StoreFailure } from "../model/store.ts";
import { readDisabledHook, writeDisabledHook } from "./disabled-hook-text.ts";
import { readRecord, writeRecord } from "./record-text.ts";
import type { Ref, RefChange, Refs } from "./refs.ts";

/** A newer layout gets another number, and leaves these alone. */
const [RECORDS, HOOKS] = ["refs/pipeline-hooks/v1/", "refs/pipeline-hooks/v1-hooks/"] as const;

/** Files of a commit. The order is the time of putting and the place in what was put, and stays with the record. */
const [RECORD, ORDER, HOOK] = ["record.json", "order", "hook.json"] as const;

/** Records over any {@link Refs}: through git, or through an API. */
export function recordsInRefs(refs: Refs): Records {
	return new RecordsInRefs(refs);
}

class RecordsInRefs implements Records {
	readonly keepsAll = false;
	readonly #refs: Refs;

	constructor(refs: Refs) {
		this.#refs = refs;
	}

	async put(records: readonly DeliveryRecord[]): Promise<StoreFailure | undefined> {
		const now = Date.now();
		const changes = records.map((record, at): [string, RefChange] => {
			const files = { [RECORD]: writeRecord(record), [ORDER]: orderText(now, at) };
			const name = nameOf(record.id);
			return [name, { name, to: { message: "waiting", files } }];
		});
		// Of two with the same id the first stays.
		const changed = await this.#refs.change([...new Map(changes.toReversed()).values()].toReversed());
		return "problem" in changed ? changed : undefined;
	}

	async list(query: RecordQuery): Promise<RecordList | StoreFailure> {
		const refs = await this.#refs.read(RECORDS, [RECORD, ORDER]);
		if ("problem" in refs) return refs;
		const records = refs.toSorted(byOrder).flatMap(recordIn);
		return { records: askedFor(records, query), invalid: refs.length - records.length };
	}

	async claim(
		records: readonly StoredRecord[],
		{ now, until }: { readonly now: number; readonly until: number },
	): Promise<readonly StoredRecord[] | StoreFailure> {
		const free = records.filter((record) => isFree(record, now));
		// Two who claim at once until the same time must not make the same commit: each would take it for its own.
		const message = `${CLAIMED}${until} by ${randomUUID()}`;
		const changed = await this.#refs.change(
			free.map(({ record, revision }) => ({ name: nameOf(record.id), from: revision, to: { message, files: {} } })),
		);
		if ("problem" in changed) return changed;
		return free.flatMap(({ record }, at) => {
			const change = changed[at];
			if (change?.made !== true || change.revision === undefined) return [];
			return [{ record, revision: change.revision, claimedUntil: until }];
		});
	}

	async settle(changes: readonly RecordChange[]): Promise<readonly string[] | StoreFailure> {
		const changed = await this.#refs.change(
			changes.map(({ from: { record, revision }, to }) => ({
				name: nameOf(record.id),
				from: revision,
				...(to !== undefined && { to: { message: to.state, files: { [RECORD]: writeRecord(to) } } }),
			})),
		);
		if ("problem" in changed) return changed;
		return changes.flatMap(({ from }, at) => (changed[at]?.made === true ? [] : [from.record.id]));
	}

	async disabled(): Promise<readonly DisabledHook[] | StoreFailure> {
		const refs = await this.#refs.read(HOOKS, [HOOK]);
		if ("problem" in refs) return refs;
		const hooks = refs.flatMap(({ name, files }) => {
			const hook = readDisabledHook(files[HOOK] ?? "");
			return hook !== undefined && nameOfHook(hook) === name ? [hook] : [];
		});
		return hooks.toSorted((one, other) => one.at - other.at);
	}

	async disable(hook: DisabledHook): Promise<StoreFailure | undefined> {
		const to = { message: "disabled", files: { [HOOK]: writeDisabledHook(hook) } };
		const changed = await this.#refs.change([{ name: nameOfHook(hook), to }]);
		return "problem" in changed ? changed : undefined;
	}

	async enable(hook: Pick<DisabledHook, "scope" | "hook">): Promise<boolean | StoreFailure> {
		const name = nameOfHook(hook);
		const refs = await this.#refs.read(HOOKS, []);
		if ("problem" in refs) return refs;
		const there = refs.find((ref) => ref.name === name);
		if (there === undefined) return false;
		const changed = await this.#refs.change([{ name, from: there.revision }]);
		return "problem" in changed ? changed : changed[0]?.made === true;
	}

	async close(): Promise<void> {
		await this.#refs.close();
	}
}

/** A hash, since an id may be anything and the name of a ref may not. */
function nameOf(id: string): string {
	return `${RECORDS}${hashOf(id)}`;
}

function nameOfHook({ scope, hook }: Pick<DisabledHook, "scope" | "hook">): string {
	return `${HOOKS}${hashOf(JSON.stringify([scope, hook]))}`;
}

function hashOf(text: string): string {
	return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** How the message of a commit begins whose record is claimed. */
const CLAIMED = "claimed until ";

function recordIn({ name, revision, message, files }: Ref): readonly StoredRecord[] {
	const record = readRecord(files[RECORD] ?? "");
	if ("problem" in record || nameOf(record.id) !== name) return [];
	const until = message.startsWith(CLAIMED) ? Number.parseInt(message.slice(CLAIMED.length), 10) : Number.NaN;
	return [{ record, revision, ...(Number.isNaN(until) ? {} : { claimedUntil: until }) }];
}

/** Of the same width, so that texts are in the order of what they say. */
function orderText(time: number, place: number): string {
	return `${String(time).padStart(16, "0")}-${String(place).padStart(8, "0")}`;
}

function byOrder(one: Ref, other: Ref): number {
	const [first = "", second = ""] = [one.files[ORDER], other.files[ORDER]];
	return first < second ? -1 : Number(first > second);
}
