// The table of keys as JSON Schema (draft 7), by which editors complete and check a config.
import type { JsonObject } from "../lib/json.ts";
import { CATALOG } from "../model/catalog.ts";
import type { Preset } from "../model/preset.ts";
import { type Key, oneOrMany } from "./keys.ts";
import { allPresets, optionRows, ownersOf } from "./options.ts";
import { PERSON_ROWS } from "./people.ts";
import { TABLES } from "./schema.ts";

/** Where the schema is published. */
export const SCHEMA_URL =
	"https://raw.githubusercontent.com/pipeline-hooks/pipeline-hooks/main/schema/pipeline-hooks.schema.json";

type Row = Pick<Key<unknown, unknown>, "summary" | "type" | "default">;
type Rows = ReadonlyMap<string, Row>;

const ref = (name: string): JsonObject => ({ $ref: `#/definitions/${name}` });

/** The schema of a whole config. It refuses nothing that the decoder accepts; what depends on other keys is left to it. */
export function jsonSchema(): JsonObject {
	const shell = keysOf(TABLES.hook, TABLES.command, TABLES.shell);
	const webhook = keysOf(TABLES.hook, TABLES.url, TABLES.webhook);
	const options = optionsOfAny();
	const events = keysOf(TABLES.subscription);
	// A table in place of a value is the rest of another event's name.
	const event = Object.fromEntries(
		Object.entries(keysOf(TABLES.event)).map(([name, type]) => [name, { anyOf: [type, ref("event")] }]),
	);
	const unchecked = uncheckedOptions();
	return {
		$schema: "http://json-schema.org/draft-07/schema#",
		$id: SCHEMA_URL,
		title: "pipeline-hooks",
		description: "The hooks that run when something happens in a pipeline",
		...table({
			hook: { description: "Shell hooks by event; `webhooks` has the webhooks by event", ...ref("hooks") },
			hooks: { description: "The same as hook", ...ref("hooks") },
			subscription: oneOrMany({ anyOf: [ref("shellSubscription"), ref("webhookSubscription")] }),
			defaults: ref("defaults"),
			store: { description: "Where records of deliveries are kept", ...table(keysOf(TABLES.store)) },
			relay: {
				description: "Hands events to the workers of a fleet",
				...table(keysOf(TABLES.relay)),
				required: ["nats"],
			},
			event: { type: "object", additionalProperties: ref("event") },
			people: { type: "object", additionalProperties: ref("person") },
		}),
		definitions: {
			hooks: { ...headers("shellHook"), properties: { ...eventNames("shellHook"), webhooks: headers("webhook") } },
			shellHook: { ...table(shell, ref("shellHookTables")), required: ["command"] },
			webhook: { ...table({ ...options, ...webhook }, ref("webhookTables")), allOf: [ref("presets")] },
			shellHookTables: tables("shellHook"),
			webhookTables: tables("webhook"),
			shellSubscription: { ...table({ ...events, ...shell }), required: ["command"] },
			webhookSubscription: { ...table({ ...options, ...events, ...webhook }), allOf: [ref("presets")] },
			presets: { allOf: allPresets().map(ofPreset) },
			filter: { ...table(keysOf(TABLES.filter)), minProperties: 1 },
			defaults: table({
				...unchecked,
				...keysOf(TABLES.webhook, TABLES.shell, withoutDefaults(), TABLES.defaults),
				shell: { description: "Defaults of shell hooks", ...table(keysOf(TABLES.shell)) },
				webhook: { description: "Defaults of webhooks", ...table({ ...unchecked, ...keysOf(TABLES.webhook) }) },
			}),
			person: table(keysOf(PERSON_ROWS)),
			event: { ...table(event), additionalProperties: ref("event") },
		},
	};
}

function table(properties: JsonObject, more: JsonObject | false = false): JsonObject {
	return { type: "object", properties, additionalProperties: more };
}

/** The tables of hooks below one key: hooks for the event that it names, or the rest of the names of others. */
function tables(hook: string): JsonObject {
	return { anyOf: [oneOrMany(ref(hook)), { type: "object", additionalProperties: ref(`${hook}Tables`) }] };
}

function headers(hook: string): JsonObject {
	return { type: "object", properties: eventNames(hook), additionalProperties: ref(`${hook}Tables`) };
}

function eventNames(hook: string): JsonObject {
	return Object.fromEntries(
		CATALOG.map(({ name, title }) => [name, { description: title, allOf: [ref(`${hook}Tables`)] }]),
	);
}

function keysOf(...rows: readonly Rows[]): JsonObject {
	return Object.fromEntries(rows.flatMap((some) => Array.from(some, ([name, row]) => [name, described(row)])));
}

function described({ summary, type, default: value }: Row): JsonObject {
	const isPlain = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
	return { description: plain(summary), ...type, ...(isPlain ? { default: value } : {}) };
}

/** The keys of both kinds of hooks, whose defaults depend on the kind. */
function withoutDefaults(): Rows {
	const both = [...TABLES.shell].filter(([name]) => TABLES.webhook.has(name));
	return new Map(both.map(([name, row]) => [name, { ...row, default: undefined }]));
}

/** Markdown without its links and marks. */
function plain(summary: string): string {
	return summary.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll("`", "");
}

/** Every option of every preset, in any of the forms that presets give it. */
function optionsOfAny(): JsonObject {
	const names = [...optionRows(...allPresets()).keys()];
	return Object.fromEntries(
		names.map((name) => {
			const forms = ownersOf(name).map((preset) => keysOf(optionRows(preset))[name] ?? {});
			return [name, forms.length === 1 && forms[0] !== undefined ? forms[0] : { anyOf: forms }];
		}),
	);
}

/** The options in `[defaults]`, which are checked where a hook takes them. */
function uncheckedOptions(): JsonObject {
	const names = [...optionRows(...allPresets()).keys()];
	const describe = (name: string) =>
		ownersOf(name).map(({ title, options }) => `${title}: ${plain(options[name]?.summary ?? "")}`);
	return Object.fromEntries(names.map((name) => [name, { description: describe(name).join(". ") }]));
}

/** In a hook that names a preset, the options are those of the preset. */
function ofPreset(preset: Preset): JsonObject {
	const own = optionRows(preset);
	const foreign = [...optionRows(...allPresets()).keys()].filter(
		(option) => !own.has(option) && !TABLES.hook.has(option),
	);
	return {
		if: { properties: { preset: { const: preset.name } }, required: ["preset"] },
		[THEN]: { properties: keysOf(own), propertyNames: { not: { enum: foreign } } },
	};
}

/** Written as a computed key, because a linter takes it for the method of a promise. */
const THEN = "then";
