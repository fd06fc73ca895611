// Opens the records in NATS with the bundle that speaks with its servers, which is loaded only for them.
import type { Records } from "../model/records.ts";
import type { StoreFailure } from "../model/store.ts";
import { loadBundle } from "../net/bundle.ts";

interface Bundle {
	readonly openNatsRecords: (url: string) => Records | StoreFailure;
}

/** Opens the records of a server by its URL, which may name their stream: `nats://user:password@host:4222/name`. */
export async function loadNatsRecords(url: string): Promise<Records | StoreFailure> {
	const bundle = await loadBundle<Bundle>("nats").catch(() => undefined);
	if (bundle !== undefined) return bundle.openNatsRecords(url);
	return { problem: `Node ${process.version} cannot load dist/nats, which keeps records in NATS` };
}
