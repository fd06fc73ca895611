// The records of deliveries in one SQLite file: all of them, for this machine's runs.
import { existsSync } from "node:fs";
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import {
	type DeliveryRecord,
	type DisabledHook,
	MAX_CLAIM_MS,
	type RecordChange,
	type RecordList,
	type RecordQuery,
	type Records,
	type StoredRecord,
	UNDELIVERED,
} from "../../model/records.ts";
import type { StoreFailure } from "../../model/store.ts";
import { NO_RECORDS } from "../no-records.ts";
import { readRecord, writeRecord } from "../record-text.ts";
import { attempt, openDatabase } from "./database.ts";
import { transaction } from "./schema.ts";

/** Opens the records of a file. Where it is missing it is made, or without `create` left so: there are none then. */
export function openSqliteRecords(file: string, { create } = { create: true }): Records | StoreFailure {
	if (!create && !existsSync(file)) return NO_RECORDS;
	const opened = openDatabase(file, create);
	return "problem" in opened ? opened : new SqliteRecords(file, opened.database);
}

class SqliteRecords implements Records {
	readonly keepsAll = true;
	readonly #file: string;
	readonly #database: DatabaseSync;

	constructor(file: string, database: DatabaseSync) {
		this.#file = file;
		this.#database = database;
	}

	async put(records: readonly DeliveryRecord[]): Promise<StoreFailure | undefined> {
		return this.#transaction(() => {
			for (const record of records) {
				this.#run(
					`INSERT INTO deliveries (id, state, hook, key, created, due, revision, body)
					VALUES (?, ?, ?, ?, ?, ?, 1, ?) ON CONFLICT (id) DO NOTHING`,
					record.id,
					...columnsOf(record),
				);
			}
			return undefined;
		});
	}

	async list(query: RecordQuery): Promise<RecordList | StoreFailure> {
		return this.#attempt(() => {
			const { where, values } = conditionsOf(query);
			const order = query.newest === undefined ? "created, seq" : "created DESC, seq DESC LIMIT ?";
			const limit = query.newest === undefined ? [] : [query.newest];
			const sql = `SELECT body, revision, claimed_until FROM deliveries WHERE ${where} ORDER BY ${order}`;
			const rows = this.#database.prepare(sql).all(...values, ...limit);
			const records = rows.flatMap(({ body, revision, claimed_until: until }): StoredRecord[] => {
				const record = readRecord(String(body));
				if ("problem" in record) return [];
				const claim = until === null ? {} : { claimedUntil: Number(until) };
				return [{ record, revision: String(revision), ...claim }];
			});
			return { records, invalid: rows.length - records.length };
		});
	}

	rivals(keys: readonly string[]): Promise<RecordList | StoreFailure> {
		return this.list({ keys, states: [...UNDELIVERED, "delivered"] });
	}

	async claim(
		records: readonly StoredRecord[],
		{ now, until }: { readonly now: number; readonly until: number },
	): Promise<readonly StoredRecord[] | StoreFailure> {
		return this.#transaction(() =>
			records.flatMap(({ record, revision }) => {
				const next = Number(revision) + 1;
				const { changes } = this.#run(
					`UPDATE deliveries SET claimed_until = ?, revision = ? WHERE id = ? AND revision = ?
					AND (claimed_until IS NULL OR claimed_until <= ? OR claimed_until > ?)`,
					...[until, next, record.id, revision, now, now + MAX_CLAIM_MS],
				);
				return changes === 0 ? [] : [{ record, revision: String(next), claimedUntil: until }];
			}),
		);
	}

	async settle(changes: readonly RecordChange[]): Promise<readonly string[] | StoreFailure> {
		return this.#transaction(() => changes.flatMap((change) => (this.#settle(change) ? [] : [change.from.record.id])));
	}

	#settle({ from: { record, revision }, to }: RecordChange): boolean {
		const { id } = record;
		if (to === undefined) {
			return this.#run("DELETE FROM deliveries WHERE id = ? AND revision = ?", id, revision).changes > 0;
		}
		const { changes } = this.#run(
			`UPDATE deliveries SET state = ?, hook = ?, key = ?, created = ?, due = ?, body = ?, claimed_until = NULL,
			revision = revision + 1 WHERE id = ? AND revision = ?`,
			...[...columnsOf(to), id, revision],
		);
		return changes > 0;
	}

	async removeInvalid(): Promise<number | StoreFailure> {
		return this.#transaction(() => {
			const rows = this.#database.prepare("SELECT id, body, revision FROM deliveries").all();
			const invalid = rows.filter(({ body }) => "problem" in readRecord(String(body)));
			const remove = "DELETE FROM deliveries WHERE id = ? AND revision = ?";
			const removed = invalid.map(({ id, revision }) => this.#run(remove, String(id), Number(revision)).changes);
			return removed.filter((changes) => changes > 0).length;
		});
	}

	async disabled(): Promise<readonly DisabledHook[] | StoreFailure> {
		return this.#attempt(() => {
			const rows = this.#database.prepare("SELECT scope, hook, at, reason FROM disabled_hooks ORDER BY at, hook").all();
			return rows.map(({ scope, hook, at, reason }) => ({
				scope: String(scope),
				hook: String(hook),
				at: Number(at),
				reason: String(reason),
			}));
		});
	}

	async disable({ scope, hook, at, reason }: DisabledHook): Promise<StoreFailure | undefined> {
		return this.#attempt(() => {
			const sql = "INSERT INTO disabled_hooks (scope, hook, at, reason) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING";
			this.#run(sql, scope, hook, at, reason);
			return undefined;
		});
	}

	async enable({ scope, hook }: Pick<DisabledHook, "scope" | "hook">): Promise<boolean | StoreFailure> {
		return this.#attempt(
			() => this.#run("DELETE FROM disabled_hooks WHERE scope = ? AND hook = ?", scope, hook).changes > 0,
		);
	}

	async close(): Promise<void> {
		this.#attempt(() => this.#database.close());
	}

	#run(sql: string, ...values: readonly SQLInputValue[]) {
		return this.#database.prepare(sql).run(...values);
	}

	#transaction<T>(work: () => T): T | StoreFailure {
		return this.#attempt(() => transaction(this.#database, work));
	}

	#attempt<T>(work: () => T): T | StoreFailure {
		return attempt(this.#file, work);
	}
}

/** The columns that records are looked for by, and the text. */
function columnsOf(record: DeliveryRecord): readonly SQLInputValue[] {
	const { state, hook, key, created, due } = record;
	return [state, hook, key ?? null, created, due ?? null, writeRecord(record)];
}

/** What a query asks for, as SQL. */
function conditionsOf({ states, ids, idPrefix, keys, hook, event, runId, dueBy, since, until }: RecordQuery) {
	const conditions: string[] = ["TRUE"];
	const values: SQLInputValue[] = [];
	const add = (condition: string, ...given: readonly SQLInputValue[]) => {
		conditions.push(condition);
		values.push(...given);
	};
	const isOneOf = (column: string, list: readonly string[] | undefined) => {
		if (list !== undefined) add(`${column} IN (SELECT value FROM json_each(?))`, JSON.stringify(list));
	};
	isOneOf("state", states);
	isOneOf("id", ids);
	isOneOf("key", keys);
	if (idPrefix !== undefined) add("instr(id, ?) = 1", idPrefix);
	if (hook !== undefined) add("hook = ?", hook);
	// Others may have written text that is not JSON, which is an error to SQLite.
	const inBody = (condition: string) => `CASE WHEN json_valid(body) THEN ${condition} ELSE FALSE END`;
	if (event !== undefined) add(inBody("EXISTS (SELECT 1 FROM json_each(body, '$.names') WHERE value = ?)"), event);
	if (runId !== undefined) add(inBody("body ->> '$.runId' = ?"), runId);
	if (dueBy !== undefined) add("due <= ?", dueBy);
	if (since !== undefined) add("created >= ?", since);
	if (until !== undefined) add("created < ?", until);
	return { where: conditions.join(" AND "), values };
}
