// What the services' dialects of Markdown share: escaping by backslash, and code blocks that text cannot leave.
import type { Cuts, Escaping } from "./text.ts";

const [OPEN, CLOSE] = ["```\n", "\n```"];

/** A code point that Markdown takes literally: no emphasis, code or link can come of it. */
export function escapeMarkdown(point: string): string {
	return /[\\`*_~[\]]/.test(point) ? `\\${point}` : point;
}

/** Both ends of the text in a code block, at most `limit` long with its fences; three backticks, which would end it, are changed. */
export function codeBlock(cuts: Cuts, what: string, text: string, limit: number, escaping?: Escaping): string {
	const code = text.replaceAll("```", "'''");
	return OPEN + cuts.ends(what, code, limit - OPEN.length - CLOSE.length, escaping) + CLOSE;
}
