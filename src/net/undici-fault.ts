// What undici raises before an answer's headers, told as a fault.
import { errorCode } from "../errors.ts";
import { describeError, type Fault, fault } from "./fault.ts";
import { ForbiddenAddress } from "./guard.ts";

/** Undici's own codes, https://undici.nodejs.org/#/docs/api/Errors. Those of HTTP/2 are resets: `RST_STREAM`, `GOAWAY`. */
const UNDICI: ReadonlyMap<string, Fault> = new Map([
	["UND_ERR_CONNECT_TIMEOUT", fault("timeout", "connection timed out")],
	["UND_ERR_HEADERS_OVERFLOW", fault("protocol", "the answer's headers are too large")],
	["UND_ERR_SOCKET", fault("reset", "connection closed before an answer")],
	["UND_ERR_ABORTED", fault("reset", "connection closed before an answer")],
	["UND_ERR_INFO", fault("reset", "the HTTP/2 stream was reset")],
	["UND_ERR_PRX_CONN", fault("reset", "connection closed before an answer")],
]);

/** Turns an error of a request into a fault, as `describeError` does for Node's own client. Never quotes a message. */
export function describeUndiciError(error: unknown): Fault {
	if (error instanceof ForbiddenAddress) return error.fault;
	const code = errorCode(error) ?? "";
	if (isUnaskedContinue(error)) return fault("protocol", "the receiver sent 100 Continue unasked");
	if (error instanceof Error && error.name === "HTTPParserError") return describeParserError(error);
	const told = UNDICI.get(code);
	// A closed connection may say more: its cause is what the system said.
	const cause = causeOf(error);
	if (code === "UND_ERR_SOCKET" && errorCode(cause) !== undefined) return describeError(cause);
	if (code.startsWith("ERR_HTTP2_")) return fault("reset", "the HTTP/2 stream was reset");
	return told ?? describeError(error);
}

/** What an error was raised for. */
export function causeOf(error: unknown): unknown {
	return error instanceof Error ? error.cause : undefined;
}

/** RFC 9110, 15.2 wants clients to pass `100 Continue` over; undici takes it for a broken answer. */
function isUnaskedContinue(error: unknown): boolean {
	return errorCode(error) === "UND_ERR_SOCKET" && error instanceof Error && error.message === "bad response";
}

/** The first bytes of a TLS alert and of a handshake record. */
const TLS_RECORDS: ReadonlySet<number> = new Set([0x15, 0x16]);

/** Undici gives its parser's errors no code, and the answer's first bytes as `data`. */
function describeParserError(error: Error): Fault {
	const beginning = "data" in error ? String(error.data) : "";
	return TLS_RECORDS.has(beginning.charCodeAt(0))
		? fault("tls", "TLS: the server speaks TLS, the URL is http")
		: fault("protocol", "the answer is not HTTP");
}
