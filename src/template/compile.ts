// From a config string to a template: pairs the tags, lets Mustache parse the text, and gives its tokens types.
import mustache, { type TemplateSpans } from "mustache";
import type { Reference, Variable } from "../model/reference.ts";
import type { Field, Node, Template } from "../model/template.ts";
import { type TemplateText, templateText, VARIABLE_MARK } from "./source.ts";
import { findTags, inWords, type Tag } from "./tags.ts";

/** Sections inside sections: far more than a message needs, far fewer than the call stack holds. */
const DEPTH_LIMIT = 100;

/** Parses a template once, so that it can be rendered often. Throws a `TemplateError` at the first mistake. */
export function compileTemplate(source: Reference): Template {
	const { text, variables } = toMustache(templateText(source));
	// A Writer of its own: the one behind `mustache.parse` keeps every template it ever saw.
	const spans: TemplateSpans = new mustache.Writer().parse(text);
	return { source, nodes: toNodes(spans, variables) };
}

type MustacheText = Pick<TemplateText, "text" | "variables">;

/**
 * Rewrites the text into what Mustache knows: `{{#if x}}…{{else}}…{{/if}}` becomes a section and an inverted section
 * named `if x`, a name that no field can have. White space around tags, and so Mustache's care for lines that hold
 * nothing but a tag, stays as it is.
 */
function toMustache(source: TemplateText): MustacheText {
	const variables = new Map<number, Variable>();
	let text = "";
	let copied = 0;
	const copyUntil = (end: number) => {
		for (const [offset, variable] of source.variables) {
			if (offset >= copied && offset < end) variables.set(text.length + offset - copied, variable);
		}
		text += source.text.slice(copied, end);
	};
	const open: OpenTag[] = [];
	for (const tag of findTags(source)) {
		copyUntil(tag.start);
		text += rewrite(tag, open, source);
		copied = tag.end;
	}
	copyUntil(source.text.length);

	const unclosed = open.pop();
	if (unclosed === undefined) return { text, variables };
	throw source.errorAt(
		unclosed.tag.start,
		`${unclosed.tag.shown} is not closed`,
		`close it with ${closingOf(unclosed)}`,
	);
}

/** A section that waits for its closing tag. */
interface OpenTag {
	readonly tag: Tag;
	hasElse: boolean;
}

function closingOf({ tag }: OpenTag): string {
	return tag.kind === "if" ? "{{/if}}" : `{{/${inWords(tag.name)}}}`;
}

function rewrite(tag: Tag, open: OpenTag[], { errorAt }: TemplateText): string {
	const { kind, name, shown, start } = tag;
	const innermost = open.at(-1);
	switch (kind) {
		case "value":
			return `{{${name}}}`;
		case "json":
			return `{{&${name}}}`;
		case "comment":
			return "{{!}}";
		case "section":
		case "inverted":
		case "if":
			if (open.push({ tag, hasElse: false }) > DEPTH_LIMIT) {
				throw errorAt(start, `sections are nested more than ${DEPTH_LIMIT} deep`, "close the ones before");
			}
			return kind === "if" ? `{{#if ${name}}}` : kind === "section" ? `{{#${name}}}` : `{{^${name}}}`;
		case "else":
			if (innermost?.tag.kind !== "if") {
				const field = inWords(innermost?.tag.name ?? "");
				const remedy = innermost === undefined ? "" : `; for a section write {{/${field}}}{{^${field}}}`;
				throw errorAt(start, "{{else}} must be inside {{#if}}", `open it with {{#if field}}${remedy}`);
			}
			if (innermost.hasElse) throw errorAt(start, `${innermost.tag.shown} has a second {{else}}`, "keep one of them");
			innermost.hasElse = true;
			return `{{/if ${innermost.tag.name}}}{{^if ${innermost.tag.name}}}`;
		case "end if":
		case "end": {
			if (innermost === undefined) throw errorAt(start, `${shown} closes nothing`, "remove it, or open it before");
			const fits =
				kind === "end if" ? innermost.tag.kind === "if" : innermost.tag.kind !== "if" && innermost.tag.name === name;
			if (!fits)
				throw errorAt(
					start,
					`${shown} does not close ${innermost.tag.shown}`,
					`write ${closingOf(innermost)} before it`,
				);
			open.pop();
			return kind === "end if" ? `{{/if ${innermost.tag.name}}}` : `{{/${name}}}`;
		}
	}
}

function toNodes(spans: TemplateSpans, variables: MustacheText["variables"]): Node[] {
	return spans.flatMap((span) => toNode(span, variables));
}

function toNode(span: TemplateSpans[number], variables: MustacheText["variables"]): Node | Node[] {
	const [type, value, start] = span;
	switch (type) {
		case "text":
			return textNodes(value, start, variables);
		case "name":
			return { kind: "value", field: toField(value) };
		case "&":
			return { kind: "json", field: toField(value) };
		case "#":
		case "^": {
			const nodes = toNodes(span.length === 6 ? span[4] : [], variables);
			if (value.startsWith("if ")) return { kind: "if", field: toField(value.slice(3)), when: type === "#", nodes };
			return { kind: type === "#" ? "section" : "inverted", field: toField(value), nodes };
		}
		case "!":
		case ">":
		case "=":
			return [];
	}
}

function toField(name: string): Field {
	return { name, path: name === "." ? [] : name.split(".") };
}

/** Cuts a text at its variables. */
function textNodes(text: string, start: number, variables: MustacheText["variables"]): Node[] {
	const nodes: Node[] = [];
	let taken = 0;
	const takeUntil = (end: number) => {
		if (end > taken) nodes.push({ kind: "text", text: text.slice(taken, end) });
	};
	for (let at = text.indexOf(VARIABLE_MARK); at >= 0; at = text.indexOf(VARIABLE_MARK, at + 1)) {
		const variable = variables.get(start + at);
		if (variable === undefined) continue;
		takeUntil(at);
		nodes.push({ kind: "variable", variable });
		taken = at + 1;
	}
	takeUntil(text.length);
	return nodes;
}
