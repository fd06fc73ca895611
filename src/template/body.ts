// Reads a rendered body as JSON, and where it is none says at which place and for what usual reason.

import { writesExactNumbers } from "../lib/exact-number.ts";
import type { Json } from "../lib/json.ts";
import { readJson } from "../lib/json-reader.ts";
import type { Node, Template } from "../model/template.ts";
import { BodyError } from "./body-error.ts";
import { causeOf } from "./cause.ts";
import { quoteAround } from "./quote.ts";

/**
 * A rendered body that should be JSON and is not. The message gives line and column (UTF-16) in the rendered text, and
 * quotes it only where the template holds no variable: a quotation could show a piece of a secret, which no masking
 * would recognise.
 */
export class BodyNotJson extends BodyError {
	override readonly name = "BodyNotJson";
}

/** Parses what `renderTemplate` gave with the escaping `json`. Throws {@link BodyNotJson}. */
export function parseJsonBody(rendered: string, template: Template): Json {
	const read = readJson(rendered);
	if (read.kind === "value") {
		if (read.exactNumberAt === undefined || writesExactNumbers()) return read.value;
		throw new BodyNotJson("body has a number that loses digits", "put it in quotes, or use Node 22 or later");
	}
	const { fault } = read;
	const before = rendered.slice(0, fault.offset);
	const line = before.split("\n").length;
	const column = before.length - before.lastIndexOf("\n");
	const { what, remedy } = causeOf(fault, before, template);
	const quotable = rendered !== "" && !hasVariable(template.nodes);
	const quoted = quotable ? ` in «${quoteAround(rendered, fault.offset, 24)}»` : "";
	throw new BodyNotJson(`body is not JSON at line ${line}, column ${column}: ${what}${quoted}`, remedy);
}

function hasVariable(nodes: readonly Node[]): boolean {
	return nodes.some((node) => node.kind === "variable" || ("nodes" in node && hasVariable(node.nodes)));
}
