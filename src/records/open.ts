// Opens the store of records that a config or an input names.
import { writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { Env } from "../lib/env.ts";
import type { Records } from "../model/records.ts";
import type { StoreFailure } from "../model/store.ts";
import type { StoreConfig } from "../model/store-config.ts";
import { openSqliteRecords } from "../store/sqlite-records.ts";

/** Where the file of SQLite is, if nothing else is said; relative to the workspace. */
const USUAL_FILE = ".pipeline-hooks/state.db";

/** What a store may need of its run. */
export interface StorePlace {
	readonly store: StoreConfig;
	/** Absolute. */
	readonly workspace: string;
	readonly env: Env;
	/** For GitHub; may be empty. */
	readonly token: string;
	/** Whether to make a store that is missing. Without, there is nothing in it. */
	readonly create: boolean;
}

function openFile(file: string, isUsual: boolean, create: boolean): Records | StoreFailure {
	const opened = openSqliteRecords(file, { create });
	if (isUsual && create && !("problem" in opened)) keepOutOfGit(dirname(file));
	return opened;
}

/** The folder is in a checkout, where somebody may add all files. */
function keepOutOfGit(folder: string): void {
	try {
		writeFileSync(join(folder, ".gitignore"), "*\n", { flag: "wx" });
	} catch {
		// It is there already, or the store works without it.
	}
}

/** Opens a store; a failure says why that cannot be done. */
export async function openRecords({ store, workspace, create }: StorePlace): Promise<Records | StoreFailure> {
	switch (store.kind) {
		case "sqlite":
			return openFile(resolve(workspace, store.path ?? USUAL_FILE), store.path === undefined, create);
		case "git":
		case "nats":
		case "results":
			return { problem: `a store of ${store.kind} is not supported` };
	}
}
