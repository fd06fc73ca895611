// Records of deliveries for tests.
import type { DeliveryRecord } from "../../src/model/records.ts";
import type { StoreFailure } from "../../src/model/store.ts";

/** A record that waits, created and due at the time 1000. */
export function record(id: string, more: Partial<DeliveryRecord> = {}): DeliveryRecord {
	return {
		id,
		scope: "scope",
		hook: "tell",
		eventTime: 900,
		created: 1000,
		runId: "run-1",
		names: ["pipeline_error"],
		events: [`{"definition":{}}\n{"id":"${id}"}`],
		attempts: [{ at: 950, ms: 12, status: 503, cause: "status", reason: "503 Service Unavailable" }],
		state: "waiting",
		failures: 1,
		due: 1000,
		expires: 100_000,
		...more,
	};
}

/** What was no failure. */
export function good<T>(given: T | StoreFailure): T {
	if (typeof given === "object" && given !== null && "problem" in given) throw new Error(String(given.problem));
	return given;
}
