// Whether an answer says where its body ends, so that one that was cut off can be told.

/**
 * Whether a body of HTTP/1 is delimited by a length or by chunks (RFC 9112, 6.3). Otherwise only the end of the
 * connection does it, and that comes as well when somebody cuts the connection: over TLS Node does not tell the two apart.
 */
export function tellsItsEnd(
	method: string,
	status: number,
	headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): boolean {
	if (method === "HEAD" || status === 204 || status === 304) return true;
	return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}
