// The standard streams of a POSIX command as it has them at a prompt: a file and two pipes, which open by name.
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** Milliseconds for a program that makes two entries in a folder. */
const MKFIFO_MS = 2000;

/** The standard streams of one command. */
export interface Streams {
	/** The command's own ends, for `spawn`: stdin, at its first byte, then stdout and stderr. */
	readonly fds: readonly number[];
	readonly stdout: Socket;
	readonly stderr: Socket;
	/** Closes the command's ends on this side; until then the output has no end. */
	handOver(): void;
}

/**
 * Makes the streams of one command: all of `stdin` to read, and two pipes. Undefined where that cannot be done: `path`
 * has no `mkfifo`, or the temporary folder takes no files.
 */
export type OpenStreams = (stdin: string, path: string | undefined) => Streams | undefined;

/**
 * Loads what making streams takes. Node connects a child by sockets, which Linux does not open by name, so that
 * `cat /dev/stdin` and `echo >/dev/stderr` would fail; and it makes no pipes itself.
 */
export async function loadStreams(): Promise<OpenStreams> {
	const { spawnSync } = await import("node:child_process");
	const { Socket } = await import("node:net");
	const reader = (fd: number) => new Socket({ fd, readable: true, writable: false });

	return (stdin, path) => {
		const opened: number[] = [];
		const open = (file: string, flags: number): number => {
			const fd = openSync(file, flags);
			opened.push(fd);
			return fd;
		};
		let folder: string | undefined;
		try {
			folder = mkdtempSync(join(tmpdir(), "pipeline-hooks-"));
			const [input, out, err] = [join(folder, "in"), join(folder, "out"), join(folder, "err")];
			const options = { env: { PATH: path }, stdio: "ignore", timeout: MKFIFO_MS } as const;
			if (spawnSync("mkfifo", ["-m", "600", out, err], options).status !== 0) return undefined;
			writeFileSync(input, stdin, { mode: 0o600 });
			// The reading ends first and without waiting: a FIFO opens for writing only once someone reads it.
			const [ourOut, ourErr] = [open(out, O_RDONLY | O_NONBLOCK), open(err, O_RDONLY | O_NONBLOCK)];
			const fds = [open(input, O_RDONLY), open(out, O_WRONLY), open(err, O_WRONLY)];
			const handOver = () => fds.forEach(closeSync);
			return { fds, stdout: reader(ourOut), stderr: reader(ourErr), handOver };
		} catch {
			for (const fd of opened) closeSync(fd);
			return undefined;
		} finally {
			// What is open needs no name, and so nothing of it can be left behind.
			if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
		}
	};
}
