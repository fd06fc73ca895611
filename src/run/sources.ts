// Where the events of a run come from: one event, the lines of a file, or nowhere, where only what is held is sent.
import { resolve } from "node:path";
import { count, excerpt } from "../lib/text.ts";
import type { GivenContext } from "../model/context.ts";
import type { PipelineEvent } from "../model/event.ts";
import { errorCode, NOT_REGULAR, type Problem, UserError, unlessCancelled } from "../model/problem.ts";
import type { Ports } from "../ports.ts";
import type { Counts } from "../report/collect.ts";
import { createEvent } from "./create-event.ts";
import type { Inputs } from "./inputs.ts";
import { type Line, LineError, lineErrorOf, linesOf, readLine } from "./lines.ts";
import type { Observer, RunContext } from "./prepare.ts";

/** Where the events of a run come from. */
export type Source =
	| { readonly kind: "event"; readonly event: PipelineEvent }
	| { readonly kind: "file"; readonly file: EventsFile }
	| { readonly kind: "held" };

/** Opens the source that the inputs name. Throws `UserError` for an unknown event. */
export function openSource(inputs: Inputs, run: RunContext, ports: Ports, observer: Observer): Source {
	const { event, eventsFile, flush, context, synthetic = false } = inputs;
	if (flush === true) return { kind: "held" };
	if (eventsFile === undefined) return { kind: "event", event: createEvent(event, context, synthetic, run) };
	return { kind: "file", file: new EventsFile(eventsFile, inputs, run, ports, observer) };
}

/** A file of events, read as they are asked for. */
export class EventsFile {
	/** For people. */
	readonly name: string;
	/** The line that was read last, from 1. */
	line = 0;
	/** Told at the end of a file that has left the event of the inputs unused: whoever named it may take it for fired. */
	unused: Problem | undefined;
	readonly #path: string;
	readonly #inputs: Inputs;
	readonly #run: RunContext;
	readonly #ports: Ports;
	readonly #observer: Observer;

	constructor(path: string, inputs: Inputs, run: RunContext, ports: Ports, observer: Observer) {
		this.name = path === "-" ? "stdin" : path;
		this.#path = path;
		this.#inputs = inputs;
		this.#run = run;
		this.#ports = ports;
		this.#observer = observer;
	}

	/** Ends early on a cancellation. Throws {@link LineError} at a broken line, `UserError` where there are no events. */
	async *events(): AsyncGenerator<PipelineEvent, void, undefined> {
		const { signal } = this.#observer;
		const { event } = this.#inputs;
		let isUsed = false;
		try {
			for await (const line of linesOf(this.#chunks())) {
				if (signal.aborted) return;
				this.line = line.number;
				const given = readLine(line);
				isUsed ||= given.event === undefined;
				yield this.#eventOn(line, given);
			}
		} catch (thrown) {
			if (signal.aborted) return;
			throw thrown;
		}
		if (event === "" || isUsed || signal.aborted) return;
		if (this.line === 0) throw new UserError(emptyBeside(event, this.name));
		this.unused = unusedEvent(event, this.name);
	}

	/** The problem of a broken line: where it is, and what was fired before it. */
	stoppedAt({ line, problem }: LineError, fired: number, counts: Counts): Problem {
		const remedy =
			fired === 0
				? "nothing was fired; correct the line and fire the file again"
				: `${firedOf(fired, counts)} before it, and the rest of the file was not; correct the line and fire the file from there`;
		return {
			code: "events_file",
			message: `line ${line} of ${this.name}: ${problem}`,
			remedy,
			...(this.#path === "-" ? {} : { place: { file: this.#path, line, column: 1 } }),
		};
	}

	/** An error of this program at a line: the same, but nothing is to be corrected there. */
	failedAt(line: number, error: Problem, fired: number, counts: Counts): Problem {
		const remedy = `${firedOf(fired, counts)}, and the rest of the file was not; ${error.remedy}`;
		return { ...error, message: `line ${line} of ${this.name}: ${error.message}`, remedy };
	}

	/** The event of a line, over what the inputs say of all lines. */
	#eventOn({ number }: Line, given: GivenContext): PipelineEvent {
		const { event, context, synthetic = false } = this.#inputs;
		const name = given.event ?? event;
		if (name === "") throw new LineError(number, 'names no event; give it an "event"');
		const metadata = context.metadata && { metadata: { ...context.metadata, ...given.metadata } };
		try {
			return { ...createEvent(name, { ...context, ...given, ...metadata }, synthetic, this.#run), line: number };
		} catch (thrown) {
			throw lineErrorOf(number, thrown);
		}
	}

	/** The bytes. Reading from a file system that hangs cannot be called off, so a cancellation does not wait for it. */
	async *#chunks(): AsyncGenerator<Uint8Array> {
		const iterator = this.#open()[Symbol.asyncIterator]();
		try {
			for (;;) {
				const next = await unlessCancelled(iterator.next(), this.#observer.signal);
				if (next.done === true) return;
				yield next.value;
			}
		} catch (thrown) {
			const code = errorCode(thrown);
			if (code === undefined) throw thrown;
			throw this.line === 0 ? this.#unreadable(code) : new LineError(this.line + 1, `cannot be read: ${code}`);
		} finally {
			iterator.return?.().catch(() => {});
		}
	}

	#open(): AsyncIterable<Uint8Array> {
		const { cwd, signal, stdin } = this.#observer;
		if (this.#path !== "-") return this.#ports.files.stream(resolve(cwd, this.#path), signal);
		if (stdin === undefined) throw this.#unreadable("stdin is read by the command only");
		return stdin();
	}

	/** `why` may be a code of the system. */
	#unreadable(why: string): UserError {
		const message = `events-file ${this.#path} cannot be read: ${REASONS[why] ?? why}`;
		return new UserError({ code: "input", message, remedy: "name a file of JSON Lines, one event a line" });
	}
}

const REASONS: Readonly<Record<string, string>> = {
	ENOENT: "it is not there",
	EISDIR: "it is a folder",
	EACCES: "permission denied",
	[NOT_REGULAR]: "it is a pipe, a device or a socket, not a regular file",
};

/** A file without an event beside an event that is to be fired: a gate on it would not be asked. */
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
		message: `${quote(event)} was not fired: every line of ${name} names an event of its own`,
		remedy: "leave out `event`, which is for lines without one, or fire it in a step of its own",
	};
}

function quote(text: string): string {
	return JSON.stringify(excerpt(text, 100));
}

function firedOf(events: number, { delivered, failed, skipped }: Counts): string {
	const counts = `${delivered} delivered, ${failed} failed, ${skipped} skipped`;
	return `${count(events, "event")} ${events === 1 ? "was" : "were"} fired (${counts})`;
}
