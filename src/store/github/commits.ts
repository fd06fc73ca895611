// Commits read and made through GitHub's API for Git data.
import { isJsonObject, type JsonObject } from "../../lib/json.ts";
import type { StoreFailure } from "../../model/store.ts";
import type { Files } from "../refs.ts";
import { fieldsIn, type GithubRepository } from "./api.ts";

/** What a response is without that, which the API never does. */
const ODD: StoreFailure = { problem: "GitHub's API gave no id for what it has made" };

/** Statuses of what is not there, or is not a commit. */
export const GONE = [404, 422] as const;

/** Reads and makes commits of one repository: https://docs.github.com/en/rest/git/commits */
export class GithubCommits {
	readonly #repository: GithubRepository;
	/** Trees of the commits that were read or made. */
	readonly #trees = new Map<string, string>();

	constructor(repository: GithubRepository) {
		this.#repository = repository;
	}

	/** The message of a commit; empty for anything else. */
	async read(revision: string): Promise<string | StoreFailure> {
		const answer = await this.#repository.ask("GET", `git/commits/${revision}`, { taken: GONE });
		if ("problem" in answer) return answer;
		const { message, tree } = fieldsIn(answer.text);
		if (isJsonObject(tree) && typeof tree["sha"] === "string") this.#trees.set(revision, tree["sha"]);
		return typeof message === "string" && answer.status === 200 ? message : "";
	}

	/** A new commit; undefined where its parent is not there any more. */
	async make(
		from: string | undefined,
		{ message, files }: { readonly message: string; readonly files: Files },
	): Promise<string | undefined | StoreFailure> {
		if (from !== undefined && !this.#trees.has(from)) {
			const parent = await this.read(from);
			if (typeof parent !== "string") return parent;
			if (!this.#trees.has(from)) return undefined;
		}
		const base = from === undefined ? undefined : this.#trees.get(from);
		const entries = Object.entries(files).map(([file, content]) => ({
			path: file,
			mode: "100644",
			type: "blob",
			content,
		}));
		const tree =
			entries.length === 0 && base !== undefined
				? base
				: await this.#create("git/trees", { ...(base !== undefined && { base_tree: base }), tree: entries });
		if (typeof tree !== "string") return tree;
		const made = await this.#create("git/commits", { message, tree, parents: from === undefined ? [] : [from] });
		if (typeof made === "string") this.#trees.set(made, tree);
		return made;
	}

	/** The id of what is created. */
	async #create(what: string, body: JsonObject): Promise<string | StoreFailure> {
		const answer = await this.#repository.ask("POST", what, { body });
		if ("problem" in answer) return answer;
		const { sha } = fieldsIn(answer.text);
		return typeof sha === "string" ? sha : ODD;
	}
}
