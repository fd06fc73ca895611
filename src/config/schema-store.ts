// The keys of `[store]`: kind, default and meaning of each.
import { STORE_KINDS, USUAL_SCHEDULE_MS } from "../model/store-config.ts";
import { DURATIONS } from "./durations.ts";
import { choice, key, REFERENCE, TEXT } from "./keys.ts";

/** The keys of `[store]`. */
export const STORE = {
	kind: key("kind", choice(STORE_KINDS), {
		default: "sqlite",
		summary: "Where records are kept: a file, refs of the repository, or NATS JetStream: [stores](records.md#stores)",
	}),
	path: key("path", TEXT, {
		otherwise: "`.pipeline-hooks/state.db`",
		summary: "The file of SQLite; relative to the workspace",
	}),
	url: key("url", REFERENCE, {
		public: false,
		otherwise: "of `git` the repository of the run",
		summary: "The repository of `git`, or the server of `nats`",
	}),
	schedule: key("schedule", DURATIONS, {
		default: USUAL_SCHEDULE_MS,
		otherwise: '`["1m", "5m", "15m", "1h", "4h", "12h"]`',
		summary:
			"The waits before each further try of a delivery that failed for now, counted from the failed try before it",
	}),
};
