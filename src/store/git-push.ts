// Changes refs of a remote by `git push`, each only where it still is what it was: what became of each, and another try.
import { setTimeout as sleep } from "node:timers/promises";
import { excerpt } from "../lib/text.ts";
import type { StoreFailure } from "../model/store.ts";
import type { Git } from "./git.ts";
import { gitFailure, passes, quoted } from "./git-failure.ts";
import type { Remote } from "./git-remote.ts";

/** One change: the ref, what it must be, and what it becomes. Undefined stands for a ref that is not there. */
export interface Push {
	readonly name: string;
	readonly from: string | undefined;
	readonly to: string | undefined;
}

/** Changes in one push: their names take 200 bytes each of a command line, which has 32 KiB on Windows. */
const AT_ONCE = process.platform === "win32" ? 100 : 2000;

/** How often a change is tried that the server refuses though nobody else has made one, as with a lock in its way. */
const TRIES = 4;

/** Milliseconds; each try waits for up to this much times the tries before it. */
const PAUSE_MS = 500;

/** Pushes, and gives the names of the changes that were made. The others are of refs that somebody else has changed. */
export async function push(
	git: Git,
	remote: Remote,
	pushes: readonly Push[],
): Promise<ReadonlySet<string> | StoreFailure> {
	const made = new Set<string>();
	for (let at = 0; at < pushes.length; at += AT_ONCE) {
		const failure = await pushAll(git, remote, pushes.slice(at, at + AT_ONCE), made);
		if (failure !== undefined) return failure;
	}
	return made;
}

async function pushAll(
	git: Git,
	remote: Remote,
	pushes: readonly Push[],
	made: Set<string>,
): Promise<StoreFailure | undefined> {
	let left = pushes;
	for (let tries = 1; left.length > 0; tries += 1) {
		const { done, refused, failure } = await pushOnce(git, remote, left);
		for (const { name } of done) made.add(name);
		if (failure === undefined) return undefined;
		if (!failure.passes || tries === TRIES) return { problem: failure.problem };
		await sleep(Math.random() * PAUSE_MS * tries);
		// A push that broke off may have changed refs all the same.
		const now = await idsOf(git, remote, refused);
		if ("problem" in now) return now;
		for (const { name, to } of refused) if (now.get(name) === to) made.add(name);
		left = refused.filter(({ name, from }) => now.get(name) === from);
	}
	return undefined;
}

interface Pushed {
	readonly done: readonly Push[];
	/** Those that were neither done nor found to be changed by somebody else, and why. */
	readonly refused: readonly Push[];
	readonly failure?: StoreFailure & { readonly passes: boolean };
}

/** A line of `--porcelain`: https://git-scm.com/docs/git-push#_output */
const RESULT = /^(.)\t[^\t:]*:([^\t]+)\t(.*)$/gm;

/** What another try would not change. */
const FOR_GOOD = /declined|denied|deny|prohibited|hidden/;

async function pushOnce(git: Git, remote: Remote, pushes: readonly Push[]): Promise<Pushed> {
	const leases = pushes.map(({ name, from = "" }) => `--force-with-lease=${name}:${from}`);
	const refspecs = pushes.map(({ name, to = "" }) => `${to}:${name}`);
	const ran = await git.run(["push", "--porcelain", "--no-verify", ...leases, remote.url, ...refspecs]);
	if ("problem" in ran) return { done: [], refused: pushes, failure: { ...ran, passes: false } };
	const lines = ran.stdout.toString().matchAll(RESULT);
	const told = new Map(Array.from(lines, ([, flag, name = "", said = ""]) => [name, { isDone: flag !== "!", said }]));
	const done = pushes.filter(({ name }) => told.get(name)?.isDone === true);
	const refused = pushes.filter(({ name }) => {
		const { isDone = false, said = "" } = told.get(name) ?? {};
		return !isDone && !said.includes("(stale info)");
	});
	const [first] = refused;
	if (first === undefined) return { done, refused };
	const said = told.get(first.name)?.said;
	if (said === undefined) {
		return { done, refused, failure: { ...gitFailure(remote, ran.stderr), passes: passes(ran.stderr) } };
	}
	const problem = `${remote.url} refused a push: ${excerpt(said, 200)}; ${quoted(remote, ran.stderr)}`;
	return { done, refused, failure: { problem, passes: !FOR_GOOD.test(said) } };
}

/** What refs point to now; those that are not there are left out. */
async function idsOf(
	git: Git,
	remote: Remote,
	refs: readonly Push[],
): Promise<ReadonlyMap<string, string> | StoreFailure> {
	const ran = await git.run(["ls-remote", remote.url, ...refs.map(({ name }) => name)]);
	if ("problem" in ran) return ran;
	if (ran.code !== 0) return gitFailure(remote, ran.stderr);
	return new Map(Array.from(ran.stdout.toString().matchAll(/^(\S+)\t(.+)$/gm), ([, id = "", name = ""]) => [name, id]));
}
