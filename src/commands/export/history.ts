// The history of a config file in Git, where the file is in a repository.
import { createHash } from "node:crypto";
import { basename, dirname } from "node:path";
import type { Files } from "../../ports.ts";
import { type Git, gitIn, type Place } from "./git.ts";

/** What Git knows of a file. */
export interface History {
	/** How many commits have changed it, the first one included, also under the names that it had before. */
	readonly commits: number;
	/** Milliseconds since 1970: of the last of them. */
	readonly at: number;
	/** The name of its author. */
	readonly author: string;
	/** The file before the last of them; undefined if it was not there, or is too large to be read here. */
	readonly before: { readonly file: string; readonly text: string } | undefined;
}

/** The history, or why there is none. */
export type Read = { readonly history: History } | { readonly problem: string };

/** The id of a commit or of a file's content, whatever the hash. */
const ID = /^[\da-f]{40,64}$/;

/** Bytes: more than any config has. */
const MAX_SIZE = 64 * 1024 * 1024;

const UNCOMMITTED = { problem: "it is not committed" };
const PARTIAL = { problem: "the clone lacks a part of its history: fetch all of it (no --filter)" };

/** Reads a file's history. What is not committed is nobody's: then there is none. */
export async function readHistory(path: string, files: Files, place: Omit<Place, "folder">): Promise<Read> {
	const git = gitIn({ ...place, folder: dirname(path) });
	const { lines, failure } = await git("git rev-parse --is-shallow-repository --show-cdup --show-prefix");
	if (failure !== undefined) return { problem: WITHOUT[failure] };
	const [isShallow, up = "", prefix = ""] = lines;
	if (isShallow !== "false") return { problem: "the clone has no history: fetch all of it (fetch-depth: 0)" };
	const file = prefix + basename(path);
	if ((await git("git rev-parse --verify --quiet HEAD")).failure !== undefined) return UNCOMMITTED;
	const versions = await versionsOf(file, up, git);
	if (versions === undefined) return PARTIAL;
	const [last] = versions;
	const [committed] = (await git('git rev-parse --verify --quiet "HEAD:$FILE"', { FILE: file })).lines;
	if (last === undefined || committed === undefined) return UNCOMMITTED;
	const read = await files.read(path, MAX_SIZE);
	if (read.kind !== "file" || !idsOf(read.bytes, committed).includes(committed)) {
		return { problem: "the file differs from HEAD, and nobody has committed that" };
	}
	const { lines: old, failure: none } = await git('git cat-file blob "$COMMIT^:$FILE"', {
		COMMIT: last.commit,
		FILE: last.before,
	});
	const before = none === undefined ? { file: last.before, text: old.join("\n") } : undefined;
	return { history: { commits: versions.length, at: last.at, author: last.author, before } };
}

const WITHOUT = {
	"no git": "there is no git here to read its history",
	foreign: "its repository belongs to another user, and safe.directory in Git's global settings does not name it",
	other: "it is in no repository that Git can read",
} as const;

/** A commit that has changed a file. */
interface Version {
	readonly commit: string;
	readonly at: number;
	readonly author: string;
	/** What the file was called before that commit, from the top of the repository. */
	readonly before: string;
}

/** The newest first, through all renames; undefined where Git cannot read all of them. `up` leads to the top. */
async function versionsOf(file: string, up: string, git: Git): Promise<readonly Version[] | undefined> {
	const versions: Version[] = [];
	for (let [name, from]: [string | undefined, string] = [file, "HEAD"]; name !== undefined; ) {
		const FILE = up + name;
		const { lines, failure } = await git('git rev-list --format="tformat:%ct %an" "$FROM" -- "$FILE"', {
			FROM: from,
			FILE,
		});
		if (failure !== undefined) return undefined;
		const found = versionsIn(lines, name);
		const first = found.at(-1);
		if (first === undefined) return versions;
		const renamed = await git('git diff-tree -r -M --follow --diff-filter=R --name-status "$COMMIT" -- "$FILE"', {
			COMMIT: first.commit,
			FILE,
		});
		if (renamed.failure !== undefined) return undefined;
		const old = renamed.lines.flatMap((line) => /^R\d+\t([^\t"]+)\t/.exec(line)?.[1] ?? [])[0];
		for (const version of found) versions.push(version === first ? { ...first, before: old ?? name } : version);
		[name, from] = [old, `${first.commit}^`];
	}
	return versions;
}

function versionsIn(lines: readonly string[], before: string): readonly Version[] {
	return lines.flatMap((line, at) => {
		const commit = /^commit ([\da-f]+)$/.exec(line)?.[1] ?? "";
		const [, seconds = "", author = ""] = /^(\d+) (.*)$/.exec(lines[at + 1] ?? "") ?? [];
		return ID.test(commit) && seconds !== "" ? [{ commit, at: Number(seconds) * 1000, author, before }] : [];
	});
}

/** The ids that Git gives to a content, as it is and with the line ends that are committed on Windows. */
function idsOf(bytes: Uint8Array, like: string): readonly string[] {
	const text = Buffer.from(bytes);
	const unix = Buffer.from(text.toString("latin1").replaceAll("\r\n", "\n"), "latin1");
	return [text, unix].map((content) => {
		const hash = createHash(like.length > 40 ? "sha256" : "sha1");
		return hash.update(`blob ${content.length}\0`).update(content).digest("hex");
	});
}
