// Changes refs of the remote by `git push`, each only where it still is what it was: what became of each, and another try.
import { setTimeout as sleep } from "node:timers/promises";
import { excerpt } from "../../lib/text.ts";
import type { StoreFailure } from "../../model/store.ts";
import { monotonicMs } from "../../shell/monotonic.ts";
import { gitFailure, passes, quoted } from "./failure.ts";
import { type Git, REMOTE } from "./git.ts";
import type { Remote } from "./remote.ts";

/** How often a push is tried that fails though nobody else has changed its refs, as with a lock in their way. */
const TRIES = 4;

/** Milliseconds after which a push is not tried again. */
const LIMIT_MS = 30_000;

/** Milliseconds; each try waits for up to this much times the tries before it. */
const PAUSE_MS = 500;

/**
 * Pushes `refspecs`, and gives those of `names`, all that they change, that are what was pushed now. The others have been
 * changed by somebody else: they are not what our refs of the remote say.
 *
 * One pattern stands for very many refs, since git compares each single refspec, and each lease, with every ref there is.
 */
export async function push(
	git: Git,
	remote: Remote,
	refspecs: readonly string[],
	names: readonly string[],
): Promise<ReadonlySet<string> | StoreFailure> {
	const end = monotonicMs() + LIMIT_MS;
	for (let tries = 1; ; tries += 1) {
		const pushed = await pushOnce(git, remote, refspecs, names);
		if (!("problem" in pushed)) return pushed;
		if (!pushed.passes || tries === TRIES || monotonicMs() > end) return { problem: pushed.problem };
		// What was done though the answer got lost is up to date then.
		await sleep(Math.random() * PAUSE_MS * tries);
	}
}

/** A line of `--porcelain`: https://git-scm.com/docs/git-push#_output */
const RESULT = /^(.)\t[^\t:]*:([^\t]+)\t(.*)$/gm;

/** What another try would not change. */
const FOR_GOOD = /declined|denied|deny|prohibited|hidden/;

async function pushOnce(
	git: Git,
	remote: Remote,
	refspecs: readonly string[],
	names: readonly string[],
): Promise<ReadonlySet<string> | (StoreFailure & { readonly passes: boolean })> {
	const ran = await git.run(["push", "--porcelain", "--no-verify", "--force-with-lease", REMOTE, ...refspecs]);
	if ("problem" in ran) return { ...ran, passes: false };
	const lines = ran.stdout.toString().matchAll(RESULT);
	const told = new Map(Array.from(lines, ([, flag, name = "", said = ""]) => [name, { isDone: flag !== "!", said }]));
	const refused = names.find((name) => {
		const { isDone = false, said = "" } = told.get(name) ?? {};
		return !isDone && !said.includes("(stale info)");
	});
	if (refused === undefined) return new Set(names.filter((name) => told.get(name)?.isDone));
	const said = told.get(refused)?.said;
	if (said === undefined) return { ...gitFailure(remote, ran.stderr), passes: passes(ran.stderr) };
	const problem = `${remote.url} refused a push: ${excerpt(said, 200)}; ${quoted(remote, ran.stderr)}`;
	return { problem, passes: !FOR_GOOD.test(said) };
}
