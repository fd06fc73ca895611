// The pieces of a template: text, variables and the tags that Mustache finds. Tags that this language lacks are refused.
import mustache, { type TemplateSpans } from "mustache";
import { excerpt } from "../lib/text.ts";
import type { Reference, Variable } from "../model/reference.ts";

/**
 * An error in a template that can be known when the config is loaded. The message is one line that quotes nothing of the
 * template but tags.
 */
export class TemplateError extends Error {
	override readonly name = "TemplateError";
	/** In UTF-16 code units, into the `source` of the template's {@link Reference}. */
	readonly offset: number;
	/** One line: what to write instead. */
	readonly remedy: string;

	constructor(offset: number, message: string, remedy: string) {
		super(message);
		this.offset = offset;
		this.remedy = remedy;
	}
}

/**
 * Stands for a variable: no white space and no part of a tag, so that a variable can neither make nor end one. A user's
 * own U+FFFC stays text, since variables are known by their place.
 */
const VARIABLE_MARK = "\ufffc";

/** A template's text with each variable as one character. */
export interface TemplateText {
	readonly text: string;
	/** By the offset of its mark in `text`, in ascending order. */
	readonly variables: ReadonlyMap<number, Variable>;
	/** The error for a place in `text`. */
	readonly errorAt: (offset: number, message: string, remedy: string) => TemplateError;
}

/** Joins the parts of a config string. */
export function templateText({ source, parts }: Reference): TemplateText {
	const variables = new Map<number, Variable>();
	let text = "";
	for (const part of parts) {
		if (typeof part !== "string") variables.set(text.length, part);
		text += typeof part === "string" ? part : VARIABLE_MARK;
	}
	const errorAt = (offset: number, message: string, remedy: string) =>
		new TemplateError(sourceOffset(source, variables, offset), message, remedy);
	return { text, variables, errorAt };
}

/** Where the character at `offset` of the joined text is in the config: `${VAR}` and `$${` are longer there. */
function sourceOffset(source: string, variables: ReadonlyMap<number, Variable>, offset: number): number {
	let at = 0;
	for (let passed = 0; passed < offset; passed++) {
		if (variables.has(passed)) at = source.indexOf("}", at) + 1;
		else if (source.startsWith("$${", at)) at += 2;
		else at += 1;
	}
	return at;
}

/** One tag. */
export interface Tag {
	readonly kind: "value" | "json" | "comment" | "section" | "inverted" | "if" | "else" | "end if" | "truncate" | "end";
	/** The field, or how many code points `truncate` leaves; empty for the kinds that have neither. */
	readonly name: string;
	/** As it is written, shortened for messages. */
	readonly shown: string;
	readonly start: number;
}

export type Piece =
	| Tag
	| { readonly kind: "text"; readonly text: string }
	| { readonly kind: "variable"; readonly variable: Variable };

/** What makes a tag more than a value, and what Mustache would pair, load or obey. */
const SPECIAL = /(\{\{\s*)(?:[#^/>=]|else(?=\s*\}\}))/g;

/**
 * The pieces in order, without lines that have nothing but tags that insert nothing. Mustache finds them; to it
 * every special tag is a comment of the same length, so that the tags come in one list, each at its place. Throws a
 * {@link TemplateError} at the first tag that is not closed or not understood.
 */
export function piecesOf(source: TemplateText): readonly Piece[] {
	const text = source.text.replaceAll(SPECIAL, (tag, braces: string) => braces.padEnd(tag.length, "!"));
	return parse(text, source).flatMap(([type, value, start, end]) =>
		type === "text" ? [...inText(value, start, source)] : readTag(source, start, end),
	);
}

function parse(text: string, source: TemplateText): TemplateSpans {
	try {
		// A writer of its own: the one behind `mustache.parse` keeps every template that it has parsed.
		return new mustache.Writer().parse(text);
	} catch {
		throw unclosedIn(text, source);
	}
}

/** The error at the first tag without its closing braces; Mustache itself reports only where the text ends. */
function unclosedIn(text: string, { errorAt }: TemplateText): TemplateError {
	let [start, closing, end] = [0, "}}", 0];
	// As Mustache reads it, there may be white space before a third brace.
	for (const { 0: opening, 1: brace = "", index } of text.matchAll(/\{\{\s*(\{?)/g)) {
		if (index < end) continue;
		start = index;
		closing = brace === "" ? "}}" : "}}}";
		const to = text.indexOf(closing, index + opening.length);
		if (to < 0) break;
		end = to + closing.length;
	}
	return errorAt(start, "tag is not closed", `close it with ${closing}`);
}

/** A text at its variables. */
function* inText(text: string, start: number, { variables }: TemplateText): Generator<Piece> {
	let from = 0;
	for (let at = text.indexOf(VARIABLE_MARK); at >= 0; at = text.indexOf(VARIABLE_MARK, at + 1)) {
		const variable = variables.get(start + at);
		if (variable === undefined) continue;
		yield { kind: "text", text: text.slice(from, at) };
		yield { kind: "variable", variable };
		from = at + VARIABLE_MARK.length;
	}
	yield { kind: "text", text: text.slice(from) };
}

const OPENING = /\{\{\s*([#^/>{&=!]?)\s*/y;
const TRUNCATE = /^truncate\b\s*(.*)$/s;
const CONDITION = /^if(?:\s+(.*))?$/s;

function readTag({ text, variables, errorAt }: TemplateText, start: number, end: number): Tag {
	OPENING.lastIndex = start;
	const sigil = OPENING.exec(text)?.[1] ?? "";
	if (sigil === "=") throw errorAt(start, "set-delimiters are not supported", "write tags as {{field}}");
	if (sigil === ">") throw errorAt(start, "partials are not supported", "write the text of the partial in its place");

	const closing = sigil === "{" ? "}}}" : "}}";
	const content = text.slice(OPENING.lastIndex, end - closing.length).trimEnd();
	const shown = inWords(text.slice(start, end));
	const tag = (kind: Tag["kind"], name: string): Tag => ({ kind, name, shown, start });
	if (sigil === "!") return tag("comment", "");
	if (content.includes("{{")) throw errorAt(start, "tag is not closed", `close it with ${closing}`);
	for (let at = start; at < end; at++) {
		if (!variables.has(at)) continue;
		throw errorAt(at, "a variable is inside a tag", `write \${VAR} by itself, with no other braces around it`);
	}
	const named = (kind: Tag["kind"], name: string): Tag => {
		const remedy = objection(name);
		if (remedy === undefined) return tag(kind, name);
		const message = name === "" ? `${shown} has no field name` : `${shown} is not part of the template language`;
		throw errorAt(start, message, remedy);
	};
	switch (sigil) {
		case "#": {
			const condition = CONDITION.exec(content);
			if (condition !== null) return named("if", condition[1] ?? "");
			const [, limit] = TRUNCATE.exec(content) ?? [];
			if (limit === undefined) return named("section", content);
			if (/^[1-9]\d{0,5}$/.test(limit)) return tag("truncate", limit);
			throw errorAt(start, `${shown} needs a number of characters`, "write {{#truncate 300}}…{{/truncate}}");
		}
		case "^":
			return named("inverted", content);
		case "/":
			return tag(content === "if" ? "end if" : "end", content);
		case "{":
		case "&":
			return named("json", content);
		default:
			return content === "else" ? tag("else", "") : named("value", content);
	}
}

/** A tag or a part of one as messages show it: short, and with nothing in it that turns the order of the text around. */
export function inWords(text: string): string {
	return excerpt(text, 40).replaceAll(/\p{Bidi_Control}/gu, "\ufffd");
}

const REPEAT = "Mustache's own {{#items}}…{{/items}} repeats for each item, and {{.}} is the item";
const IF = "write {{#if field}}…{{else}}…{{/if}}";
const ELSE_IF = `${IF}; for "else if", nest another {{#if}} inside the {{else}}`;

/** What people write who know another template language, by the first word of the tag. */
const HINTS: ReadonlyMap<string, string> = new Map([
	["if", IF],
	["else", ELSE_IF],
	["elif", ELSE_IF],
	["endif", IF],
	["unless", "write {{^field}}…{{/field}}"],
	["each", REPEAT],
	["for", REPEAT],
	["range", REPEAT],
	["with", "Mustache's own {{#entity}}…{{/entity}} looks names up in entity first"],
	["this", "the item of a list is {{.}}, and its fields are written by name alone"],
]);

/** Words that are taken for an error even when nothing follows them. */
const RESERVED: ReadonlySet<string> = new Set(["if", "else", "elif", "endif", "this"]);

/** What to write instead of a text that is not the name of a field, and so would insert nothing in every message. */
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
	return name.split(".").includes("") ? "a dot goes between two names: {{metadata.rows}}" : undefined;
}
