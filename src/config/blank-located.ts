// The secrets on the lines of a valid TOML source, known by the positions of its values.
import {
	type Blank,
	type Blanker,
	blankForms,
	blankFreeText,
	blankValue,
	isSecretKey,
	isSecretName,
	type Line,
} from "./blank.ts";
import type { Located, Path } from "./locate.ts";

/** Blanks the values of secret keys, and what of comments looks like one: a setting that was switched off. */
export function blankLocated(source: string, located: Located): Blanker {
	const known = new Map<string, boolean>();
	/** A line may have half a million values, so that each name is looked at once. */
	const isSecret = (name: string): boolean => {
		const found = known.get(name) ?? isSecretName(name);
		known.set(name, found);
		return found;
	};
	return (line) => {
		const blanks: Blank[] = [];
		let past = 0;
		for (const { path, start, end } of valuesOn(line, source, located)) {
			blanks.push(...blankComment(line.text, past, start));
			blanks.push(...(isSecretKey(path, isSecret) ? blankValue : blankForms)(line.text, start, end));
			past = end;
		}
		return [...blanks, ...blankComment(line.text, past, line.text.length)];
	};
}

/** Between values stand keys and punctuation, and comments. */
function blankComment(text: string, from: number, to: number): readonly Blank[] {
	const comment = text.slice(from, to).indexOf("#");
	if (comment === -1) return blankForms(text, from, to);
	return [...blankForms(text, from, from + comment), ...blankFreeText(text, from + comment, to)];
}

/** The strings and bare values that touch the line, clipped to it, by offsets in its text. */
function valuesOn(line: Line, source: string, { entries }: Located): { path: Path; start: number; end: number }[] {
	let first = 0;
	for (let past = entries.length; first < past; ) {
		const middle = (first + past) >> 1;
		if ((entries[middle]?.key.offset ?? 0) < line.start) first = middle + 1;
		else past = middle;
	}
	const values = [];
	// Strings do not overlap, so that only the entry right before the line can have one that reaches into it.
	for (let index = Math.max(0, first - 1); index < entries.length; index++) {
		const entry = entries[index];
		if (entry === undefined || entry.key.offset > line.start + line.text.length) break;
		if (entry.value === undefined || "[{".includes(source.charAt(entry.value.start.offset))) continue;
		const start = Math.max(entry.value.start.offset - line.start, 0);
		const end = Math.min(entry.value.end - line.start, line.text.length);
		if (start < end) values.push({ path: entry.path, start, end });
	}
	return values;
}
