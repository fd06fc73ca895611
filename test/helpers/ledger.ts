// Records that are written into the store of a folder as they are, so that no test has to wait for them.
import { join } from "node:path";
import type { DeliveryRecord } from "../../src/model/records.ts";
import { scopeOf } from "../../src/model/scope.ts";
import { openSqliteRecords } from "../../src/store/sqlite/records.ts";
import { good, record } from "./records.ts";

export const CONFIG = "pipeline-hooks.toml";
export const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000] as const;

const fileOf = (folder: string) => join(folder, ".pipeline-hooks", "state.db");

/** Puts records, each as one that was stored some time ago, under the scope of the folder's config. */
export async function store(folder: string, ...records: readonly DeliveryRecord[]): Promise<void> {
	const opened = good(openSqliteRecords(fileOf(folder)));
	const own = scopeOf({ file: CONFIG, workspace: folder, repository: undefined });
	const failure = await opened.put(records.map((each) => (each.scope === "" ? { ...each, scope: own } : each)));
	if (failure !== undefined) throw new Error(failure.problem);
	await opened.close();
}

/** What is stored now, the oldest first. */
export async function stored(folder: string): Promise<readonly DeliveryRecord[]> {
	const opened = good(openSqliteRecords(fileOf(folder)));
	const { records } = good(await opened.list({}));
	await opened.close();
	return records.map((each) => each.record);
}

/** A record of `tell`, stored so many milliseconds ago, that waits and is due; `id` is its beginning. */
export function told(id: string, age: number, more: Partial<DeliveryRecord> = {}): DeliveryRecord {
	const at = Date.now() - age;
	const context = {
		id: `evt_${id}`,
		run_id: "run-1",
		pipeline: "nightly",
		error: `no disk in ${id}`,
		ci: { provider: "local" },
	};
	const definition = { name: "pipeline_error", phase: "pipeline", status: "failure", title: "Pipeline failed" };
	return record(`dlv_${id.padEnd(32, "0")}`, {
		scope: "",
		eventTime: at,
		created: at,
		attempts: [{ at, ms: 12, status: 503, cause: "status", reason: "503 Service Unavailable: busy" }],
		events: [`${JSON.stringify({ definition })}\n${JSON.stringify(context)}`],
		due: at + MINUTE,
		expires: at + 3 * DAY,
		...more,
	});
}

/** The same, as one that has ended. */
export function over(id: string, age: number, more: Partial<DeliveryRecord>): DeliveryRecord {
	const { due: _, ...rest } = told(id, age, more);
	return rest;
}
