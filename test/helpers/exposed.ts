// A run that a stranger triggered: the base's config in the repository and on the API, the stranger's in the workspace.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { type Repository, repository, startApi, type Tree } from "./repository.ts";
import { type ActionRun, workspace as folder, runAction } from "./runner.ts";
import { type Server, startServer } from "./server.ts";

export const PATH = ".github/pipeline-hooks.toml";

/** A webhook and a shell hook that tell whose they are: by the path, and by a file beside the workspace. */
export function hooksOf(whose: "base" | "stranger", receiver: Server, onFailure = "warn"): string {
	return `[[hook.pipeline_start]]
name = "check"
command = 'echo "$HOOK_EVENT" > "$RAN/${whose}"'
on_failure = "${onFailure}"

[[hook.webhooks.pipeline_start]]
name = "announce"
url = "${receiver.url}/${whose}"
`;
}

export interface Exposed {
	/** At its base commit. */
	readonly repo: Repository;
	readonly base: string;
	readonly api: Server;
	readonly receiver: Server;
	/** Checks out a commit of a stranger's, whose config names hooks of its own. */
	readonly checkOutForeign: () => void;
	/** The stranger's config. */
	readonly strangers: string;
	/** The base's token is given unless `inputs` say otherwise. */
	readonly fire: (event: string, given?: Given) => Promise<ActionRun>;
	/** Whose shell hooks have run. */
	readonly ran: () => readonly string[];
	/** Whose webhooks were sent. */
	readonly sent: () => readonly string[];
}

export interface Given {
	readonly inputs?: Readonly<Record<string, string>>;
	readonly env?: Readonly<Record<string, string>>;
	readonly workspace?: string;
	readonly cancel?: Promise<unknown>;
}

export interface Base {
	/** Of its shell hook. */
	readonly onFailure?: string;
	/** Where its config lies. */
	readonly path?: string;
	/** Further files of its commit. */
	readonly files?: Tree;
}

export async function exposed({ onFailure, path = PATH, files }: Base = {}): Promise<Exposed> {
	const receiver = await startServer({ status: 200 });
	const repo = repository();
	const tree = { [path]: hooksOf("base", receiver, onFailure), "README.md": "x\n", ...files };
	const base = repo.commit(tree);
	const api = await startApi(base, tree);
	const marks = folder();
	return {
		repo,
		base,
		api,
		receiver,
		checkOutForeign: () => repo.commit({ [PATH]: hooksOf("stranger", receiver) }),
		strangers: hooksOf("stranger", receiver),
		fire: (event, { inputs, env, workspace, cancel } = {}) =>
			runAction({
				inputs: { event: "pipeline_start", "github-token": "ghs_token-of-the-run", ...inputs },
				workspace: workspace ?? repo.folder,
				env: { GITHUB_EVENT_NAME: event, GITHUB_SHA: base, GITHUB_API_URL: api.url, RAN: marks, ...env },
				...(cancel === undefined ? {} : { cancel }),
			}),
		ran: () => ["base", "stranger"].filter((name) => existsSync(join(marks, name))),
		sent: () => receiver.requests.map(({ path }) => path.slice(1)),
	};
}

/** For `toMatchObject`: the base's webhook was sent, and its shell hook refused for this reason. */
export function refused(why: string): object {
	return { code: 0, stderr: "", annotations: [{ message: expect.stringContaining(why) }], outputs: { delivered: "1" } };
}
