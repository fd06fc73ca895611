// Looks for many texts at once, in time that is linear in what is searched.
// A. Aho and M. Corasick, Efficient string matching: an aid to bibliographic search, 1975.

/** How much of which pattern the text read so far ends with. */
export interface State {
	/** Units of the longest beginning of a pattern that the text ends with. */
	readonly depth: number;
	/** Units of the longest whole pattern that the text ends with; 0 for none. */
	readonly found: number;
}

class Node implements State {
	readonly depth: number;
	found = 0;
	/** The longest shorter text that is the beginning of a pattern too; the root has none. */
	shorter: Node | undefined;
	/** Most nodes have one child: a map for each would take far more memory. */
	#unit = -1;
	#child: Node | undefined;
	#others: Map<number, Node> | undefined;

	constructor(depth: number) {
		this.depth = depth;
	}

	child(unit: number): Node | undefined {
		return this.#unit === unit ? this.#child : this.#others?.get(unit);
	}

	add(unit: number): Node {
		const node = new Node(this.depth + 1);
		if (this.#child === undefined) {
			this.#unit = unit;
			this.#child = node;
		} else {
			this.#others ??= new Map();
			this.#others.set(unit, node);
		}
		return node;
	}

	*children(): Generator<readonly [unit: number, node: Node], void, undefined> {
		if (this.#child !== undefined) yield [this.#unit, this.#child];
		if (this.#others !== undefined) yield* this.#others;
	}
}

/** Finds patterns in a text that is given unit by unit. */
export class Automaton {
	readonly #root = new Node(0);
	#node = this.#root;

	constructor(patterns: readonly string[]) {
		for (const pattern of patterns) this.#add(pattern);
		this.#link();
	}

	/** Begins a new text. */
	restart(): void {
		this.#node = this.#root;
	}

	/** Reads one unit. */
	read(unit: number): State {
		let node = this.#node;
		let next = node.child(unit);
		while (next === undefined && node.shorter !== undefined) {
			node = node.shorter;
			next = node.child(unit);
		}
		this.#node = next ?? this.#root;
		return this.#node;
	}

	#add(pattern: string): void {
		let node = this.#root;
		for (let at = 0; at < pattern.length; at++) {
			const unit = pattern.charCodeAt(at);
			node = node.child(unit) ?? node.add(unit);
		}
		node.found = pattern.length;
	}

	/** Breadth first, so that whatever is shorter is linked already. */
	#link(): void {
		const queue: Node[] = [this.#root];
		for (const node of queue) {
			for (const [unit, next] of node.children()) {
				let shorter = node.shorter;
				while (shorter !== undefined && shorter.child(unit) === undefined) shorter = shorter.shorter;
				next.shorter = shorter?.child(unit) ?? this.#root;
				if (next.found === 0) next.found = next.shorter.found;
				queue.push(next);
			}
		}
	}
}
