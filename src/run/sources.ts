// Where the events of a run come from: one event, the lines of a file, or the store alone.
import { resolve } from "node:path";
import { count, excerpt } from "../lib/text.ts";
import type { GivenContext } from "../model/context.ts";
import type { PipelineEvent } from "../model/event.ts";
import { errorCode, NOT_REGULAR, type Problem, UserError, unlessCancelled } from "../model/problem.ts";
import type { Ports } from "../ports.ts";
import type { Counts } from "../report/collect.ts";
import { createEvent } from "./events.ts";
import type { Inputs } from "./inputs.ts";
import { type Line, LineError, lineErrorOf, linesOf, readLine } from "./lines.ts";
import type { Observer, RunContext } from "./prepare.ts";

/** Where the events of a run come from. */
export type Source = OneEvent | EventsFile | Kept;

interface Events {
	/** The events, in groups that were read together. */
	readonly events: () => AsyncIterable<Iterable<PipelineEvent>> | Iterable<Iterable<PipelineEvent>>;
}

interface OneEvent extends Events {
	readonly kind: "event";
	readonly event: PipelineEvent;
	/** The keys of the event that are made up. */
	readonly madeUp: readonly string[];
}

/** No event of its own: only what is held for batches is sent, or what is stored. */
interface Kept extends Events {
	readonly kind: "held" | "stored";
}

/**
 * A file of events, read as they are asked for. Reading ends early on a cancellation, and throws {@link LineError} at a
 * broken line, `UserError` where there are no events.
 */
export interface EventsFile extends Events {
	readonly kind: "file";
	/** For people. */
	readonly name: string;
	/** The line that was read last, from 1. */
	readonly line: () => number;
	/** Once all was read: the error that no line needed the event of the inputs, which the user may believe was fired. */
	readonly unused: () => Problem | undefined;
}

/** Opens the source that the inputs name. Throws `UserError` for an unknown event. */
export function openSource(inputs: Inputs, run: RunContext, ports: Ports, observer: Observer): Source {
	const { event, eventsFile, flush, redeliver, context, examples } = inputs;
	if (flush === true) return { kind: "held", events: () => [] };
	if (redeliver !== undefined) return { kind: "stored", events: () => [] };
	if (eventsFile !== undefined) return openFile({ ...inputs, eventsFile }, run, ports, observer);
	const created = createEvent(event, context, examples, run);
	return { kind: "event", ...created, events: () => [[created.event]] };
}

function openFile(
	inputs: Inputs & { readonly eventsFile: string },
	run: RunContext,
	ports: Ports,
	observer: Observer,
): EventsFile {
	const { eventsFile: path, event, context } = inputs;
	const { signal } = observer;
	const name = path === "-" ? "stdin" : path;
	let last = 0;
	let isUsed = false;
	let isRead = false;

	/** The event of a line; its values win over the inputs, which are for all lines. */
	const eventOn = (line: number, given: GivenContext): PipelineEvent => {
		const written = given.event ?? event;
		if (written === "") throw new LineError(line, 'has no event: add an "event"');
		const metadata = context.metadata && { metadata: { ...context.metadata, ...given.metadata } };
		try {
			return { ...createEvent(written, { ...context, ...given, ...metadata }, undefined, run).event, line };
		} catch (thrown) {
			throw lineErrorOf(line, thrown);
		}
	};

	function* eventsOf(lines: Iterable<Line>): Generator<PipelineEvent, void, undefined> {
		for (const line of lines) {
			last = line.number;
			const given = readLine(line);
			isUsed ||= given.event === undefined;
			yield eventOn(last, given);
		}
	}

	async function* events() {
		try {
			for await (const lines of linesOf(bytesOf(path, ports, observer))) yield eventsOf(lines);
		} catch (thrown) {
			if (signal.aborted) return;
			if (!(thrown instanceof UnreadableFile)) throw thrown;
			throw last === 0
				? unreadable(path, thrown.message)
				: new LineError(last + 1, `cannot be read: ${thrown.message}`);
		}
		isRead = !signal.aborted;
		if (isRead && event !== "" && last === 0) throw new UserError(emptyBeside(event, name));
	}

	return {
		kind: "file",
		name,
		events,
		line: () => last,
		unused: () => (isRead && event !== "" && !isUsed ? unusedEvent(event, name) : undefined),
	};
}

/** Thrown when reading fails, with the system's code (`EIO`) as the message. */
class UnreadableFile extends Error {
	override readonly name = "UnreadableFile";
}

/** The bytes of the file, or of stdin. After a cancellation a read that hangs is not waited for. */
async function* bytesOf(path: string, { files }: Ports, { cwd, signal, stdin }: Observer): AsyncGenerator<Uint8Array> {
	if (path === "-" && stdin === undefined) throw unreadable(path, "only the command reads stdin");
	const chunks = path === "-" && stdin !== undefined ? stdin() : files.stream(resolve(cwd, path), signal);
	const iterator = chunks[Symbol.asyncIterator]();
	try {
		for (;;) {
			const next = await unlessCancelled(iterator.next(), signal);
			if (next.done === true) return;
			yield next.value;
		}
	} catch (thrown) {
		const code = errorCode(thrown);
		throw code === undefined ? thrown : new UnreadableFile(code);
	} finally {
		iterator.return?.().catch(() => {});
	}
}

/** `why` is a phrase, or a code of the system. */
function unreadable(path: string, why: string): UserError {
	const message = `events-file ${path} cannot be read: ${REASONS[why] ?? why}`;
	return new UserError({ code: "input", message, remedy: "name a file of JSON Lines, one event per line" });
}

const REASONS: Readonly<Record<string, string>> = {
	ENOENT: "it does not exist",
	EISDIR: "it is a folder",
	EACCES: "permission denied",
	[NOT_REGULAR]: "it is a pipe, a device or a socket, not a regular file",
};

/** An empty file beside `event`: a gate on that event would silently not be asked. */
function emptyBeside(event: string, name: string): Problem {
	return {
		code: "events_file",
		message: `${name} has no events, so ${quote(event)} was not fired`,
		remedy: "to fire the event itself, leave out `events-file`; to fire only what a file has, leave out `event`",
	};
}

function unusedEvent(event: string, name: string): Problem {
	return {
		code: "events_file",
		message: `${quote(event)} was not fired: every line of ${name} has its own event`,
		remedy: "leave out `event`, which is for lines without one, or fire it in a step of its own",
	};
}

function quote(text: string): string {
	return JSON.stringify(excerpt(text, 100));
}

/** The problem of a broken line: where it is, and what was fired before it. */
export function stoppedAt({ line, problem }: LineError, { name }: EventsFile, fired: number, counts: Counts): Problem {
	const remedy =
		fired === 0
			? "nothing was fired; correct the line and fire the file again"
			: `${firedOf(fired, counts)} before it, but the rest of the file was not; correct the line and fire the file from there`;
	return {
		code: "events_file",
		message: `line ${line} of ${name}: ${problem}`,
		remedy,
		...(name === "stdin" ? {} : { place: { file: name, line, column: 1 } }),
	};
}

/** The same for an internal error at the line that was read last, where the user has nothing to correct. */
export function failedAt(error: Problem, { name, line }: EventsFile, fired: number, counts: Counts): Problem {
	const remedy = `${firedOf(fired, counts)}, but the rest of the file was not; ${error.remedy}`;
	return { ...error, message: `line ${line()} of ${name}: ${error.message}`, remedy };
}

function firedOf(events: number, { delivered, failed, skipped }: Counts): string {
	const counts = `${delivered} delivered, ${failed} failed, ${skipped} skipped`;
	return `${count(events, "event")} ${events === 1 ? "was" : "were"} fired (${counts})`;
}
