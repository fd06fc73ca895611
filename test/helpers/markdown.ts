// What Markdown becomes on GitHub, as far as cmark-gfm, Debian's build of GitHub's own parser, tells.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

const PROGRAM = "/usr/bin/cmark-gfm";

/** Whether tests that need cmark-gfm are left out. On CI a missing package is a fault of the setup, and they fail. */
export const withoutCmark = !existsSync(PROGRAM) && process.env["CI"] === undefined;

const EXTENSIONS = ["footnotes", "table", "strikethrough", "autolink", "tagfilter", "tasklist"];

/** The HTML of a text, raw HTML in it left as it is. */
export function htmlOf(markdown: string): string {
	const args = ["--unsafe", ...EXTENSIONS.flatMap((name) => ["-e", name])];
	return execFileSync(PROGRAM, args, { input: markdown, encoding: "utf8" });
}

/** The names of all tags in it, each once, sorted. */
export function tagsIn(html: string): readonly string[] {
	return [...new Set([...html.matchAll(/<\/?([^\s<>/]+)/g)].map(([, name = ""]) => name))].toSorted();
}

/** The texts of a tag's elements, which hold nothing but text; without the zero-width spaces that end addresses. */
export function textsOf(html: string, tag: string): readonly string[] {
	const found = html.matchAll(new RegExp(`<${tag}(?: [^>]*)?>([^<]*)</${tag}>`, "g"));
	return [...found].map(([, text = ""]) => decode(text));
}

const NAMED: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', amp: "&" };

function decode(text: string): string {
	return text
		.replaceAll(/&(?:#(\d+)|(lt|gt|quot|amp));/g, (_, code?: string, name = "") =>
			code === undefined ? (NAMED[name] ?? "") : String.fromCodePoint(Number(code)),
		)
		.replaceAll("\u200b", "");
}
