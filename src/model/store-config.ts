// Which store keeps the records of deliveries, as the config, an input or a flag names it.
import type { Reference } from "./reference.ts";

/** `results` leaves the records in the results file, for another workflow to store. */
export const STORE_KINDS = ["sqlite", "git", "nats", "results"] as const;
export type StoreKind = (typeof STORE_KINDS)[number];

/** The store of a config. */
export interface StoreConfig {
	readonly kind: StoreKind;
	/** Of SQLite; relative to the workspace. */
	readonly path: string | undefined;
	/** Of git or NATS. */
	readonly url: Reference | undefined;
	/** Milliseconds before each further try. */
	readonly schedule: readonly number[];
}
