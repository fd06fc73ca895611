// The positions of all keys, tables and values in a TOML source, which the parser does not give.
import { parse } from "smol-toml";

/** Keys as decoded strings; numbers are indices of arrays, of tables and inline ones alike. */
export type Path = readonly (string | number)[];

/** A position. Lines and columns count from 1, columns in UTF-16 code units; the offset counts from 0. */
export interface Spot {
	readonly line: number;
	readonly column: number;
	readonly offset: number;
}

/** Offsets into the source, the end exclusive. */
export interface Range {
	readonly start: number;
	readonly end: number;
}

/** A table, array or value. It does not hold its path, which would make deep documents quadratic. */
export interface Node {
	readonly parent: Node | undefined;
	/** Its key, or its index in an array. */
	readonly step: string | number;
	/** Of the last part of its key, the `[` of its header, or the item's start; else of the key or header that implies it. */
	offset: number;
	isHeader: boolean;
	/** Its text; undefined for tables that have only a header or are only implied. */
	value: Range | undefined;
	children: Map<string | number, Node> | undefined;
}

/** The positions in one source that the parser has accepted; in any other, they are incomplete. */
export class Positions {
	/** Every key, header and array item that is written out, in the order of the file. */
	readonly entries: Node[] = [];
	/** Each from its `#` to the end of its line. */
	readonly comments: Range[] = [];
	readonly #source: string;
	readonly #root = newNode(undefined, "", 0);
	#at = 0;
	#lines: readonly number[] | undefined;

	constructor(source: string) {
		this.#source = source;
		let table = this.#root;
		for (this.#skip(); this.#at < source.length; this.#skip()) {
			if (source[this.#at] === "[") table = this.#header();
			else this.#pair(table);
		}
	}

	find(path: Path): Node | undefined {
		let node: Node | undefined = this.#root;
		for (const step of path) node = node?.children?.get(step);
		return node;
	}

	spot(offset: number): Spot {
		this.#lines ??= startsOfLines(this.#source);
		const line = firstIndex(this.#lines, (start) => start > offset);
		return { line, column: offset - (this.#lines[line - 1] ?? 0) + 1, offset };
	}

	/** The table that a header opens. In its key, an array of tables means its last table. */
	#header(): Node {
		const offset = this.#at;
		const brackets = this.#source[offset + 1] === "[" ? 2 : 1;
		this.#at += brackets;
		let node = this.#root;
		for (const { text } of this.#key()) {
			const last = node.children?.get(node.children.size - 1);
			node = this.#child(last ?? node, text, offset);
		}
		this.#at += brackets;
		if (brackets === 2) node = this.#append(node, offset);
		node.isHeader = true;
		return this.#write(node, offset);
	}

	/** A key, possibly dotted, with its value. */
	#pair(table: Node): void {
		let [node, last] = [table, this.#at];
		for (const { text, offset } of this.#key()) {
			node = this.#child(node, text, offset);
			last = offset;
		}
		this.#at++;
		this.#value(this.#write(node, last));
	}

	/** The node at a key or index, created where there is none yet. */
	#child(parent: Node, step: string | number, offset: number): Node {
		parent.children ??= new Map();
		const node = parent.children.get(step) ?? newNode(parent, step, offset);
		parent.children.set(step, node);
		return node;
	}

	#append(array: Node, offset: number): Node {
		return this.#child(array, array.children?.size ?? 0, offset);
	}

	#write(node: Node, offset: number): Node {
		// Its own key or header replaces the one that implied it.
		node.offset = offset;
		this.entries.push(node);
		return node;
	}

	/** Recursive: the parser limits the nesting to far less than the stack allows. */
	#value(node: Node): void {
		this.#skip();
		const start = this.#at;
		const first = this.#source[start];
		if (first === '"' || first === "'") this.#string(first);
		else if (first === "[" || first === "{") this.#inside(node, first === "[");
		else this.#at += match(BARE_VALUE, this.#source, start).trimEnd().length;
		node.value = { start, end: this.#at };
	}

	#inside(node: Node, isArray: boolean): void {
		this.#at++;
		for (this.#skip(); this.#at < this.#source.length; this.#skip()) {
			const char = this.#source[this.#at];
			if (char === "]" || char === "}") break;
			if (char === ",") this.#at++;
			else if (isArray) this.#value(this.#write(this.#append(node, this.#at), this.#at));
			else this.#pair(node);
		}
		this.#at++;
	}

	/** The parts of a dotted key, up to the `=` or `]`. */
	#key(): readonly { readonly text: string; readonly offset: number }[] {
		const parts: { text: string; offset: number }[] = [];
		do {
			if (parts.length > 0) this.#at++;
			this.#skip();
			const offset = this.#at;
			const first = this.#source[offset];
			const isQuoted = first === '"' || first === "'";
			if (isQuoted) this.#string(first);
			else this.#at += match(BARE_KEY, this.#source, offset).length;
			const written = this.#source.slice(offset, this.#at);
			parts.push({ text: isQuoted ? unquoted(written) : written, offset });
			this.#skip();
		} while (this.#source[this.#at] === ".");
		return parts;
	}

	/** Past a string of any of the four kinds. */
	#string(quote: string): void {
		const triple = quote.repeat(3);
		const end = this.#source.startsWith(triple, this.#at) ? triple : quote;
		this.#at += end.length;
		while (this.#at < this.#source.length && !this.#source.startsWith(end, this.#at)) {
			this.#at += quote === '"' && this.#source[this.#at] === "\\" ? 2 : 1;
		}
		this.#at += end.length;
		// Up to two quotes right before the closing three belong to the text.
		if (end === triple) this.#at += match(/["']*/y, this.#source, this.#at).length;
	}

	/** Past white space, line ends and comments. */
	#skip(): void {
		for (; ; this.#at++) {
			const char = this.#source[this.#at];
			if (char === "#") {
				const start = this.#at;
				this.#at = endOfLine(this.#source, start);
				this.comments.push({ start, end: this.#at });
			} else if (char === undefined || !" \t\r\n".includes(char)) {
				return;
			}
		}
	}
}

function newNode(parent: Node | undefined, step: string | number, offset: number): Node {
	return { parent, step, offset, isHeader: false, value: undefined, children: undefined };
}

function startsOfLines(source: string): readonly number[] {
	const starts = [0];
	for (let at = source.indexOf("\n"); at !== -1; at = source.indexOf("\n", at + 1)) starts.push(at + 1);
	return starts;
}

/** The first index of an item that is past something, in a list in which all later ones are past it too. */
export function firstIndex<T>(items: readonly T[], isPast: (item: T) => boolean): number {
	let [from, to] = [0, items.length];
	while (from < to) {
		const middle = (from + to) >> 1;
		const item = items[middle];
		if (item === undefined || isPast(item)) to = middle;
		else from = middle + 1;
	}
	return from;
}

/** The offset of the line feed that ends the line, or of the end of the source. */
export function endOfLine(source: string, at: number): number {
	const end = source.indexOf("\n", at);
	return end === -1 ? source.length : end;
}

const BARE_KEY = /[^\s.=#"'[\]{},]*/y;
/** A date may have a space inside. */
const BARE_VALUE = /[^,\]}#\n]*/y;

function match(pattern: RegExp, source: string, at: number): string {
	pattern.lastIndex = at;
	return pattern.exec(source)?.[0] ?? "";
}

function unquoted(key: string): string {
	return key.includes("\\") ? (Object.keys(parse(`${key} = 0`))[0] ?? "") : key.slice(1, -1);
}
