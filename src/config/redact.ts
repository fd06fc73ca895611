// What code frames hide of a config: the values of keys that the table does not call public, and all comments.
import type { Located, Path } from "./locate.ts";
import { formsIn, REDACTED, type Redaction } from "./words.ts";

/** The redactions between two offsets of one line of a source, in order and apart from each other. */
export type Redact = (from: number, to: number) => readonly Redaction[];

/** Whether the value at a path may be shown. */
export type IsPublic = (path: Path) => boolean;

/** For a valid TOML source, in which the position of every value is known. */
export function redactValues(source: string, { entries }: Located, isPublic: IsPublic): Redact {
	return (from, to) => {
		const found: Redaction[] = [];
		const line = startOfLine(source, from);
		let past = line;
		for (const { path, start, end, isLeaf } of valuesAround(from, to)) {
			found.push(...between(source, Math.max(past, from), Math.min(start, to), past));
			past = Math.max(line, isLeaf ? end : start + 1);
			if (!isLeaf || end <= from) continue;
			const [first, last] = [Math.max(start, from), Math.min(end, to)];
			const text = source.slice(first, last);
			found.push(...(isPublic(path) ? formsOf(text, start < first, first) : hide(text, first)));
		}
		return [...found, ...between(source, Math.max(past, from), to, past)];
	};

	/** The values that begin between two offsets, and the one before, which may reach into them: strings do not overlap. */
	function* valuesAround(from: number, to: number) {
		let index = 0;
		for (let past = entries.length; index < past; ) {
			const middle = (index + past) >> 1;
			if ((entries[middle]?.key.offset ?? 0) < from) index = middle + 1;
			else past = middle;
		}
		for (index = Math.max(0, index - 1); index < entries.length; index++) {
			const entry = entries[index];
			if (entry === undefined || entry.key.offset > to) return;
			if (entry.value === undefined) continue;
			const start = entry.value.start.offset;
			if (start > to) return;
			yield { path: entry.path, start, end: entry.value.end, isLeaf: !"[{".includes(source.charAt(start)) };
		}
	}
}

/** For a source that is not valid TOML: of a line, its header or the known key that it begins with is all that is shown. */
export function redactAllButKeys(source: string, known: ReadonlySet<string>): Redact {
	return (from, to) => {
		const start = startOfLine(source, from);
		const head = source.slice(start, start + LONGEST_KEY);
		const key = /^\s*([A-Za-z0-9_-]+)[ \t]*=[ \t]*/.exec(head);
		const shown = HEADER.exec(head)?.[0] ?? (known.has(key?.[1] ?? "") ? key?.[0] : "") ?? "";
		const first = Math.max(start + shown.length, from);
		return hide(source.slice(first, to), first);
	};
}

/** More of a line than any known key or usual header takes. */
const LONGEST_KEY = 200;

/** A table's header, also an unfinished one. */
const HEADER =
	/^\s*\[{1,2}[ \t]*(?:hooks?|event|defaults|subscription)(?:\.(?:[\w*:-]+|"[\w.*: -]*"|'[\w.*: -]*'))*[ \t]*\]{0,2}/;

function startOfLine(source: string, at: number): number {
	return at === 0 ? 0 : source.lastIndexOf("\n", at - 1) + 1;
}

/** Between values are keys and punctuation, and comments: perhaps a setting that was switched off. All began at `past`. */
function between(source: string, from: number, to: number, past: number): readonly Redaction[] {
	if (from >= to) return [];
	const hash = source.slice(past, to).indexOf("#");
	const start = hash === -1 ? to : Math.max(past + hash + 1, from);
	const keys = formsOf(source.slice(from, start), past < from, from);
	return source.slice(start, to).trim() === "" ? keys : [...keys, { start, end: to, text: ` ${REDACTED}` }];
}

/** Of a text at an offset, what is a secret by its form; of a word whose beginning is not there, all. */
function formsOf(text: string, isCut: boolean, offset: number): readonly Redaction[] {
	const word = isCut ? (/^[^\s"'<>,]*/.exec(text)?.[0].length ?? 0) : 0;
	const first = word === 0 ? [] : [{ start: 0, end: word, text: REDACTED }];
	const found = [...first, ...formsIn(text).filter(({ start }) => start >= word)];
	return found.map((one) => ({ ...one, start: one.start + offset, end: one.end + offset }));
}

const OPENING = /^(?:"""|'''|["'])/;
const CLOSING = /(?:"""|'''|["'])$/;
const REFERENCE = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/;
const PUNCTUATION = /^[\s[\]{},"']*$/;

/** All of a value but its quotes. A reference to a variable is not a secret, and an empty value hides none. */
function hide(line: string, offset: number): readonly Redaction[] {
	const text = line.trim();
	if (PUNCTUATION.test(text)) return [];
	const opening = OPENING.exec(text)?.[0] ?? "";
	const ending = CLOSING.exec(text)?.[0] ?? "";
	if (REFERENCE.test(text.slice(opening.length, text.length - ending.length))) return [];
	// The last line of a text over several lines ends in quotes that began before.
	const closing = ending === opening || (opening === "" && ending.length === 3) ? ending : "";
	const start = offset + line.indexOf(text);
	return [{ start, end: start + text.length, text: `${opening}${REDACTED}${closing}` }];
}
