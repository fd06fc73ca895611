// The secrets on the lines of a source that is no valid TOML, guessed line by line; rather too many than too few.
import { type Blanker, blankForms, blankFreeText, blankValue, guessSecret, isSecretName } from "./blank.ts";
import { readKey, type Segment, skipBlanks, skipString } from "./scan.ts";

/** A table's header, also an unfinished one. A nested array of strings, which looks alike, begins with a quote. */
const HEADER = /^\s*\[\[?\s*[A-Za-z_][\w-]*\s*(?:[.\]]|$)/;

/** A {@link Blanker} that remembers what is open, so it must be given every line from the first one on, in order. */
export function blankUnlocated(): Blanker {
	let inBasic = false;
	let inLiteral = false;
	let inside: "secret table" | "secret value" | undefined;
	// The same few names come again and again, and telling slips of the keyboard is slow.
	const names = new Map<string, boolean>();
	const isSecret = ({ text }: Segment): boolean => {
		const known = names.get(text) ?? isSecretName(text);
		names.set(text, known);
		return known;
	};
	return ({ text }) => {
		const inText = inBasic || inLiteral;
		inBasic = inBasic !== isOdd(text.replaceAll(/\\./g, "").split('"""').length - 1);
		inLiteral = inLiteral !== isOdd(text.split("'''").length - 1);
		if (!inText && HEADER.test(text)) {
			inside = isSecretHeader(text) ? "secret table" : undefined;
			return blankFreeText(text, 0, text.length);
		}
		if (inText || inside === "secret value") return blankValue(text, 0, text.length);

		const start = skipBlanks(text, 0);
		if (text[start] === "#") return blankFreeText(text, start, text.length);
		const key = readKey(text, start);
		if (text[key.end] !== "=" || key.segments.some((segment) => segment.text === "")) {
			// A line that is nothing complete may go on with a value from the line before.
			if (guessSecret(text) !== undefined) inside = "secret value";
			return blankValue(text, 0, text.length);
		}
		const named = inside === "secret table" || key.segments.some(isSecret);
		const secret = named ? key.end + 1 : guessSecret(text);
		if (secret === undefined) return blankForms(text, 0, text.length);
		if (staysOpen(text, secret)) inside = "secret value";
		return [...blankForms(text, 0, secret), ...blankValue(text, secret, text.length)];
	};
}

function isSecretHeader(text: string): boolean {
	const [names = ""] = text.split("#", 1);
	const { segments } = readKey(text, text.search(/[^\s[]/));
	return guessSecret(names) !== undefined || segments.some((segment) => isSecretName(segment.text));
}

/** Whether the value at the offset may go on in the next line: it is missing yet, or a bracket or text is not closed. */
function staysOpen(text: string, from: number): boolean {
	let at = skipBlanks(text, from);
	if (at >= text.length || text[at] === "#") return true;
	let depth = 0;
	while (at < text.length && text[at] !== "#") {
		const char = text.charAt(at);
		if (char === '"' || char === "'") {
			const start = at;
			at = skipString(text, at);
			// What was pasted with a line break in it goes on in the next line, which may look like a key or a comment.
			if (!isClosed(text, start, at)) return true;
			continue;
		}
		if ("[{".includes(char)) depth++;
		if ("]}".includes(char)) depth--;
		at++;
	}
	return depth > 0;
}

/** Whether the string that begins at `start` ends before `end`, where {@link skipString} stopped. */
function isClosed(text: string, start: number, end: number): boolean {
	const triple = text.charAt(start).repeat(3);
	if (text.startsWith(triple, start)) return end - start >= 6 && text.endsWith(triple, end);
	return end < text.length || skipString(`${text} `, start) <= text.length;
}

function isOdd(count: number): boolean {
	return count % 2 === 1;
}
