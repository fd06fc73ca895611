// SQLite databases: opened so that the processes of several steps share one, with what SQLite refuses as a value.
import type { DatabaseSync } from "node:sqlite";
import type { StoreFailure } from "../../model/store.ts";
import { type Open, prepareFolder } from "./folder.ts";
import { migrate } from "./schema.ts";

/** How long one process waits for another that writes. */
const PATIENCE_MS = 5000;

/** A database that is open, and what opens others beside it. */
export interface Opened {
	readonly database: DatabaseSync;
	readonly open: Open;
}

/**
 * Opens the database of a file with the tables of this version, and makes the file and its folder where `create` is true.
 * `node:sqlite` is loaded here, so only where there is something to keep.
 */
export function openDatabase(file: string, create: boolean): Opened | StoreFailure {
	return attempt(file, () => {
		const sqlite = loadSqlite();
		if (sqlite === undefined) return { problem: `the store needs Node 22.13 or later, and this is ${process.version}` };
		const untrusted = prepareFolder(file, create);
		if (untrusted !== undefined) return { problem: untrusted };
		const open = (path: string) => new sqlite.DatabaseSync(path);
		return { database: prepared(open(file)), open };
	});
}

/** Throws. */
function prepared(database: DatabaseSync): DatabaseSync {
	try {
		database.exec(`PRAGMA busy_timeout = ${PATIENCE_MS}`);
		migrate(database);
		database.exec("PRAGMA journal_mode = WAL");
		return database;
	} catch (error) {
		database.close();
		throw error;
	}
}

/** Undefined on a Node without it. Node 22 calls it experimental, which says nothing to our users. */
function loadSqlite() {
	const { emitWarning } = process;
	process.emitWarning = () => {};
	try {
		return process.getBuiltinModule("node:sqlite");
	} finally {
		process.emitWarning = emitWarning;
	}
}

/** What the work gives, or why the system or SQLite refuses it. */
export function attempt<T>(file: string, work: () => T): T | StoreFailure {
	try {
		return work();
	} catch (error) {
		if (!(error instanceof Error && "code" in error)) throw error;
		const [, advice] = ADVICE.find(([said]) => said.test(error.message)) ?? [];
		return { problem: `${file}: ${error.message}${advice === undefined ? "" : `; ${advice}`}` };
	}
}

/** What to do about what SQLite says. */
const ADVICE: readonly (readonly [said: RegExp, advice: string])[] = [
	[/not a database|malformed/, "delete it to begin anew, or name another file"],
	[/readonly|unable to open/, "let this user write the file and its folder, or name another file"],
	[/disk is full/, "free some space, or name a file on another disk"],
	[/locked/, "another process has not let go of it for five seconds: end that one, or try again"],
];
