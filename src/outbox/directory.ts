// A spool on the disk: folders of this user's alone, files made whole or not at all.
import {
	closeSync,
	constants,
	fstatSync,
	linkSync,
	lstatSync,
	mkdirSync,
	openSync,
	readdirSync,
	readSync,
	renameSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { errorCode } from "../model/problem.ts";
import type { FileRead, Spool } from "../ports.ts";
import { isAlive, thisProcess } from "./process.ts";

/** For this user only. */
const [FOLDER_MODE, FILE_MODE] = [0o700, 0o600] as const;

/** Undefined where there are no users to tell apart, as on Windows. */
const user = process.getuid?.();

/** Blocking, as the files are small. */
export const directorySpool: Spool = {
	get process() {
		return thisProcess();
	},
	isAlive,
	open: async (folder) => {
		try {
			makeFolder(folder);
			return strangeness(folder);
		} catch (error) {
			return `it cannot be made: ${wordsOf(error)}`;
		}
	},
	list: async (folder) => {
		try {
			return readdirSync(folder).sort();
		} catch {
			return [];
		}
	},
	create: async (path, text) => {
		const draft = `${path}.${thisProcess()}.draft`;
		try {
			writeFileSync(draft, text, { mode: FILE_MODE, flag: "wx" });
			// A link, unlike a renaming, never takes the place of a file that is there.
			linkSync(draft, path);
			return "made";
		} catch (error) {
			return errorCode(error) === "EEXIST" ? "taken" : { problem: wordsOf(error) };
		} finally {
			removeAll(draft);
		}
	},
	read: async (path, limit) => readOwn(path, limit),
	move: async (from, to) => {
		try {
			renameSync(from, to);
			return true;
		} catch {
			return false;
		}
	},
	remove: async (path) => removeAll(path),
	size: async (path) => {
		try {
			return lstatSync(path).size;
		} catch {
			return 0;
		}
	},
};

function removeAll(path: string): void {
	try {
		rmSync(path, { recursive: true, force: true });
	} catch {
		// What stays is found again.
	}
}

/** Node's own recursive mkdir never returns below a folder such as /proc, which is there and in which nothing can be made. */
function makeFolder(path: string): void {
	if (madeFolder(path)) return;
	if (dirname(path) !== path) makeFolder(dirname(path));
	if (!madeFolder(path)) throw new Error("its parent is not there");
}

/** Whether there is a folder now; false where that above it is missing. */
function madeFolder(path: string): boolean {
	try {
		mkdirSync(path, FOLDER_MODE);
	} catch (error) {
		if (errorCode(error) === "ENOENT") return false;
		if (errorCode(error) !== "EEXIST") throw error;
	}
	return true;
}

const WORDS: Readonly<Record<string, string>> = {
	EACCES: "permission denied",
	EDQUOT: "the disk quota is used up",
	ELOOP: "it is a symbolic link",
	ENOSPC: "the disk is full",
	ENOTDIR: "there is a file where a folder should be",
	EPERM: "permission denied",
	EROFS: "the disk is read-only",
};

function wordsOf(error: unknown): string {
	const code = errorCode(error);
	if (code === undefined) return error instanceof Error ? error.message : String(error);
	return WORDS[code] ?? code;
}

/** What makes a folder one that others may have had their hands in; undefined where it is ours alone. */
function strangeness(folder: string): string | undefined {
	const found = lstatSync(folder);
	if (!found.isDirectory()) return "it is no folder";
	if (user === undefined) return undefined;
	if (found.uid !== user) return "it belongs to another user";
	return (found.mode & 0o022) === 0 ? undefined : "others may write into it";
}

function readOwn(path: string, limit: number): FileRead {
	let handle: number | undefined;
	try {
		// A pipe in the place of a file must not keep us waiting.
		handle = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
		const found = fstatSync(handle);
		if (!found.isFile()) return { kind: "unreadable", detail: "it is no file" };
		if (user !== undefined && found.uid !== user) return { kind: "unreadable", detail: "it belongs to another user" };
		if (found.size > limit) return { kind: "unreadable", detail: `larger than ${limit} bytes` };
		const bytes = Buffer.alloc(found.size);
		for (let at = 0; at < bytes.length; ) {
			const length = readSync(handle, bytes, { offset: at });
			if (length === 0) return { kind: "file", bytes: bytes.subarray(0, at) };
			at += length;
		}
		return { kind: "file", bytes };
	} catch (error) {
		return errorCode(error) === "ENOENT" ? { kind: "missing" } : { kind: "unreadable", detail: wordsOf(error) };
	} finally {
		if (handle !== undefined) closeSync(handle);
	}
}
