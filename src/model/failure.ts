// Failures as data: what kept a delivery from succeeding, and whether another attempt may.

/**
 * What kept an HTTP exchange from giving a response. `proxy` is a proxy that will not do at all (a wrong password); one
 * that cannot be reached now is `refused` and the like. `forbidden` is an address that nothing is sent to,
 * `invalid` a request that cannot be made.
 */
export type HttpCause =
	| "refused"
	| "name_not_found"
	| "unreachable"
	| "timeout"
	| "reset"
	| "tls"
	| "protocol"
	| "proxy"
	| "forbidden"
	| "invalid"
	| "cancelled";

/** What kept a delivery from succeeding; stable, for scripts that read `results`. docs/errors.md explains each. */
export type Cause =
	| HttpCause
	| "status"
	| "rejected"
	| "unconfirmed"
	| "denied"
	| "deadline"
	| "exit"
	| "signal"
	| "not_started"
	| "unset_variable"
	| "invalid_message"
	| "ca_file"
	| "untrusted"
	| "interrupted"
	| "internal";

/** Why a delivery, or one attempt of it, has failed. */
export interface Failure {
	readonly cause: Cause;
	/** Whether another attempt may succeed. */
	readonly retryable: boolean;
	/** One line. It may still hold secrets: reports mask them. */
	readonly reason: string;
	/** When the receiver asks to be tried again, in milliseconds since 1970. */
	readonly retryAt?: number;
}

const RETRYABLE: ReadonlySet<Cause> = new Set([
	"refused",
	"name_not_found",
	"unreachable",
	"timeout",
	"reset",
	"protocol",
	"deadline",
]);

/** By which a gate, or a command in its place, has decided: nobody else is asked then. */
const DECIDED: ReadonlySet<Cause> = new Set(["denied", "rejected", "unconfirmed", "status", "exit", "signal"]);

/** A failure. Of the cause `status`, the response's `status` decides whether another attempt may succeed. */
export function failure(cause: Cause, reason: string, status?: number): Failure {
	const retryable = cause === "status" && status !== undefined ? isRetryableStatus(status) : RETRYABLE.has(cause);
	return { cause, retryable, reason };
}

/** Whether a response of this status may be followed by another attempt. */
export function isRetryableStatus(status: number): boolean {
	if (status === 408 || status === 425 || status === 429) return true;
	return status >= 500 && status !== 501 && status !== 505;
}

/** What a gate did that has not let an event pass: only one that was reached and did not say yes has denied. */
export function gateSaid(failure: Failure): "denied" | "gave no answer" | "cancelled" {
	if (failure.cause === "cancelled") return "cancelled";
	return isDecided(failure) ? "denied" : "gave no answer";
}

/** Whether a gate that failed in this way was reached and did not say yes. */
export function isDecided({ cause, retryable }: Failure): boolean {
	return DECIDED.has(cause) && !retryable;
}
