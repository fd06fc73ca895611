// The little HTML that Telegram and Google Chat read, written anew: what they do not know is only text.
import { type Html, h, link, type Part, type Tag } from "./html.ts";

const TAGS: Readonly<Record<string, Tag>> = {
	b: "b",
	strong: "b",
	i: "em",
	em: "em",
	u: "u",
	ins: "u",
	s: "del",
	strike: "del",
	del: "del",
	code: "code",
	pre: "pre",
	blockquote: "blockquote",
	a: "a",
	font: "span",
	"tg-spoiler": "span",
	ul: "ul",
	ol: "ol",
	li: "li",
};

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };
const TOKEN = /<(\/?)([a-z][\w-]{0,20})((?:\s[^<>]{0,2000})?)\/?>|[^<]+|</gi;

interface Open {
	readonly name: string;
	readonly href: string;
	readonly parts: Part[];
}

/** Reads a text with tags. An element that is not closed ends with the text. */
export function tags(text: string): Html {
	const root: Open = { name: "", href: "", parts: [] };
	const open: Open[] = [root];
	const add = (part: Part) => (open.at(-1) ?? root).parts.push(part);
	const close = () => {
		const ended = open.pop();
		if (ended !== undefined) add(element(ended));
	};
	for (const [token, end, written, attributes = ""] of text.matchAll(TOKEN)) {
		const name = written?.toLowerCase();
		if (name === undefined) add(decoded(token));
		else if (name === "br") add(h("br", {}));
		else if (end === "/") {
			const place = open.findLastIndex((each) => each.name === name);
			while (place > 0 && open.length > place) close();
		} else if (Object.hasOwn(TAGS, name)) {
			const [, , href = ""] = /\shref\s*=\s*(["'])(.*?)\1/i.exec(attributes) ?? [];
			open.push({ name, href: decoded(href), parts: [] });
		}
	}
	while (open.length > 1) close();
	return h("div", { class: "text" }, root.parts);
}

function element({ name, href, parts }: Open): Html {
	return name === "a" ? link(href, parts) : h(TAGS[name] ?? "span", {}, parts);
}

function decoded(text: string): string {
	return text.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w{1,8}));/gi, (whole, decimal, hex, name) => {
		if (name !== undefined) return ENTITIES[name] ?? whole;
		const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
		return point > 0 && point <= 0x10_ff_ff ? String.fromCodePoint(point) : whole;
	});
}
