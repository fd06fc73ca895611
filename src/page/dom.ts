// The part of a browser's document that the renderer of Adaptive Cards writes to: elements, which become safe HTML.
import { type Html, h, lines, type Part, type Tag } from "./html.ts";
import type { Sheet } from "./sheet.ts";

/** What the renderer makes; whatever loads or takes something, as images and inputs do, becomes a plain part. */
const TAGS: ReadonlySet<string> = new Set<Tag>(["a", "div", "p", "span", "table", "tbody", "td", "th", "tr"]);

function isTag(name: string): name is Tag {
	return TAGS.has(name);
}

/** An element that takes every property that a renderer sets, and keeps what can be shown. */
export class Element {
	readonly tagName: string;
	readonly children: Element[] = [];
	readonly style: Record<string, unknown> = { removeProperty: () => {}, setProperty: () => {} };
	className = "";
	alt = "";
	href = "";
	/** What pressing this button shows. */
	readonly shows: Element[] = [];
	/** A button shows it. */
	isShownElsewhere = false;
	#text = "";
	#html: Html | undefined;

	constructor(tagName: string) {
		this.tagName = tagName;
	}

	get classList() {
		const names = () => this.className.split(" ").filter((name) => name !== "");
		const set = (list: readonly string[]) => {
			this.className = list.join(" ");
		};
		return {
			add: (...added: readonly string[]) => set([...names(), ...added]),
			remove: (...removed: readonly string[]) => set(names().filter((name) => !removed.includes(name))),
			contains: (name: string) => names().includes(name),
		};
	}

	get childNodes(): readonly Element[] {
		return this.children;
	}

	get firstElementChild(): Element | undefined {
		return this.children[0];
	}

	get lastElementChild(): Element | undefined {
		return this.children.at(-1);
	}

	set innerText(text: unknown) {
		this.textContent = text;
	}

	set textContent(text: unknown) {
		this.children.length = 0;
		this.#text = String(text ?? "");
	}

	/** Only of the HTML that the renderer was given for a text, by its {@link pieces} key; all other is dropped. */
	set innerHTML(key: unknown) {
		this.textContent = "";
		this.#html = pieces.get(String(key));
	}

	appendChild(child: Element): Element {
		this.children.push(child);
		return child;
	}

	append(...added: readonly Element[]): void {
		this.children.push(...added);
	}

	insertBefore(child: Element, before: Element | null): Element {
		const place = before === null ? -1 : this.children.indexOf(before);
		this.children.splice(place < 0 ? this.children.length : place, 0, child);
		return child;
	}

	removeChild(child: Element): Element {
		const place = this.children.indexOf(child);
		if (place >= 0) this.children.splice(place, 1);
		return child;
	}

	getElementsByTagName(): readonly Element[] {
		return [];
	}

	setAttribute(): void {}

	removeAttribute(): void {}

	addEventListener(): void {}

	/** What is hidden until a button is pressed is unfolded by that button; what no button shows is left out. */
	write(sheet: Sheet): Part {
		if (this.isShownElsewhere || this.style["display"] === "none") return undefined;
		if (this.shows.length === 0) return this.#element(sheet);
		const shown = this.shows.map((element) => {
			element.style["display"] = "block";
			return element.#element(sheet);
		});
		return h("details", { class: "unfolds" }, h("summary", {}, this.#element(sheet)), shown);
	}

	#element(sheet: Sheet): Html {
		const styles = Object.entries(this.style).flatMap(([name, value]) =>
			typeof value === "string" ? [[hyphenated(name), value] as const] : [],
		);
		const classes = [this.className, sheet.classFor(styles)].filter((name) => name !== undefined && name !== "");
		const tag = this.tagName === "button" ? "a" : isTag(this.tagName) ? this.tagName : "span";
		const attributes = { class: classes.join(" "), href: tag === "a" ? this.href : undefined };
		const inner = this.children.map((child) => child.write(sheet));
		return h(tag, attributes, lines(this.alt), lines(this.#text), this.#html, inner);
	}
}

function hyphenated(name: string): string {
	return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replace(/^webkit-/, "-webkit-");
}

/** The HTML of texts, by the key that stands for it in what the renderer passes on. */
const pieces = new Map<string, Html>();

/** Keeps a piece of HTML and gives its key. */
export function keep(html: Html): string {
	const key = `piece ${pieces.size}`;
	pieces.set(key, html);
	return key;
}

/** Does `work` as in a browser with such elements, and forgets them. */
export function inBrowser<T>(work: () => T): T {
	const document = { createElement: (name: string) => new Element(name.toLowerCase()) };
	const none = class {};
	const names = { HTMLElement: Element, HTMLButtonElement: none, HTMLInputElement: none, HTMLSelectElement: none };
	const globals = { document, window: { document }, ...names };
	const before = Object.keys(globals).map((name) => [name, Reflect.get(globalThis, name)] as const);
	Object.assign(globalThis, globals);
	try {
		return work();
	} finally {
		for (const [name, value] of before) {
			if (value === undefined) Reflect.deleteProperty(globalThis, name);
			else Reflect.set(globalThis, name, value);
		}
		pieces.clear();
	}
}
