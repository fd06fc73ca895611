// Opens what is in NATS with the bundle that speaks with its servers, which is loaded only for them.
import type { Records } from "../../model/records.ts";
import type { StoreFailure } from "../../model/store.ts";
import { loadBundle } from "../../net/bundle.ts";
import type { openNatsRecords } from "./records.ts";
import type { openNatsRelay } from "./relay.ts";

const BUNDLE = "nats";

interface Bundle {
	readonly openNatsRelay: typeof openNatsRelay;
	readonly openNatsRecords: typeof openNatsRecords;
}

export async function loadNatsRecords(
	url: string,
	options: { readonly create: boolean },
): Promise<Records | StoreFailure> {
	const bundle = await loadBundle<Bundle>(BUNDLE).catch(() => undefined);
	if (bundle !== undefined) return bundle.openNatsRecords(url, options);
	return { problem: `Node ${process.version} cannot load dist/nats, which keeps records in NATS` };
}

/** What opens a relay; undefined where its code cannot be loaded. */
export async function loadNatsRelay(): Promise<typeof openNatsRelay | undefined> {
	const bundle = await loadBundle<Bundle>(BUNDLE).catch(() => undefined);
	return bundle?.openNatsRelay;
}
