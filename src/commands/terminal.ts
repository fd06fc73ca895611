// The terminal that this process runs in.
import { fstatSync } from "node:fs";
import { addAbortSignal } from "node:stream";
import { styleText } from "node:util";
import type { Process } from "../entry/ending.ts";
import type { Env } from "../lib/env.ts";
import { stripTerminal } from "../lib/text.ts";
import { errorCode } from "../model/problem.ts";
import { neutralise } from "../report/neutralise.ts";
import type { Paint, Terminal } from "./command.ts";

/** The streams of this process as commands use them. Nothing that happens to them throws. */
export function processTerminal({ env, signal, onCrash, onReload }: Process): Terminal {
	const unread = new AbortController();
	const { above, show } = lastLine((text) => process.stderr.write(text));
	const err = (line: string) => above(() => process.stderr.write(inert(line)));
	process.stdout.on("error", (error) => {
		// A reader that stops early (`| head`) is not an error: the work goes on, and its exit code counts.
		if (errorCode(error) !== "EPIPE" && !unread.signal.aborted) err(`stdout could not be written: ${error.message}`);
		unread.abort();
	});
	process.stderr.on("error", () => {});
	return {
		env,
		cwd: process.cwd(),
		out: (line) => unread.signal.aborted || above(() => process.stdout.write(inert(line))),
		write: (text) => {
			if (unread.signal.aborted) return;
			const shown = isShown(env) ? neutralise(stripTerminal(text)).join("\n") : text;
			process.stdout.write(process.stdout.isTTY ? `${shown}\n` : shown);
			if (shown !== text) err("note: made inert, since this may be shown: redirect it into a file for the exact bytes");
		},
		err,
		// Left open, it would keep a cancelled process waiting.
		input: () => stdin(signal),
		known: [],
		ask: process.stdin.isTTY && process.stderr.isTTY ? (question) => ask(question, signal) : undefined,
		progress: process.stderr.isTTY ? show : undefined,
		paint: painter(process.stdout.isTTY === true && !env["NO_COLOR"]),
		columns: process.stdout.columns ?? Number.POSITIVE_INFINITY,
		signal,
		unread: unread.signal,
		onCrash,
		onReload,
	};
}

/** The last line of a terminal, which is written again and again; what else is written goes above it. */
function lastLine(write: (text: string) => unknown) {
	const clear = "\r\u001b[2K";
	let shown = "";
	return {
		above: (print: () => unknown) => {
			if (shown !== "") write(clear);
			print();
			write(shown);
		},
		show: (text: string) => {
			if (shown !== "" || text !== "") write(clear + text);
			shown = text;
		},
	};
}

/** Paints, or does nothing without colour. What Node finds out about stdout by itself must not overrule that. */
export function painter(colour: boolean): Paint {
	return (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
}

/** Node takes a folder (`< /some/folder`) for an empty file: rejects with the code `EISDIR` instead. */
async function* stdin(signal: AbortSignal): AsyncGenerator<Uint8Array> {
	if (fstatSync(0).isDirectory()) throw Object.assign(new Error("stdin is a folder"), { code: "EISDIR" });
	yield* addAbortSignal(signal, process.stdin);
}

/** Anything but a yes is a no; so is a cancellation. */
async function ask(question: string, signal: AbortSignal): Promise<boolean> {
	const { createInterface } = await import("node:readline/promises");
	const lines = createInterface({ input: process.stdin, output: process.stderr });
	try {
		return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `, { signal })).trim());
	} catch {
		return false;
	} finally {
		lines.close();
	}
}

/** Whether stdout may be what people see: a terminal, or the log of a step, which the runner reads from a pipe. */
function isShown(env: Env): boolean {
	return process.stdout.isTTY === true || (env["GITHUB_ACTIONS"] === "true" && !fstatSync(1).isFile());
}

/** A line that cannot act as a workflow command, in case this runs in a step of a workflow. */
function inert(line: string): string {
	return `${neutralise(line).join("\n")}\n`;
}
