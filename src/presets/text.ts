// Foreign text made fit for a service: plain, well-formed, and cut inside a limit.
import type { Json } from "../json.ts";
import { TERMINAL } from "../text.ts";

/**
 * Text as people may see it: no terminal sequences, no control characters but `\n` and tab, lone surrogates replaced,
 * no blank space around it.
 */
export function plain(text: string): string {
	return text
		.replaceAll(TERMINAL, "")
		.replaceAll(/\r\n?|[\u0085\u2028\u2029]/g, "\n")
		.replaceAll(/[^\P{Cc}\n\t]/gu, "")
		.toWellFormed()
		.trim();
}

/** {@link plain} text on one line, runs of white space as one space. */
export function oneLine(text: string): string {
	return plain(text).replaceAll(/\s+/g, " ");
}

/** UTF-8 bytes that a value takes up as JSON. */
export function jsonBytes(value: Json): number {
	return Buffer.byteLength(JSON.stringify(value));
}

/**
 * What a limit counts. `characters` are UTF-16 code units: never fewer than code points, so a text that fits, fits
 * whichever of the two a service means. `bytes` are those of the text inside a JSON string in UTF-8.
 */
export type Unit = "characters" | "bytes";

const SIZE: Readonly<Record<Unit, (text: string) => number>> = {
	characters: (text) => text.length,
	bytes: (text) => jsonBytes(text) - 2,
};

/** Writes one code point so that a service takes it literally. */
export type Escaping = (point: string) => string;

/** Cuts the parts of one message to their limits and remembers, for people, what was cut. */
export class Cuts {
	/** One phrase each, in the order of cutting. */
	readonly phrases: string[] = [];
	readonly unit: Unit;

	constructor(unit: Unit) {
		this.unit = unit;
	}

	/** What the limits count of a text. */
	size(text: string): number {
		return SIZE[this.unit](text);
	}

	/**
	 * The text, escaped code point by code point, at most `limit` long with its escapes. A longer one ends in `…`, and
	 * neither a code point nor an escape is ever split.
	 */
	text(what: string, text: string, limit: number, escaping: Escaping = (point) => point): string {
		const size = SIZE[this.unit];
		const room = limit - size("…");
		let used = 0;
		let written = "";
		let kept = "";
		for (const point of text) {
			const piece = escaping(point);
			used += size(piece);
			if (used > limit) {
				this.phrases.push(`${what} cut to ${limit} ${this.unit}`);
				return `${kept}…`;
			}
			written += piece;
			if (used <= room) kept = written;
		}
		return written;
	}

	/** The first items, at most `limit`. */
	list<T>(what: string, items: readonly T[], limit: number): readonly T[] {
		if (items.length > limit) this.phrases.push(`${items.length - limit} of ${items.length} ${what} left out`);
		return items.slice(0, limit);
	}
}
