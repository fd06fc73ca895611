// Quotes a place in a rendered body: on one line, cut on code points, with nothing invisible in it.

/** Up to `around` code points on either side of an offset, with `…` where the text goes on. */
export function quoteAround(text: string, offset: number, around: number): string {
	const before = Array.from(text.slice(Math.max(0, offset - 2 * around), offset))
		.slice(-around)
		.join("");
	const after = Array.from(text.slice(offset, offset + 2 * around))
		.slice(0, around)
		.join("");
	const start = before.length < offset ? "…" : "";
	const end = offset + after.length < text.length ? "…" : "";
	return start + visible(before) + visible(after) + end;
}

/** Control and format characters, line separators and lone surrogates written out. */
function visible(text: string): string {
	return text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
		const escaped = JSON.stringify(character).slice(1, -1);
		return escaped === character ? `\\u{${character.codePointAt(0)?.toString(16)}}` : escaped;
	});
}
