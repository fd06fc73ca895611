// What OpenMetadata knows of a webhook's owner, domain, tags and more, as the keys that a hook is known by.
import { keyName } from "../../config/words.ts";
import { isJsonObject } from "../../lib/json.ts";
import { excerpt } from "../../lib/text.ts";
import { customOf } from "./custom.ts";
import type { Draft } from "./draft.ts";
import type { JsonTable, JsonValue } from "./json.ts";

/** The keys that are read here. */
export const LABELS: readonly string[] = [
	...["displayName", "description", "owner", "owners", "domain", "domains", "tags", "extension"],
];

/** UTF-16 code units of a name, as the config takes it. */
const MAX_NAME = 100;

/** Sets the keys. `more` is added to what the webhook has of its own. */
export function setLabels(source: JsonTable, draft: Draft, more: Readonly<Record<string, string>>): void {
	const name = (text: string | undefined, from: string) =>
		text === undefined ? undefined : shortName(text, from, draft);
	const description = source.text("description");
	draft.set("display_name", name(source.text("displayName"), "displayName"));
	draft.set("description", description === undefined ? undefined : draft.prose(description, "description"));
	const owners = references(source, "owner", "owners", draft);
	const isTeam = ({ type }: Reference) => type === "team";
	draft.set("owner", name(owners.find((owner) => !isTeam(owner))?.name, "owner"));
	draft.set("team", name(owners.find(isTeam)?.name, "owner"));
	const domains = references(source, "domain", "domains", draft);
	draft.set("domain", name(domains[0]?.name, "domain"));
	const tags = source.items("tags").flatMap((tag) => name(tagOf(tag), "tags") ?? []);
	tellRest(source.items("tags"), ["tagFQN"], "tags", draft);
	draft.set("tags", tags.length === 0 ? undefined : [...new Set(tags)]);
	const extension = source.get("extension")?.object()?.raw;
	const custom = { ...(extension === undefined ? {} : customOf(extension, "extension", draft)), ...more };
	draft.set("custom", Object.values(custom).every((value) => value === undefined) ? undefined : custom);
	const kept = [owners.find((owner) => !isTeam(owner)), owners.find(isTeam), domains[0]];
	for (const other of [...owners, ...domains]) {
		if (!kept.includes(other)) draft.note(`${keyName(other.name)} is not carried over: a hook has one of each kind`);
	}
}

/** A name on one line, as the config takes it. */
function shortName(text: string, from: string, draft: Draft): string | undefined {
	const line = draft.prose(text, from);
	let [name, limit] = [excerpt(line, MAX_NAME), MAX_NAME];
	// The config counts UTF-16 code units.
	while (name.length > MAX_NAME) name = excerpt(line, --limit);
	if (name.endsWith("…") && !line.endsWith("…"))
		draft.note(`${from} is cut: a name has ${MAX_NAME} characters at most`);
	return name === "" ? undefined : name;
}

/** Says which keys of some values are not read. */
function tellRest(values: readonly JsonValue[], read: readonly string[], from: string, draft: Draft): void {
	const keys = new Set(values.flatMap(({ raw }) => (isJsonObject(raw) ? Object.keys(raw) : [])));
	const rest = [...keys].filter((key) => !read.includes(key));
	if (rest.length === 0) return;
	draft.note(`${rest.map(keyName).join(", ")} of ${from}: not carried over, of each only its name is`);
}

/** Whom or what OpenMetadata refers to. https://open-metadata.org/schema/type/entityReference.json */
interface Reference {
	readonly type: string | undefined;
	readonly name: string;
}

/** What names it, the best first. */
const NAMES = ["name", "fullyQualifiedName", "displayName", "id"];

/** One reference, or since version 1.5 a list of them. */
function references(source: JsonTable, one: string, many: string, draft: Draft): readonly Reference[] {
	const single = source.get(one);
	const values = [...(single === undefined ? [] : [single]), ...source.items(many)];
	tellRest(values, ["type", ...NAMES], values.length === 1 && single !== undefined ? one : many, draft);
	return values.flatMap((value) => {
		if (typeof value.raw === "string") return [{ type: undefined, name: value.raw }];
		const table = value.object();
		const name = NAMES.find((key) => table?.has(key));
		const text = name === undefined ? undefined : table?.text(name);
		return text === undefined ? [] : [{ type: table?.text("type"), name: text }];
	});
}

function tagOf(value: JsonValue): string | undefined {
	if (typeof value.raw === "string") return value.raw;
	const table = value.object();
	return table?.needed("tagFQN", 'add "tagFQN"')?.text();
}
