// The options of presets, as rows of the table of keys.
import { ExactNumber, writesExactNumbers } from "../lib/exact-number.ts";
import type { Json } from "../lib/json.ts";
import type { OptionSpec, Preset } from "../model/preset.ts";
import { isLiteral, parseReference } from "../model/reference.ts";
import { findPreset, PRESET_NAMES } from "../presets/index.ts";
import { type Fields, isTable, type Value } from "./fields.ts";
import { BOOLEAN, checkReferences, choice, type Key, type Kind, key, STRINGS, TEXT } from "./keys.ts";
import { compileAt } from "./values.ts";
import { typeName } from "./words.ts";

/** How an option's value is checked before it is taken as JSON. */
function kindOf({ kind, choices = [], template }: OptionSpec): Kind<unknown> {
	switch (kind) {
		case "boolean":
			return BOOLEAN;
		case "string":
			return TEXT;
		case "table":
			return { type: { type: "object" }, parse: (value) => value.fields('write it as { key = "value" }') };
		case "strings":
			return STRINGS;
		case "choice": {
			const exact = choice(choices);
			return {
				type: { anyOf: [exact.type, { type: "string", pattern: template ? "\\$\\{|\\{\\{" : "\\$\\{" }] },
				parse: (value) => {
					const text = TEXT.parse(value);
					const isFilled = template === true && text?.includes("{{") === true;
					if (text !== undefined && !isFilled && isLiteral(parseReference(text))) exact.parse(value);
				},
			};
		}
	}
}

/** No message of any service has tables nested this deep. */
const MAX_DEPTH = 100;

let presets: readonly Preset[] | undefined;

/** Every preset; built only to explain a key or to read `[defaults]`. */
export function allPresets(): readonly Preset[] {
	presets ??= PRESET_NAMES.flatMap((name) => findPreset(name) ?? []);
	return presets;
}

/** The presets that have an option of that name. */
export function ownersOf(option: string): readonly Preset[] {
	return allPresets().filter(({ options }) => Object.hasOwn(options, option));
}

/** The options of presets by name. One that several presets have is public only if it is so in each. */
export function optionRows(...of: readonly Preset[]): ReadonlyMap<string, Key<Json>> {
	const found = new Map<string, Key<Json>>();
	for (const [name, spec] of of.flatMap(({ options }) => Object.entries(options))) {
		const row = optionRow(name, spec);
		found.set(name, { ...row, public: row.public && found.get(name)?.public !== false });
	}
	return found;
}

function optionRow(name: string, spec: OptionSpec): Key<Json> {
	const kind = kindOf(spec);
	const parse = (value: Value) => {
		kind.parse(value);
		const json = toJson(value.raw, value);
		if (spec.template === true) for (const text of textsOf(value)) compileAt(text, parseReference(String(text.raw)));
		return json;
	};
	const isPublic = spec.secret !== true && spec.kind !== "table";
	return key(name, { type: kind.type, parse }, { summary: spec.summary, public: isPublic });
}

/** The texts of an option that is a template. Of a table anything else is an error. */
export function textsOf(value: Value): readonly Value[] {
	const texts = isTable(value.raw) ? (value.fields()?.entries() ?? []).map(([, item]) => item) : value.items();
	return texts.filter((text) => {
		if (typeof text.raw === "string") return true;
		if (isTable(value.raw)) text.mistyped("a string", 'write a template, as in "{{metadata.rows}}"');
		return false;
	});
}

/** Reports required options that are missing. */
export function requireOptions(preset: Preset, layers: readonly [Fields, ...Fields[]]): void {
	for (const [name, spec] of Object.entries(preset.options)) {
		if (spec.required !== true || layers.some((layer) => layer.has(name))) continue;
		const value = spec.kind === "string" && spec.secret === true ? `"\${${name.toUpperCase()}}"` : "…";
		layers[0].missing(name, `add ${name} = ${value}: ${spec.summary}`, `preset ${preset.name} needs ${name}`);
	}
}

/** Part of an option's value as JSON, whose strings may refer to variables. What JSON cannot represent is an error. */
function toJson(raw: unknown, value: Value, depth = 0): Json {
	if (typeof raw === "boolean") return raw;
	if (typeof raw === "number" && Number.isFinite(raw)) return raw;
	if (typeof raw === "bigint" && writesExactNumbers()) return new ExactNumber(String(raw));
	if (typeof raw === "string") {
		checkReferences(value, raw);
		return raw;
	}
	if (depth === MAX_DEPTH) {
		value.wrong(`is nested deeper than ${MAX_DEPTH} levels`, "flatten it");
		return null;
	}
	if (Array.isArray(raw)) return raw.map((item) => toJson(item, value, depth + 1));
	if (isTable(raw)) {
		return Object.fromEntries(Object.entries(raw).map(([key, item]) => [key, toJson(item, value, depth + 1)]));
	}
	value.wrong(`has ${typeName(raw)} in it that JSON cannot carry`, "write it as a string, in quotes");
	return null;
}
