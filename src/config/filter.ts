// The `filter` of a hook, which limits it to events with certain contents.
import { closest } from "../lib/suggest.ts";
import { CI_FACTS, STATUSES } from "../model/event.ts";
import type { Condition, Filter } from "../model/hook.ts";
import { FIRST_NAMES, pathsOfKey } from "../model/keys.ts";
import type { Resolver } from "./events.ts";
import type { Fields } from "./fields.ts";
import type { Key, Text } from "./keys.ts";
import { refuseUnknown } from "./known.ts";
import { TABLES } from "./schema.ts";
import { FILTER } from "./schema-events.ts";
import { type Explanation, list, quote } from "./words.ts";

/** `status=failure`, `branch == main`, `branch != main`, `rows > 5`: a comparison in place of a colon. */
const COMPARISON = /^([^=!<>]*)(!?)[=<>]+(.*)$/;

/** The beginning of a comparison, as in `rows:>5`. */
const COMPARING = /^(?:[<>]=?|={1,3}|!=)/;

const TEXT_ONLY =
	"write the text itself, with * for any characters; to compare numbers, let a shell hook or the receiver decide";

/** Facts of the CI that are names of git. */
const GIT_NAMES: ReadonlySet<string> = new Set(["branch", "ci.branch", "tag", "ci.tag"]);

/** What git does not allow in names, and other tools read as a pattern or a list. Such an item would never match. */
const OTHER_PATTERN = /[\s~^?[\\|,{}]|^\/|\/$/;

const STATUS_WORDS: ReadonlySet<string> = new Set(STATUSES);

/** The filters of a hook; one of them must match. */
export function readFilters(hook: Fields, resolver: Resolver): readonly Filter[] {
	const value = hook.get("filter");
	if (value === undefined) return [];
	const remedy = 'write it as { include = ["tags", "branch:release/*"] }';
	if (value.items().length === 0) value.wrong("is empty", "write filter = { … }, or leave the key out");
	return value.tables("filter", remedy, "filter.").map((fields) => {
		refuseUnknown(fields, TABLES.filter, (key) => explainKey(key, fields.table[key]));
		if (fields.keys().length === 0) fields.problems.add("config_value", fields.path, "filter is empty", remedy);
		const texts = (key: Key<readonly Text[]>) => key.read(fields)?.filter((item) => isMeant(item, key.name, fields));
		const conditions = (key: Key<readonly Text[]>, other: string) =>
			(texts(key) ?? []).flatMap(({ text, path }): readonly Condition[] => {
				const read = readCondition(text, other, resolver);
				if ("kind" in read) return [read];
				fields.problems.add("config_value", path, `${quote(text)} ${read[0]}`, read[1]);
				return [];
			});
		return {
			events: resolver.read(fields, FILTER.events),
			entities: texts(FILTER.entities)?.map(({ text }) => text),
			include: conditions(FILTER.include, "exclude"),
			exclude: conditions(FILTER.exclude, "include"),
		};
	});
}

/**
 * Whether a text means what it says. A variable does not, which is not resolved here, and neither does OpenMetadata's
 * word for every entity and every field:
 * https://github.com/open-metadata/OpenMetadata/blob/main/openmetadata-spec/src/main/resources/json/schema/type/changeEvent.json
 */
function isMeant({ text, path }: Text, key: string, { problems }: Fields): boolean {
	if (text.includes("${")) {
		const message = "filter has a variable in it, but filters do not read variables";
		problems.add("config_value", path, message, "write the value itself, with * for any characters");
	} else if (text.toLowerCase() === "all") {
		const message = `filter.${key} has ${quote(text)}, which matches only itself`;
		problems.add("config_value", path, message, `write "*"${key === "exclude" ? "" : `, or leave ${key} out`}`);
	} else {
		return true;
	}
	return false;
}

function explainKey(key: string, value: unknown): Explanation | undefined {
	if (typeof value !== "string" || /^(?:event|entit|in|ex)/i.test(key)) return undefined;
	return [`unknown key ${quote(key)}`, `write it as include = [${quote(`${key}:…`)}]`];
}

/** `key:value`, or the name of a changed field. `other` is the key for the opposite, `include` or `exclude`. */
function readCondition(text: string, other: string, resolver: Resolver): Condition | Explanation {
	if (text.startsWith("!")) return negation("begins", text.replace(/^[!\s]+/, ""), other);
	const colon = text.indexOf(":");
	if (colon === -1) return readField(text, other);
	const [key, pattern] = [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
	if (key === "" || pattern === "") {
		const remedy = 'write key:value, as in "branch:release/*", or the name of a field';
		return [`has nothing ${key === "" ? "before" : "after"} its colon`, remedy];
	}
	return keyError(key, pattern) ?? valueError(key, pattern, other, resolver) ?? { kind: "value", key, pattern };
}

function negation(begins: string, item: string, other: string): Explanation {
	return [`${begins} with "!", but a filter has no negation`, `write ${quote(item)} into ${other}`];
}

function readField(text: string, other: string): Condition | Explanation {
	const [, left = "", not, right = ""] = COMPARISON.exec(text) ?? [];
	if (not === undefined && Object.hasOwn(CI_FACTS, text)) {
		return ["is a fact of the CI, and not a field that an event changes", `write ${quote(`${text}:…`)} with its value`];
	}
	if (not === undefined) return { kind: "field", field: text };
	const message = "has no colon, and no field has such a name";
	if (/[<>]/.test(text)) return [`${message}; filters match text`, TEXT_ONLY];
	return [message, `write ${quote(`${left.trim()}:${right.trim()}`)}${not === "" ? "" : ` into ${other}`}`];
}

function keyError(key: string, pattern: string): Explanation | undefined {
	if (pathsOfKey(key).length > 0) return undefined;
	const item = (meant: string) => quote(`${meant}:${pattern}`);
	const own = `write ${item(`metadata.${key}`)} for metadata of your own`;
	const [first = "", ...rest] = key.split(".");
	if (first === "ci") {
		const help = () => {
			const near = closest(rest[0] ?? "", Object.keys(CI_FACTS));
			return near === undefined ? own : `did you mean ${item(`ci.${near}`)}?`;
		};
		return ["names an unknown fact of the CI", help];
	}
	const help = () => {
		const near = closest(first, FIRST_NAMES);
		return near === undefined ? own : `did you mean ${item([near, ...rest].join("."))}? Or ${own}`;
	};
	return ["has an unknown key", help];
}

function valueError(key: string, pattern: string, other: string, resolver: Resolver): Explanation | undefined {
	if (COMPARING.test(pattern)) return ["is a comparison, but filters match text", TEXT_ONLY];
	if (pattern.startsWith("!")) {
		return negation("has a value that begins", `${key}:${pattern.replace(/^[!\s]+/, "")}`, other);
	}
	if (GIT_NAMES.has(key) && OTHER_PATTERN.test(pattern)) {
		const message = `can never match: no ${key.replace("ci.", "")} has such a name`;
		return [message, `the only pattern is *; write an item for each, as in "${key}:main", "${key}:release/*"`];
	}
	const known = key === "status" ? STATUS_WORDS : key === "event" ? resolver.names : resolver.phases;
	if (!["status", "event", "phase"].includes(key) || pattern.includes("*") || known.has(pattern)) return undefined;
	const item = (word: string) => quote(`${key}:${word}`);
	const help = () => {
		const near = closest(pattern, known);
		return near === undefined ? `write ${list([...known].slice(0, 10).map(item))}` : `did you mean ${item(near)}?`;
	};
	return [`names an unknown ${key}`, help];
}
