// What a git checkout tells of itself, read from its files.
// git is not asked: the settings of a repository, which may be a stranger's, can make it run any program.
import { dirname, resolve } from "node:path";
import type { Files } from "../ports.ts";

/** A checkout. What its files do not tell is undefined. */
export interface Checkout {
	/** The folder that `.git` lies in; absolute. */
	readonly top: string;
	/** Undefined where no branch is checked out. */
	readonly branch: string | undefined;
	/** 40 or 64 hex digits. */
	readonly commit: string | undefined;
	/** The URL of the remote `origin`, with whatever user and password stand in it. */
	readonly origin: string | undefined;
}

/** Bytes of a file that holds one line. */
const LINE_LIMIT = 8192;
/** Bytes of the list of packed refs, and of the settings. */
const LIST_LIMIT = 16 * 1024 * 1024;

const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** Also where each part must not begin with a dot: `.invalid` stands in repositories that keep their refs in tables. */
const BRANCH = /^ref: (refs\/heads\/((?:(?!\.)[^\s~^:?*[\\/]+\/)*(?!\.)[^\s~^:?*[\\/]+))$/;

/** The checkout that a folder lies in; undefined outside of any. Its refs are read as files, packed ones too. */
export async function readCheckout(cwd: string, files: Files): Promise<Checkout | undefined> {
	for (let top = cwd; ; top = dirname(top)) {
		const git = await gitFolder(top, files);
		if (git !== undefined) return describe(top, git, files);
		if (dirname(top) === top) return undefined;
	}
}

/** `.git`, or the folder that it names where it is a file: in a worktree, and in a submodule. */
async function gitFolder(top: string, files: Files): Promise<string | undefined> {
	const git = resolve(top, ".git");
	if ((await readText(`${git}/HEAD`, LINE_LIMIT, files)) !== undefined) return git;
	const named = /^gitdir: (.+)$/.exec((await readText(git, LINE_LIMIT, files)) ?? "")?.[1];
	return named === undefined ? undefined : resolve(top, named);
}

async function describe(top: string, git: string, files: Files): Promise<Checkout> {
	const head = (await readText(`${git}/HEAD`, LINE_LIMIT, files)) ?? "";
	// A worktree has a HEAD of its own, and shares the rest.
	const common = resolve(git, (await readText(`${git}/commondir`, LINE_LIMIT, files)) ?? "");
	const settings = await readText(`${common}/config`, LIST_LIMIT, files);
	const [, ref, branch] = BRANCH.exec(head) ?? [];
	const commit = ref === undefined ? head : await commitOf(ref, common, files);
	return {
		top,
		branch,
		commit: COMMIT.test(commit) ? commit : undefined,
		origin: settings === undefined ? undefined : originIn(settings),
	};
}

async function commitOf(ref: string, common: string, files: Files): Promise<string> {
	const loose = await readText(`${common}/${ref}`, LINE_LIMIT, files);
	if (loose !== undefined) return loose;
	const packed = (await readText(`${common}/packed-refs`, LIST_LIMIT, files)) ?? "";
	return (
		packed
			.split("\n")
			.find((line) => line.endsWith(` ${ref}`))
			?.split(" ", 1)[0] ?? ""
	);
}

/** https://git-scm.com/docs/git-config#_syntax, as far as a URL goes: no continued lines, no included files. */
function originIn(settings: string): string | undefined {
	let isOrigin = false;
	for (const line of settings.split(/\r?\n/)) {
		const header = /^\s*\[\s*(\S+?)(?:\s+"(.*?)")?\s*\]/.exec(line);
		if (header !== null) isOrigin = header[1]?.toLowerCase() === "remote" && header[2] === "origin";
		const url = isOrigin ? /^(?:\s*\[.*?\])?\s*url\s*=\s*"?([^"]*?)"?\s*$/i.exec(line)?.[1] : undefined;
		if (url) return url;
	}
	return undefined;
}

async function readText(path: string, limit: number, files: Files): Promise<string | undefined> {
	const found = await files.read(path, limit);
	return found.kind === "file" ? new TextDecoder().decode(found.bytes).trim() : undefined;
}
