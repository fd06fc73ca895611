// The catalog: every event this project knows by name, one line each, and how a name that a user writes is found in it.
import { closest } from "../lib/suggest.ts";
import { synonym } from "../lib/synonyms.ts";
import type { EventDefinition } from "./event.ts";

const define = (name: string, phase: string, status: EventDefinition["status"], title: string): EventDefinition => ({
	name,
	phase,
	status,
	title,
});

/** All built-in events, grouped by phase. */
export const CATALOG: readonly EventDefinition[] = [
	define("pipeline_start", "pipeline", "started", "Pipeline started"),
	define("discover_complete", "pipeline", "info", "Discovery complete"),
	define("compile_complete", "pipeline", "info", "Compilation complete"),
	define("pipeline_complete", "pipeline", "success", "Pipeline complete"),
	define("pipeline_error", "pipeline", "failure", "Pipeline failed"),
	define("before_materialize", "table", "started", "Materialization started"),
	define("after_materialize", "table", "success", "Table materialized"),
	define("materialize_error", "table", "failure", "Materialization failed"),
	define("before_model_run", "model", "started", "Model run started"),
	define("after_model_run", "model", "success", "Model run complete"),
	define("model_error", "model", "failure", "Model failed"),
	define("before_checks", "quality", "started", "Checks started"),
	define("check_result", "quality", "info", "Check result"),
	define("after_checks", "quality", "info", "Checks finished"),
	define("drift_detected", "quality", "warning", "Schema drift detected"),
	define("anomaly_detected", "quality", "warning", "Anomaly detected"),
	define("budget_breach", "budget", "failure", "Budget exceeded"),
	define("state_synced", "state", "success", "State synced"),
	define("entityCreated", "entity", "info", "Entity created"),
	define("entityUpdated", "entity", "info", "Entity updated"),
	define("entityFieldsChanged", "entity", "info", "Entity fields changed"),
	define("entityNoChange", "entity", "info", "Entity unchanged"),
	define("entityRestored", "entity", "info", "Entity restored"),
	define("entitySoftDeleted", "entity", "warning", "Entity soft-deleted"),
	define("entityDeleted", "entity", "warning", "Entity deleted"),
	define("logicalTestCaseAdded", "entity", "info", "Test case added"),
	define("threadCreated", "thread", "info", "Thread created"),
	define("threadUpdated", "thread", "info", "Thread updated"),
	define("postCreated", "thread", "info", "Post created"),
	define("postUpdated", "thread", "info", "Post updated"),
	define("taskResolved", "task", "info", "Task resolved"),
	define("taskClosed", "task", "info", "Task closed"),
	define("suggestionCreated", "suggestion", "info", "Suggestion created"),
	define("suggestionUpdated", "suggestion", "info", "Suggestion updated"),
	define("suggestionAccepted", "suggestion", "info", "Suggestion accepted"),
	define("suggestionRejected", "suggestion", "info", "Suggestion rejected"),
	define("suggestionDeleted", "suggestion", "info", "Suggestion deleted"),
	define("userLogin", "user", "info", "User logged in"),
	define("userLogout", "user", "info", "User logged out"),
	define("chonk.created", "chonk", "info", "Chonk created"),
	define("chonk.updated", "chonk", "info", "Chonk updated"),
	define("chonk.deleted", "chonk", "warning", "Chonk deleted"),
	define("generation.started", "generation", "started", "Generation started"),
	define("generation.completed", "generation", "success", "Generation complete"),
	define("generation.failed", "generation", "failure", "Generation failed"),
	define("scan.completed", "scan", "success", "Scan complete"),
	define("push.completed", "push", "success", "Push complete"),
	define("commit", "repository", "info", "New commit"),
	define("job.created", "job", "info", "Job created"),
	define("job.submitted", "job", "info", "Job submitted"),
	define("job.started", "job", "started", "Job started"),
	define("job.stopped", "job", "cancelled", "Job stopped"),
	define("job.completed", "job", "success", "Job complete"),
	define("job.failed", "job", "failure", "Job failed"),
	define("cluster.created", "cluster", "info", "Cluster created"),
	define("cluster.requested", "cluster", "started", "Cluster requested"),
	define("cluster.available", "cluster", "success", "Cluster available"),
	define("cluster.terminated", "cluster", "info", "Cluster terminated"),
	define("cluster.idled", "cluster", "info", "Cluster idled"),
	define("cluster.error", "cluster", "failure", "Cluster failed"),
	define("access.granted", "access", "info", "Access granted"),
	define("access.denied", "access", "warning", "Access denied"),
	define("policy.violated", "access", "failure", "Policy violated"),
	define("ping", "test", "info", "Ping"),
];

/** The phase of an event that a config declares without one. */
export const UNSORTED = "custom";

/** Other systems' spellings of catalog names. */
const ALIASES: ReadonlyMap<string, string> = new Map([["NewCommit", "commit"]]);

/** The length of the longest event name that a config may declare. */
export const MAX_EVENT_NAME = 100;

/** Whether a config may declare an event of that name, if it has none yet. `[hook.webhooks]` means something else. */
export function isEventName(name: string): boolean {
	return /^(?!webhooks(?:\.|$))[A-Za-z][A-Za-z0-9_.-]*$/.test(name) && name.length <= MAX_EVENT_NAME;
}

/** The event that was probably meant; a word such as `failed` alone means that of the pipeline. */
export function nearestEvent(written: string, names: Iterable<string>): string | undefined {
	const all = [...names];
	return synonym(`pipeline_${written}`, all) ?? closest(written, all);
}

/** Names an event may be found under: the catalog's and those a config declares. */
export interface Vocabulary {
	/** The event of that name, alias or `on_<event>` spelling; undefined if not found. */
	find(written: string): EventDefinition | undefined;
	/** Every event, the declared ones last. */
	readonly events: readonly EventDefinition[];
}

/** The catalog together with a config's own events, and with the titles that it gives to built-in ones. */
export function vocabulary(declared: readonly EventDefinition[] = []): Vocabulary {
	const own = new Map(declared.map((event) => [event.name, event]));
	const known = CATALOG.map((event) => own.get(event.name) ?? event);
	const events = [...known, ...declared.filter((event) => !known.includes(event))];
	const byName = new Map(events.map((event) => [event.name, event]));
	const exact = (name: string) => byName.get(ALIASES.get(name) ?? name);
	return {
		events,
		find: (written) => exact(written) ?? (written.startsWith("on_") ? exact(written.slice(3)) : undefined),
	};
}
