// Leases: names that are taken for as long as a process lives, whatever ends it.
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { makePrivateFile } from "./folder.ts";

/** Opens a database. */
type Open = (path: string) => DatabaseSync;

/**
 * Takes a name, and gives what returns it. An empty database is locked under it: the operating system lets go of the
 * lock with the process, be it killed, also where steps in containers do not see each other's processes.
 */
export function takeLease(folder: string, name: string, open: Open): () => void {
	const path = pathOf(folder, name);
	makePrivateFile(path);
	const database = open(path);
	database.exec("BEGIN EXCLUSIVE");
	return () => {
		database.close();
		rmSync(path, { force: true });
	};
}

/** Whether a process has that name. What it has left behind is removed. */
export function isLeased(folder: string, name: string, open: Open): boolean {
	const path = pathOf(folder, name);
	if (!existsSync(path)) return false;
	const database = open(path);
	try {
		database.exec("BEGIN EXCLUSIVE");
	} catch {
		return true;
	} finally {
		database.close();
	}
	rmSync(path, { force: true });
	return false;
}

function pathOf(folder: string, name: string): string {
	return join(folder, `${name}.lease`);
}
