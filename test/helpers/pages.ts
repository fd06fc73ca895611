// The pages of this repository, as tests read them.
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "../..");

/** A page's text. */
export function page(name: string): string {
	return readFileSync(join(ROOT, name), "utf8");
}

/** The fenced blocks of a page in one language, in their order; those of a list are moved to the left. */
export function blocks(name: string, language: string): readonly string[] {
	const found = page(name).matchAll(new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^\\1\`\`\``, "gm"));
	return [...found].map(([, indent = "", text = ""]) => text.replaceAll(new RegExp(`^${indent}`, "gm"), ""));
}
