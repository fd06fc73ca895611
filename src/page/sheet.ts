// Styles that a message brings along, as classes: with a strict policy for content no style attribute counts.

/** What a declaration may hold: no address, nothing that ends it. */
const NAME = /^-?[a-z]+(?:-[a-z]+)*$/;
const VALUE = /^[\w #%.,()/-]{1,200}$/;

/** Classes for declarations, each set of them once. */
export class Sheet {
	readonly #classes = new Map<string, string>();

	/** The class with these declarations; undefined if none of them may be written. */
	classFor(declarations: Iterable<readonly [name: string, value: string]>): string | undefined {
		const written = Array.from(declarations)
			.filter(([name, value]) => NAME.test(name) && VALUE.test(value) && !/url\s*\(/i.test(value))
			.map(([name, value]) => `${name}:${value}`)
			.join(";");
		if (written === "") return undefined;
		const known = this.#classes.get(written) ?? `s${this.#classes.size}`;
		this.#classes.set(written, known);
		return known;
	}

	css(): string {
		return Array.from(this.#classes, ([written, name]) => `.${name}{${written}}`).join("\n");
	}
}

/** The classes of a part with a stripe in a colour: `#rrggbb`, or a name of Slack's. */
export function stripe(sheet: Sheet, color: string): string {
	const known = { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" }[color] ?? color;
	const own = /^#[0-9a-f]{3,8}$/i.test(known) ? sheet.classFor([["border-left-color", known]]) : undefined;
	return own === undefined ? "stripe" : `stripe ${own}`;
}
