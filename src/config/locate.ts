// Where every key, table and value of a TOML source stands, and in which order: what parsed values do not tell.
import { Lines, type Spot, startOf } from "./lines.ts";
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
	/** Where the path has its own key or header, else the first key or header that created it in passing. */
	key(path: Path): Spot | undefined;
	/** Where the value at the path starts; for tables without a value the same as {@link key}. */
	value(path: Path): Spot | undefined;
}

/**
 * Finds all positions in a TOML source, in linear time. The source is one that the parser accepted; for any other the
 * answer is merely incomplete.
 */
export function locate(source: string): Located {
	return new Scan(source).run();
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
	readonly #root: Node;
	readonly #entries: Node[] = [];

	constructor(source: string) {
		this.#source = source;
		this.#root = new Node(new Lines(source), undefined, "", 0);
	}

	run(): Located {
		const source = this.#source;
		let table = this.#root;
		for (let at = skipTrivia(source, startOf(source)); at < source.length; at = skipTrivia(source, at)) {
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
			key: (path) => find(path)?.key,
			value: (path) => {
				const node = find(path);
				return node?.value?.start ?? node?.key;
			},
		};
	}

	/** The table that a header opens. On the way, an array of tables stands for its last table. */
	#header({ segments }: Key, at: number, array: boolean): Node {
		let node = this.#root;
		for (const { text } of segments) node = (node.items?.at(-1) ?? node).child(text, at);
		return this.#write(array ? node.append(at) : node, at);
	}

	/** The node of a key, possibly dotted, that gets a value. */
	#assign(table: Node, { segments }: Key): Node {
		let node = table;
		let keyAt = table.keyAt;
		for (const { text, offset } of segments) {
			node = node.child(text, offset);
			keyAt = offset;
		}
		return this.#write(node, keyAt);
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
				return [this.#write(parent.append(at), at), at];
			} else {
				const key = readKey(source, at);
				if (source[key.end] === "=") return [this.#assign(parent, key), skipBlanks(source, key.end + 1)];
				at = Math.max(key.end, at + 1);
			}
		}
		return [undefined, at];
	}
}
