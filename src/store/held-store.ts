// Opens the store of held events with the bundle that has it, which is loaded only where something is or will be held.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { OpenStore, Store, StoreFailure } from "../model/store.ts";
import { loadBundle } from "../net/bundle.ts";

/** The file of a folder's store. */
export function storeFile(folder: string): string {
	return join(folder, "store.db");
}

export const openHeldStore: OpenStore = async (folder, options) => {
	if (!options.create && !existsSync(storeFile(folder))) return undefined;
	const bundle = await loadBundle<{ readonly openSqliteStore: OpenStore }>("sqlite").catch(() => undefined);
	if (bundle !== undefined) return bundle.openSqliteStore(folder, options);
	return unusable({ problem: `Node ${process.version} cannot load dist/sqlite, which holds events` });
};

/** A store that does nothing but say why. */
export function unusable(failure: StoreFailure): Store {
	const fail = async () => failure;
	return { put: fail, claim: fail, read: fail, settle: fail, list: fail, close: async () => {} };
}
