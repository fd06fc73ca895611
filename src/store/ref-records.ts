// The records of deliveries in refs of a repository, one ref a record, for hosted runners, which keep no disk.
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
import { writeRecord } from "./record-text.ts";
import {
	byOrder,
	claimMessage,
	HOOK,
	HOOKS,
	nameOf,
	nameOfHook,
	ORDER,
	orderText,
	RECORD,
	RECORDS,
	recordIn,
} from "./ref-text.ts";
import { REMOVED, type Ref, type RefChange, type Refs } from "./refs.ts";

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
			return [name, { name, to: { message: record.state, files } }];
		});
		// Of two with the same id the first stays.
		const changed = await this.#refs.change([...new Map(changes.toReversed()).values()].toReversed());
		return "problem" in changed ? changed : undefined;
	}

	async list(query: RecordQuery): Promise<RecordList | StoreFailure> {
		const refs = await this.#read(RECORDS, [RECORD, ORDER]);
		if ("problem" in refs) return refs;
		const records = refs.toSorted(byOrder).flatMap(recordIn);
		return { records: askedFor(records, query), invalid: refs.length - records.length };
	}

	/** What was delivered is not kept. */
	rivals(keys: readonly string[]): Promise<RecordList | StoreFailure> {
		return this.list({ keys });
	}

	async claim(
		records: readonly StoredRecord[],
		{ now, until }: { readonly now: number; readonly until: number },
	): Promise<readonly StoredRecord[] | StoreFailure> {
		const free = records.filter((record) => isFree(record, now));
		const message = claimMessage(until);
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

	async removeInvalid(): Promise<number | StoreFailure> {
		const refs = await this.#read(RECORDS, [RECORD, ORDER]);
		if ("problem" in refs) return refs;
		const invalid = refs.filter((ref) => recordIn(ref).length === 0);
		const changed = await this.#refs.change(invalid.map(({ name, revision }) => ({ name, from: revision })));
		return "problem" in changed ? changed : changed.filter(({ made }) => made).length;
	}

	async disabled(): Promise<readonly DisabledHook[] | StoreFailure> {
		const refs = await this.#read(HOOKS, [HOOK]);
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
		const refs = await this.#read(HOOKS, []);
		if ("problem" in refs) return refs;
		const there = refs.find((ref) => ref.name === name);
		if (there === undefined) return false;
		const changed = await this.#refs.change([{ name, from: there.revision }]);
		return "problem" in changed ? changed : changed[0]?.made === true;
	}

	async close(): Promise<void> {
		await this.#refs.close();
	}

	async #read(prefix: string, files: readonly string[]): Promise<readonly Ref[] | StoreFailure> {
		const refs = await this.#refs.read(prefix, files);
		return "problem" in refs ? refs : refs.filter(({ message }) => message !== REMOVED);
	}
}
