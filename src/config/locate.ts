// Where every key, table and value of a TOML source stands, and in which order: what parsed values do not tell.
import { Lines, type Spot } from "./lines.ts";
import { endOfLine, type Key, readKey, skipBareValue, skipBlanks, skipString, skipTrivia } from "./scan.ts";

export type { Spot } from "./lines.ts";

/** Keys as decoded strings; numbers are indices of arrays, of tables and inline ones alike. */
export type Path = readonly (string | number)[];

/** A key or header as it is written. */
interface Entry {
	readonly path: Path;
	/** The last part of a dotted key, the first `[` of a header, the start of an item of an inline array. */
	readonly key: Spot;
	/** The value's text, from its start to the offset past its end. Absent for headers. */
	readonly value: { readonly start: Spot; readonly end: number } | undefined;
}

/** The positions of one TOML source. */
export interface Located {
	/**
	 * Every key, header and array item that is written out, in the order of the file. The n-th `[[a.b]]` is at
	 * `["a", "b", n]`; a table that exists only because something is inside it has no entry.
	 */
	readonly entries: readonly Entry[];
	/** The keys that are `__proto__`, also as a part of a dotted key or a header, each once. */
	readonly prototypes: readonly Entry[];
	/** Where there were more than was asked for, and locating ended; undefined where all of the source is told. */
	readonly overflow: Spot | undefined;
	/** Where the path has its own key or header, else the first key or header that created it in passing. */
	key(path: Path): Spot | undefined;
	/** Where the value at the path starts; for tables without a value the same as {@link key}. */
	value(path: Path): Spot | undefined;
}

/**
 * Finds all positions in a TOML source, in linear time. The source is one that the parser accepts; for any other the
 * answer is merely incomplete. `most` bounds time and memory: so many parts of keys and items of arrays are told.
 */
export function locate(source: string, most = Number.POSITIVE_INFINITY): Located {
	return new Scan(source, most).run();
}

/**
 * A table, array or value in the tree of the document. Paths and spots are worked out only when asked for: a path kept
 * in each node would make deep documents quadratic.
 */
class Node implements Entry {
	readonly lines: Lines;
	readonly parent: Node | undefined;
	readonly step: string | number;
	keyAt: number;
	valueAt = -1;
	valueEnd = -1;
	keys: Map<string, Node> | undefined = undefined;
	items: Node[] | undefined = undefined;

	constructor(lines: Lines, parent: Node | undefined, step: string | number, keyAt: number) {
		this.lines = lines;
		this.parent = parent;
		this.step = step;
		this.keyAt = keyAt;
	}

	get path(): Path {
		const path: (string | number)[] = [];
		for (let node: Node = this; node.parent !== undefined; node = node.parent) path.push(node.step);
		return path.reverse();
	}

	get key(): Spot {
		return this.lines.spot(this.keyAt);
	}

	get value(): Entry["value"] {
		return this.valueAt === -1 ? undefined : { start: this.lines.spot(this.valueAt), end: this.valueEnd };
	}

	/** The node at a key, made if it is not there yet. */
	child(key: string, keyAt: number): Node {
		this.keys ??= new Map();
		let node = this.keys.get(key);
		if (node === undefined) {
			node = new Node(this.lines, this, key, keyAt);
			this.keys.set(key, node);
		}
		return node;
	}

	/** A new node at the end of the array. */
	append(keyAt: number): Node {
		this.items ??= [];
		const node = new Node(this.lines, this, this.items.length, keyAt);
		this.items.push(node);
		return node;
	}
}

/** One walk over the source, building the tree. */
class Scan {
	readonly #source: string;
	readonly #lines: Lines;
	readonly #root: Node;
	readonly #entries: Node[] = [];
	readonly #prototypes: Node[] = [];
	#room: number;
	#overflowAt: number | undefined;

	constructor(source: string, most: number) {
		this.#source = source;
		this.#lines = new Lines(source);
		this.#root = new Node(this.#lines, undefined, "", 0);
		this.#room = most;
	}

	run(): Located {
		const source = this.#source;
		let table = this.#root;
		const more = (at: number) => at < source.length && this.#overflowAt === undefined;
		for (let at = skipTrivia(source, 0); more(at); at = skipTrivia(source, at)) {
			if (source[at] === "[") {
				const brackets = source[at + 1] === "[" ? 2 : 1;
				const key = readKey(source, at + brackets);
				table = this.#header(key, at, brackets === 2);
				at = key.end;
			} else {
				const key = readKey(source, at);
				at = source[key.end] === "=" ? this.#value(this.#assign(table, key), skipBlanks(source, key.end + 1)) : key.end;
			}
			at = endOfLine(source, at);
		}
		const find = (path: Path): Node | undefined => {
			let node: Node | undefined = this.#root;
			for (const step of path) node = typeof step === "number" ? node?.items?.[step] : node?.keys?.get(step);
			return node === this.#root ? undefined : node;
		};
		return {
			entries: this.#entries,
			prototypes: this.#prototypes,
			overflow: this.#overflowAt === undefined ? undefined : this.#lines.spot(this.#overflowAt),
			key: (path) => find(path)?.key,
			value: (path) => {
				const node = find(path);
				return node?.value?.start ?? node?.key;
			},
		};
	}

	/** Whether there is room for so many more. */
	#take(parts: number, at: number): boolean {
		this.#room -= parts;
		if (this.#room < 0) this.#overflowAt ??= at;
		return this.#room >= 0;
	}

	/** The table that a header opens. On the way, an array of tables stands for its last table. */
	#header({ segments }: Key, at: number, array: boolean): Node {
		let node = this.#root;
		if (!this.#take(segments.length, at)) return node;
		for (const { text } of segments) node = this.#child(node.items?.at(-1) ?? node, text, at);
		return this.#write(array ? node.append(at) : node, at);
	}

	/** The node of a key, possibly dotted, that gets a value. */
	#assign(table: Node, { segments }: Key): Node {
		let node = table;
		let keyAt = table.keyAt;
		if (!this.#take(segments.length, segments[0]?.offset ?? keyAt)) return node;
		for (const { text, offset } of segments) {
			node = this.#child(node, text, offset);
			keyAt = offset;
		}
		return this.#write(node, keyAt);
	}

	#child(parent: Node, key: string, keyAt: number): Node {
		const known = parent.keys?.has(key);
		const node = parent.child(key, keyAt);
		if (key === "__proto__" && !known) this.#prototypes.push(node);
		return node;
	}

	#write(node: Node, keyAt: number): Node {
		// A table's own key or header counts more than what created it in passing before.
		node.keyAt = keyAt;
		this.#entries.push(node);
		return node;
	}

	/** Past the value at the offset, with all that is nested in it. A stack of its own stands nesting of any depth. */
	#value(target: Node, start: number): number {
		const source = this.#source;
		const open: Node[] = [];
		let at = start;
		for (let node: Node | undefined = target; node !== undefined; ) {
			node.valueAt = at;
			const first = source[at];
			if (first === "[" || first === "{") {
				open.push(node);
				at++;
			} else {
				at = first === '"' || first === "'" ? skipString(source, at) : skipBareValue(source, at);
				node.valueEnd = at;
			}
			[node, at] = this.#next(open, at);
		}
		return at;
	}

	/** Closes what ends here; gives the node whose value comes next, and where. No node when all is closed. */
	#next(open: Node[], start: number): [Node | undefined, number] {
		const source = this.#source;
		let at = start;
		for (let parent = open.at(-1); parent !== undefined; parent = open.at(-1)) {
			at = skipTrivia(source, at);
			const char = source[at];
			if (char === undefined || char === "]" || char === "}") {
				if (char !== undefined) at++;
				parent.valueEnd = at;
				open.pop();
			} else if (char === ",") {
				at++;
			} else if (source[parent.valueAt] === "[") {
				return this.#take(1, at) ? [this.#write(parent.append(at), at), at] : [undefined, at];
			} else {
				const key = readKey(source, at);
				if (source[key.end] === "=") return [this.#assign(parent, key), skipBlanks(source, key.end + 1)];
				at = Math.max(key.end, at + 1);
			}
		}
		return [undefined, at];
	}
}
