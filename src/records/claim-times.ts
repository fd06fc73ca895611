// For how long stored deliveries are claimed: long enough for each to end, and short enough for what a killed process has left.
import type { Hook } from "../model/hook.ts";
import { MAX_CLAIM_MS } from "../model/records.ts";
import { CLOCKS_APART_MS } from "./sift.ts";

/** Milliseconds in which several that were claimed at once begin. */
const BEGIN_MS = 90_000;

/** Milliseconds that everything besides attempts takes at most. */
const SPARE_MS = 30_000;

/** Milliseconds for which records are claimed that are only changed or removed. */
export const BRIEF_MS = 60_000;

export interface ClaimTimes {
	/** Milliseconds of a claim. */
	readonly wholeMs: number;
	/** Milliseconds that must be left of it when a delivery begins. */
	readonly neededMs: number;
}

/**
 * By the longest deadline of a config's webhooks: one delivery waits for another's end, has its own attempts, and those of
 * its fallback. Ten minutes with the usual deadlines, five of them for clocks that differ.
 */
export function claimTimes(hooks: readonly Hook[]): ClaimTimes {
	const deadlineMs = Math.max(0, ...hooks.map((hook) => (hook.kind === "webhook" ? hook.deadlineMs : 0)));
	const neededMs = Math.min(3 * deadlineMs + SPARE_MS + CLOCKS_APART_MS, MAX_CLAIM_MS - BEGIN_MS);
	return { neededMs, wholeMs: neededMs + BEGIN_MS };
}
