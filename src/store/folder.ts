// The folder of a store and the file in it: of this user alone, and what they must be to be used.
import { closeSync, lstatSync, mkdirSync, openSync } from "node:fs";
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

/** Makes the folder and an empty file in it, each where it is missing. Throws the system's error. */
export function makeStoreFile(folder: string): void {
	// Not by Node's recursive mkdir, which never returns below a folder such as /proc.
	for (const path of [dirname(folder), folder]) unlessThere(() => mkdirSync(path, FOLDER_MODE));
	makePrivateFile(storeFile(folder));
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

/** Why others may have had their hands in a folder or its file; undefined where they are ours alone. Throws. */
export function untrustedReason(folder: string): string | undefined {
	const inFolder = reasonOf(folder, (found) => found.isDirectory(), "not a folder");
	return inFolder ?? reasonOf(storeFile(folder), (found) => found.isFile(), "not a file");
}

type Found = ReturnType<typeof lstatSync> & object;

function reasonOf(path: string, isRight: (found: Found) => boolean, otherwise: string): string | undefined {
	const found = lstatSync(path);
	if (!isRight(found)) return `${path} is ${found.isSymbolicLink() ? "a symbolic link" : otherwise}`;
	if (user === undefined) return undefined;
	if (Number(found.uid) !== user) return `${path} belongs to another user`;
	return (Number(found.mode) & 0o022) === 0 ? undefined : `others may write into ${path}`;
}
