// Finding and reading the config file: the one that is named, or the first of the usual ones.
import { basename, isAbsolute, relative, resolve, sep } from "node:path";
import type { Config, ConfigWarning } from "../model/hook.ts";
import { type Problem, UserError } from "../model/problem.ts";
import type { Files } from "../ports.ts";
import { decodeConfig } from "./decode.ts";
import { hiddenWarning } from "./hidden.ts";
import { type Dialect, Problems } from "./problems.ts";
import { decodeText, normalised, parseSyntax } from "./syntax.ts";

/** Where a config is looked for. */
interface LoadRequest {
	/** An absolute path. */
	readonly workspace: string;
	/** The `config` input as it is given: a path from the workspace or an absolute one; blank counts as not given. */
	readonly config: string | undefined;
	/** Whether to warn of a file that the one that is read hides. */
	readonly warnHidden: boolean;
}

/** In the order in which they are looked for. */
const USUAL_FILES = [".github/pipeline-hooks.toml", "pipeline-hooks.toml", "rocky.toml"] as const;

/** Bytes; far beyond ten thousand hooks. */
const MAX_SIZE = 10 * 1024 * 1024;

/** Two hundred for each of ten thousand hooks. Each takes a kilobyte of memory at worst. */
const MAX_PARTS = 2_000_000;

/** The workspace's config. Throws one {@link UserError} with all that is wrong with it. */
export async function loadConfig({ workspace, config, warnHidden }: LoadRequest, files: Files): Promise<Config> {
	const named = config?.trim() ?? "";
	const candidates: readonly string[] = named === "" ? USUAL_FILES : [named];
	for (const [index, candidate] of candidates.entries()) {
		const path = resolve(workspace, candidate);
		const file = shown(workspace, path);
		const read = await files.read(path, MAX_SIZE);
		switch (read.kind) {
			case "missing":
				continue;
			case "unreadable":
				throw unreadable(file, read.detail, read.remedy);
			case "file": {
				const found = parseConfig(decodeText(read.bytes, file), file, dialectOf(path));
				const others = warnHidden ? candidates.slice(index + 1) : [];
				const hidden = await hiddenBy(file, others, workspace, files);
				return hidden.length === 0 ? found : { ...found, warnings: [...found.warnings, ...hidden] };
			}
		}
	}
	throw new UserError(named === "" ? noneFound(workspace) : notFound(named, workspace));
}

/** What is to be told of the files that would have been read if there were not the one that is. */
async function hiddenBy(
	used: string,
	others: readonly string[],
	workspace: string,
	files: Files,
): Promise<readonly ConfigWarning[]> {
	const warnings = others.map(async (other) => {
		const path = resolve(workspace, other);
		const read = await files.read(path, MAX_SIZE);
		return hiddenWarning({ file: shown(workspace, path), dialect: dialectOf(path), read }, used);
	});
	return (await Promise.all(warnings)).filter((warning) => warning !== undefined);
}

/** Whose a config file is, by its name. */
export function dialectOf(file: string): Dialect {
	return basename(file) === "rocky.toml" ? "rocky" : "native";
}

/** The config that a file's text says. `file` is for messages and places only. Throws as {@link loadConfig} does. */
export function parseConfig(source: string, file: string, dialect: Dialect): Config {
	const text = normalised(source);
	if (text.length > MAX_PARTS) refuseTooMany(text, file);
	return decodeConfig(parseSyntax(text, file), new Problems(text, file, dialect));
}

/** The path as the user would write it: relative to the workspace where it lies inside. */
function shown(workspace: string, path: string): string {
	const inside = relative(workspace, path);
	const outside = inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside);
	return outside || inside === "" ? path : inside.replaceAll(sep, "/");
}

function unreadable(file: string, detail: string, remedy = "make it a readable TOML file of at most 10 MB"): UserError {
	return new UserError({
		code: "config_unreadable",
		message: `config file ${file} cannot be read: ${detail}`,
		remedy,
	});
}

/** Before it is parsed, which costs more. Counts what follows or separates a key or value, also where it is in a string. */
function refuseTooMany(text: string, file: string): void {
	let parts = 0;
	for (const { index } of text.matchAll(/[=,.[]/g)) {
		if (++parts <= MAX_PARTS) continue;
		const before = text.slice(0, index).split("\n");
		throw new UserError({
			code: "config_shape",
			message: `${file} has more than ${MAX_PARTS} keys and values`,
			remedy: "keep what its hooks need",
			place: { file, line: before.length, column: (before.at(-1) ?? "").length + 1 },
		});
	}
}

function notFound(named: string, workspace: string): Problem {
	return {
		code: "config_missing",
		message: `config file ${named} not found in ${workspace}`,
		remedy: "correct the config input; if the workspace is still empty, run actions/checkout before this step",
	};
}

function noneFound(workspace: string): Problem {
	return {
		code: "config_missing",
		message: `no config file in ${workspace}; looked for ${USUAL_FILES.join(", ")}`,
		remedy:
			"create .github/pipeline-hooks.toml or name a file with config; if the workspace is still empty, run actions/checkout before this step",
	};
}
