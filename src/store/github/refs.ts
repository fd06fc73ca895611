// Records in the refs of a repository, through GitHub's API, for where there is a token and no git.
import { isJsonArray, isJsonObject, parseJson } from "../../lib/json.ts";
import type { Records } from "../../model/records.ts";
import type { StoreFailure } from "../../model/store.ts";
import { recordsInRefs } from "../ref-records.ts";
import { REMOVED, type Ref, type RefChange, type RefChanged, type Refs } from "../refs.ts";
import { type Answer, fieldsIn, type GithubOptions, GithubRepository } from "./api.ts";
import { GithubCommits, GONE } from "./commits.ts";

/** GitHub is not asked before the first call. */
export function openGithubRecords(options: GithubOptions): Records | StoreFailure {
	if (!/^[\w-]+\/(?!\.\.?$)[\w.-]+$/.test(options.repository))
		return { problem: "the git store needs a repository, as owner/name" };
	if (options.token === "") return { problem: "the git store needs a github-token" };
	return recordsInRefs(new GithubRefs(new GithubRepository(options)));
}

class GithubRefs implements Refs {
	readonly #repository: GithubRepository;
	readonly #commits: GithubCommits;

	constructor(repository: GithubRepository) {
		this.#repository = repository;
		this.#commits = new GithubCommits(repository);
	}

	/** https://docs.github.com/en/rest/git/refs#list-matching-references */
	async read(prefix: string, files: readonly string[]): Promise<readonly Ref[] | StoreFailure> {
		const refs: Ref[] = [];
		for (let page: string | undefined = `git/matching-refs/${path(prefix)}`; page !== undefined; ) {
			const answer: Answer | StoreFailure = await this.#repository.ask("GET", page);
			if ("problem" in answer) return answer;
			for (const { name, revision } of refsIn(answer.text)) {
				// The API may take the slash at the end of the prefix for nothing.
				if (!name.startsWith(prefix)) continue;
				const ref = await this.#read(name, revision, files);
				if ("problem" in ref) return ref;
				refs.push(ref);
			}
			page = answer.next;
		}
		return refs;
	}

	async #read(name: string, revision: string, files: readonly string[]): Promise<Ref | StoreFailure> {
		const [message, ...answers] = await Promise.all([
			this.#commits.read(revision),
			...files.map((file) =>
				this.#repository.ask("GET", `contents/${file}?ref=${revision}`, { raw: true, taken: GONE }),
			),
		]);
		if (typeof message !== "string") return message;
		const texts: [string, string][] = [];
		for (const [at, answer] of answers.entries()) {
			if ("problem" in answer) return answer;
			if (answer.status === 200) texts.push([files[at] ?? "", answer.text]);
		}
		return { name, revision, message, files: Object.fromEntries(texts) };
	}

	/** One by one, as GitHub asks for: https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api */
	async change(changes: readonly RefChange[]): Promise<readonly RefChanged[] | StoreFailure> {
		const changed: RefChanged[] = [];
		for (const change of changes) {
			const result = await this.#change(change);
			if ("problem" in result) return result;
			changed.push(result);
		}
		return changed;
	}

	/**
	 * An update that is not a fast-forward is refused, and a child of `from` is one only where the ref still is at `from`. A
	 * removal is said by such a child first, since the API removes a ref wherever it points to.
	 */
	async #change({ name, from, to }: RefChange): Promise<RefChanged | StoreFailure> {
		const revision = await this.#commits.make(from, to ?? { message: REMOVED, files: {} });
		if (revision === undefined) return { made: false };
		if (typeof revision !== "string") return revision;
		const made =
			from === undefined
				? await this.#repository.ask("POST", "git/refs", { body: { ref: name, sha: revision }, taken: [422] })
				: await this.#repository.ask("PATCH", `git/refs/${path(name)}`, {
						body: { sha: revision, force: false },
						taken: [422],
					});
		if ("problem" in made) return made;
		if (made.status === 422) {
			const now = await this.#revisionOf(name);
			if (typeof now === "object") return now;
			if (now === from) return { problem: `GitHub refuses ${name}: ${fieldsIn(made.text)["message"]}` };
			if (now !== revision) return { made: false };
		}
		if (to !== undefined) return { made: true, revision };
		const removed = await this.#repository.ask("DELETE", `git/refs/${path(name)}`, { taken: [404, 422] });
		return "problem" in removed ? removed : { made: true };
	}

	async #revisionOf(name: string): Promise<string | undefined | StoreFailure> {
		const answer = await this.#repository.ask("GET", `git/ref/${path(name)}`, { taken: [404] });
		if ("problem" in answer) return answer;
		return answer.status === 404 ? undefined : refsIn(`[${answer.text}]`)[0]?.revision;
	}

	async close(): Promise<void> {
		this.#repository.close();
	}
}

/** The API leaves out `refs/` in paths. */
function path(name: string): string {
	return name.replace(/^refs\//, "");
}

function refsIn(text: string): readonly Pick<Ref, "name" | "revision">[] {
	const list = parseJson(text);
	if (list === undefined || !isJsonArray(list)) return [];
	return list.flatMap((item) => {
		if (!isJsonObject(item)) return [];
		const { ref: name, object } = item;
		const revision = isJsonObject(object) ? object["sha"] : undefined;
		return typeof name === "string" && typeof revision === "string" ? [{ name, revision }] : [];
	});
}
