// Finds and reads the config file: the one that is named, or the first of the usual ones.
import { basename, isAbsolute, relative, resolve, sep } from "node:path";
import type { Config } from "../model/hook.ts";
import { UserError } from "../model/problem.ts";
import type { Files } from "../ports.ts";
import { type Advise, decodeConfig } from "./decode.ts";
import { type ConfigFile, hiddenWarning } from "./gates.ts";
import { loadManaging, type Managing } from "./load-managing.ts";
import { otherNames, withFound } from "./other-formats.ts";
import { type Dialect, Problems } from "./problems.ts";
import { decodeText, endOf, normalised, parseSyntax } from "./syntax.ts";

/** Where a config is looked for. */
interface LoadRequest {
	/** An absolute path. */
	readonly workspace: string;
	/** The `config` input: an absolute path, or one relative to the workspace; empty counts as not given. */
	readonly config: string | undefined;
	/** Whether to warn of gates in files that are not read because an earlier one is. */
	readonly warnHidden: boolean;
	/** Advice costs time, and is the same in each run: only who asks for it gets it. */
	readonly advise?: Advise | undefined;
}

/** In the order in which they are looked for. */
const USUAL_FILES = [".github/pipeline-hooks.toml", "pipeline-hooks.toml", "rocky.toml"] as const;

/** Bytes; far beyond ten thousand hooks. */
const MAX_SIZE = 10 * 1024 * 1024;

/** Two hundred for each of ten thousand hooks. Each takes a kilobyte of memory at worst. */
const MAX_PARTS = 2_000_000;

/** The workspace's config. Throws one {@link UserError} with all that is wrong with it. */
export async function loadConfig(
	{ workspace, config, warnHidden, advise }: LoadRequest,
	files: Files,
): Promise<Config> {
	const named = config?.trim() ?? "";
	const candidates: readonly string[] = named === "" ? USUAL_FILES : [named];
	const open = async (candidate: string): Promise<ConfigFile> => {
		const path = resolve(workspace, candidate);
		return { file: shown(workspace, path), dialect: dialectOf(path), read: await files.read(path, MAX_SIZE) };
	};
	for (const [index, candidate] of candidates.entries()) {
		const { file, dialect, read } = await open(candidate);
		if (read.kind === "missing") continue;
		if (read.kind === "unreadable") {
			const remedy = read.remedy ?? "make it a readable TOML file of at most 10 MB";
			throw new UserError({
				code: "config_unreadable",
				message: `config file ${file} cannot be read: ${read.detail}`,
				remedy,
			});
		}
		const text = decodeText(read.bytes, file);
		const managing = /\bpeople\b/.test(text) ? await loadManaging() : undefined;
		const found = parseConfig(text, file, dialect, advise, managing);
		if (!warnHidden) return found;
		const others = candidates.slice(index + 1).map(async (other) => hiddenWarning(await open(other), file));
		return { ...found, warnings: [...found.warnings, ...(await Promise.all(others)).flat()] };
	}
	const checkout = "if the workspace is still empty, run actions/checkout before this step";
	const missing =
		named === ""
			? `no config file in ${workspace}; looked for ${USUAL_FILES.join(", ")}`
			: `config file ${named} not found in ${workspace}`;
	const remedy =
		named === "" ? "create .github/pipeline-hooks.toml or name a file with config" : "correct the config input";
	const problem = { code: "config_missing", message: missing, remedy: `${remedy}; ${checkout}` } as const;
	// Each costs a request where files are read through the API.
	const others = warnHidden ? otherNames(candidates) : [];
	const reads = await Promise.all(others.map(async (name) => ({ name, ...(await open(name)) })));
	const found = reads.find(({ read }) => read.kind === "file")?.name;
	throw new UserError(withFound(problem, found, named === "" ? USUAL_FILES[0] : named));
}

/** The dialect of a config file, by its name. */
export function dialectOf(file: string): Dialect {
	return basename(file) === "rocky.toml" ? "rocky" : "native";
}

/** Parses a config. `file` is its name in messages and places. Throws as {@link loadConfig} does. */
export function parseConfig(
	source: string,
	file: string,
	dialect: Dialect,
	advise?: Advise,
	managing?: Managing,
): Config {
	const text = normalised(source);
	if (text.length > MAX_PARTS) refuseTooMany(text, file);
	return decodeConfig(parseSyntax(text, file), new Problems(text, file, dialect), advise, managing);
}

/** The path as the user would write it: relative to the workspace where it lies inside. */
function shown(workspace: string, path: string): string {
	const inside = relative(workspace, path);
	const outside = inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside);
	return outside || inside === "" ? path : inside.replaceAll(sep, "/");
}

/** Counts the characters that separate keys and values, including those in strings. Parsing would cost far more. */
function refuseTooMany(text: string, file: string): void {
	let parts = 0;
	for (const { index } of text.matchAll(/[=,.[]/g)) {
		if (++parts <= MAX_PARTS) continue;
		throw new UserError({
			code: "config_shape",
			message: `${file} has more than ${MAX_PARTS} keys and values`,
			remedy: "keep only what its hooks need",
			place: endOf(text.slice(0, index), file),
		});
	}
}
