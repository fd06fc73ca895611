// Reads a rendered body as JSON, or says at which place it is not JSON, and for what usual reason.

import { writesExactNumbers } from "../lib/exact-number.ts";
import { isJsonArray, isJsonObject, type Json } from "../lib/json.ts";
import { readJson } from "../lib/json-reader.ts";
import type { Node, Template } from "../model/template.ts";
import { causeOf } from "./cause.ts";

/** A body that cannot be sent. The message is one line that begins with `body` and quotes no variable's value. */
export class BodyError extends Error {
	override readonly name = "BodyError";
	/** One line: what to change in the template. */
	readonly remedy: string;

	constructor(message: string, remedy: string) {
		super(message);
		this.remedy = remedy;
	}
}

/**
 * Parses what `renderTemplate` gave with the escaping `json`. Throws a {@link BodyError} with line and column (UTF-16) in
 * the rendered text. It is quoted only where the template holds no variable: a quotation could show a piece of a secret,
 * which no masking would recognise.
 */
export function parseJsonBody(rendered: string, template: Template): Json {
	const read = readJson(rendered);
	if (read.kind === "value") {
		if (read.exactNumberAt === undefined || writesExactNumbers()) return read.value;
		throw new BodyError("body has a number that loses digits", "put it in quotes, or use Node 22 or later");
	}
	const { error } = read;
	const before = rendered.slice(0, error.offset);
	const line = before.split("\n").length;
	const column = before.length - before.lastIndexOf("\n");
	const { what, remedy } = causeOf(error, before, template);
	const isQuotable = rendered !== "" && !hasVariable(template.nodes);
	const quoted = isQuotable ? ` in «${quoteAround(rendered, error.offset)}»` : "";
	throw new BodyError(`body is not JSON at line ${line}, column ${column}: ${what}${quoted}`, remedy);
}

/**
 * Throws a {@link BodyError} where a plain text under a JSON type has become an object or a list by what was inserted in
 * it: a receiver would read what a stranger wrote as the message.
 */
export function refuseStructure(rendered: string): void {
	const read = readJson(rendered);
	if (read.kind !== "value" || !(isJsonObject(read.value) || isJsonArray(read.value))) return;
	const remedy = 'begin it as JSON, as in {"text": "{{error}}"}, or insert JSON as it is by {{{field}}}';
	throw new BodyError("body is plain text, but what was inserted makes it JSON", remedy);
}

function hasVariable(nodes: readonly Node[]): boolean {
	return nodes.some((node) => node.kind === "variable" || ("nodes" in node && hasVariable(node.nodes)));
}

/** Code points that are quoted on either side of a place. */
const AROUND = 24;

/** The place on one line, with `…` where the text goes on and nothing invisible in it. */
function quoteAround(text: string, offset: number): string {
	const before = Array.from(text.slice(Math.max(0, offset - 2 * AROUND), offset))
		.slice(-AROUND)
		.join("");
	const after = Array.from(text.slice(offset, offset + 2 * AROUND))
		.slice(0, AROUND)
		.join("");
	const start = before.length < offset ? "…" : "";
	const end = offset + after.length < text.length ? "…" : "";
	return start + visible(before) + visible(after) + end;
}

/** Control and format characters, line separators and lone surrogates written out. */
function visible(text: string): string {
	return text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
		const escaped = JSON.stringify(character).slice(1, -1);
		return escaped === character ? `\\u{${character.codePointAt(0)?.toString(16)}}` : escaped;
	});
}
