// A config file that another one hides: it is not read, so that its gates are never asked.
import { closest } from "../lib/suggest.ts";
import type { ConfigWarning } from "../model/hook.ts";
import { UserError } from "../model/problem.ts";
import type { FileRead } from "../ports.ts";
import { isContainer, isTable } from "./fields.ts";
import type { Path } from "./positions.ts";
import { type Dialect, Problems } from "./problems.ts";
import { decodeText, parseSyntax } from "./syntax.ts";

/** A file that was found and is not used. */
interface HiddenFile {
	/** As messages name it. */
	readonly file: string;
	readonly dialect: Dialect;
	readonly read: FileRead;
}

/** A warning about a hidden file that has gates, or may have; undefined for any other. */
export function hiddenWarning({ file, dialect, read }: HiddenFile, used: string): ConfigWarning | undefined {
	const warning = (what: string, line = 1, column = 1): ConfigWarning => ({
		message: `${file} ${what}: only ${used} is read; move its hooks there, or remove one of the two files`,
		place: { file, line, column },
	});
	switch (read.kind) {
		case "missing":
			return undefined;
		case "unreadable":
			return warning(`cannot be read (${read.detail}), and may have gates that are not asked`);
		case "file":
			try {
				const text = decodeText(read.bytes, file);
				const table = parseSyntax(text, file);
				const { hook, hooks } = table;
				const gate = gateIn(dialect === "rocky" ? { hook, hooks } : table, []);
				if (gate === undefined) return undefined;
				const { line, column } = new Problems(text, file, dialect).place(gate);
				return warning("has gates that are not asked", line, column);
			} catch (error) {
				if (error instanceof UserError) return warning("is not valid TOML, and may have gates that are not asked");
				throw error;
			}
	}
}

/** What `on_failure` may say without making a gate. In doubt it makes one. */
const NO_GATE: readonly unknown[] = ["warn", "ignore"];

/** The path of the first key in a value that makes its hook a gate, also where it is misspelt; undefined without any. */
export function gateIn(value: unknown, path: Path): Path | undefined {
	if (!isContainer(value)) return undefined;
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
