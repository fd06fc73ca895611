// HTML that is safe by the way it is made: every text and every attribute is escaped, and links lead to the web.

/** A piece of HTML that {@link h} made. */
export class Html {
	readonly source: string;

	constructor(source: string) {
		this.source = source;
	}
}

/** Strings are texts, and are escaped. */
export type Part = Html | string | undefined | readonly Part[];

/** The attributes that are ever written; none of them can load or run anything. */
interface Attributes {
	readonly class?: string | undefined;
	readonly title?: string | undefined;
	readonly href?: string | undefined;
	readonly datetime?: string | undefined;
	readonly open?: boolean;
}

export type Tag =
	| ("a" | "article" | "b" | "blockquote" | "br" | "code" | "del" | "details" | "div" | "em" | "footer" | "h1" | "h2")
	| ("header" | "hr" | "li" | "main" | "ol" | "p" | "pre" | "section" | "span" | "strong" | "summary" | "table")
	| ("tbody" | "td" | "th" | "time" | "tr" | "u" | "ul");

/** An element. A link that leads to no address of the web or of a mailbox is only its text. */
export function h(tag: Tag, attributes: Attributes, ...parts: readonly Part[]): Html {
	const { href = "", open, ...texts } = attributes;
	const hasLink = isWeb(href);
	const name = tag === "a" && !hasLink ? "span" : tag;
	const written = Object.entries({ ...texts, ...(hasLink ? { href } : {}) })
		.flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${escaped(value)}"`]))
		.join("");
	const start = `<${name}${written}${open === true ? " open" : ""}>`;
	return new Html(tag === "br" || tag === "hr" ? start : `${start}${join(parts).source}</${name}>`);
}

/** A link with a text of its own. */
export function link(href: string, ...parts: readonly Part[]): Html {
	return h("a", { href }, ...parts);
}

/** Parts after each other. */
export function join(parts: Part): Html {
	if (parts instanceof Html) return parts;
	if (parts === undefined) return new Html("");
	return new Html(typeof parts === "string" ? escaped(parts) : parts.map((part) => join(part).source).join(""));
}

/** A text with its line breaks. */
export function lines(text: string): Part {
	return text.split("\n").map((line, index) => [index === 0 ? undefined : h("br", {}), line]);
}

function isWeb(href: string): boolean {
	return /^(?:https?:\/\/|mailto:)[^\s]+$/i.test(href) && URL.canParse(href);
}

function escaped(text: string): string {
	return text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
