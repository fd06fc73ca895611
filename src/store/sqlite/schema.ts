// The tables of the store, and how those of an older version become those of this one.
import type { DatabaseSync } from "node:sqlite";

/**
 * Each brings the tables from the version before to its own, which is its place from 1 and the database's
 * `user_version`. One that was released is never changed.
 */
export const MIGRATIONS: readonly string[] = [
	`CREATE TABLE items (
		seq INTEGER PRIMARY KEY,
		id TEXT NOT NULL UNIQUE,
		owner TEXT NOT NULL,
		body BLOB NOT NULL,
		batch INTEGER,
		claimant TEXT
	) STRICT;
	CREATE INDEX items_by_owner ON items (owner, seq);`,
	`CREATE TABLE deliveries (
		seq INTEGER PRIMARY KEY,
		id TEXT NOT NULL UNIQUE,
		state TEXT NOT NULL,
		hook TEXT NOT NULL,
		key TEXT,
		created INTEGER NOT NULL,
		due INTEGER,
		claimed_until INTEGER,
		revision INTEGER NOT NULL,
		body TEXT NOT NULL
	) STRICT;
	CREATE INDEX deliveries_by_due ON deliveries (state, due);
	CREATE INDEX deliveries_by_key ON deliveries (key);
	CREATE INDEX deliveries_by_time ON deliveries (created, seq);
	CREATE TABLE disabled_hooks (
		scope TEXT NOT NULL,
		hook TEXT NOT NULL,
		at INTEGER NOT NULL,
		reason TEXT NOT NULL,
		PRIMARY KEY (scope, hook)
	) STRICT;`,
];

/** What a newer version of the program has written, which this one leaves alone. */
class NewerStore extends Error {
	override readonly name = "NewerStore";
	readonly code = "ERR_NEWER_STORE";
}

/** Brings a database to the last version. Throws for one that a newer version of the program has written. */
export function migrate(database: DatabaseSync, migrations: readonly string[] = MIGRATIONS): void {
	if (versionOf(database) === migrations.length) return;
	transaction(database, () => {
		// Another process may have been faster.
		const version = versionOf(database);
		if (version > migrations.length) {
			throw new NewerStore(`its version is ${version}, and this program supports versions up to ${migrations.length}`);
		}
		for (const step of migrations.slice(version)) database.exec(step);
		database.exec(`PRAGMA user_version = ${migrations.length}`);
	});
}

function versionOf(database: DatabaseSync): number {
	return Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
}

/** Does all of the work or none, while no other process writes. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
	database.exec("BEGIN IMMEDIATE");
	try {
		const done = work();
		database.exec("COMMIT");
		return done;
	} catch (error) {
		try {
			database.exec("ROLLBACK");
		} catch {
			// A full disk has ended the transaction already, and the first error is the one to tell.
		}
		throw error;
	}
}
