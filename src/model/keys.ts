// The keys by which filters name a value of an event, and where in the context each is read.
import { CONTEXT_KEYS, isContextKey } from "./context.ts";
import { CI_FACTS } from "./event.ts";

/**
 * Keys that may be written without the part of the context that has them: OpenMetadata's of an entity, and Arraylake's of
 * a commit. None has the name of a fact of the CI, or of a key of the context.
 */
const SHORT_KEYS: ReadonlyMap<string, "entity" | "data"> = new Map([
	["type", "entity"],
	["name", "entity"],
	["displayName", "entity"],
	["fullyQualifiedName", "entity"],
	["domain", "entity"],
	["domains", "entity"],
	["tags", "entity"],
	["tier", "entity"],
	["owner", "entity"],
	["service", "entity"],
	["database", "entity"],
	["databaseSchema", "entity"],
	["repo_name", "data"],
]);

/** The phase of an event's definition, which the context does not have. */
const PHASE = "phase";

/** Every name that a key may begin with. */
export const FIRST_NAMES: readonly string[] = [
	...new Set([...CONTEXT_KEYS, PHASE, ...Object.keys(CI_FACTS), ...SHORT_KEYS.keys()]),
];

/**
 * Keys that OpenMetadata writes as one value before its version 1.5, and as a list since: a filter on either finds both,
 * in the values of an entity and among changed fields.
 */
const TWINS: ReadonlyMap<string, string> = new Map([
	["owner", "owners"],
	["owners", "owner"],
	["domain", "domains"],
	["domains", "domain"],
]);

/** A name and its other spelling, if it has one. */
export function spellings(name: string): readonly string[] {
	const twin = TWINS.get(name);
	return twin === undefined ? [name] : [name, twin];
}

/** Where a key is read: the names that lead to it from the top of a context. */
export type KeyPath = readonly [string, ...string[]];

/**
 * Where a key such as `branch`, `metadata.env` or `domain.name` is read, in one place or more; in none if it is unknown. A
 * key of the context wins over a fact of the CI, and that over a short key: what a user gives as metadata, data or entity
 * never takes the place of either.
 */
export function pathsOfKey(key: string): readonly KeyPath[] {
	const [first = "", ...rest] = key.split(".");
	const path = pathOf(first, rest);
	if (path === undefined || !TWINS.has(first)) return path === undefined ? [] : [path];
	const inEntity = spellings(first).map((name): KeyPath => ["entity", name, ...rest]);
	return isContextKey(first) ? [path, ...inEntity] : inEntity;
}

function pathOf(first: string, rest: readonly string[]): KeyPath | undefined {
	if (first === "ci") return rest[0] === undefined || isFact(rest[0]) ? ["ci", ...rest] : undefined;
	if (first === PHASE || isContextKey(first)) return [first, ...rest];
	if (isFact(first)) return ["ci", first, ...rest];
	const part = SHORT_KEYS.get(first);
	return part === undefined ? undefined : [part, first, ...rest];
}

function isFact(name: string): name is keyof typeof CI_FACTS {
	return Object.hasOwn(CI_FACTS, name);
}
