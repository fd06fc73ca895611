// Finds the tags of a template as Mustache does, and refuses the ones that this language does not have.
import { excerpt } from "../lib/text.ts";
import type { TemplateText } from "./source.ts";

/** One tag. */
export interface Tag {
	readonly kind: "value" | "json" | "comment" | "section" | "inverted" | "if" | "else" | "end if" | "end";
	/** The field; empty for the kinds that name none. */
	readonly name: string;
	/** As it is written, shortened for messages. */
	readonly shown: string;
	readonly start: number;
	/** After the last brace. */
	readonly end: number;
}

const OPENING = /\{\{\s*([#^/>{&=!]?)\s*/y;
const CONDITION = /^if(?:\s+(.*))?$/s;

/** The tags in the order of the text. Throws a `TemplateError` at the first that is not closed or not understood. */
export function* findTags(source: TemplateText): Generator<Tag> {
	for (let start = source.text.indexOf("{{"); start >= 0; ) {
		const tag = readTag(source, start);
		yield tag;
		start = source.text.indexOf("{{", tag.end);
	}
}

function readTag({ text, variables, errorAt }: TemplateText, start: number): Tag {
	OPENING.lastIndex = start;
	const sigil = OPENING.exec(text)?.[1] ?? "";
	const from = OPENING.lastIndex;
	if (sigil === "=") throw errorAt(start, "set-delimiters are not supported", "write tags as {{field}}");
	if (sigil === ">") throw errorAt(start, "partials are not supported", "write the text of the partial in its place");

	const closing = sigil === "{" ? "}}}" : "}}";
	const to = text.indexOf(closing, from);
	const end = to + closing.length;
	const content = text.slice(from, to).trimEnd();
	if (to < 0 || (sigil !== "!" && content.includes("{{"))) {
		throw errorAt(start, "tag is not closed", `close it with ${closing}`);
	}
	const shown = inWords(text.slice(start, end));
	const place = { shown, start, end };
	if (sigil === "!") return { kind: "comment", name: "", ...place };
	for (const at of variables.keys()) {
		if (at < start || at >= end) continue;
		throw errorAt(at, "a variable is inside a tag", `write \${VAR} by itself, with no other braces around it`);
	}

	const checked = (kind: Tag["kind"], name: string): Tag => {
		const remedy = objection(name);
		if (remedy === undefined) return { kind, name, ...place };
		throw errorAt(
			start,
			name === "" ? `${shown} names no field` : `${shown} is not part of the template language`,
			remedy,
		);
	};
	switch (sigil) {
		case "#": {
			const condition = CONDITION.exec(content);
			return condition === null ? checked("section", content) : checked("if", condition[1] ?? "");
		}
		case "^":
			return checked("inverted", content);
		case "/":
			return { kind: content === "if" ? "end if" : "end", name: content, ...place };
		case "{":
		case "&":
			return checked("json", content);
		default:
			return content === "else" ? { kind: "else", name: "", ...place } : checked("value", content);
	}
}

/** A tag or a part of one as messages show it: short, and nothing in it that turns the order of the text around. */
export function inWords(text: string): string {
	return excerpt(text, 40).replaceAll(/\p{Bidi_Control}/gu, "\ufffd");
}

const REPEAT = "Mustache's own {{#items}}…{{/items}} repeats for each item, and {{.}} is the item";
const IF = "write {{#if field}}…{{else}}…{{/if}}";

/** What people write who know another template language, by the first word of the tag. */
const HINTS = new Map([
	["if", IF],
	["else", `${IF}; for "else if", nest another {{#if}} inside the {{else}}`],
	["elif", `${IF}; for "else if", nest another {{#if}} inside the {{else}}`],
	["endif", IF],
	["unless", "write {{^field}}…{{/field}}"],
	["each", REPEAT],
	["for", REPEAT],
	["range", REPEAT],
	["with", "Mustache's own {{#entity}}…{{/entity}} looks names up in entity first"],
	["this", "the item of a list is {{.}}, and its fields go by their names alone"],
]);

/** Words that are taken for a mistake even when nothing follows them. */
const RESERVED = new Set(["if", "else", "elif", "endif", "this"]);

/** Why a name is not one, as a remedy: Mustache itself would take it, and insert nothing in every message. */
function objection(name: string): string | undefined {
	if (name === ".") return undefined;
	if (name === "") return "name one: {{event}}";
	const word = /^[^\s.]*/.exec(name)?.[0] ?? "";
	const hint = HINTS.get(word);
	if (hint !== undefined && (RESERVED.has(word) || /\s/.test(name))) return hint;
	if (name.startsWith("@")) return "there are no loop variables; Mustache has no index";
	if (/^\.\.?\//.test(name)) return "a name that an item does not have is looked up around it: write the name alone";
	if (/\[\d+\]/.test(name)) return "an index goes after a dot: {{changes.0.field}}";
	if (/[\s\p{Cc}|()[\]{}"'`=<>~]/u.test(name)) {
		return "a tag names one field, such as {{metadata.rows}}: no helpers, filters, comparisons or quotes";
	}
	return name.split(".").includes("") ? "dots stand between names: {{metadata.rows}}" : undefined;
}
