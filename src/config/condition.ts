// One item of a filter's `include` or `exclude`: what it asks, and what is wrong with one that could never hold.
import { CI_FACTS, type EventDefinition, STATUSES } from "../model/event.ts";
import { matchesGlob } from "../model/glob.ts";
import type { Condition } from "../model/hook.ts";
import { FIRST_NAMES, leafIn, pathOfKey } from "../model/keys.ts";
import type { Explanation } from "./keys.ts";
import type { Problems } from "./problems.ts";
import type { Resolver } from "./resolve.ts";
import type { Written } from "./strings.ts";
import { list, quote } from "./words.ts";

/** `status=failure`, `branch == main`, `branch != main`, `rows > 5`: a comparison where a colon belongs. */
const COMPARISON = /^([^=!<>]*)(!?)[=<>]+(.*)$/;

/** The beginning of a value that is to be compared, as in `rows:>5`. */
const COMPARING = /^(?:[<>]=?|={1,3}|!=)/;

const TEXT_ONLY =
	"write the text itself, with * for any characters; to compare numbers, let a shell hook or the receiver decide";

/** Facts of the CI that are names of git. */
const GIT_NAMES: ReadonlySet<string> = new Set(["branch", "ci.branch", "tag", "ci.tag"]);

/** What git allows in no name, or other tools read as a pattern or a list: such an item would match nothing, unnoticed. */
const OTHER_PATTERN = /[\s~^?[\\|,{}]|^\/|\/$/;

const STATUS_WORDS: ReadonlySet<string> = new Set(STATUSES);

/** Far more than the catalog has. */
const MANY_WORDS = 100;

/** Reads the items of one filter. */
export class ConditionReader {
	readonly #events: readonly EventDefinition[];
	readonly #resolver: Pick<Resolver, "near">;
	readonly #problems: Problems;
	#knownNames: ReadonlySet<string> | undefined;
	#knownPhases: ReadonlySet<string> | undefined;

	/** `events` are those that the filter can be asked about. */
	constructor(events: readonly EventDefinition[], resolver: Pick<Resolver, "near">, problems: Problems) {
		this.#events = events;
		this.#resolver = resolver;
		this.#problems = problems;
	}

	/** `key:value`, or the name of a changed field. A mistake is noted; `other` is the key that asks for the opposite. */
	read({ text, path }: Written, other: string): readonly Condition[] {
		const read = this.#parse(text, other);
		if ("kind" in read) return [read];
		const [message, remedy] = read;
		this.#problems.add("config_value", path, `${quote(text)} ${message}`, remedy);
		return [];
	}

	#parse(text: string, other: string): Condition | Explanation {
		if (text.startsWith("!")) {
			return [
				'begins with "!", but a filter has no negation',
				`write ${quote(text.replace(/^[!\s]+/, ""))} into ${other}`,
			];
		}
		const colon = text.indexOf(":");
		if (colon === -1) return fieldOf(text, other);
		const [key, pattern] = [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
		if (key === "" || pattern === "") {
			const remedy = 'write key:value, as in "branch:release/*", or the name of a field';
			return [`has nothing ${key === "" ? "before" : "after"} its colon`, remedy];
		}
		return (
			this.#keyFault(key, pattern) ??
			valueFault(key, pattern, other) ??
			this.#wordFault(key, pattern) ?? { kind: "value", key, pattern }
		);
	}

	#keyFault(key: string, pattern: string): Explanation | undefined {
		const item = (meant: string) => quote(`${meant}:${pattern}`);
		const path = pathOfKey(key);
		if (path === undefined) return this.#unknownKey(key, item);
		if (path.includes("")) return ["has a key with an empty name in it", "write it as in metadata.env"];
		const leaf = leafIn(path);
		return leaf === undefined ? undefined : [`can never match: ${leaf} has no keys`, `write ${item(leaf)}`];
	}

	#unknownKey(key: string, item: (meant: string) => string): Explanation {
		const message = "has an unknown key";
		const own = `write ${item(`metadata.${key}`)} for metadata of your own`;
		const [first = "", ...rest] = key.split(".");
		if (first === "ci") {
			const near = this.#near(rest[0] ?? "", Object.keys(CI_FACTS));
			return ["names an unknown fact of the CI", near === undefined ? own : `did you mean ${item(`ci.${near}`)}?`];
		}
		const near = this.#near(first, FIRST_NAMES);
		return [message, near === undefined ? own : `did you mean ${item([near, ...rest].join("."))}? Or ${own}`];
	}

	/** A word where all that there can be are known: the statuses, and the names and phases of the filter's events. */
	#wordFault(key: string, pattern: string): Explanation | undefined {
		const words =
			key === "status" ? STATUS_WORDS : key === "event" ? this.#names() : key === "phase" ? this.#phases() : undefined;
		// Without events, their selectors were wrong.
		if (words === undefined || words.size === 0 || isAmong(pattern, words)) return undefined;
		const item = (word: string) => quote(`${key}:${word}`);
		const near = this.#near(pattern, [...words]);
		const remedy =
			near === undefined ? `write ${list([...words].slice(0, 10).map(item))}` : `did you mean ${item(near)}?`;
		return [`matches ${key === "status" ? "no status" : "none of the hook's events"}`, remedy];
	}

	#names(): ReadonlySet<string> {
		this.#knownNames ??= new Set(this.#events.map(({ name }) => name));
		return this.#knownNames;
	}

	#phases(): ReadonlySet<string> {
		this.#knownPhases ??= new Set(this.#events.map(({ phase }) => phase));
		return this.#knownPhases;
	}

	#near(written: string, words: readonly string[]): string | undefined {
		return this.#problems.full ? undefined : this.#resolver.near(written, words);
	}
}

/** Among very many words nobody looks for one that a glob may mean: it would take minutes. */
function isAmong(pattern: string, words: ReadonlySet<string>): boolean {
	if (!pattern.includes("*")) return words.has(pattern);
	return words.size > MANY_WORDS || [...words].some((word) => matchesGlob(pattern, word));
}

function fieldOf(text: string, other: string): Condition | Explanation {
	const [, left = "", not, right = ""] = COMPARISON.exec(text) ?? [];
	if (not === undefined && Object.hasOwn(CI_FACTS, text)) {
		return ["is a fact of the CI, and not a field that an event changes", `write ${quote(`${text}:…`)} with its value`];
	}
	if (not === undefined) return { kind: "field", field: text };
	const message = "has no colon, and no field has such a name";
	if (/[<>]/.test(text)) return [`${message}; filters match text`, TEXT_ONLY];
	return [message, `write ${quote(`${left.trim()}:${right.trim()}`)}${not === "" ? "" : ` into ${other}`}`];
}

function valueFault(key: string, pattern: string, other: string): Explanation | undefined {
	if (COMPARING.test(pattern)) return ["is a comparison, but filters match text", TEXT_ONLY];
	if (pattern.startsWith("!")) {
		const item = quote(`${key}:${pattern.replace(/^[!\s]+/, "")}`);
		return ['has a value that begins with "!", but a filter has no negation', `write ${item} into ${other}`];
	}
	if (GIT_NAMES.has(key) && OTHER_PATTERN.test(pattern)) {
		const message = `can never match: no ${key.replace("ci.", "")} has such a name`;
		return [message, `the only pattern is *; write an item for each, as in "${key}:main", "${key}:release/*"`];
	}
	if (key !== "duration_ms" || /^[\d.e+*-]+$/.test(pattern)) return undefined;
	return [
		"can never match: duration_ms is a number",
		"write digits, with * for any of them: values are compared as text",
	];
}
