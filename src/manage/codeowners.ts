// Who owns a file, by GitHub's rules for CODEOWNERS.
import { matchesGlob } from "../model/selector.ts";

/**
 * Where the file may be; the first one that exists is read.
 * https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
 */
export const CODEOWNERS_FILES = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"] as const;

/** Bytes. GitHub does not read a larger one. */
export const CODEOWNERS_LIMIT = 3 * 1024 * 1024;

/** Longer paths and patterns are none. */
const MAX_PATH = 4096;

/** The owners of a file of the repository, as they are written; of the last pattern that matches, maybe none. */
export function codeOwners(text: string, file: string): readonly string[] {
	const path = partsOf(file.replace(/^(?:\.?\/)+/, ""));
	if (path.length === 0) return [];
	const rules = text.split(/\r?\n/).map(ruleOf);
	return rules.findLast((rule) => rule !== undefined && matches(rule.pattern, path))?.owners ?? [];
}

interface Rule {
	/** The names of folders and of the file; `**` for any number of them. */
	readonly pattern: readonly string[];
	readonly owners: readonly string[];
}

/** One line; undefined for a comment, and for what gitignore has and CODEOWNERS has not. */
function ruleOf(line: string): Rule | undefined {
	// A backslash before a space makes it part of the pattern.
	const [pattern = "", ...owners] = (line.replace(/(^|\s)#.*$/, "").match(/(?:\\.|\S)+/g) ?? []).map(String);
	if (pattern === "" || pattern.startsWith("!") || pattern.includes("[") || pattern.length > MAX_PATH) return undefined;
	return { pattern: anchored(pattern.replaceAll(/\\(.)/g, "$1")), owners };
}

/** A pattern with a slash, other than at its end, begins at the root; another one in any folder. */
function anchored(pattern: string): readonly string[] {
	// A folder stands for all that is below it, and for no file of its name.
	const names = partsOf(pattern.replace(/(^|\/)(?:\*\*)?$/, "$1*/**"));
	return /\/./.test(pattern) ? names : ["**", ...names];
}

function partsOf(path: string): readonly string[] {
	return path.length > MAX_PATH ? [] : path.split("/").filter((name) => name !== "");
}

/** What a pattern matches, it matches with all that is below, unless its last name is a mere `*`. */
function matches(pattern: readonly string[], path: readonly string[]): boolean {
	const last = pattern.at(-1);
	const whole = last === "*" || last === "**" ? pattern : [...pattern, "**"];
	let [at, here, star, mark] = [0, 0, -1, 0];
	while (here < path.length) {
		const name = whole[at];
		if (name === "**") {
			star = at++;
			mark = here;
		} else if (name !== undefined && matchesGlob(name, path[here] ?? "")) {
			at++;
			here++;
		} else if (star >= 0) {
			at = star + 1;
			here = ++mark;
		} else {
			return false;
		}
	}
	return whole.slice(at).every((name) => name === "**");
}
