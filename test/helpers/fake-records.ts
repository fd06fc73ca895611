// Records in memory, as a store keeps them, for several runs at once; each of its steps can be made to fail.
import {
	askedFor,
	type DeliveryRecord,
	type DisabledHook,
	isFree,
	type Records,
	type StoredRecord,
	UNDELIVERED,
} from "../../src/model/records.ts";

/** What a store does, by the names of its methods. */
export type Step = "put" | "list" | "claim" | "settle" | "disabled" | "disable";

/** Records that tests look into. */
export interface FakeRecords extends Records {
	/** All that is there, by id. */
	readonly all: () => Readonly<Record<string, DeliveryRecord>>;
	/** The steps so far. */
	readonly steps: readonly Step[];
	/** From now on these steps fail. */
	readonly fail: (...steps: readonly Step[]) => void;
	/** Called before each step, so that something may happen in between. */
	before: (step: Step) => void | Promise<void>;
}

/** A store of all deliveries, or with `keepsAll: false` of those that failed for now. Each step takes a turn of the event loop. */
export function fakeRecords({ keepsAll = true, given = [] as readonly DeliveryRecord[] } = {}): FakeRecords {
	const stored = new Map<string, StoredRecord>(given.map((record) => [record.id, { record, revision: "1" }]));
	let hooks: readonly DisabledHook[] = [];
	let failing: readonly Step[] = [];
	const steps: Step[] = [];
	const step = async <T>(name: Step, work: () => T) => {
		steps.push(name);
		await fake.before(name);
		await new Promise(setImmediate);
		return failing.includes(name) ? { problem: `${name} failed` } : work();
	};
	const isSame = ({ record, revision }: StoredRecord) => stored.get(record.id)?.revision === revision;
	const next = ({ revision }: StoredRecord) => String(Number(revision) + 1);
	const fake: FakeRecords = {
		keepsAll,
		steps,
		before: () => {},
		all: () => Object.fromEntries([...stored].map(([id, { record }]) => [id, record])),
		fail: (...given) => {
			failing = given;
		},
		put: (records) =>
			step("put", () => {
				for (const record of records) {
					// As a store reads it back.
					const copy: DeliveryRecord = JSON.parse(JSON.stringify(record));
					if (!stored.has(record.id)) stored.set(record.id, { record: copy, revision: "1" });
				}
				return undefined;
			}),
		list: (query) => step("list", () => ({ records: askedFor([...stored.values()], query), invalid: 0 })),
		rivals: (keys) =>
			step("list", () => {
				const states = [...UNDELIVERED, "delivered"] as const;
				return { records: askedFor([...stored.values()], { keys, states }), invalid: 0 };
			}),
		claim: (records, { now, until }) =>
			step("claim", () =>
				records.flatMap((from) => {
					const there = stored.get(from.record.id);
					if (there === undefined || !isSame(from) || !isFree(there, now)) return [];
					const claimed = { record: there.record, revision: next(from), claimedUntil: until };
					stored.set(from.record.id, claimed);
					return [claimed];
				}),
			),
		settle: (changes) =>
			step("settle", () =>
				changes.flatMap(({ from, to }) => {
					if (!isSame(from)) return [from.record.id];
					if (to === undefined) stored.delete(from.record.id);
					else stored.set(to.id, { record: to, revision: next(from) });
					return [];
				}),
			),
		removeInvalid: async () => 0,
		disabled: () => step("disabled", () => hooks),
		disable: (hook) =>
			step("disable", () => {
				hooks = [...hooks, hook];
				return undefined;
			}),
		enable: async ({ hook }) => {
			const before = hooks.length;
			hooks = hooks.filter((each) => each.hook !== hook);
			return hooks.length < before;
		},
		close: async () => {},
	};
	return fake;
}
