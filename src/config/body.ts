// The `body_template` of a webhook: compiled, its errors placed at their own line inside the config's string.
import type { Template } from "../model/template.ts";
import { compileTemplate } from "../template/compile.ts";
import { TemplateError } from "../template/tags.ts";
import type { Fields } from "./fields.ts";
import { readFilled } from "./keys.ts";

/** The table's template; undefined where it has none, or a wrong one, which is noted. */
export function readTemplate(fields: Fields): Template | undefined {
	const source = readFilled(fields, "body_template");
	if (source === undefined) return undefined;
	try {
		return compileTemplate(source);
	} catch (error) {
		if (!(error instanceof TemplateError)) throw error;
		const { source: text, positions } = fields.problems;
		const start = positions.root.find(fields.at("body_template"))?.value?.start ?? 0;
		const offset = offsetInString(text, start, error.offset);
		fields.problems.addAt("template", offset, `body_template: ${error.message}`, error.remedy);
		return undefined;
	}
}

/** A backslash at the end of a line, which takes the white space after it away, or one of the other escapes. */
const ESCAPE = /\\(?:([ \t]*\r?\n[ \t\r\n]*)|U([0-9A-Fa-f]{8})|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|.)/y;

/**
 * The offset in `source` of the character at `index` of the TOML string that begins at `start`.
 * See https://toml.io/en/v1.1.0#string
 */
function offsetInString(source: string, start: number, index: number): number {
	const quotes = /(?:"""|''')(?:\r?\n)?|["']/y;
	quotes.lastIndex = start;
	const opening = quotes.exec(source)?.[0] ?? "";
	const escapes = opening.startsWith('"');
	let offset = start + opening.length;
	for (let decoded = 0; offset < source.length; ) {
		ESCAPE.lastIndex = offset;
		const found = escapes ? ESCAPE.exec(source) : null;
		const continuation = found?.[1] !== undefined;
		if (decoded >= index && !continuation) break;
		offset += found?.[0].length ?? 1;
		if (continuation) continue;
		const astral = found?.[2] !== undefined && Number.parseInt(found[2], 16) > 0xffff;
		decoded += astral ? 2 : 1;
	}
	return offset;
}
