// Opens the store of records that a config or an input names.
import { realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { Env } from "../lib/env.ts";
import { unsetReason } from "../model/hook-references.ts";
import type { DeliveryRecord, Records } from "../model/records.ts";
import { resolveReference } from "../model/reference.ts";
import type { StoreFailure } from "../model/store.ts";
import type { StoreConfig } from "../model/store-config.ts";
import type { Network } from "../net/network.ts";
import { openGitRecords } from "../store/git/refs.ts";
import { openGithubRecords } from "../store/github/refs.ts";
import { loadNatsRecords } from "../store/nats/load.ts";
import { openSqliteRecords } from "../store/sqlite/records.ts";
import { lazyRecords } from "./lazy.ts";
import { leftRecords } from "./left.ts";

/** Where the file of SQLite is, if nothing else is said; relative to the workspace. */
const USUAL_FILE = ".pipeline-hooks/state.db";

const GITHUB = "https://github.com";

/** What a store may need of its run. */
export interface StorePlace {
	readonly store: StoreConfig;
	/** Absolute. */
	readonly workspace: string;
	/** A stranger may have written the workspace. */
	readonly isUntrusted: boolean;
	readonly env: Env;
	readonly network: Network;
	/** For GitHub; may be empty. */
	readonly token: string;
	/** Whether to make a store that is missing. Without, there is nothing in it. */
	readonly create: boolean;
	/** Takes the records that are left in the results. */
	readonly leave: (records: readonly DeliveryRecord[]) => void;
}

/** The store, which is opened with the first question to it. */
export function recordsOf(place: StorePlace): Records {
	const { store } = place;
	switch (store.kind) {
		case "sqlite":
			return lazyRecords(true, async () => openFile(place));
		case "git":
			return lazyRecords(false, () => openRepository(place));
		case "nats":
			return lazyRecords(true, () => openServer(place));
		case "results":
			return leftRecords(place.leave);
	}
}

function openFile({ store: { path }, workspace, isUntrusted, create }: StorePlace): Records | StoreFailure {
	const file = resolve(workspace, path ?? USUAL_FILE);
	// Whoever puts records there lets the hooks of the config say what they want.
	if (isUntrusted && isInside(workspace, file)) return { problem: STRANGERS };
	const opened = openSqliteRecords(file, { create });
	if (path === undefined && create && !("problem" in opened)) keepOutOfGit(dirname(file));
	return opened;
}

const STRANGERS = "the workspace may contain a stranger's files, the store among them: name a place outside of it";

/** Whether a path leads into a folder, through links too. What does not exist yet counts by its nearest folder. */
function isInside(folder: string, path: string): boolean {
	const inside = relative(realPath(folder), realPath(path));
	return inside !== ".." && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
}

function realPath(path: string): string {
	try {
		return realpathSync(path);
	} catch {
		return dirname(path) === path ? path : join(realPath(dirname(path)), basename(path));
	}
}

/** The folder is in a checkout, where somebody may add all files. */
function keepOutOfGit(folder: string): void {
	try {
		writeFileSync(join(folder, ".gitignore"), "*\n", { flag: "wx" });
	} catch {
		// It is there already, or the store works without it.
	}
}

async function openRepository({
	store,
	env,
	network,
	token,
	workspace,
	isUntrusted,
}: StorePlace): Promise<Records | StoreFailure> {
	const server = env["GITHUB_SERVER_URL"] || GITHUB;
	const repository = env["GITHUB_REPOSITORY"] || undefined;
	const url = urlOf(store, env) ?? (repository === undefined ? undefined : `${server}/${repository}`);
	if (url === undefined)
		return {
			problem:
				"the repository is not known outside GitHub Actions: set url in [store], or GITHUB_REPOSITORY to owner/name",
		};
	if (typeof url !== "string") return url;
	if (isUntrusted && isAbsolute(url) && isInside(workspace, url)) return { problem: STRANGERS };
	const temp = env["RUNNER_TEMP"] || tmpdir();
	const git = await openGitRecords({
		remote: url,
		...(token !== "" && { token: { value: token, server } }),
		env,
		temp,
	});
	if (!("isMissing" in git) || repository === undefined || token === "" || url !== `${server}/${repository}`)
		return git;
	const apiUrl = env["GITHUB_API_URL"] || "https://api.github.com";
	return openGithubRecords({ ...network, env, apiUrl, repository, token });
}

async function openServer({ store, env, create }: StorePlace): Promise<Records | StoreFailure> {
	const url = urlOf(store, env) ?? { problem: "there is no server: set url in [store]" };
	return typeof url === "string" ? loadNatsRecords(url, { create }) : url;
}

function urlOf({ url }: StoreConfig, env: Env): string | StoreFailure | undefined {
	if (url === undefined) return undefined;
	const resolved = resolveReference(url, env);
	return resolved.kind === "unset" ? { problem: unsetReason(resolved.variable) } : resolved.text.trim();
}
