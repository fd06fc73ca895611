// A preset's own options among the keys of a webhook: which preset they belong to, and whether they are right.

import { ExactNumber, writesExactNumbers } from "../lib/exact-number.ts";
import type { Json } from "../lib/json.ts";
import type { OptionSpec, Preset } from "../model/preset.ts";
import { isLiteral, parseReference } from "../model/reference.ts";
import { findPreset, PRESET_NAMES } from "../presets/index.ts";
import { type Fields, isTable } from "./fields.ts";
import type { Path } from "./locate.ts";
import type { Problems } from "./problems.ts";
import { referenceFault, typeName } from "./words.ts";

/** An option as it is written, not yet checked, and where. */
interface Option {
	readonly value: unknown;
	readonly path: Path;
}

/** Options by name. Some may belong to other presets than the hook's: defaults are for all hooks. */
export type Options = ReadonlyMap<string, Option>;

/** Takes what is wrong with an option, as a phrase after its name, and what to do. */
type Report = (problem: string, remedy: string) => void;

/** No message of any service has tables nested this deep. */
const MAX_DEPTH = 100;

/** Every option of every preset, with the presets that have it. */
const OWNERS: ReadonlyMap<string, readonly Preset[]> = owners();

function owners(): ReadonlyMap<string, readonly Preset[]> {
	const found = new Map<string, Preset[]>();
	for (const preset of PRESET_NAMES.flatMap((name) => findPreset(name) ?? [])) {
		for (const option of Object.keys(preset.options)) found.set(option, [...(found.get(option) ?? []), preset]);
	}
	return found;
}

/** The presets that have an option of this name; empty where it is none. */
export function presetsWith(option: string): readonly Preset[] {
	return OWNERS.get(option) ?? [];
}

/** The names of all options of all presets. */
export function optionNames(): readonly string[] {
	return [...OWNERS.keys()];
}

/** The table's options, of whichever preset, over the given ones. */
export function readOptions(fields: Fields, base: Options): Options {
	const own = fields.keys().filter((key) => presetsWith(key).length > 0);
	if (own.length === 0) return base;
	return new Map([...base, ...own.map((key) => [key, { value: fields.table[key], path: fields.at(key) }] as const)]);
}

/** The options that the preset has. A wrong one is noted at its own key. */
export function checkOptions(preset: Preset, options: Options, problems: Problems): Readonly<Record<string, Json>> {
	const checked: [string, Json][] = [];
	for (const [name, spec] of Object.entries(preset.options)) {
		const option = options.get(name);
		if (option === undefined) continue;
		const report: Report = (problem, remedy) => problems.add("config_value", option.path, `${name} ${problem}`, remedy);
		checkKind(spec, option.value, report);
		checked.push([name, toJson(option.value, report)]);
	}
	return Object.fromEntries(checked);
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
		const fault = referenceFault(value);
		if (fault !== undefined) report(fault.problem, fault.remedy);
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
