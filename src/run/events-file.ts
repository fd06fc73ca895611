// A file of events: opened, its lines made events of the run, and its mistakes told by their line.
import { resolve } from "node:path";
import { count, excerpt } from "../lib/text.ts";
import type { GivenContext } from "../model/context.ts";
import type { PipelineEvent } from "../model/event.ts";
import { errorCode, NOT_REGULAR, type Problem, UserError, unlessCancelled } from "../model/problem.ts";
import type { Ports } from "../ports.ts";
import type { Counts } from "../report/collect.ts";
import { findEvent } from "./find-event.ts";
import type { Inputs } from "./inputs.ts";
import { LineError, lineErrorOf } from "./lines.ts";
import { eventOf } from "./moment.ts";
import type { Run, Watcher } from "./prepare.ts";

/** The inputs of a run that has a file. */
export type FileInputs = Inputs & { readonly eventsFile: string };

/** The bytes of the file, or of stdin; no further ones after a cancellation. Throws `UserError` where there is no stdin. */
export function openEvents(name: string, { files }: Ports, { cwd, stdin, signal }: Watcher): AsyncIterable<Uint8Array> {
	if (name !== "-") return untilUnreadable(untilCancelled(files.stream(resolve(cwd, name), signal), signal));
	if (stdin === undefined) throw unreadable(name, "stdin is read by the command only");
	return untilUnreadable(stdin());
}

/** Thrown when the system cannot read on, whether at the beginning or in the middle. */
export class UnreadableEvents extends Error {
	override readonly name = "UnreadableEvents";
	/** The system's: `EIO`. */
	readonly code: string;

	constructor(code: string) {
		super(code);
		this.code = code;
	}
}

async function* untilUnreadable(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	try {
		yield* chunks;
	} catch (thrown) {
		const code = errorCode(thrown);
		throw code === undefined ? thrown : new UnreadableEvents(code);
	}
}

/** Reading from a file system that hangs cannot be called off. */
async function* untilCancelled(chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
	const iterator = chunks[Symbol.asyncIterator]();
	try {
		for (;;) {
			const next = await unlessCancelled(iterator.next(), signal);
			if (next.done === true) return;
			yield next.value;
		}
	} finally {
		iterator.return?.().catch(() => {});
	}
}

/** The event of a line, completed by what the inputs say of all. Throws {@link LineError}. */
export function eventOn(
	line: number,
	given: GivenContext,
	{ event, context, complete }: FileInputs,
	run: Run,
): PipelineEvent {
	const name = given.event ?? event;
	if (name === "") throw new LineError(line, 'names no event; give it an "event"');
	const whole = over(context, given);
	try {
		const definition = findEvent(name, run.config);
		const received = run.receive(whole);
		return { ...eventOf(definition, complete?.(received, definition) ?? received, run), line };
	} catch (thrown) {
		throw lineErrorOf(line, thrown);
	}
}

const REASONS: Readonly<Record<string, string>> = {
	ENOENT: "it is not there",
	EISDIR: "it is a folder",
	EACCES: "permission denied",
	[NOT_REGULAR]: "it is a pipe, a device or a socket, not a regular file",
};

/** What a line gives, over what the inputs say of all lines; their metadata are merged. */
function over(context: GivenContext, given: GivenContext): GivenContext {
	if (Object.keys(context).length === 0) return given;
	const { metadata } = context;
	return { ...context, ...given, ...(metadata && { metadata: { ...metadata, ...given.metadata } }) };
}

/** The mistake of naming a file that cannot be read; `why` may be a code of the system. */
export function unreadable(name: string, why: string): UserError {
	const message = `events-file ${name} cannot be read: ${REASONS[why] ?? why}`;
	return new UserError({ code: "input", message, remedy: "name a file of JSON Lines, one event a line" });
}

/** The mistake of a file without an event beside an event that is to be fired: a gate on it would not be asked. */
export function emptyBeside(name: string, event: string): UserError {
	return new UserError({
		code: "events_file",
		message: `${nameOf(name)} has no events, so ${quote(event)} was not fired`,
		remedy: "to fire the event itself, leave out `events-file`; to fire only what a file has, leave out `event`",
	});
}

/** What is told of an event that every line has left unused, which whoever named it may take for fired. */
export function unusedEvent(name: string, event: string): Problem {
	return {
		code: "events_file",
		message: `${quote(event)} was not fired: every line of ${nameOf(name)} names an event of its own`,
		remedy: "leave out `event`, which is for lines without one, or fire it in a step of its own",
	};
}

function nameOf(name: string): string {
	return name === "-" ? "stdin" : name;
}

function quote(text: string): string {
	return JSON.stringify(excerpt(text, 100));
}

/** What is told of a broken line: where it is, and what went out before it. */
export function stoppedAt({ line, problem }: LineError, name: string, fired: number, counts: Counts): Problem {
	const went =
		fired === 0
			? "nothing was fired; correct the line and fire the file again"
			: `${firedOf(fired, counts)} before it, and the rest of the file was not; correct the line and fire the file from there`;
	return {
		code: "events_file",
		message: `line ${line} of ${nameOf(name)}: ${problem}`,
		remedy: went,
		...(name === "-" ? {} : { place: { file: name, line, column: 1 } }),
	};
}

/** What is told of an error of this program at a line: the same, but nothing is to be corrected there. */
export function failedAt(line: number, error: Problem, name: string, fired: number, counts: Counts): Problem {
	return {
		...error,
		message: `line ${line} of ${nameOf(name)}: ${error.message}`,
		remedy: `${firedOf(fired, counts)}, and the rest of the file was not; ${error.remedy}`,
	};
}

function firedOf(events: number, { delivered, failed, skipped }: Counts): string {
	const counts = `${delivered} delivered, ${failed} failed, ${skipped} skipped`;
	return `${count(events, "event")} ${events === 1 ? "was" : "were"} fired (${counts})`;
}
