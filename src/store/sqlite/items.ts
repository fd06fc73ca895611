// The store in one SQLite file, which the processes of a job share.
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { Groups } from "../../lib/groups.ts";
import type { Claimed, ClaimQuery, NewItem, OpenStore, Store, StoredItem, StoreFailure } from "../../model/store.ts";
import { storeFile, unusable } from "../held-store.ts";
import { attempt, type Opened, openDatabase } from "./database.ts";
import { isLeased, type Open, takeLease } from "./folder.ts";
import { transaction } from "./schema.ts";

/** Opens the store of a folder. */
export const openSqliteStore: OpenStore = async (folder, { create }) => {
	if (!create && !existsSync(storeFile(folder))) return undefined;
	const opened = openDatabase(storeFile(folder), create);
	return "problem" in opened ? unusable(opened) : new SqliteStore(folder, opened);
};

/** An item that nobody has claimed, without its body. */
interface Row {
	readonly seq: number;
	readonly id: string;
	readonly bytes: number;
	/** The `seq` of the first item of its batch; undefined while it waits for others. */
	readonly batch: number | undefined;
}

class SqliteStore implements Store {
	readonly #folder: string;
	readonly #database: DatabaseSync;
	readonly #open: Open;
	readonly #name = randomUUID();
	/** Taken with the first claim. */
	#returnLease: (() => void) | undefined;

	constructor(folder: string, { database, open }: Opened) {
		this.#folder = folder;
		this.#database = database;
		this.#open = open;
	}

	async put({ id, owner, body }: NewItem): Promise<StoreFailure | undefined> {
		return this.#attempt(() => {
			this.#run("INSERT INTO items (id, owner, body) VALUES (?, ?, ?) ON CONFLICT (id) DO NOTHING", id, owner, body);
			return undefined;
		});
	}

	async claim(owner: string, { all, ...limits }: ClaimQuery): Promise<Claimed | StoreFailure> {
		return this.#attempt(() => {
			this.#returnLease ??= takeLease(this.#folder, this.#name, this.#open);
			return transaction(this.#database, () => {
				if (all) this.#releaseLeft(owner);
				const free = this.#freeOf(owner);
				const groups = new Groups<Row>(limits);
				const full = free.filter(({ batch }) => batch === undefined).flatMap((row) => groups.add(row, row.bytes));
				const rest = groups.rest();
				const claimed = all ? [...batchesOf(free), ...full, ...rest] : full;
				for (const batch of claimed) {
					for (const { seq } of batch) {
						this.#run("UPDATE items SET batch = ?, claimant = ? WHERE seq = ?", batch[0]?.seq ?? seq, this.#name, seq);
					}
				}
				return { batches: claimed.map((batch) => batch.map(({ id }) => id)), left: all ? 0 : rest.flat().length };
			});
		});
	}

	async read(ids: readonly string[]): Promise<readonly StoredItem[] | StoreFailure> {
		return this.#attempt(() =>
			ids.flatMap((id) => {
				const body = this.#database.prepare("SELECT body FROM items WHERE id = ?").get(id)?.["body"];
				return body instanceof Uint8Array ? [{ id, body }] : [];
			}),
		);
	}

	async settle(done: readonly string[], kept: readonly string[]): Promise<StoreFailure | undefined> {
		return this.#attempt(() =>
			transaction(this.#database, () => {
				for (const id of done) this.#run("DELETE FROM items WHERE id = ? AND claimant = ?", id, this.#name);
				for (const id of kept) {
					this.#run(
						`UPDATE items SET claimant = NULL, batch = (SELECT seq FROM items WHERE id = ?)
						WHERE id = ? AND claimant = ?`,
						kept[0] ?? null,
						id,
						this.#name,
					);
				}
				return undefined;
			}),
		);
	}

	async list(): Promise<ReadonlyMap<string, number> | StoreFailure> {
		return this.#attempt(() => {
			const rows = this.#database.prepare("SELECT owner, count(*) AS items FROM items GROUP BY owner ORDER BY owner");
			return new Map(rows.all().map(({ owner, items }) => [String(owner), Number(items)]));
		});
	}

	async close(): Promise<void> {
		this.#attempt(() => this.#returnLease?.());
		this.#attempt(() => this.#database.close());
	}

	/** Of an owner, the oldest first. */
	#freeOf(owner: string): readonly Row[] {
		const rows = this.#database.prepare(
			"SELECT seq, id, length(body) AS bytes, batch FROM items WHERE owner = ? AND claimant IS NULL ORDER BY seq",
		);
		return rows.all(owner).map(({ seq, id, bytes, batch }) => ({
			seq: Number(seq),
			id: String(id),
			bytes: Number(bytes),
			batch: batch === null ? undefined : Number(batch),
		}));
	}

	/** Releases what was claimed by processes that have ended. */
	#releaseLeft(owner: string): void {
		const rows = this.#database.prepare("SELECT DISTINCT claimant FROM items WHERE owner = ? AND claimant IS NOT NULL");
		const claimants = rows.all(owner).map(({ claimant }) => String(claimant));
		for (const name of claimants.filter((name) => !isLeased(this.#folder, name, this.#open))) {
			this.#run("UPDATE items SET claimant = NULL WHERE claimant = ?", name);
		}
	}

	#run(sql: string, ...values: readonly (string | number | null | Uint8Array)[]): void {
		this.#database.prepare(sql).run(...values);
	}

	#attempt<T>(work: () => T): T | StoreFailure {
		return attempt(storeFile(this.#folder), work);
	}
}

/** Those that were made before: they stay as they are. */
function batchesOf(rows: readonly Row[]): readonly (readonly Row[])[] {
	const numbers = new Set(rows.flatMap(({ batch }) => batch ?? []));
	return [...numbers].map((number) => rows.filter(({ batch }) => batch === number));
}
