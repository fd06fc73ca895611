// What undici raises before a response's headers, told as a fault.
import { errorCode } from "../model/problem.ts";
import { describeError, describeImpossible, type Fault, fault, startsWithTls } from "./fault.ts";
import { ForbiddenAddress } from "./guard.ts";
import { ProxyFault } from "./proxy-fault.ts";

/** Undici's own codes, https://undici.nodejs.org/#/docs/api/Errors. */
const UNDICI: ReadonlyMap<string, Fault> = new Map([
	["UND_ERR_CONNECT_TIMEOUT", fault("timeout", "connection timed out")],
	["UND_ERR_HEADERS_TIMEOUT", fault("timeout", "no response in time")],
	["UND_ERR_HEADERS_OVERFLOW", fault("protocol", "the response's headers are too large")],
	["UND_ERR_SOCKET", fault("reset", "connection closed before a response")],
	["UND_ERR_ABORTED", fault("reset", "connection closed before a response")],
	["UND_ERR_INFO", fault("reset", "connection closed before a response")],
	["UND_ERR_RES_CONTENT_LENGTH_MISMATCH", fault("protocol", "the response has a length that is not valid")],
	// How undici takes a status that does not exist.
	["ERR_ASSERTION", fault("protocol", "the response is not HTTP")],
	["UND_ERR_DESTROYED", fault("cancelled", "cancelled")],
	["UND_ERR_CLOSED", fault("cancelled", "cancelled")],
]);

/** Turns an error of a request into a fault, as `describeError` does for Node's own client. Never quotes a message. */
export function describeUndiciError(error: unknown): Fault {
	if (error instanceof ForbiddenAddress || error instanceof ProxyFault) return error.fault;
	if (!(error instanceof Error)) return describeError(error);
	const code = errorCode(error) ?? "";
	if (isUnaskedContinue(error)) {
		return fault(
			"protocol",
			"unexpected 100 Continue, which is skipped only without a proxy and on a connection of its own",
		);
	}
	// Undici gives its parser's errors no code of its own, and the first bytes as `data`.
	if (error.name === "HTTPParserError") {
		const beginning = "data" in error ? String(error.data) : "";
		return startsWithTls(beginning.charCodeAt(0))
			? fault("tls", "TLS: the server speaks TLS, the URL is http")
			: fault("protocol", "the response is not HTTP");
	}
	// A closed connection may say more: its cause is what the system said.
	if (code === "UND_ERR_SOCKET" && errorCode(error.cause) !== undefined) return describeError(error.cause);
	if (code === "UND_ERR_INVALID_ARG" || code === "UND_ERR_NOT_SUPPORTED") return describeImpossible(error);
	return UNDICI.get(code) ?? describeError(error);
}

/** RFC 9110, 15.2 wants clients to pass over `100 Continue`; undici takes it for a broken response. */
function isUnaskedContinue(error: Error): boolean {
	return errorCode(error) === "UND_ERR_SOCKET" && error.message === "bad response";
}
