// Gates in tables that are not decoded: found by what only a gate has, so that none is lost in silence.
import { closest } from "../lib/suggest.ts";
import { isTable } from "./fields.ts";
import type { Path } from "./locate.ts";

/** What `on_failure` may say without making a gate. In doubt it makes one. */
const NO_GATE: readonly unknown[] = ["warn", "ignore"];

/** The path of the first key in a value that makes its hook a gate, also where it is misspelt; undefined without any. */
export function gateIn(value: unknown, path: Path): Path | undefined {
	if (!isTable(value) && !Array.isArray(value)) return undefined;
	const entries: Iterable<readonly [string | number, unknown]> = isTable(value)
		? Object.entries(value)
		: value.entries();
	for (const [key, inside] of entries) {
		const at = [...path, key];
		const found = typeof key === "string" && isGate(key, inside) ? at : gateIn(inside, at);
		if (found !== undefined) return found;
	}
	return undefined;
}

function isGate(key: string, value: unknown): boolean {
	return typeof value === "string" && closest(key, ["on_failure"]) !== undefined && !NO_GATE.includes(value);
}
