// The table of keys as JSON Schema (draft 7), by which editors complete and check a config.
import type { JsonObject } from "../lib/json.ts";
import { CATALOG } from "../model/catalog.ts";
import type { OptionSpec, Preset } from "../model/preset.ts";
import { findPreset, PRESET_NAMES } from "../presets/index.ts";
import { type Key, oneOrMany, TEXT } from "./keys.ts";
import { optionOwners } from "./options.ts";
import { TABLES } from "./schema.ts";

/** Where the schema is published. */
export const SCHEMA_URL =
	"https://raw.githubusercontent.com/pipeline-hooks/pipeline-hooks/main/schema/pipeline-hooks.schema.json";

const ref = (name: string): JsonObject => ({ $ref: `#/definitions/${name}` });

/** The schema of a whole config. It refuses nothing that the decoder takes: what depends on other keys is left to that. */
export function jsonSchema(): JsonObject {
	const shell = [TABLES.hook, TABLES.command, TABLES.shell].map(keysOf);
	const webhook = [TABLES.hook, TABLES.url, TABLES.webhook].map(keysOf);
	const events = keysOf(TABLES.subscription);
	// A table in the place of a key of an event is the rest of another event's name.
	const event = Object.fromEntries(
		Object.entries(keysOf(TABLES.event)).map(([name, type]) => [name, { anyOf: [type, ref("event")] }]),
	);
	// Those of [defaults] are checked where a hook takes them.
	const unchecked = Object.fromEntries(
		[...optionOwners()].map(([name, owners]) => [
			name,
			{
				description: owners
					.map((preset) => `${preset.title}: ${plain(preset.options[name]?.summary ?? "")}`)
					.join(". "),
			},
		]),
	);
	const options = Object.fromEntries([...optionOwners()].map(([name, owners]) => [name, optionOfAny(name, owners)]));
	const presets = [...PRESET_NAMES].flatMap((name) => findPreset(name) ?? []);
	return {
		$schema: "http://json-schema.org/draft-07/schema#",
		$id: SCHEMA_URL,
		title: "pipeline-hooks",
		description: "The hooks that run when something happens in a pipeline",
		...table({
			hook: { description: "Shell hooks, and below webhooks the webhooks", ...ref("hooks") },
			hooks: { description: "The same as hook", ...ref("hooks") },
			subscription: oneOrMany({ anyOf: [ref("shellSubscription"), ref("webhookSubscription")] }, {}),
			defaults: ref("defaults"),
			event: { type: "object", additionalProperties: ref("event") },
		}),
		definitions: {
			hooks: { ...headers("shellHook"), properties: { ...eventNames("shellHook"), webhooks: headers("webhook") } },
			shellHook: { ...table(Object.assign({}, ...shell), ref("shellHookTables")), required: ["command"] },
			webhook: {
				...table({ ...options, ...Object.assign({}, ...webhook) }, ref("webhookTables")),
				allOf: [ref("presets")],
			},
			shellHookTables: tables("shellHook"),
			webhookTables: tables("webhook"),
			shellSubscription: { ...table(Object.assign({}, events, ...shell)), required: ["command"] },
			webhookSubscription: {
				...table({ ...options, ...Object.assign({}, events, ...webhook) }),
				allOf: [ref("presets")],
			},
			presets: { allOf: presets.map(ofPreset) },
			filter: { ...table(keysOf(TABLES.filter)), minProperties: 1 },
			defaults: table({
				...unchecked,
				...keysOf(TABLES.webhook),
				...keysOf(TABLES.shell),
				...bothKinds(),
				...keysOf(TABLES.defaults),
				shell: { description: "Defaults of shell hooks", ...table(keysOf(TABLES.shell)) },
				webhook: { description: "Defaults of webhooks", ...table({ ...unchecked, ...keysOf(TABLES.webhook) }) },
			}),
			event: { ...table(event), additionalProperties: ref("event") },
		},
	};
}

function table(properties: JsonObject, more: JsonObject | false = false): JsonObject {
	return { type: "object", properties, additionalProperties: more };
}

/** The tables of hooks below one key: hooks for the event that it names, or the rest of the names of others. */
function tables(hook: string): JsonObject {
	return { anyOf: [oneOrMany(ref(hook), {}), { type: "object", additionalProperties: ref(`${hook}Tables`) }] };
}

function headers(hook: string): JsonObject {
	return { type: "object", properties: eventNames(hook), additionalProperties: ref(`${hook}Tables`) };
}

function eventNames(hook: string): JsonObject {
	return Object.fromEntries(
		CATALOG.map(({ name, title }) => [name, { description: title, allOf: [ref(`${hook}Tables`)] }]),
	);
}

function keysOf(rows: ReadonlyMap<string, Key<unknown>>): JsonObject {
	return Object.fromEntries([...rows].map(([name, row]) => [name, described(row)]));
}

function described({ summary, type, standard }: Key<unknown>): JsonObject {
	return { description: plain(summary), ...type, ...(standard === undefined ? {} : { default: standard }) };
}

/** Of the keys of both kinds, what their defaults are depends on the kind. */
function bothKinds(): JsonObject {
	const both = [...TABLES.shell.values()].filter(({ name }) => TABLES.webhook.has(name));
	return Object.fromEntries(both.map(({ name, summary, type }) => [name, { description: plain(summary), ...type }]));
}

/** Markdown without its links and marks. */
function plain(summary: string): string {
	return summary.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("`", "");
}

function optionOfAny(name: string, owners: readonly Preset[]): JsonObject {
	const specs = owners.flatMap((preset) => preset.options[name] ?? []);
	const [first, ...others] = specs.map(optionOf);
	return first !== undefined && others.length === 0 ? first : { anyOf: specs.map(optionOf) };
}

function optionOf(spec: OptionSpec): JsonObject {
	return { description: plain(spec.summary), ...optionType(spec) };
}

function optionType({ kind, choices = [] }: OptionSpec): JsonObject {
	switch (kind) {
		case "boolean":
			return { type: "boolean" };
		case "table":
			return { type: "object" };
		case "string":
			return TEXT;
		case "strings":
			return { anyOf: [{ type: "string" }, { type: "array", items: { type: "string" } }] };
		case "choice":
			return {
				anyOf: [
					{ type: "string", enum: [...choices] },
					{ type: "string", pattern: "\\$\\{" },
				],
			};
	}
}

/** In a hook that names a preset, the options are those of the preset. */
function ofPreset({ name, options }: Preset): JsonObject {
	const own = Object.fromEntries(Object.entries(options).map(([option, spec]) => [option, optionOf(spec)]));
	const foreign = [...optionOwners().keys()].filter((option) => options[option] === undefined);
	return {
		if: { properties: { preset: { const: name } }, required: ["preset"] },
		[THEN]: { properties: own, propertyNames: { not: { enum: foreign } } },
	};
}

/** A name that linters mistake for that of a promise's method where it is written out. */
const THEN = "then";
