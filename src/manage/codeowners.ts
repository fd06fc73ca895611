// Who owns files, by GitHub's rules for CODEOWNERS.

/**
 * Where the file may be; the first one that exists is read.
 * https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
 */
export const CODEOWNERS_FILES = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"] as const;

/** Bytes. GitHub does not read a larger one. */
export const CODEOWNERS_LIMIT = 3 * 1024 * 1024;

/** Longer paths and patterns are ignored. */
const MAX_PATH = 4096;

/** Paths of one event that are looked up, and names and characters that are compared for them: a moment, and no more. */
const MAX_PATHS = 1000;
const MAX_STEPS = 20_000_000;

/** In a pattern: any number of folders, or of characters in a name; and any one character. */
const MANY = Symbol("many");
const ONE = Symbol("one");

type Sign = string | typeof MANY | typeof ONE;

/** Names of folders, and of a file at the end; one with wildcards sign by sign. */
type Name = string | readonly Sign[] | typeof MANY;

interface Rule {
	readonly pattern: readonly Name[];
	readonly owners: readonly string[];
}

/** The owners of files of the repository. */
export interface CodeOwners {
	/** All owners, as they are written: of each path those of the last pattern that matches, maybe none. */
	readonly owners: readonly string[];
	/** How many different paths there are, and of how many nobody has looked, since there are too many. */
	readonly paths: number;
	readonly left: number;
}

/** Reads the file. What it gives finds the owners of paths. */
export function readCodeOwners(text: string): (paths: readonly string[]) => CodeOwners {
	const rules = text.split(/\r?\n/).flatMap((line) => ruleOf(line) ?? []);
	const byName = rulesByName(rules);
	return (all) => {
		const paths = [...new Set(all)];
		const found = new Set<Rule>();
		const budget = { steps: MAX_STEPS };
		let looked = 0;
		for (const path of paths.slice(0, MAX_PATHS)) {
			const names = partsOf(path.replace(/^(?:\.?\/)+/, ""));
			const rule = rules[lastMatch(rules, byName, names, budget)];
			if (budget.steps <= 0) break;
			looked++;
			if (rule !== undefined) found.add(rule);
		}
		const owners = new Set([...found].flatMap((rule) => rule.owners));
		return { owners: [...owners], paths: paths.length, left: paths.length - looked };
	};
}

/** GitHub skips a line that it cannot read. */
function ruleOf(line: string): Rule | undefined {
	// A backslash before a space makes it part of the pattern.
	const words: readonly string[] = line.match(/(?:\\.|\S)+/g) ?? [];
	const comment = words.findIndex((word) => word.startsWith("#"));
	const [pattern = "", ...owners] = comment === -1 ? words : words.slice(0, comment);
	// What gitignore has and CODEOWNERS has not, and a backslash with nothing behind it.
	if (/^(?:!|\\#)|\[/.test(pattern) || pattern.replaceAll(/\\./gs, "").includes("\\")) return undefined;
	if (pattern.length > MAX_PATH || !owners.every(isOwner)) return undefined;
	const names = anchored(pattern).map(nameOf);
	return names.length === 0 ? undefined : { pattern: names, owners };
}

/** `@user`, `@org/team` or an e-mail address. */
function isOwner(word: string): boolean {
	return /^(?:@[\w.-]+(?:\/[\w.-]+)?|[^\s@]+@[^\s@]+)$/.test(word);
}

/** A pattern with a slash, other than at its end, begins at the root; another one in any folder. */
function anchored(pattern: string): readonly string[] {
	if (partsOf(pattern).length === 0) return [];
	// A folder stands for all that is below it, and for no file of its name.
	const names = partsOf(pattern.replace(/(^|\/)(?:\*\*)?$/, "$1*/**"));
	const whole = /\/./.test(pattern) ? names : ["**", ...names];
	// What a pattern matches, it matches with all that is below, unless its last name is a mere `*`.
	return ["*", "**"].includes(names.at(-1) ?? "") ? whole : [...whole, "**"];
}

function partsOf(path: string): readonly string[] {
	return path.length > MAX_PATH ? [] : path.split("/").filter((name) => name !== "");
}

function nameOf(text: string): Name {
	if (text === "**") return MANY;
	if (!/[\\*?]/.test(text)) return text;
	const signs = (text.match(/\\.|[^\\]/gs) ?? []).map((sign) =>
		sign === "*" ? MANY : sign === "?" ? ONE : sign.slice(-1),
	);
	return signs.every((sign) => typeof sign === "string") ? signs.join("") : signs;
}

/**
 * Where in the list the rules are that can match a path with a name in it: each is under the rarest of its names. Those
 * that have wildcards in all names are under none.
 */
function rulesByName(rules: readonly Rule[]): ReadonlyMap<string | undefined, readonly number[]> {
	const plain = rules.map(({ pattern }) => pattern.filter((name) => typeof name === "string"));
	const uses = new Map<string, number>();
	for (const name of plain.flat()) uses.set(name, (uses.get(name) ?? 0) + 1);
	const usesOf = (name: string) => uses.get(name) ?? 0;
	const places = new Map<string | undefined, number[]>();
	for (const [place, [first, ...others]] of plain.entries()) {
		const rarest = others.reduce(
			(best, name) => (best === undefined || usesOf(name) < usesOf(best) ? name : best),
			first,
		);
		const same = places.get(rarest);
		if (same === undefined) places.set(rarest, [place]);
		else same.push(place);
	}
	return places;
}

/** Where the last rule is that matches; -1 if none does. It means nothing once no steps are left. */
function lastMatch(
	rules: readonly Rule[],
	byName: ReadonlyMap<string | undefined, readonly number[]>,
	path: readonly string[],
	budget: { steps: number },
): number {
	if (path.length === 0) return -1;
	const fitsSign = (sign: Sign, character: string) => {
		budget.steps--;
		return sign === ONE || sign === character;
	};
	const fitsName = (name: Name, given: string) => {
		budget.steps--;
		return typeof name === "object" ? fits(name, given, fitsSign) : name === given;
	};
	let last = -1;
	for (const name of new Set([undefined, ...path])) {
		const places = byName.get(name) ?? [];
		const matching = places.findLast((place) => {
			return place <= last || budget.steps <= 0 || fits(rules[place]?.pattern ?? [], path, fitsName);
		});
		last = Math.max(last, matching ?? -1);
	}
	return last;
}

/** Whether items fit a pattern in which MANY stands for any number of them. Takes time in proportion to both at most. */
function fits<P, T>(
	pattern: readonly P[],
	items: { readonly length: number; readonly [place: number]: T },
	fitsOne: (wanted: P, item: T) => boolean,
): boolean {
	let [at, here, star, mark] = [0, 0, -1, 0];
	while (here < items.length) {
		const [wanted, item] = [pattern[at], items[here]];
		if (wanted === MANY) {
			star = at++;
			mark = here;
		} else if (wanted !== undefined && item !== undefined && fitsOne(wanted, item)) {
			at++;
			here++;
		} else if (star >= 0) {
			at = star + 1;
			here = ++mark;
		} else {
			return false;
		}
	}
	return pattern.slice(at).every((wanted) => wanted === MANY);
}
