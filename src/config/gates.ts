// Gates that would never be asked: in a file that another one hides, and in tables of rocky.toml that are not read.
import { closest } from "../lib/suggest.ts";
import type { Vocabulary } from "../model/catalog.ts";
import { UserError, type Warning } from "../model/problem.ts";
import type { FileRead } from "../ports.ts";
import { type Fields, isContainer, isTable } from "./fields.ts";
import { explainTopLevel, HOOK_KEYS, header } from "./known.ts";
import type { Path } from "./positions.ts";
import { type Dialect, Problems } from "./problems.ts";
import { decodeText, parseSyntax } from "./syntax.ts";
import { keyName, quote } from "./words.ts";

/** A file that may be a config. */
export interface ConfigFile {
	/** As messages name it. */
	readonly file: string;
	readonly dialect: Dialect;
	readonly read: FileRead;
}

/** The warning about a file that is not read because `used` is, if it has gates, or may have. */
export function hiddenWarning({ file, dialect, read }: ConfigFile, used: string): readonly Warning[] {
	const code = "gate_not_read";
	const message = (what: string) => `${file} ${what}: only ${used} is read`;
	const remedy = "move its hooks there, or remove one of the two files";
	const warning = (what: string): readonly Warning[] => [
		{ code, message: message(what), remedy, place: { file, line: 1, column: 1 } },
	];
	if (read.kind === "missing") return [];
	if (read.kind === "unreadable")
		return warning(`cannot be read (${read.detail}), and may have gates that are not asked`);
	try {
		const text = decodeText(read.bytes, file);
		const table = parseSyntax(text, file);
		const { hook, hooks } = table;
		const gate = gateIn(dialect === "rocky" ? { hook, hooks } : table, []);
		if (gate === undefined) return [];
		const problems = new Problems(text, file, dialect);
		problems.warn(code, gate, message("has gates that are not asked"), remedy);
		return problems.warnings();
	} catch (error) {
		if (error instanceof UserError) return warning("is not valid TOML, and may have gates that are not asked");
		throw error;
	}
}

/** The values of `on_failure` that do not make a gate. Any other might be meant to. */
const NO_GATE: readonly unknown[] = ["warn", "ignore"];

/** The path of the first `on_failure` in a value that makes a gate, even a misspelt one. */
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

/** Tables that only our own files have, and that people may expect to work in rocky.toml. */
const OURS_ELSEWHERE: readonly string[] = ["subscription", "defaults"];

/** All other tables of rocky.toml belong to Rocky, except a gate that was clearly meant for us. */
export function refuseStrayGates({ table, problems }: Fields, builtIn: Vocabulary): void {
	for (const [key, value] of Object.entries(table)) {
		const gate = HOOK_KEYS.includes(key) ? undefined : gateIn(value, [key]);
		if (gate === undefined) continue;
		const near = closest(key, [...HOOK_KEYS, ...OURS_ELSEWHERE]);
		if (near === undefined && explainTopLevel(key, builtIn) === undefined) continue;
		const remedy =
			near !== undefined && HOOK_KEYS.includes(near)
				? `did you mean ${quote(near)}?`
				: `write it as ${header("shell", builtIn.find(key)?.name ?? "pipeline_start")}, or move it to .github/pipeline-hooks.toml`;
		problems.add("config_value", gate, `${keyName(key)} has a gate, but is not read in rocky.toml`, remedy);
	}
}
