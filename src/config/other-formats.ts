// Configs that are not TOML, told as what they are and where they are looked for.
import { extname } from "node:path";
import { type Problem, UserError } from "../model/problem.ts";

const EXTENSIONS: Readonly<Record<string, string>> = { ".yml": "YAML", ".yaml": "YAML", ".json": "JSON" };

/** Files that people write in place of the usual ones. */
const MISPLACED = [".github/workflows/pipeline-hooks.toml", "pipeline_hooks.toml", ".pipeline-hooks.toml"] as const;

/** A key of YAML or an item of its lists, and of TOML a header or a key. */
const YAML_LINE = /^\s*(?:---\s*$|-\s|["']?[\w.-]+["']?\s*:(?:\s|$))/;
const TOML_LINE = /^\s*(?:\[{1,2}\s*["'\w]|["']?[\w.-]+["']?\s*=)/m;

/** The error about a text that is not TOML, if it is written in another format. */
export function otherFormat(source: string, file: string): UserError | undefined {
	const lines = source.split("\n");
	const first = lines.findIndex((text) => !/^\s*(?:#|$)/.test(text));
	const format = formatOf(lines[first] ?? "") ?? EXTENSIONS[extname(file).toLowerCase()];
	if (format === undefined || TOML_LINE.test(source)) return undefined;
	return new UserError({
		code: "config_syntax",
		message: `${file} is ${format}, and a config is TOML`,
		remedy: 'write it as TOML, in which a hook begins with [[hook.pipeline_error]] and has command = "…"',
		place: { file, line: first + 1, column: 1 },
	});
}

function formatOf(first: string): string | undefined {
	if (/^\s*\{/.test(first)) return "JSON";
	return YAML_LINE.test(first) ? "YAML" : undefined;
}

/** The names under which a config may have been written that is not found under these. */
export function otherNames(files: readonly string[]): readonly string[] {
	const stems = files.map((file) => file.slice(0, file.length - extname(file).length));
	const others = stems.flatMap((stem) => [...Object.keys(EXTENSIONS), ".toml"].map((extension) => stem + extension));
	return [...others, ...(files.length === 1 ? [] : MISPLACED)].filter((name) => !files.includes(name));
}

/** The same error, if such a file was found. */
export function withFound(problem: Problem, found: string | undefined, wanted: string): Problem {
	if (found === undefined) return problem;
	const format = EXTENSIONS[extname(found)];
	const how = format === undefined ? `rename it to ${wanted}` : `it is ${format}: write it as TOML into ${wanted}`;
	return { ...problem, message: `${problem.message}; ${found} is not read`, remedy: how };
}
