// What messages of each kind are worth when they come late.
import type { Late } from "../model/preset.ts";

const HOUR_MS = 3_600_000;

/** People read what is said now. */
export const CHAT: Late = { maxAgeMs: HOUR_MS, supersedes: true, byOutcomes: true };

/** An alert that was resolved since must not open again. */
export const ALERTS: Late = { maxAgeMs: 4 * HOUR_MS, supersedes: true, byOutcomes: true };

/** Each event is a record of its own. */
export const RECORD: Late = { maxAgeMs: 72 * HOUR_MS, supersedes: false };

/** A state that the newest message has. */
export const STATE: Late = { maxAgeMs: 72 * HOUR_MS, supersedes: true };
