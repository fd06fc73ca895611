// Finding what a dotted name means in a JSON value. Filters and templates read names alike, by this.
import { isJsonArray, isJsonObject, type Json } from "./json.ts";

/** How a name goes through a list: by a number for one of its items, or through every item at once. */
type Lists = "index" | "every_item";

/**
 * The values that a path leads to. A key may have dots in it: `["dbt", "version"]` is the `version` of `dbt`, or else the
 * key `dbt.version`. Sees own properties only. With `index` there is one value at most.
 */
export function valuesAt(value: Json, path: readonly string[], lists: Lists): readonly Json[] {
	const found: Json[] = [];
	collect(value, path, lists, found);
	return found;
}

/** All levels add to one list: in lists in lists, each would copy what the next one has found. */
function collect(value: Json, path: readonly string[], lists: Lists, found: Json[]): void {
	if (lists === "every_item" && isJsonArray(value)) {
		for (const item of value) collect(item, path, lists, found);
		return;
	}
	if (path.length === 0) {
		found.push(value);
		return;
	}
	const before = found.length;
	let key = "";
	for (const [index, name] of path.entries()) {
		key = index === 0 ? name : `${key}.${name}`;
		const inside = own(value, key);
		if (inside !== undefined) collect(inside, path.slice(index + 1), lists, found);
		if (found.length > before) return;
	}
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
