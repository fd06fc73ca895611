// Errors of the user, as exceptions: what happened, where, and what to do. Failures of the world are values instead.
import { onAbort } from "../lib/on-abort.ts";

/** A place in a file that a person can go to. Lines and columns count from 1, columns in UTF-16 code units. */
export interface Place {
	/** As the user would write it: relative to the workspace where it lies inside. */
	readonly file: string;
	readonly line: number;
	readonly column: number;
}

/** What kind of error it is; stable, for scripts that read `--json`. docs/errors.md explains each. */
export type ErrorCode =
	| "input"
	| "event"
	| "context"
	| "events_file"
	| "config_missing"
	| "config_unreadable"
	| "config_syntax"
	| "config_shape"
	| "config_value"
	| "template"
	| "usage"
	| "cancelled"
	| "internal";

/** What a warning is about; stable and explained as the codes of errors are. */
export type WarningCode =
	| "hooks_left_out"
	| "choice_unknown"
	| "gate_not_read"
	| "chain_disabled"
	| "not_held"
	| "not_stored"
	| "unreadable_record"
	| "switched_off"
	| "mute"
	| "unknown_field"
	| "not_json"
	| "unknown_mention"
	| "unusable_value"
	| "unused_option"
	| "missing_option"
	| "literal_secret"
	| "short_time"
	| "unsuitable_url";

/** One error, or a {@link Warning}. */
export interface Problem {
	readonly code: ErrorCode | WarningCode;
	/** One line, no full stop: what is wrong, naming the input or key. */
	readonly message: string;
	/** One line: what to do about it. Empty when the message says it all. */
	readonly remedy: string;
	readonly place?: Place;
	/** Source lines around the place with the values of secret keys redacted; several lines. */
	readonly frame?: string;
}

/** What can be carried out, but hardly as it was meant. */
export interface Warning extends Problem {
	readonly code: WarningCode;
}

/**
 * Thrown when something that the user wrote cannot be carried out, always before anything ran. Carries every error
 * found, in the order of the file; rendered once, in the entry.
 */
export class UserError extends Error {
	override readonly name = "UserError";
	readonly problems: readonly [Problem, ...Problem[]];

	constructor(first: Problem, ...rest: readonly Problem[]) {
		super(first.message);
		this.problems = [first, ...rest];
	}
}

/** More than anybody reads, and fewer than arguments of a call may be. */
const MOST_PROBLEMS = 1000;

/** Throws one {@link UserError} with the problems, or returns when there are none. */
export function throwIfAny(problems: readonly Problem[]): void {
	const [first, ...rest] = problems.slice(0, MOST_PROBLEMS);
	if (first !== undefined) throw new UserError(first, ...rest);
}

/** The result of `work`, or a {@link UserError} if the user cancels while it still waits for something. */
export function unlessCancelled<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
	return new Promise((resolve, reject) => {
		// A turn later, because work that waits for nothing is done by then.
		const cancel = () => setImmediate(() => reject(cancelled()));
		const unlisten = onAbort(signal, cancel);
		if (signal.aborted) cancel();
		work.then(resolve, (thrown: unknown) => reject(signal.aborted ? cancelled() : thrown)).finally(unlisten);
	});
}

function cancelled(): UserError {
	return new UserError({ code: "cancelled", message: "cancelled before anything was run", remedy: "" });
}

/** `file:line:column`, as terminals and editors make it a link. */
export function formatPlace(place: Place): string {
	return `${place.file}:${place.line}:${place.column}`;
}

/** The place as the beginning of a message; empty without one. */
export function placePrefix(place: Place | undefined): string {
	return place === undefined ? "" : `${formatPlace(place)}: `;
}

/** The code of a system error (`ENOENT`); undefined for anything else. */
export function errorCode(thrown: unknown): string | undefined {
	return thrown instanceof Error && "code" in thrown ? String(thrown.code) : undefined;
}

/** The code of an error for a pipe, a device or a socket that was named as a file. */
export const NOT_REGULAR = "ERR_NOT_REGULAR";
