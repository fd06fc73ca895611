// An event: what happened in the pipeline, with the context that hooks get to see.
import type { JsonObject } from "../lib/json.ts";

/** The statuses an event can have, in the order of the catalog's documentation. */
export const STATUSES = ["started", "success", "failure", "cancelled", "info", "warning"] as const;

/** How it went. Presets turn it into colours, severities and resolutions. */
export type Status = (typeof STATUSES)[number];

/**
 * GitHub's conclusions that have other names here. None becomes a success, so that a job that was skipped resolves
 * nothing.
 * https://docs.github.com/en/rest/checks/runs#get-a-check-run
 */
export const CONCLUSIONS: ReadonlyMap<string, Status> = new Map<string, Status>([
	["skipped", "info"],
	["neutral", "info"],
	["timed_out", "failure"],
	["startup_failure", "failure"],
	["action_required", "warning"],
	["stale", "cancelled"],
]);

/** One line of the catalog, or one `[event.x]` of a config. */
export interface EventDefinition {
	readonly name: string;
	readonly phase: string;
	/** The status of an event whose context gives none. */
	readonly status: Status;
	/** A headline for people: `Pipeline failed`. */
	readonly title: string;
}

/** The facts of the CI run, all optional: absent ones are left out of the JSON. */
export type CiFacts = {
	readonly provider: string;
	/** The repository that the run belongs to, never a fork. */
	readonly repository?: string;
	/** Of a fork `owner:branch`; in a merge queue the branch that is merged into. Absent for a tag. */
	readonly branch?: string;
	readonly tag?: string;
	/** `true` where the code is a fork's, else absent. */
	readonly fork?: boolean;
	/** `true` in a merge queue, else absent. */
	readonly queue?: boolean;
	/** `true` if anyone may have started the run, such as by a comment, though it is not from a fork; else absent. */
	readonly stranger?: boolean;
	/** The number of the pull request. */
	readonly pull_request?: number;
	/** Its title, which anyone may have written. One line. */
	readonly pull_request_title?: string;
	readonly commit?: string;
	/** The first line of the message of {@link CiFacts.commit}, never of another commit. Anyone may have written it. */
	readonly commit_message?: string;
	/** The name of that commit's author, as git has it: nobody has checked it. One line. */
	readonly commit_author?: string;
	readonly actor?: string;
	/** The event that started the run: `push`, `schedule`. */
	readonly trigger?: string;
	readonly workflow?: string;
	readonly job?: string;
	/** Of a job with a matrix, its values. */
	readonly matrix?: JsonObject;
	readonly attempt?: number;
	readonly run_url?: string;
	/** The page of the job in this attempt, which has its log. */
	readonly job_url?: string;
};

/** The facts that a stranger may have written, so that they may hold a secret of the run. */
export const FOREIGN_FACTS = [
	"pull_request_title",
	"commit_message",
	"commit_author",
] as const satisfies readonly (keyof CiFacts)[];

/**
 * The keys of {@link CiFacts}, and the type of each. Filters name each
 * of them without `ci.` before it.
 */
export const CI_FACTS: Readonly<Record<keyof CiFacts, "string" | "number" | "boolean" | "object">> = {
	provider: "string",
	repository: "string",
	branch: "string",
	tag: "string",
	fork: "boolean",
	queue: "boolean",
	stranger: "boolean",
	pull_request: "number",
	pull_request_title: "string",
	commit: "string",
	commit_message: "string",
	commit_author: "string",
	actor: "string",
	trigger: "string",
	workflow: "string",
	job: "string",
	matrix: "object",
	attempt: "number",
	run_url: "string",
	job_url: "string",
};

/**
 * What a shell hook reads on stdin and the `generic` preset posts. Keys are in the order in which they are written; empty
 * ones are absent.
 */
export type EventContext = {
	readonly id: string;
	readonly event: string;
	readonly run_id: string;
	readonly pipeline: string;
	/** RFC 3339 in UTC. */
	readonly timestamp: string;
	readonly status: Status;
	readonly model?: string;
	readonly table?: string;
	readonly error?: string;
	/** Milliseconds, 0 or more. */
	readonly duration_ms?: number;
	readonly entity?: JsonObject;
	readonly changes?: readonly JsonObject[];
	readonly owners?: readonly string[];
	readonly followers?: readonly string[];
	readonly project_id?: string;
	readonly data?: JsonObject;
	readonly resource?: JsonObject;
	readonly metadata?: JsonObject;
	readonly ci?: CiFacts;
};

/** The key of the metadata that brings PagerDuty's routing key, a credential: Rocky's projects hand it over there. */
export const ROUTING_KEY = "routing_key";

/** An event that has happened: its definition and its context. */
export interface PipelineEvent {
	readonly definition: EventDefinition;
	readonly context: EventContext;
	/** The CI run itself; there only where a hook needs it and the context has no resource. */
	readonly run?: FoundResource;
	/** Its line in its file of events, from 1. */
	readonly line?: number;
}

/** A resource as the CI's API gives it, or why it cannot be had and what to do about it. */
export type FoundResource = { readonly resource: JsonObject } | { readonly reason: string };

/** One event or more, in the order in which they happened. */
export type Events = readonly [PipelineEvent, ...PipelineEvent[]];

/** Keys of an `entity` that may hold its name, the shortest name first. */
const NAMES: readonly string[] = ["name", "fullyQualifiedName", "id"];

/**
 * The kinds of thing that the event is about: the `type` of its entity, else `table` and `model` where it names one; none
 * for an event about the pipeline as a whole.
 */
export function entityTypes({ entity, table, model }: EventContext): readonly string[] {
	const type = text(entity, "type");
	if (type !== undefined) return [type];
	return [...(table === undefined ? [] : ["table"]), ...(model === undefined ? [] : ["model"])];
}

/** What the entity is called: its name, else its fully qualified name, else its id; undefined where no text says so. */
export function entityName(entity: JsonObject | undefined): string | undefined {
	return NAMES.map((key) => text(entity, key)).find((name) => name !== undefined);
}

function text(entity: JsonObject | undefined, key: string): string | undefined {
	const value = entity !== undefined && Object.hasOwn(entity, key) ? entity[key] : undefined;
	return typeof value === "string" && value !== "" ? value : undefined;
}
