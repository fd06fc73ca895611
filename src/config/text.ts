// The bytes of a config file as text: UTF-8 without a byte order mark, and nothing that is no text.
import { UserError } from "../model/problem.ts";

/** The text of a config file. Throws a {@link UserError} at the first byte that is not UTF-8, or is NUL. */
export function decodeText(bytes: Uint8Array, file: string): string {
	const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
	if (utf16) throw fault(file, "", `${file} is UTF-16, not UTF-8`);
	// Malformed bytes become U+FFFD here; encoding the text again shows where the first one was.
	const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
	if (text.includes("\uFFFD")) {
		const again = new TextEncoder().encode(text);
		const wrong = again.findIndex((byte, index) => byte !== bytes[index]);
		if (wrong !== -1) {
			const before = new TextDecoder().decode(bytes.subarray(0, wrong)).replace(/\uFFFD$/, "");
			throw fault(file, before, `${file} is not UTF-8 text`);
		}
	}
	const nul = text.indexOf("\0");
	if (nul !== -1) throw fault(file, text.slice(0, nul), `${file} has a NUL byte in it`);
	return withoutMark(text);
}

/** The text without its byte order mark, so that columns of the first line count from its first letter. */
export function withoutMark(text: string): string {
	return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

/**
 * The text with LF at the end of each line, which TOML leaves to its parser: strings of several lines then are the same on
 * every system. No line or column moves. What stands before CR LF may be another CR, which is a mistake and stays one.
 */
export function normalised(text: string): string {
	return withoutMark(text).replaceAll(/(?<!\r)\r\n/g, "\n");
}

/** A fault of the encoding, at the end of the text that comes before it. */
function fault(file: string, before: string, message: string): UserError {
	const lines = withoutMark(before).split("\n");
	const place = { file, line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
	return new UserError({ code: "config_syntax", message, remedy: "save the file as plain UTF-8 text", place });
}
