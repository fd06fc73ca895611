// What must hold between a TOML source, its parsed value and its positions.
import { parse } from "smol-toml";
import { expect } from "vitest";
import { type Node, type Path, Positions } from "../../src/config/positions.ts";
import { isObject } from "../../src/lib/json.ts";

/** Parses with the real parser; undefined when it refuses the source. */
export function tryParse(source: string): Record<string, unknown> | undefined {
	try {
		return parse(source, { integersAsBigInt: "asNeeded" });
	} catch {
		return undefined;
	}
}

/** Everything that the parsed value has is located, where the source says it, and nothing else is. */
export function expectLocated(source: string, parsed: Record<string, unknown>): void {
	const positions = new Positions(source);
	const { entries } = positions;
	const lines = source.split("\n");
	const written = new Set(entries);
	expect(written.size, "each path is written once").toBe(entries.length);

	for (const { path, value } of walk(parsed, [])) {
		const shown = JSON.stringify(path);
		const node = positions.find(path);
		if (node === undefined) throw new Error(`${shown} is not located`);
		expect(pathOf(node)).toEqual(path);
		const { line, column } = positions.spot(node.offset);
		expect(lines[line - 1]?.[column - 1], `line and column of ${shown}`).toBe(source[node.offset]);
		const header = headerAt(source, node.offset);
		if (header !== undefined && node.value === undefined) {
			const names = path.filter((step) => typeof step === "string");
			expect(header.slice(0, names.length), `header of ${shown}`).toEqual(names);
		} else if (typeof path.at(-1) === "string") {
			expect(keyAt(source, node.offset), `key of ${shown}`).toBe(path.at(-1));
		}
		if (node.value === undefined) {
			expect(isObject(value) || Array.isArray(value), `${shown} has no text of its own`).toBe(true);
		} else {
			expect(written.has(node)).toBe(true);
			const { again } = tryParse(`again = ${source.slice(node.value.start, node.value.end)}`) ?? {};
			expect(again, `value of ${shown}`).toEqual(value);
		}
	}

	const known = new Set(Array.from(walk(parsed, []), ({ path }) => positions.find(path)));
	expect(entries.filter((node) => !known.has(node))).toEqual([]);
	const offsets = entries.map(({ offset }) => offset);
	expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
}

export function pathOf(node: Node): Path {
	return node.parent === undefined ? [] : [...pathOf(node.parent), node.step];
}

/** Every path below a parsed value. */
function* walk(value: unknown, path: Path): Generator<{ path: Path; value: unknown }> {
	const steps: (readonly [string | number, unknown])[] = Array.isArray(value)
		? [...value.entries()]
		: isObject(value) && !(value instanceof Date)
			? Object.entries(value)
			: [];
	for (const [step, child] of steps) {
		yield { path: [...path, step], value: child };
		yield* walk(child, [...path, step]);
	}
}

const KEY = String.raw`(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')`;

/** The names of the header that begins at the offset, as the parser reads them. */
function headerAt(source: string, offset: number): string[] | undefined {
	const header = new RegExp(
		String.raw`\[\[?[ \t]*${KEY}(?:[ \t]*\.[ \t]*${KEY})*[ \t]*\]\]?(?=[ \t]*(?:#|\r?\n|$))`,
		"y",
	);
	header.lastIndex = offset;
	const text = header.exec(source)?.[0];
	if (text === undefined) return undefined;
	const names: string[] = [];
	let value: unknown = tryParse(text);
	for (;;) {
		if (Array.isArray(value)) [value] = value;
		const [entry] = isObject(value) ? Object.entries(value) : [];
		if (entry === undefined) return names;
		names.push(entry[0]);
		value = entry[1];
	}
}

/** The single key that begins at the offset, as the parser reads it. */
function keyAt(source: string, offset: number): string | undefined {
	const key = new RegExp(KEY, "y");
	key.lastIndex = offset;
	return Object.keys(tryParse(`${key.exec(source)?.[0]} = 0`) ?? {})[0];
}
