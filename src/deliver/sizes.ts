// How large a message is, beside the limits of its service.
import { isJsonArray, isJsonObject, type Json, parseJson } from "../lib/json.ts";
import type { Size } from "../model/delivery.ts";
import type { Limits, TextLimit } from "../model/preset.ts";

/** The size of the whole body first, then that of each part which it has and for which the service has a limit. */
export function sizesOf(body: string, limits: Limits = {}): readonly Size[] {
	const { bytes: most, ...parts } = limits;
	const bytes = {
		of: "body",
		size: Buffer.byteLength(body),
		unit: "bytes",
		...(typeof most === "number" ? { most } : {}),
	} as const;
	const value = parseJson(body);
	if (value === undefined) return [bytes];
	return [bytes, ...Object.entries(parts).flatMap(([of, limit]) => sizeOf(value, of, limit) ?? [])];
}

function sizeOf(body: Json, of: string, limit: number | TextLimit): Size | undefined {
	const { most, unit, size: measure } = typeof limit === "number" ? { ...BY_LENGTH, most: limit } : limit;
	const paths = of.split(" + ");
	const found = paths
		.flatMap((path) => partsAt(body, path.split(".")))
		.filter((part) => typeof part === "string" || isJsonArray(part));
	if (found.length === 0) return undefined;
	const sizes = found.map((part) => (typeof part === "string" ? measure(part) : part.length));
	const size = sizes.reduce((all, each) => (paths.length === 1 ? Math.max(all, each) : all + each), 0);
	return { of, size, unit: typeof found[0] === "string" ? unit : "items", most };
}

const BY_LENGTH = { unit: "characters", size: ({ length }: string) => length } as const;

function partsAt(value: Json | undefined, [step, ...rest]: readonly string[]): readonly Json[] {
	if (value === undefined) return [];
	if (step === undefined) return [value];
	if (!isJsonArray(value)) return isJsonObject(value) ? partsAt(value[step], rest) : [];
	const items = step === "*" ? value : value.filter((item) => isJsonObject(item) && item["type"] === step);
	return items.flatMap((item) => partsAt(item, rest));
}
