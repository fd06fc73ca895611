// What OpenMetadata knows of a webhook's owner, domain, tags and more, as the keys that a hook is known by.
import { keyName } from "../../config/words.ts";
import { ExactNumber } from "../../lib/exact-number.ts";
import { isJsonArray, isJsonObject, type Json } from "../../lib/json.ts";
import { excerpt } from "../../lib/text.ts";
import type { Draft } from "./draft.ts";
import type { JsonTable, JsonValue } from "./json.ts";
import type { TomlValue } from "./toml.ts";

/** The keys that are read here. */
export const LABELS: readonly string[] = [
	...["displayName", "description", "owner", "owners", "domain", "domains", "tags", "extension"],
];

/** Code points of a name on one line, as the config takes it. */
const MAX_NAME = 100;

/** Sets the keys. `more` is added to what the webhook has of its own. */
export function setLabels(source: JsonTable, draft: Draft, more: Readonly<Record<string, string>>): void {
	const name = (text: string | undefined) => (text === undefined ? undefined : excerpt(draft.prose(text), MAX_NAME));
	const description = source.text("description");
	draft.set("display_name", name(source.text("displayName")));
	draft.set("description", description === undefined ? undefined : draft.prose(description));
	const owners = references(source, "owner", "owners");
	const isTeam = ({ type }: Reference) => type === "team";
	draft.set("owner", name(owners.find((owner) => !isTeam(owner))?.name));
	draft.set("team", name(owners.find(isTeam)?.name));
	const domains = references(source, "domain", "domains");
	draft.set("domain", name(domains[0]?.name));
	const tags = source.items("tags").flatMap((tag) => name(tagOf(tag)) ?? []);
	draft.set("tags", tags.length === 0 ? undefined : [...new Set(tags)]);
	const custom = { ...source.get("extension")?.object()?.raw, ...more };
	draft.set("custom", Object.keys(custom).length === 0 ? undefined : tomlOf(custom, draft));
	const kept = [owners.find((owner) => !isTeam(owner)), owners.find(isTeam), domains[0]];
	for (const other of [...owners, ...domains]) {
		if (!kept.includes(other)) draft.note(`${keyName(other.name)} is not carried over: a hook has one of each kind`);
	}
}

/** Whom or what OpenMetadata refers to. https://open-metadata.org/schema/type/entityReference.json */
interface Reference {
	readonly type: string | undefined;
	readonly name: string;
}

/** One reference, or since version 1.5 a list of them. */
function references(source: JsonTable, one: string, many: string): readonly Reference[] {
	const single = source.get(one);
	const values = [...(single === undefined ? [] : [single]), ...source.items(many)];
	return values.flatMap((value) => {
		if (typeof value.raw === "string") return [{ type: undefined, name: value.raw }];
		const table = value.object();
		const name = ["name", "fullyQualifiedName", "displayName", "id"].find((key) => table?.has(key));
		const text = name === undefined ? undefined : table?.text(name);
		return text === undefined ? [] : [{ type: table?.text("type"), name: text }];
	});
}

function tagOf(value: JsonValue): string | undefined {
	if (typeof value.raw === "string") return value.raw;
	const table = value.object();
	return table?.needed("tagFQN", 'add "tagFQN"')?.text();
}

/** TOML has no null: such a key is left out. */
function tomlOf(value: Json, draft: Draft): TomlValue | undefined {
	if (typeof value === "string") return draft.prose(value);
	if (typeof value === "number" || typeof value === "boolean") return value;
	if (value === null) return undefined;
	if (value instanceof ExactNumber) return String(value);
	if (isJsonArray(value)) return value.flatMap((item) => tomlOf(item, draft) ?? []);
	return isJsonObject(value)
		? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, tomlOf(item, draft)]))
		: undefined;
}
