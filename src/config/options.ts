// A preset's own options among the keys of a webhook: which preset they belong to, and whether they are right.
import { ExactNumber, writesExactNumbers } from "../lib/exact-number.ts";
import type { Json } from "../lib/json.ts";
import type { OptionSpec, Preset } from "../model/preset.ts";
import { isLiteral, parseReference } from "../model/reference.ts";
import { findPreset, PRESET_NAMES } from "../presets/index.ts";
import { type Fields, isTable } from "./fields.ts";
import { referenceProblem, typeName } from "./words.ts";

/** Takes what is wrong with an option, as a phrase after its name, and what to do. */
type Report = (problem: string, remedy: string) => void;

/** No message of any service has tables nested this deep. */
const MAX_DEPTH = 100;

let owners: ReadonlyMap<string, readonly Preset[]> | undefined;

/** Every option of every preset, with the presets that have it; asked for only where a key is not one of the table's. */
export function optionOwners(): ReadonlyMap<string, readonly Preset[]> {
	if (owners !== undefined) return owners;
	const found = new Map<string, Preset[]>();
	for (const preset of PRESET_NAMES.flatMap((name) => findPreset(name) ?? [])) {
		for (const option of Object.keys(preset.options)) found.set(option, [...(found.get(option) ?? []), preset]);
	}
	owners = found;
	return found;
}

/** Whether code frames show the value of a key that is an option: of one that no preset calls secret. */
export function isPublicOption(name: string): boolean {
	const specs = (optionOwners().get(name) ?? []).flatMap(({ options }) => options[name] ?? []);
	return specs.length > 0 && specs.every(({ secret, kind }) => secret !== true && kind !== "table");
}

/** The options that the preset has, from the first table that gives each. A wrong one is noted at its own key. */
export function readOptions(preset: Preset, layers: readonly Fields[]): Readonly<Record<string, Json>> {
	const options = Object.entries(preset.options).flatMap(([name, spec]): (readonly [string, Json])[] => {
		const fields = layers.find((layer) => layer.has(name));
		if (fields === undefined) return [];
		const value = fields.value(name);
		const report: Report = (problem, remedy) => fields.wrong(name, `${name} ${problem}`, remedy);
		checkKind(spec, value, report);
		return [[name, toJson(value, report)]];
	});
	return Object.fromEntries(options);
}

/** Notes the options that the preset cannot do without. */
export function requireOptions(preset: Preset, layers: readonly [Fields, ...Fields[]]): void {
	for (const [name, spec] of Object.entries(preset.options)) {
		if (spec.required !== true || layers.some((layer) => layer.has(name))) continue;
		const value = spec.kind === "string" && spec.secret === true ? `"\${${name.toUpperCase()}}"` : "…";
		layers[0].missing(name, `add ${name} = ${value}: ${spec.summary}`, `preset ${preset.name} needs ${name}`);
	}
}

function checkKind(spec: OptionSpec, value: unknown, report: Report): void {
	const mistyped = (wanted: string, remedy: string) => report(`must be ${wanted}, not ${typeName(value)}`, remedy);
	switch (spec.kind) {
		case "boolean":
			if (typeof value !== "boolean") mistyped("true or false", "write true or false, without quotes");
			break;
		case "table":
			if (!isTable(value)) mistyped("a table", 'write it as { key = "value" }');
			break;
		case "strings":
			if (typeof value === "string") break;
			if (!Array.isArray(value)) mistyped("a string or an array of strings", 'write it as ["one", "two"]');
			else if (!value.every((item) => typeof item === "string")) report("must hold strings only", "quote each item");
			break;
		case "string":
			if (typeof value !== "string") mistyped("a string", 'put it in quotes, as in "text"');
			else if (value.trim() === "") report("is empty", "give it a value, or leave the key out");
			break;
		case "choice":
			if (typeof value !== "string") mistyped("a string", 'put it in quotes, as in "text"');
			else if (isLiteral(parseReference(value)) && !spec.choices?.includes(value)) {
				report(`must be one of ${spec.choices?.join(", ")}`, "use one of these words");
			}
	}
}

/** The value as JSON, whose strings may refer to variables. What JSON cannot say becomes null and is reported. */
function toJson(value: unknown, report: Report, depth = 0): Json {
	if (typeof value === "boolean") return value;
	if (typeof value === "number" && Number.isFinite(value)) return value;
	if (typeof value === "bigint" && writesExactNumbers()) return new ExactNumber(String(value));
	if (typeof value === "string") {
		const found = referenceProblem(value);
		if (found !== undefined) report(found.problem, found.remedy);
		return value;
	}
	if (depth === MAX_DEPTH) {
		report(`is nested deeper than ${MAX_DEPTH} levels`, "flatten it");
		return null;
	}
	if (Array.isArray(value)) return value.map((item) => toJson(item, report, depth + 1));
	if (isTable(value)) {
		return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item, report, depth + 1)]));
	}
	report(`has ${typeName(value)} in it that JSON cannot carry`, "write it as a string, in quotes");
	return null;
}
