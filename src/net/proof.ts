// Whether the end of a response's body was proved, so that a truncated one can be told from a whole one.

/**
 * Of a response that came to an orderly end: its length says so, or the last chunk, or its status or method allows no
 * body (RFC 9112, 6.3). Anything else ends with the connection, as it also does when a receiver is killed or somebody
 * cuts the line. `headers` have names in lower case, repeated ones joined with `, `; `received` is in bytes.
 */
export function isEndProved(
	method: string,
	status: number,
	headers: Readonly<Record<string, string>>,
	received: number,
): boolean {
	if (method === "HEAD" || status === 304) return true;
	const { "content-length": length, "transfer-encoding": encoding } = headers;
	// A body that a 204 announces may not be read, and nobody knows what it says.
	if (status === 204) return encoding === undefined && (length === undefined || length === "0");
	// With both, two programs on the way may have read two different bodies. In no other spelling are chunks read as such.
	if (encoding !== undefined) return length === undefined && /^chunked *$/i.test(encoding);
	return length !== undefined && /^\d+$/.test(length) && Number(length) === received;
}
