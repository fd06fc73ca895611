// A person's machine, or any place that no other provider knows: the facts that a git checkout has.
import { createHash } from "node:crypto";
import { basename, dirname, join, resolve } from "node:path";
import type { Env } from "../lib/env.ts";
import { compact } from "../lib/json.ts";
import type { CiFacts } from "../model/event.ts";
import type { Files } from "../ports.ts";
import type { CiProvider, CiRun, CiSources } from "./ci.ts";

export const local: CiProvider = { detect: () => true, read };

async function read({ files, cwd, now, env, matrix }: CiSources): Promise<CiRun> {
	const { top, branch, commit, origin = "" } = (await readCheckout(cwd, files)) ?? {};
	// `owner/name`; what comes before it (a user, a token, a host) is left out.
	const repository = /[/:]([^/:@\s]+\/[^/\s]+?)(?:\.git)?\/?$/.exec(origin)?.[1];
	const stamp = now.toISOString().replaceAll(/[-:]|\.\d+/g, "");
	return {
		facts: compact<CiFacts>({ provider: "local", repository, branch, commit, matrix }),
		runId: `local-${stamp}`,
		pipeline: basename(top ?? cwd),
		holdingFolder: holdingFolder(env, cwd),
		// The current folder, not the top of the checkout: a person says `--config` relative to where they are.
		workspace: cwd,
		secretsWithheld: false,
		untrusted: undefined,
	};
}

/** One for each folder that the command is called in. */
function holdingFolder(env: Env, cwd: string): string {
	const temporary = env["TMPDIR"] || env["TEMP"] || "/tmp";
	const owner = `${env["USER"] ?? env["USERNAME"] ?? ""}\n${cwd}`;
	return join(temporary, `pipeline-hooks-held-${createHash("sha256").update(owner).digest("hex").slice(0, 32)}`);
}

/** A checkout. What its files do not say is undefined. */
interface Checkout {
	/** The folder that has `.git`; absolute. */
	readonly top: string;
	/** Undefined if no branch is checked out. */
	readonly branch: string | undefined;
	/** 40 or 64 hex digits. */
	readonly commit: string | undefined;
	/** The URL of the remote `origin`, with whatever user and password it has. */
	readonly origin: string | undefined;
}

/** Bytes of a file that holds one line. */
const LINE_LIMIT = 8192;
/** Bytes of the list of packed refs, and of the settings. */
const LIST_LIMIT = 16 * 1024 * 1024;

const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** No part begins with a dot: repositories that keep their refs in tables have `.invalid` there. */
const BRANCH = /^ref: (refs\/heads\/((?:(?!\.)[^\s~^:?*[\\/]+\/)*(?!\.)[^\s~^:?*[\\/]+))$/;

/**
 * The checkout that a folder is in, read from its files; undefined outside a checkout. git itself is not run: the
 * settings of a repository, which may be a stranger's, can make it run any program.
 */
export async function readCheckout(cwd: string, files: Files): Promise<Checkout | undefined> {
	const textOf = async (path: string, limit = LINE_LIMIT) => {
		const found = await files.read(path, limit);
		return found.kind === "file" ? new TextDecoder().decode(found.bytes).trim() : undefined;
	};
	const commitOf = async (ref: string, common: string) => {
		const loose = await textOf(`${common}/${ref}`);
		if (loose !== undefined) return loose;
		const packed = (await textOf(`${common}/packed-refs`, LIST_LIMIT)) ?? "";
		return (
			packed
				.split("\n")
				.find((line) => line.endsWith(` ${ref}`))
				?.split(" ", 1)[0] ?? ""
		);
	};
	for (let top = cwd; ; top = dirname(top)) {
		const folder = resolve(top, ".git");
		// In a worktree and in a submodule it is a file that names the folder.
		const [, named] = /^gitdir: (.+)$/.exec((await textOf(folder)) ?? "") ?? [];
		const git = named === undefined ? folder : resolve(top, named);
		const head = await textOf(`${git}/HEAD`);
		if (head !== undefined || named !== undefined) {
			// A worktree has a HEAD of its own, and shares the rest.
			const common = resolve(git, (await textOf(`${git}/commondir`)) ?? "");
			const [, ref, branch] = BRANCH.exec(head ?? "") ?? [];
			const commit = ref === undefined ? (head ?? "") : await commitOf(ref, common);
			const settings = (await textOf(`${common}/config`, LIST_LIMIT)) ?? "";
			return { top, branch, commit: COMMIT.test(commit) ? commit : undefined, origin: originIn(settings) };
		}
		if (dirname(top) === top) return undefined;
	}
}

/** https://git-scm.com/docs/git-config#_syntax, as far as a URL goes: no continued lines, no included files. */
function originIn(settings: string): string | undefined {
	let isOrigin = false;
	for (const line of settings.split(/\r?\n/)) {
		const header = /^\s*\[\s*(\S+?)(?:\s+"(.*?)")?\s*\]/.exec(line);
		if (header !== null) isOrigin = header[1]?.toLowerCase() === "remote" && header[2] === "origin";
		const value = isOrigin ? /^(?:\s*\[.*?\])?\s*url\s*=(.*)$/is.exec(line)?.[1] : undefined;
		const url = value?.trim().replaceAll(/^"|"$/g, "");
		if (url && !url.includes('"')) return url;
	}
	return undefined;
}
