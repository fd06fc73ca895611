// The outside world as it really is, on Node: what stands behind ports.ts.
import {
	appendFileSync,
	closeSync,
	createReadStream,
	fstatSync,
	mkdirSync,
	openSync,
	readSync,
	realpathSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { errorCode } from "./errors.ts";
import { directHttp } from "./net/direct.ts";
import { http, loadUndici } from "./net/http.ts";
import { directorySpool } from "./outbox/directory.ts";
import type { Clock, Env, FileRead, Files, Log, Ports } from "./ports.ts";
import { monotonicMs } from "./shell/monotonic.ts";
import { nodeShell } from "./shell/shell.ts";

/** Puts the real ports together. Nothing is opened or loaded before it is used. */
export function nodePorts(env: Env, log: Log): Ports {
	return {
		clock: nodeClock,
		random: Math.random,
		env,
		http: http(directHttp(), loadUndici),
		shell: nodeShell(),
		files: nodeFiles,
		spool: directorySpool,
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
				signal?.removeEventListener("abort", wake);
				resolve();
			};
			const timer = setTimeout(wake, Math.min(ms, LONGEST_DELAY_MS));
			if (signal?.aborted) wake();
			signal?.addEventListener("abort", wake, { once: true });
		}),
};

/** Blocking: a config and an event payload are small, and the detour over the thread pool costs more than they do. */
export const nodeFiles: Files = {
	read: async (path, limit) => (mayWait(path) ? readSlowly(path, limit) : readFile(path, limit)),
	stream: (path, signal) => createReadStream(path, { signal }),
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
		handle = openSync(path, "r");
		const bytes = readAtMost(handle, limit);
		return bytes === undefined ? tooLarge(limit) : { kind: "file", bytes };
	} catch (error) {
		return notRead(error);
	} finally {
		if (handle !== undefined) closeSync(handle);
	}
}

/** Whether someone else decides when there is something to read: in a pipe, at a terminal. */
function mayWait(path: string): boolean {
	try {
		const found = statSync(path, { throwIfNoEntry: false });
		return found !== undefined && (found.isFIFO() || found.isCharacterDevice());
	} catch {
		return false;
	}
}

/** Not blocking: signals are heeded meanwhile. */
async function readSlowly(path: string, limit: number): Promise<FileRead> {
	const chunks: Uint8Array[] = [];
	let room = limit;
	try {
		for await (const chunk of createReadStream(path)) {
			if (!(chunk instanceof Uint8Array)) continue;
			chunks.push(chunk);
			room -= chunk.byteLength;
			if (room < 0) return tooLarge(limit);
		}
		return { kind: "file", bytes: Buffer.concat(chunks) };
	} catch (error) {
		return notRead(error);
	}
}

function tooLarge(limit: number): FileRead {
	return { kind: "unreadable", detail: `larger than ${limit} bytes`, isTooLarge: true };
}

function notRead(error: unknown): FileRead {
	const code = errorCode(error) ?? "unknown error";
	if (code === "ENOENT" || code === "ENOTDIR") return { kind: "missing" };
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
