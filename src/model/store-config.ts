// Which store keeps the records of deliveries, as the config, an input or a flag names it.
import { parseReference, type Reference } from "./reference.ts";

/** `results` leaves the records in the results file, for another workflow to store. */
export const STORE_KINDS = ["sqlite", "git", "nats", "results"] as const;
export type StoreKind = (typeof STORE_KINDS)[number];

/** The waits of OpenMetadata's webhooks, in milliseconds. */
export const USUAL_SCHEDULE_MS: readonly number[] = [1, 5, 15, 60, 240, 720].map((minutes) => minutes * 60_000);

/** A store as an input or a flag names it; `none` is for a run that uses no store, whatever its config says. */
export interface ChosenStore {
	readonly kind: StoreKind | "none";
	readonly path?: string;
	readonly url?: Reference;
}

/** The store that is meant by a word of {@link STORE_KINDS}, a path or a URL of NATS; undefined for any other text. */
export function chosenStore(written: string): ChosenStore | undefined {
	const kind = [...STORE_KINDS, "none" as const].find((known) => known === written);
	if (kind !== undefined) return { kind };
	if (/^(?:nats|tls):\/\//.test(written)) return { kind: "nats", url: parseReference(written) };
	return /[/\\.]/.test(written) && !written.includes("://") ? { kind: "sqlite", path: written } : undefined;
}

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
