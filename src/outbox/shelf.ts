// Where the events of one hook wait, and what is taken from there.
import type { Seal } from "./seal.ts";

/** Where the events of one hook wait, how they are sealed, and what they are. */
export interface Shelf<T> {
	/** Of all hooks; absolute. */
	readonly root: string;
	/** What tells the hook from others: its config and its name. */
	readonly owner: string;
	readonly seal: Seal;
	/** The event that a text stands for, or what is wrong with it as a phrase. */
	readonly read: (text: string) => { readonly event: T } | { readonly problem: string };
	/** Of one batch, at most; an event that has more bytes is a batch of its own. */
	readonly limits: { readonly events: number; readonly bytes: number };
	/** Called with what could not be taken, and with what was found that is none of ours: one phrase each. */
	readonly onProblem: (problem: string) => void;
}

/** A batch that was taken out: nobody else takes it until it is settled. */
export interface HeldBatch<T> {
	readonly folder: string;
	/** As they were put away, in that order. */
	readonly events: readonly [T, ...T[]];
	/** Of each event. */
	readonly numbers: readonly number[];
}

/** Bytes of one held event, sealed: 15 MiB of the event itself. */
export const LIMIT_BYTES = 20 * 1024 * 1024;
