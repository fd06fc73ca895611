// All of stdin, for commands that need it at once.
import { UserError } from "../errors.ts";
import type { Terminal } from "./command.ts";

/** The bytes of stdin. Throws `UserError` where there are more than `limit`, naming `what` they were to be. */
export async function readStdin({ input }: Terminal, limit: number, what: string): Promise<Uint8Array> {
	const pieces: Uint8Array[] = [];
	let size = 0;
	for await (const piece of input()) {
		size += piece.length;
		if (size > limit) {
			throw new UserError({ code: "usage", message: `${what} has more than ${limit} bytes`, remedy: "" });
		}
		pieces.push(piece);
	}
	return Buffer.concat(pieces);
}
