// The ports of ports.ts on Node.
import fs from "node:fs";
import { dirname } from "node:path";
import type { Env } from "../lib/env.ts";
import { onAbort } from "../lib/on-abort.ts";
import { errorCode, NOT_REGULAR } from "../model/problem.ts";
import { openHttp } from "../net/network.ts";
import type { Clock, FileRead, Files, Log, Ports } from "../ports.ts";
import { monotonicMs } from "../shell/monotonic.ts";
import { nodeShell } from "../shell/shell.ts";
import { openHeldStore } from "../store/held-store.ts";

/** Puts the real ports together. Nothing is opened or loaded before it is used. */
export function nodePorts(env: Env, log: Log): Ports {
	return {
		clock: nodeClock,
		random: Math.random,
		env,
		http: openHttp(),
		shell: nodeShell(),
		files: nodeFiles,
		openStore: openHeldStore,
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

/** Blocking: a config and an event payload are small, and the thread pool would cost more than reading them. */
export const nodeFiles: Files = {
	read: async (path, limit) => readFile(path, limit),
	stream: async function* (path, signal) {
		yield* fs.createReadStream(path, { fd: openRegular(path), signal });
	},
	write: async (path, text) => {
		makeFolder(dirname(path));
		fs.writeFileSync(path, text);
	},
	append: async (path, text) => fs.appendFileSync(path, text),
	names: async (folder) => {
		try {
			return fs.readdirSync(folder).toSorted();
		} catch {
			return undefined;
		}
	},
	real: async (path) => {
		try {
			return fs.realpathSync.native(path);
		} catch {
			return path;
		}
	},
};

/** Node's own recursive mkdir never returns below a folder such as /proc, which exists but in which nothing can be made. */
function makeFolder(path: string): void {
	try {
		fs.mkdirSync(path);
	} catch (error) {
		if (errorCode(error) === "EEXIST") return;
		if (errorCode(error) !== "ENOENT" || dirname(path) === path) throw error;
		makeFolder(dirname(path));
		fs.mkdirSync(path);
	}
}

function readFile(path: string, limit: number): FileRead {
	let handle: number | undefined;
	try {
		handle = openRegular(path);
		const bytes = readAtMost(handle, limit);
		if (bytes !== undefined) return { kind: "file", bytes };
		return { kind: "unreadable", detail: `larger than ${limit} bytes`, isTooLarge: true };
	} catch (error) {
		return notRead(path, error);
	} finally {
		if (handle !== undefined) fs.closeSync(handle);
	}
}

/**
 * Opens a regular file, through links too. Opening a named pipe would wait for a writer, and opening a device may do
 * anything, so the path is checked before, and again once it is open. Throws.
 */
function openRegular(path: string): number {
	refuseIrregular(fs.statSync(path));
	const handle = fs.openSync(
		path,
		fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0) | (fs.constants.O_NOCTTY ?? 0),
	);
	try {
		refuseIrregular(fs.fstatSync(handle));
		return handle;
	} catch (error) {
		fs.closeSync(handle);
		throw error;
	}
}

function refuseIrregular(found: fs.Stats): void {
	if (found.isFile()) return;
	const what = found.isFIFO() ? "a named pipe" : found.isSocket() ? "a socket" : "a device";
	throw found.isDirectory()
		? Object.assign(new Error("is a directory"), { code: "EISDIR" })
		: Object.assign(new Error(`is ${what}, not a regular file`), { code: NOT_REGULAR });
}

function notRead(path: string, error: unknown): FileRead {
	const code = errorCode(error) ?? "unknown error";
	// Somebody meant the link to lead somewhere: this is an error, not a missing file.
	const isDangling = code === "ENOENT" && fs.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
	if (isDangling) return { kind: "unreadable", detail: "is a symbolic link that leads nowhere" };
	if (code === "ENOENT" || code === "ENOTDIR") return { kind: "missing" };
	const detail = code === NOT_REGULAR && error instanceof Error ? error.message : (REASONS[code] ?? code);
	return { kind: "unreadable", detail };
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

/** Undefined if there are more than `limit` bytes. Files of /proc have no size, so the bytes are counted too. */
function readAtMost(handle: number, limit: number): Uint8Array | undefined {
	if (fs.fstatSync(handle).size > limit) return undefined;
	const chunks: Uint8Array[] = [];
	for (let room = limit; room >= 0; ) {
		const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, room + 1));
		const length = fs.readSync(handle, chunk);
		if (length === 0) return Buffer.concat(chunks);
		chunks.push(chunk.subarray(0, length));
		room -= length;
	}
	return undefined;
}
