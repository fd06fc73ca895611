// Passes over `100 Continue` that nobody asked for, as RFC 9110, 15.2 wants: undici takes it for a broken answer.
import type { Socket } from "node:net";

/** Bytes of such an answer at most, as of all headers. */
const LIMIT = 16 * 1024;

/** Versions of HTTP/1 differ from it in one digit only. */
const START = Buffer.from("HTTP/1.1 100");
const MINOR_AT = START.indexOf("1 100");

const END = "\r\n\r\n";

/** Takes such answers out of what is read from a socket: after each write an answer is the next to come. */
export function passOverContinue(socket: Socket): void {
	let isAwaited = true;
	let begun: Buffer | undefined;
	const write = socket.write.bind(socket);
	socket.write = (chunk: Uint8Array | string, encoding?: BufferEncoding | Written, written?: Written) => {
		isAwaited = true;
		return typeof encoding === "function" ? write(chunk, encoding) : write(chunk, encoding, written);
	};
	const read = socket.read.bind(socket);
	socket.read = (size) => {
		const chunk: unknown = read(size);
		if (!isAwaited || !(chunk instanceof Buffer)) return chunk;
		let rest = begun === undefined ? chunk : Buffer.concat([begun, chunk]);
		begun = undefined;
		while (mayBeContinue(rest)) {
			const end = rest.indexOf(END);
			if (end < 0 && rest.byteLength < LIMIT) {
				begun = rest;
				return null;
			}
			if (end < 0) break;
			rest = rest.subarray(end + END.length);
		}
		if (rest.byteLength === 0) return null;
		isAwaited = false;
		return rest;
	};
}

type Written = (error?: Error | null) => void;

/** Whether it begins so, whatever version it says, or may do so once more of it is there. */
function mayBeContinue(bytes: Buffer): boolean {
	const length = Math.min(bytes.byteLength, START.byteLength);
	for (let at = 0; at < length; at++) if (at !== MINOR_AT && bytes[at] !== START[at]) return false;
	return length > 0;
}
