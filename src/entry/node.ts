// The outside world as it really is, on Node: what stands behind ports.ts.
import {
	appendFileSync,
	closeSync,
	constants,
	createReadStream,
	fstatSync,
	lstatSync,
	mkdirSync,
	openSync,
	readSync,
	realpathSync,
	type Stats,
	statSync,
	writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import type { Env } from "../lib/env.ts";
import { onAbort } from "../lib/on-abort.ts";
import { errorCode, NOT_REGULAR } from "../model/problem.ts";
import { directHttp } from "../net/direct.ts";
import { http, loadUndici } from "../net/http.ts";
import type { Clock, FileRead, Files, Log, Ports } from "../ports.ts";
import { monotonicMs } from "../shell/monotonic.ts";
import { nodeShell } from "../shell/shell.ts";
import { openSqliteStore } from "../store/sqlite.ts";

/** Puts the real ports together. Nothing is opened or loaded before it is used. */
export function nodePorts(env: Env, log: Log): Ports {
	return {
		clock: nodeClock,
		random: Math.random,
		env,
		http: http(directHttp(), loadUndici),
		shell: nodeShell(),
		files: nodeFiles,
		openStore: openSqliteStore,
		log,
	};
}

/** The longest delay that a timer of Node takes; a longer one would fire at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

export const nodeClock: Clock = {
	now: () => new Date(),
	monotonic: monotonicMs,
	sleep: (ms, signal) =>
		new Promise((resolve) => {
			const wake = () => {
				clearTimeout(timer);
				unlisten?.();
				resolve();
			};
			const unlisten = signal && onAbort(signal, wake);
			const timer = setTimeout(wake, Math.min(ms, LONGEST_DELAY_MS));
			if (signal?.aborted) wake();
		}),
};

/** Blocking: a config and an event payload are small, and the detour over the thread pool costs more than they do. */
export const nodeFiles: Files = {
	read: async (path, limit) => readFile(path, limit),
	stream: async function* (path, signal) {
		yield* createReadStream(path, { fd: openRegular(path), signal });
	},
	write: async (path, text) => {
		makeFolder(dirname(path));
		writeFileSync(path, text);
	},
	append: async (path, text) => appendFileSync(path, text),
	real: async (path) => realPath(path),
};

/** Node's own recursive mkdir never returns below a folder such as /proc, which is there and in which nothing can be made. */
function makeFolder(path: string): void {
	try {
		mkdirSync(path);
	} catch (error) {
		if (errorCode(error) === "EEXIST") return;
		if (errorCode(error) !== "ENOENT" || dirname(path) === path) throw error;
		makeFolder(dirname(path));
		mkdirSync(path);
	}
}

function realPath(path: string): string {
	try {
		return realpathSync.native(path);
	} catch {
		return path;
	}
}

function readFile(path: string, limit: number): FileRead {
	let handle: number | undefined;
	try {
		handle = openRegular(path);
		const bytes = readAtMost(handle, limit);
		return bytes === undefined ? tooLarge(limit) : { kind: "file", bytes };
	} catch (error) {
		return errorCode(error) === "ENOENT" && isLink(path) ? DANGLING : notRead(error);
	} finally {
		if (handle !== undefined) closeSync(handle);
	}
}

/** What is there is not a file whose bytes are simply there. */
class NotRegular extends Error {
	override readonly name = "NotRegular";
	readonly code = NOT_REGULAR;
}

/**
 * Opens a regular file, through links too. To open a named pipe would wait for somebody who writes, and to open a device
 * may do anything, so those are not opened; what is opened in the end is looked at again. Throws.
 */
function openRegular(path: string): number {
	refuseIrregular(statSync(path));
	const handle = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0));
	try {
		refuseIrregular(fstatSync(handle));
		return handle;
	} catch (error) {
		closeSync(handle);
		throw error;
	}
}

function refuseIrregular(found: Stats): void {
	if (found.isFile()) return;
	if (found.isDirectory()) throw Object.assign(new Error("is a directory"), { code: "EISDIR" });
	const what = found.isFIFO() ? "a named pipe" : found.isSocket() ? "a socket" : "a device";
	throw new NotRegular(`is ${what}, not a regular file`);
}

/** A link is somebody's intention: a config that it does not lead to is no config that is not there. */
const DANGLING: FileRead = { kind: "unreadable", detail: "is a symbolic link that leads nowhere" };

function isLink(path: string): boolean {
	return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function tooLarge(limit: number): FileRead {
	return { kind: "unreadable", detail: `larger than ${limit} bytes`, isTooLarge: true };
}

function notRead(error: unknown): FileRead {
	const code = errorCode(error) ?? "unknown error";
	if (code === "ENOENT" || code === "ENOTDIR") return { kind: "missing" };
	if (error instanceof NotRegular) return { kind: "unreadable", detail: error.message };
	return { kind: "unreadable", detail: REASONS[code] ?? code };
}

const REASONS: Readonly<Record<string, string>> = {
	EACCES: "permission denied",
	EPERM: "permission denied",
	EISDIR: "is a directory",
	ELOOP: "too many symbolic links",
	ENAMETOOLONG: "the path is too long",
	ERR_INVALID_ARG_VALUE: "the path has a NUL character",
};

const CHUNK_BYTES = 64 * 1024;

/** Undefined when there is more than `limit` bytes. Files of /proc tell no size, so the reading counts as well. */
function readAtMost(handle: number, limit: number): Uint8Array | undefined {
	if (fstatSync(handle).size > limit) return undefined;
	const chunks: Uint8Array[] = [];
	for (let room = limit; room >= 0; ) {
		const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, room + 1));
		const length = readSync(handle, chunk);
		if (length === 0) return Buffer.concat(chunks);
		chunks.push(chunk.subarray(0, length));
		room -= length;
	}
	return undefined;
}
