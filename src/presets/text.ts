// Foreign text made fit for a service: plain, escaped and within a limit.
import type { Json } from "../lib/json.ts";
import { excerpt, stripSequences } from "../lib/text.ts";

/**
 * Text as people may see it: no terminal sequences, no control characters but `\n` and tab, none that turn the order of
 * what follows around, lone surrogates replaced, no white space around it.
 */
export function plain(text: string): string {
	return stripSequences(text.replaceAll(/\r\n?|[\u0085\u2028\u2029]/g, "\n"))
		.replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, "")
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

/** Writes a text, or any part of one, so that a service takes it literally. */
export type Escaping = (text: string) => string;

/** For where a service reads no markup. */
export const unescaped: Escaping = (text) => text;

/** With a zero-width space after its `@` a name is only text, where a service would mention whom it names. */
export const muted: Escaping = (text) => text.replaceAll("@", "@\u200b");

/** Markdown takes it literally: no emphasis, code or link can come of it. */
export const escapeMarkdown: Escaping = (text) => text.replaceAll(/[\\`*_~[\]]/g, "\\$&");

export const escapeHtml: Escaping = (text) =>
	text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** One line of a message; neither part is empty, and both are one line. */
export type Fact = readonly [label: string, value: string];

/** How long the two parts of a fact may be, and how many facts there may be. */
export interface FactLimits {
	readonly label: number;
	readonly value: number;
	readonly most?: number;
}

/**
 * What a limit counts. `characters` are UTF-16 code units: never fewer than code points, so a text that fits, fits
 * whichever of the two a service means. `bytes` are those of the text inside a JSON string in UTF-8.
 */
export type Unit = "characters" | "bytes";

/** Truncates the parts of one message to their limits and remembers, for people, what it truncated. */
export class Truncator {
	/** One phrase for each part, in order. */
	readonly notes: string[] = [];
	readonly unit: Unit;
	/** That of all parts for which no other is given. */
	readonly escaping: Escaping;

	constructor(unit: Unit, escaping: Escaping = unescaped) {
		this.unit = unit;
		this.escaping = escaping;
	}

	/** What the limits count of a text. */
	size(text: string): number {
		return this.unit === "characters" ? text.length : jsonBytes(text) - 2;
	}

	/**
	 * The text, escaped code point by code point, at most `limit` long with its escapes. A longer one ends in `…`, and
	 * neither a code point nor an escape is ever split.
	 */
	text(what: string, text: string, limit: number, escaping: Escaping = this.escaping): string {
		const room = limit - this.size("…");
		let used = 0;
		let written = "";
		let kept = "";
		for (const point of text) {
			const piece = escaping(point);
			used += this.size(piece);
			if (used > limit) {
				this.notes.push(`${what} truncated to ${limit} ${this.unit}`);
				return `${kept}…`;
			}
			written += piece;
			if (used <= room) kept = written;
		}
		return written;
	}

	/**
	 * As {@link text}, but a longer one has its `…` inside and keeps twice as much of its end: what went wrong is said in
	 * the first lines of an error or in the last lines of a log.
	 */
	ends(what: string, text: string, limit: number, escaping: Escaping = this.escaping): string {
		const before = this.notes.length;
		const whole = this.text(what, text, limit, escaping);
		if (this.notes.length === before) return whole;
		const start = new Truncator(this.unit).text(what, text, Math.floor(limit / 3), escaping);
		let room = limit - this.size(start);
		let end = "";
		// A code unit is never smaller than 1, so no more of them fit.
		for (const point of Array.from(text.slice(-limit)).toReversed()) {
			const piece = escaping(point);
			room -= this.size(piece);
			if (room < 0) break;
			end = piece + end;
		}
		return start + end;
	}

	/** Both ends of an error in a block of code, at most `limit` long with its fences, which no text in it can close. */
	codeBlock(error: string, limit: number, escaping: Escaping = this.escaping): string {
		const [open, close] = ["```\n", "\n```"];
		const room = limit - open.length - close.length;
		return open + this.ends("error", error.replaceAll("```", "'''"), room, escaping) + close;
	}

	/** Each fact as `write` puts its name and value together; `most` of them, where the limits say so. */
	facts<T>(facts: readonly Fact[], limits: FactLimits, write: (name: string, value: string) => T): readonly T[] {
		return this.list("facts", facts, limits.most ?? facts.length).map((fact) => write(...this.fact(fact, limits)));
	}

	/** Name and value of a fact. */
	fact([label, value]: Fact, limits: FactLimits): Fact {
		return [this.text("fact name", label, limits.label), this.text(`fact ${excerpt(label, 40)}`, value, limits.value)];
	}

	/** The first items, at most `limit`. */
	list<T>(what: string, items: readonly T[], limit: number): readonly T[] {
		if (items.length > limit) this.notes.push(`${items.length - limit} of ${items.length} ${what} left out`);
		return items.slice(0, limit);
	}
}
