// The folder of a store: what it and the file in it must be to be used, and the leases of those who use it.
import { closeSync, existsSync, lstatSync, mkdirSync, openSync, rmSync, type Stats } from "node:fs";
import { dirname, join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { errorCode } from "../../model/problem.ts";

/** For this user only. */
const [FOLDER_MODE, FILE_MODE] = [0o700, 0o600] as const;

/** Undefined where there are no users to tell apart, as on Windows. */
const user = process.getuid?.();

/**
 * Makes the file, which is empty then, and its folder where they are missing and `create` is true. The reason not to use
 * them, where others may have had their hands in. Throws the system's error.
 */
export function prepareFolder(file: string, create: boolean): string | undefined {
	const folder = dirname(file);
	// Not by Node's recursive mkdir, which never returns below a folder such as /proc.
	if (create) for (const path of [dirname(folder), folder]) unlessThere(() => mkdirSync(path, FOLDER_MODE));
	const reason = untrustedReason(folder, (found) => found.isDirectory(), "not a folder");
	if (reason !== undefined) return reason;
	if (create) makePrivateFile(file);
	return untrustedReason(file, (found) => found.isFile(), "not a file");
}

/**
 * Makes an empty file where there is none; SQLite gives the files beside it the same mode. One that is there is not even
 * opened: to close it would end the locks that this process has on it.
 */
function makePrivateFile(path: string): void {
	unlessThere(() => closeSync(openSync(path, "wx", FILE_MODE)));
}

function unlessThere(make: () => void): void {
	try {
		make();
	} catch (error) {
		if (errorCode(error) !== "EEXIST") throw error;
	}
}

function untrustedReason(path: string, isRight: (found: Stats) => boolean, otherwise: string): string | undefined {
	const found = lstatSync(path);
	if (!isRight(found)) return `${path} is ${found.isSymbolicLink() ? "a symbolic link" : otherwise}`;
	if (user === undefined) return undefined;
	if (found.uid !== user) return `${path} belongs to another user`;
	return (found.mode & 0o022) === 0 ? undefined : `others may write into ${path}`;
}

/** Opens a database. */
export type Open = (path: string) => DatabaseSync;

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
