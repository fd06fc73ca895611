// Why a template gave a body that is not JSON: the usual causes, and the tag of the template that is to blame.
import type { JsonError } from "../lib/json-reader.ts";
import type { Node, Template } from "../model/template.ts";

/** Both are one line and show nothing of the body, only of the template. */
interface Cause {
	readonly what: string;
	readonly remedy: string;
}

const CAUSES = {
	missing_value: { what: "a value is missing", remedy: `check the tag that should insert it: ${nullInstead("field")}` },
	empty: { what: "it is empty", remedy: "give it a value, {} or null at least" },
	ended: { what: "it ends too early", remedy: 'close every {, [ and " that the template opens' },
	extra: { what: "text follows after the end", remedy: "send one value: several go into [ ]" },
	separator: {
		what: "a comma, colon or closing bracket is missing",
		remedy: 'check the commas and brackets here, and that each " inside a text is written \\"',
	},
	trailing_comma: {
		what: "there is a comma before a closing bracket",
		remedy:
			"remove it; if a section leaves it, insert the whole list with {{{field}}}, or end it with an item that is always there",
	},
	bare: {
		what: "this is not a JSON value",
		remedy: "write texts in double quotes, and true, false and null in lower case",
	},
	key: { what: "a key has no quotes", remedy: 'write keys in double quotes: "text"' },
	too_deep: { what: "it is nested too deeply", remedy: "flatten it" },
	control: {
		what: "a string holds a raw line break or control character",
		remedy: `write \\n in a TOML ''' string; in a """ string TOML itself turns \\n into a line break, so write \\\\n`,
	},
	backslash: {
		what: "a string holds a backslash that escapes nothing",
		remedy: `write \\\\ for a backslash in a TOML ''' string, and each of them twice in a """ string`,
	},
} as const satisfies Readonly<Record<JsonError["kind"] | "empty", Cause>>;

/** Tells the cause of an error; `before` is the body up to it. */
export function causeOf({ kind }: JsonError, before: string, template: Template): Cause {
	switch (kind) {
		case "ended":
			if (before.trim() === "") return CAUSES.empty;
			return /:\s*$/.test(before) ? causeOf({ kind: "missing_value", offset: 0 }, before, template) : CAUSES.ended;
		case "missing_value":
		case "trailing_comma":
			return absent(before, template) ?? CAUSES[kind];
		case "bare":
			return bareText(before, template) ?? CAUSES.bare;
		case "separator":
		case "extra":
			return quotedJson(before, template) ?? CAUSES[kind];
		default:
			return CAUSES[kind];
	}
}

/** Where a value is missing at the end of the body so far: the tag there. */
function absent(before: string, template: Template): Cause | undefined {
	const tag = suspect(template, ["value", "variable"], (text) => endsAlike(before, text));
	if (tag === undefined) return undefined;
	const remedy = tag.kind === "variable" ? `write "${tag.shown}" in quotes` : nullInstead(tag.name);
	return { what: `${tag.shown} inserts nothing`, remedy };
}

function nullInstead(name: string): string {
	return `write {{{${name}}}}, which gives null when ${name} is absent`;
}

/** A text that a tag inserts where JSON wants quotes around it. */
function bareText(before: string, template: Template): Cause | undefined {
	const tag = suspect(template, ["value", "variable"], (text) => endsAlike(before, text));
	if (tag === undefined) return undefined;
	const instead = tag.kind === "value" ? `, or {{{${tag.name}}}} without` : "";
	return { what: `${tag.shown} inserts a text without quotes`, remedy: `write "${tag.shown}" in quotes${instead}` };
}

/** A tag that inserts JSON, and has quotes around it. */
function quotedJson(before: string, template: Template): Cause | undefined {
	const tag = suspect(template, ["json"], (text) => closesQuote(before, text));
	if (tag === undefined) return undefined;
	const remedy = `write ${tag.shown} without quotes, or "{{${tag.name}}}" with`;
	return { what: `${tag.shown} is in quotes but adds its own`, remedy };
}

/** A tag or variable, and the text right before it. */
interface Inserting {
	readonly kind: "value" | "json" | "variable";
	readonly name: string;
	/** As the template has it. */
	readonly shown: string;
	readonly before: string;
}

/**
 * The first tag of some kinds that follows a text which fits. A body does not tell which tag made what, so this is a
 * guess; it is wrong only where a template repeats the same text before another tag.
 */
function suspect(
	{ nodes }: Template,
	kinds: readonly Inserting["kind"][],
	fits: (textBefore: string) => boolean,
): Inserting | undefined {
	return inserting(nodes).find(({ kind, before }) => kinds.includes(kind) && fits(before));
}

function inserting(nodes: readonly Node[]): readonly Inserting[] {
	return nodes.flatMap((node, index): readonly Inserting[] => {
		if ("nodes" in node) return inserting(node.nodes);
		if (node.kind === "text") return [];
		const previous = nodes[index - 1];
		const before = previous?.kind === "text" ? previous.text : "";
		const { kind } = node;
		const name = kind === "variable" ? node.variable.name : node.path.join(".") || ".";
		const shown = { value: `{{${name}}}`, json: `{{{${name}}}}`, variable: `\${${name}}` }[kind];
		return [{ kind, name, shown, before }];
	});
}

/** The last characters of a text: enough to tell one key of a template from another. */
function tailOf(text: string): string {
	return text.slice(-40).trim();
}

/** Whether the body so far ends with what ends the text; an empty text is at its beginning. */
function endsAlike(before: string, text: string): boolean {
	const tail = tailOf(text);
	return tail === "" ? before.trim() === "" : before.trimEnd().endsWith(tail);
}

/** Whether the text ends with an opening quote, and the body goes on to another quote and no further. */
function closesQuote(before: string, text: string): boolean {
	const tail = tailOf(text);
	const at = before.lastIndexOf(tail);
	return tail.endsWith('"') && at >= 0 && /^[^"]*"\s*$/.test(before.slice(at + tail.length));
}
