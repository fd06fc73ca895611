// What a hook may have, and hardly does what its author wants.
import { count } from "../lib/text.ts";
import { STATUSES } from "../model/event.ts";
import type { Hook, Webhook } from "../model/hook.ts";
import { AUTHOR, OWNER } from "../model/people.ts";
import { isLiteral, literalParts, parseReference } from "../model/reference.ts";
import { checkUrl } from "../net/url.ts";
import { addressNote } from "../presets/addresses.ts";
import { isColor } from "../presets/custom.ts";
import { webAddress } from "../presets/links.ts";
import { escapingOf } from "../template/render.ts";
import type { Fields, Value } from "./fields.ts";
import type { Layers } from "./keys.ts";
import { textsOf } from "./options.ts";
import { TABLES } from "./schema.ts";
import { adviseOnSecrets, adviseOnValue } from "./secret-advice.ts";
import { typed } from "./template-fields.ts";
import type { View } from "./template-forms.ts";
import { misquoted } from "./template-quotes.ts";
import { offsetIn } from "./values.ts";
import { quote } from "./words.ts";

/** Below it, milliseconds are hardly meant. */
const SHORTEST_MS = 100;

/** Reports warnings about a valid hook, and about what all hooks share. `layers` are its own table and its defaults. */
export function advise(hook: Hook, layers: Layers, root: Fields): void {
	adviseOnTimes(hook, layers);
	adviseOnSecrets(hook, layers);
	for (const [table, key, name] of [
		["store", "url", "store_url"],
		["relay", "nats", "nats_url"],
	] as const) {
		const value = root.get(table)?.fields()?.get(key);
		if (value !== undefined) adviseOnValue(value, name, "url");
	}
	if (hook.kind === "shell") return;
	adviseOnUrl(hook, layers);
	adviseOnUnused(hook, layers);
	adviseOnMissing(hook, layers);
	adviseOnMentions(hook, layers);
	adviseOnPeople(hook, layers, root.get("people")?.fields());
	adviseOnLooks(hook, layers);
	adviseOnTemplates(hook, layers);
}

/** A key in the first table that has it. */
function written(key: string, layers: Layers): Value | undefined {
	return layers.find((layer) => layer.has(key))?.get(key);
}

function adviseOnTimes({ kind }: Hook, layers: Layers): void {
	for (const key of TABLES[kind].keys()) {
		const value = key.endsWith("_ms") ? written(key, layers) : undefined;
		const number = Number(value?.raw);
		if (value === undefined || number >= SHORTEST_MS) continue;
		const remedy = `for ${count(number, "second")} write ${key} = ${number}000`;
		value.warn("short_time", `is ${count(number, "millisecond")}`, remedy);
	}
}

function adviseOnUrl({ preset, bodyTemplate, ...hook }: Webhook, layers: Layers): void {
	const value = written("url", layers);
	if (value === undefined || hook.url === undefined || !isLiteral(hook.url)) return;
	const checked = checkUrl(literalParts(hook.url).join(""), hook);
	const note = "url" in checked ? addressNote(checked.url, preset, bodyTemplate !== undefined) : undefined;
	if (note !== undefined) value.problems.warn("unsuitable_url", value.path, note.what, note.remedy);
}

/** An option in the defaults may suit other hooks. */
function adviseOnUnused({ preset, bodyTemplate, method }: Webhook, [fields]: Layers): void {
	if (bodyTemplate === undefined && method !== "GET") return;
	const why =
		bodyTemplate === undefined ? "a GET has no body" : "body_template replaces the message that would have it";
	const remedy =
		bodyTemplate === undefined
			? 'remove it, or set method = "POST"'
			: "write it into body_template, or remove one of the two";
	for (const [name, { inRequest }] of Object.entries(preset.options)) {
		if (inRequest !== true) fields.get(name)?.warn("unused_option", `is not used: ${why}`, remedy);
	}
}

/** What the decoder requires may be left out in `rocky.toml`, or empty by its default. */
function adviseOnMissing({ preset, bodyTemplate }: Webhook, layers: Layers): void {
	const [{ problems, path }] = layers;
	for (const [name, { required, inRequest, summary }] of Object.entries(preset.options)) {
		if (required !== true || (bodyTemplate !== undefined && inRequest !== true)) continue;
		const value = written(name, layers);
		const variable = `\${${name.toUpperCase()}}`;
		if (value === undefined) {
			const other = name === "routing_key" ? ", or give each event metadata.routing_key" : "";
			const remedy = `add ${name} = "${variable}"${other}: ${summary}`;
			problems.warn("missing_option", path, `preset ${preset.name} has no ${name}`, remedy);
		} else if (isEmptyByDefault(value)) {
			value.warn("missing_option", "is empty if its variable is", "remove the :-, so that the hook fails and says so");
		}
	}
}

/** Whether nothing but a variable that is set gives it a value. */
function isEmptyByDefault({ raw }: Value): boolean {
	const parts = typeof raw === "string" ? parseReference(raw).parts : ["no text"];
	return parts.every((part) => (typeof part === "string" ? part : (part.fallback ?? "required")).trim() === "");
}

function adviseOnMentions({ preset }: Webhook, layers: Layers): void {
	const value = preset.mention && written("mention", layers);
	for (const item of value?.items() ?? []) {
		const text = String(item.raw).trim();
		if (text === "" || isRole(text) || !isWhole(text) || preset.mention?.(text.replace(/^@/, "")) !== undefined)
			continue;
		const whom = preset.options["mention"]?.summary.replace(/^.*?: /, "") ?? "";
		item.warn("unknown_mention", `has ${quote(text)}, which mentions nobody in ${preset.title}`, `it takes ${whom}`);
	}
}

/** Whom only `[people]` can say. */
function adviseOnPeople({ sendTo }: Webhook, layers: Layers, people: Fields | undefined): void {
	for (const [, person] of people?.entries() ?? []) {
		const webhook = person.fields()?.get("webhook");
		if (webhook !== undefined) adviseOnValue(webhook, "webhook", "url");
	}
	if (people !== undefined) return;
	const named = (written("mention", layers)?.items() ?? []).filter(({ raw }) => isRole(String(raw).trim()));
	for (const item of named) item.warn("unknown_mention", `has ${quote(String(item.raw))}, and ${NOBODY}`, ADD_PEOPLE);
	for (const whom of sendTo)
		layers[0].get(`send_to_${whom}`)?.warn("unknown_mention", `is true, and ${NOBODY}`, ADD_PEOPLE);
}

const NOBODY = "the config has no people, so nobody gets it";
const ADD_PEOPLE = 'add [people.<name>] with their github = "…" and what names them in the service';

function isRole(text: string): boolean {
	return text === AUTHOR || text === OWNER;
}

/** Colours and links that are written out; those of a template only an event can tell. */
function adviseOnLooks({ preset }: Webhook, layers: Layers): void {
	const own = (option: string) => {
		const value = Object.hasOwn(preset.options, option) ? written(option, layers) : undefined;
		return value === undefined ? [] : textsOf(value).filter(({ raw }) => isWhole(String(raw)));
	};
	const words = preset.options["color"]?.words;
	for (const color of own("color")) {
		const text = String(color.raw).trim();
		if (words === undefined ? isColor(text) : words.includes(text.toLowerCase())) continue;
		const what = isColor(text) ? `is not one that ${preset.title} has` : "is not a colour";
		const remedy =
			words === undefined ? `write #rrggbb, or one of ${STATUSES.join(", ")}` : `write one of ${words.join(", ")}`;
		color.warn("unusable_value", what, remedy);
	}
	for (const [, item] of namesOf(preset, layers).filter(([name]) => !isWhole(name))) {
		const what = "has a name with a tag or a variable in it, which is shown as it is";
		item.warn("unusable_value", what, "write the name out: only what follows the = is a template");
	}
	for (const link of own("links")) {
		if (webAddress(String(link.raw).trim(), ["https:"]) !== undefined) continue;
		link.warn("unusable_value", "is not an https:// address, so the link is left out", "write it with https://");
	}
}

/** The names under which messages show what templates give, each with its template. */
function namesOf({ options }: Webhook["preset"], layers: Layers): readonly (readonly [name: string, value: Value])[] {
	return Object.entries(options).flatMap(([option, { template, kind }]) => {
		const value = template === true && kind === "table" ? written(option, layers) : undefined;
		return value?.fields()?.entries() ?? [];
	});
}

/** Whether nothing is inserted in a text. */
function isWhole(text: string): boolean {
	return !text.includes("{{") && isLiteral(parseReference(text));
}

/** What messages have where the hook says nothing else. */
const JSON_TYPE = "application/json";

function adviseOnTemplates({ preset, batchSize, headers, bodyTemplate }: Webhook, layers: Layers): void {
	const isBatch = batchSize !== undefined;
	for (const [name, { template }] of Object.entries(preset.options)) {
		const value = template === true ? written(name, layers) : undefined;
		for (const text of value === undefined ? [] : textsOf(value)) adviseOnTemplate(text, isBatch ? "either" : "event");
	}
	const body = written("body_template", layers);
	if (body === undefined || bodyTemplate === undefined) return;
	const type = [...headers].find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? parseReference(JSON_TYPE);
	const isJson = isLiteral(type) && escapingOf(bodyTemplate, literalParts(type).join("")) === "json";
	adviseOnTemplate(body, isBatch ? "batch" : "event", isJson);
}

function adviseOnTemplate(value: Value, view: View, isJson = false): void {
	const { problems, label } = value;
	const template = typed(parseReference(String(value.raw)), view);
	const tell = (code: "unknown_field" | "not_json") => {
		const found = code === "unknown_field" ? template.unknown : misquoted(template);
		for (const { offset, message, remedy } of found) {
			problems.warnAt(code, offsetIn(value, offset), `${label}: ${message}`, remedy);
		}
	};
	tell("unknown_field");
	if (isJson) tell("not_json");
}
