// Finding what a dotted name means in a JSON value. Filters and templates read names alike, by this.
import { isJsonArray, isJsonObject, type Json } from "./json.ts";

/** How a name goes through a list: by a number for one of its items, or through every item at once. */
type Lists = "index" | "every_item";

/**
 * The values that a path leads to. A key may have dots in it: `["dbt", "version"]` is the `version` of `dbt`, or else the
 * key `dbt.version`. Sees own properties only. With `index` there is one value at most.
 */
export function valuesAt(value: Json, path: readonly string[], lists: Lists): readonly Json[] {
	if (lists === "every_item" && isJsonArray(value)) return value.flatMap((item) => valuesAt(item, path, lists));
	if (path.length === 0) return [value];
	let key = "";
	for (const [index, name] of path.entries()) {
		key = index === 0 ? name : `${key}.${name}`;
		const inside = own(value, key);
		const found = inside === undefined ? [] : valuesAt(inside, path.slice(index + 1), lists);
		if (found.length > 0) return found;
	}
	return [];
}

/** Whether a value has a key that the path begins with. */
export function hasBeginning(value: Json, path: readonly string[]): boolean {
	let key = "";
	return path.some((name, index) => {
		key = index === 0 ? name : `${key}.${name}`;
		return own(value, key) !== undefined;
	});
}

/** Through the property's descriptor, so that nothing inherited is seen and no code of a value runs. */
function own(value: Json, key: string): Json | undefined {
	if (!isJsonObject(value) && !isJsonArray(value)) return undefined;
	const found: Json | undefined = Object.getOwnPropertyDescriptor(value, key)?.value;
	return typeof found === "function" ? undefined : found;
}
