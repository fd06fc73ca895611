// The store of a run with its outbox, whose code is loaded only where a store is used.
import { MESSAGE_RULES } from "../deliver/message-rules.ts";
import type { DeliveryRecord, Records } from "../model/records.ts";
import { scopeOf } from "../model/scope.ts";
import type { StoreFailure } from "../model/store.ts";
import type { StoreConfig } from "../model/store-config.ts";
import { loadBundle } from "../net/bundle.ts";
import { NETWORK } from "../net/network.ts";
import type { Ports } from "../ports.ts";
import type * as bundled from "../records/bundle.ts";
import { writeHeld } from "../store/held-event.ts";
import type { RunContext } from "./prepare.ts";

/** What dist/records exports. */
export type RecordsBundle = typeof bundled;

/** A store, and the code that works on it. */
export interface OpenedRecords {
	readonly records: Records;
	readonly bundle: RecordsBundle;
}

/** A store, which is opened with the first question to it; a failure where the code for it cannot be loaded. */
export async function openRecordsOf(place: bundled.StorePlace): Promise<OpenedRecords | StoreFailure> {
	const bundle = await loadBundle<RecordsBundle>("records").catch(() => undefined);
	if (bundle === undefined) return { problem: `Node ${process.version} cannot load dist/records` };
	return { records: bundle.recordsOf(place), bundle };
}

/** A store that a run writes to. */
export interface OpenedOutbox extends OpenedRecords {
	readonly outbox: bundled.Outbox;
	/** Names the config among those that share the store. */
	readonly scope: string;
}

/** Which store a run writes to. */
export interface OutboxPlace {
	readonly store: StoreConfig;
	/** For GitHub; may be empty. */
	readonly token: string;
	/** Whether to make a store that is missing. */
	readonly create: boolean;
	/** Takes the records that are left in the results. */
	readonly leave: (records: readonly DeliveryRecord[]) => void;
}

/** Opens the store and makes the outbox of a run. */
export async function openOutbox(
	{ store, token, create, leave }: OutboxPlace,
	{ config, ci, mask }: RunContext,
	ports: Ports,
): Promise<OpenedOutbox | StoreFailure> {
	const { workspace, untrusted, facts } = ci;
	const place = {
		store,
		workspace,
		isUntrusted: untrusted !== undefined,
		env: ports.env,
		network: NETWORK,
		token,
		create,
		leave,
	};
	const opened = await openRecordsOf(place);
	if ("problem" in opened) return opened;
	const { records, bundle } = opened;
	const scope = scopeOf({ file: config.file, workspace, repository: facts.repository });
	const { schedule } = store;
	return {
		...opened,
		scope,
		outbox: new bundle.Outbox({
			records,
			config,
			scope,
			schedule,
			ports,
			mask,
			rules: MESSAGE_RULES,
			write: writeHeld,
		}),
	};
}
