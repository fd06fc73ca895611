// The folder of a store and the file in it: of this user alone, and what they must be to be used.
import { closeSync, lstatSync, mkdirSync, openSync, type Stats } from "node:fs";
import { dirname, join } from "node:path";
import { errorCode } from "../model/problem.ts";

/** For this user only. */
const [FOLDER_MODE, FILE_MODE] = [0o700, 0o600] as const;

/** Undefined where there are no users to tell apart, as on Windows. */
const user = process.getuid?.();

/** The file of a folder's store. */
export function storeFile(folder: string): string {
	return join(folder, "store.db");
}

/**
 * Makes the folder and an empty file in it, where they are missing and `create` is true. The reason not to use them, where
 * others may have had their hands in. Throws the system's error.
 */
export function prepareFolder(folder: string, create: boolean): string | undefined {
	// Not by Node's recursive mkdir, which never returns below a folder such as /proc.
	if (create) for (const path of [dirname(folder), folder]) unlessThere(() => mkdirSync(path, FOLDER_MODE));
	const reason = untrustedReason(folder, (found) => found.isDirectory(), "not a folder");
	if (reason !== undefined) return reason;
	if (create) makePrivateFile(storeFile(folder));
	return untrustedReason(storeFile(folder), (found) => found.isFile(), "not a file");
}

/**
 * Makes an empty file where there is none; SQLite gives the files beside it the same mode. One that is there is not even
 * opened: to close it would end the locks that this process has on it.
 */
export function makePrivateFile(path: string): void {
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
