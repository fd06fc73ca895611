// Records in the refs of a repository, through git: read by one fetch, changed by one push.
import type { Records } from "../model/records.ts";
import type { StoreFailure } from "../model/store.ts";
import { Git, type GitOptions } from "./git.ts";
import { gitFailure } from "./git-failure.ts";
import { readCommits, writeCommits } from "./git-objects.ts";
import { push } from "./git-push.ts";
import { type Remote, readRemote, type ServerToken } from "./git-remote.ts";
import { recordsInRefs } from "./ref-records.ts";
import type { Ref, RefChange, RefChanged, Refs } from "./refs.ts";

/** Where the repository is, and what git is run with. */
export interface GitRecordsOptions extends GitOptions {
	/** The https URL of a repository, or an absolute path. */
	readonly remote: string;
	readonly token?: ServerToken;
}

/** Prepares a bare repository of ours in the temporary folder. The remote is not asked before the first call. */
export async function openGitRecords(options: GitRecordsOptions): Promise<Records | StoreFailure> {
	const remote = readRemote(options.remote, options.token);
	if ("problem" in remote) return remote;
	const git = await Git.start(remote, options);
	return "problem" in git ? git : recordsInRefs(new GitRefs(git, remote));
}

class GitRefs implements Refs {
	readonly #git: Git;
	readonly #remote: Remote;
	/** What refs pointed to when they were last read or changed here: those commits are in our repository. */
	readonly #known = new Map<string, string>();

	constructor(git: Git, remote: Remote) {
		this.#git = git;
		this.#remote = remote;
	}

	async read(prefix: string, files: readonly string[]): Promise<readonly Ref[] | StoreFailure> {
		const refs = await this.#fetch(prefix);
		return "problem" in refs ? refs : readCommits(this.#git, refs, files);
	}

	async change(changes: readonly RefChange[]): Promise<readonly RefChanged[] | StoreFailure> {
		if (changes.length === 0) return [];
		for (const prefix of new Set(changes.filter((each) => !this.#isPossible(each)).map(({ name }) => prefixOf(name)))) {
			const refs = await this.#fetch(prefix);
			if ("problem" in refs) return refs;
		}
		const possible = changes.filter((change) => this.#isPossible(change));
		const commits = possible.flatMap(({ from, to }) =>
			to === undefined ? [] : [{ ...(from !== undefined && { from }), to }],
		);
		const ids = await writeCommits(this.#git, commits);
		if ("problem" in ids) return ids;
		let next = 0;
		const pushes = possible.map(({ name, from, to }) => ({ name, from, to: to && ids[next++] }));
		const made = await push(this.#git, this.#remote, pushes);
		if ("problem" in made) return made;
		const revisions = new Map(pushes.map(({ name, to }) => [name, to]));
		return changes.map(({ name }): RefChanged => {
			if (!made.has(name)) return { made: false };
			const revision = revisions.get(name);
			if (revision === undefined) this.#known.delete(name);
			else this.#known.set(name, revision);
			return revision === undefined ? { made: true } : { made: true, revision };
		});
	}

	async close(): Promise<void> {
		await this.#git.close();
	}

	/** Whether the change may be made as far as is known here, and the commit that it starts from is here. */
	#isPossible({ name, from }: RefChange): boolean {
		return from === undefined || this.#known.get(name) === from;
	}

	/** Makes our refs below a prefix those of the remote, which is asked for nothing else. */
	async #fetch(prefix: string): Promise<readonly Pick<Ref, "name" | "revision">[] | StoreFailure> {
		const refspec = `+${prefix}*:${prefix}*`;
		const fetched = await this.#git.run([
			...["fetch", "--quiet", "--prune", "--no-tags", "--no-write-fetch-head", "--no-show-forced-updates"],
			...[this.#remote.url, refspec],
		]);
		if ("problem" in fetched) return fetched;
		if (fetched.code !== 0) return gitFailure(this.#remote, fetched.stderr);
		const listed = await this.#git.run(["for-each-ref", "--format=%(objectname) %(refname)", prefix]);
		if ("problem" in listed) return listed;
		const refs = Array.from(listed.stdout.toString().matchAll(/^(\S+) (.+)$/gm), ([, revision = "", name = ""]) => ({
			name,
			revision,
		}));
		for (const name of this.#known.keys()) if (name.startsWith(prefix)) this.#known.delete(name);
		for (const { name, revision } of refs) this.#known.set(name, revision);
		return refs;
	}
}

function prefixOf(name: string): string {
	return name.slice(0, name.lastIndexOf("/") + 1);
}
