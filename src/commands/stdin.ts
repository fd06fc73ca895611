// All of stdin, for commands that need it at once.
import { errorCode, UserError } from "../model/problem.ts";
import type { Terminal } from "./command.ts";

/** The bytes of stdin. Throws `UserError` where there are more than `limit`, or it cannot be read, naming `what` they were to be. */
export async function readStdin({ input }: Terminal, limit: number, what: string): Promise<Uint8Array> {
	const pieces: Uint8Array[] = [];
	let size = 0;
	try {
		for await (const piece of input()) {
			size += piece.length;
			if (size > limit) throw mistake(`${what} has more than ${limit} bytes`);
			pieces.push(piece);
		}
	} catch (error) {
		const code = errorCode(error);
		if (error instanceof UserError || code === undefined || code === "ABORT_ERR") throw error;
		throw mistake(`${what} cannot be read from stdin: ${code === "EISDIR" ? "it is a folder" : code}`);
	}
	return Buffer.concat(pieces);
}

function mistake(message: string): UserError {
	return new UserError({ code: "usage", message, remedy: "" });
}
