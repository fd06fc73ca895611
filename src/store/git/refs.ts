// Records in the refs of a repository, through git: read by one fetch, changed by one push.
import type { Records } from "../../model/records.ts";
import type { StoreFailure } from "../../model/store.ts";
import { recordsInRefs } from "../ref-records.ts";
import type { Ref, RefChange, RefChanged, Refs } from "../refs.ts";
import { gitFailure } from "./failure.ts";
import { Git, type GitOptions, KNOWN, type NoGit, REFS, REMOTE } from "./git.ts";
import { readCommits, writeCommits } from "./objects.ts";
import { push } from "./push.ts";
import { type Remote, readRemote, type ServerToken } from "./remote.ts";

/** Where the repository is, and what git is run with. */
export interface GitRecordsOptions extends GitOptions {
	/** The https URL of a repository, or an absolute path. */
	readonly remote: string;
	readonly token?: ServerToken;
}

/** Prepares a bare repository of ours in the temporary folder. The remote is not asked before the first call. */
export async function openGitRecords(options: GitRecordsOptions): Promise<Records | NoGit | StoreFailure> {
	const remote = readRemote(options.remote, options.token);
	if ("problem" in remote) return remote;
	const git = await Git.start(remote, options);
	return "problem" in git ? git : recordsInRefs(new GitRefs(git, remote));
}

/** Removals in one push, so that a command line stays below the 32 KiB of Windows. */
const REMOVALS = 400;

/** In place of an id, where the remote has to be asked before the next change. */
const UNKNOWN = "unknown";

class GitRefs implements Refs {
	readonly #git: Git;
	readonly #remote: Remote;
	/** What the refs below {@link KNOWN} say, by the names in the remote. Their commits are in our repository. */
	readonly #known = new Map<string, string>();
	#pushes = 0;
	#last: Promise<unknown> = Promise.resolve();

	constructor(git: Git, remote: Remote) {
		this.#git = git;
		this.#remote = remote;
	}

	read(prefix: string, files: readonly string[]): Promise<readonly Ref[] | StoreFailure> {
		return this.#inTurn(async () => {
			const refs = await this.#fetch(prefix);
			return "problem" in refs ? refs : readCommits(this.#git, refs, files);
		});
	}

	change(changes: readonly RefChange[]): Promise<readonly RefChanged[] | StoreFailure> {
		return this.#inTurn(() => this.#change(changes));
	}

	/** A fetch beside a push might take what the remote had before for what it has. */
	#inTurn<T>(work: () => Promise<T>): Promise<T> {
		const turn = this.#last.then(work, work);
		this.#last = turn;
		return turn;
	}

	async #change(changes: readonly RefChange[]): Promise<readonly RefChanged[] | StoreFailure> {
		const unknown = changes.filter((change) => !this.#isPossible(change));
		for (const prefix of new Set(unknown.map(({ name }) => name.slice(0, name.lastIndexOf("/") + 1)))) {
			const refs = await this.#fetch(prefix);
			if ("problem" in refs) return refs;
		}
		const possible = changes.filter((change) => this.#isPossible(change));
		const made = await this.#make(possible);
		if ("problem" in made) {
			// Git's refs of the remote may have moved all the same.
			for (const { name } of possible) this.#known.set(name, UNKNOWN);
			return made;
		}
		return changes.map(({ name, to }): RefChanged => {
			const revision = made.get(name);
			if (revision === undefined) return { made: false };
			if (to === undefined) this.#known.delete(name);
			else this.#known.set(name, revision);
			return to === undefined ? { made: true } : { made: true, revision };
		});
	}

	close(): Promise<void> {
		return this.#inTurn(() => this.#git.close());
	}

	/**
	 * Whether the change may be made as far as is known here. Then the push expects what the change expects, which is what
	 * is known, and the commit that it starts from is here.
	 */
	#isPossible({ name, from }: RefChange): boolean {
		return this.#known.get(name) === from;
	}

	/** Makes the new commits, and pushes them and the removals. By the names of what was taken: the id, empty if removed. */
	async #make(changes: readonly RefChange[]): Promise<ReadonlyMap<string, string> | StoreFailure> {
		this.#pushes += 1;
		const next = `refs/next/${this.#pushes}/`;
		const commits = changes.flatMap(({ name, from, to }) => {
			if (to === undefined) return [];
			return [{ name, branch: `${next}${name.slice(REFS.length)}`, to, ...(from !== undefined && { from }) }];
		});
		const ids = await writeCommits(this.#git, commits);
		if ("problem" in ids) return ids;
		const idOf = new Map(commits.map(({ name }, at) => [name, ids[at] ?? ""]));
		const removals = changes.flatMap(({ name, to }) => (to === undefined ? [name] : []));
		const made = new Map<string, string>();
		let refspecs = ids.length === 0 ? [] : [`${next}*:${REFS}*`];
		let names = [...idOf.keys()];
		for (let at = 0; at < removals.length || names.length > 0; at += REMOVALS) {
			const some = removals.slice(at, at + REMOVALS);
			refspecs.push(...some.map((name) => `:${name}`));
			names.push(...some);
			const pushed = await push(this.#git, this.#remote, refspecs, names);
			if ("problem" in pushed) return pushed;
			for (const name of pushed) made.set(name, idOf.get(name) ?? "");
			[refspecs, names] = [[], []];
		}
		return made;
	}

	/** Makes what we know below a prefix what the remote has. It is asked for nothing else. */
	async #fetch(prefix: string): Promise<readonly Pick<Ref, "name" | "revision">[] | StoreFailure> {
		const known = `${KNOWN}${prefix.slice(REFS.length)}`;
		const options = ["--quiet", "--prune", "--no-tags", "--no-write-fetch-head", "--no-show-forced-updates"];
		const fetched = await this.#git.run(["fetch", ...options, REMOTE, `+${prefix}*:${known}*`]);
		if ("problem" in fetched) return fetched;
		if (fetched.code !== 0) return gitFailure(this.#remote, fetched.stderr);
		const listed = await this.#git.run(["for-each-ref", "--format=%(objectname) %(refname)", known]);
		if ("problem" in listed) return listed;
		const refs = Array.from(listed.stdout.toString().matchAll(/^(\S+) (.+)$/gm), ([, revision = "", name = ""]) => ({
			name: `${REFS}${name.slice(KNOWN.length)}`,
			revision,
		}));
		for (const name of this.#known.keys()) if (name.startsWith(prefix)) this.#known.delete(name);
		for (const { name, revision } of refs) this.#known.set(name, revision);
		return refs;
	}
}
