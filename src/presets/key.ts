// The key that ties together a failure and the success that ends it: everything that distinguishes two things is part of it.
import { createHash } from "node:crypto";
import { isJsonObject, type Json } from "../lib/json.ts";
import type { CiFacts, EventContext, EventDefinition, PipelineEvent } from "../model/event.ts";
import type { Story } from "./story.ts";

/** The parts of a key by their names, in the order in which they are written; those without a value are left out. */
type Parts = Readonly<Record<string, Json | undefined>>;

/** {@link correlationParts} as a {@link boundedKey}. */
export function correlationKey(event: PipelineEvent, limit: number): string {
	return boundedKey(writeKey(correlationParts(event)), limit);
}

/**
 * What is the same for a failure and the success that ends it, over all runs and attempts: repository, branch, pipeline,
 * what of it, and the subject.
 */
export function correlationParts({ context, definition: { name, phase, status } }: PipelineEvent): Parts {
	const { ci, pipeline } = context;
	const subject = subjectOf(phase, context);
	// What names no subject is the job's own doing, and jobs of one workflow must not end each other's alerts.
	const isOfJob = phase === "pipeline" || Object.values(subject).every(isAbsent);
	const workflow = ci?.workflow === pipeline ? undefined : ci?.workflow;
	return {
		...originParts(ci),
		pipeline,
		...(isOfJob ? { workflow, job: ci?.job, matrix: ci?.matrix } : {}),
		// Events of a phase that begin, succeed or fail tell of one thing. One that only informs or warns (drift, a check's
		// result) is a thing of its own: a finished materialization does not end a drift.
		...(status === "info" || status === "warning" ? { event: name } : { phase }),
		...subject,
	};
}

/**
 * What the success is sure to name as well: a failed pipeline may name the model or table that failed it, and a table that
 * failed the model that makes it.
 */
function subjectOf(phase: string, { model, table, project_id, entity, metadata, resource }: EventContext): Parts {
	if (phase === "pipeline") return { project: project_id };
	return {
		model: phase === "table" && table !== undefined ? undefined : model,
		table,
		project: project_id,
		entity_type: entity?.["type"],
		entity: entity?.["name"],
		entity_fqn: entity?.["fullyQualifiedName"],
		entity_id: entity?.["id"],
		check: metadata?.["check"],
		resource: resource?.["id"],
	};
}

/**
 * Where the code comes from. A success of a fork, a tag, a merge queue or a run that a stranger has started is not one of
 * the branch with the same name.
 */
export function originParts(ci: CiFacts | undefined): Parts {
	return {
		repository: ci?.repository,
		fork: ci?.fork,
		branch: ci?.branch,
		tag: ci?.tag,
		queue: ci?.queue,
		stranger: ci?.stranger,
		// The pull requests of a merge queue follow each other as the commits of a branch do.
		pull_request: ci?.queue ? undefined : ci?.pull_request,
	};
}

const PIPELINE: EventDefinition = { name: "batch", phase: "pipeline", status: "failure", title: "" };
/** No event and no phase of a config can have that name. */
const SEVERAL: EventDefinition = { name: "*", phase: "*", status: "info", title: "" };

/**
 * The {@link correlationKey} of a story's events where all have the same. Else that of the pipeline that they share, so
 * that the pipeline's own success ends what a batch of its events has reported; or of no more than what they share, where
 * they are of several pipelines.
 */
export function groupKey({ events, context }: Story, limit: number): string {
	const [first = "", ...others] = events.map((event) => correlationKey(event, limit));
	if (others.every((key) => key === first)) return first;
	return correlationKey({ definition: context.pipeline === "" ? SEVERAL : PIPELINE, context }, limit);
}

/**
 * The key of the alert that a story opens, or resolves by the status `success`: `own`, else its {@link groupKey}. A good
 * batch resolves that one only if one of its successes has it, else that of its last success. Only what is known to have
 * succeeded is ever resolved: a run may send several batches, and a good one must not close the alert of a bad one.
 */
export function alertKey(story: Story, limit: number, own = ""): string {
	if (own !== "") return boundedKey(own, limit);
	const whole = groupKey(story, limit);
	const successes = story.events.filter(({ context }) => context.status === "success");
	const ended = successes.map((event) => correlationKey(event, limit));
	return story.status !== "success" || ended.includes(whole) ? whole : (ended.at(-1) ?? whole);
}

/** A key of at most `limit` code units (48 or more); a longer one ends in `#` and a hash of all of it. */
export function boundedKey(key: string, limit: number): string {
	if (key.length <= limit) return key;
	const hash = createHash("sha256").update(key).digest("hex").slice(0, 32);
	return `${key.slice(0, limit - hash.length - 1).toWellFormed()}#${hash}`;
}

/** Runs of the marks that keys are made of, of what cannot be seen, and of white space that a service may drop. */
const ENCODED = /(?:[%#;=]|\p{C}|[^\P{Z} ]|^ | $| (?= ))+/gu;

/** `repository=acme/warehouse; branch=main`: no value can look like a part, or like the hash of {@link boundedKey}. */
export function writeKey(parts: Parts): string {
	return Object.entries(parts)
		.filter(([, value]) => !isAbsent(value))
		.map(([name, value]) => `${name}=${partText(value).replaceAll(ENCODED, encode)}`)
		.join("; ");
}

/** A lone surrogate has no bytes in UTF-8, and two of them must not become one character. */
function encode(run: string): string {
	const points = Array.from(run, (point) =>
		point.isWellFormed() ? encodeURIComponent(point) : `%u${point.charCodeAt(0).toString(16)}`,
	);
	return points.join("");
}

function isAbsent(value: Json | undefined): value is undefined | null | "" {
	return value === undefined || value === null || value === "";
}

/** A part as text: objects with their keys in one order; empty for one without a value. */
export function partText(value: Json | undefined): string {
	if (isAbsent(value)) return "";
	return typeof value === "string" ? value : JSON.stringify(sorted(value));
}

/** With the keys of objects in one order. */
function sorted(value: Json): Json {
	if (isJsonObject(value)) {
		const pairs = Object.entries(value).map(([key, item]) => [key, sorted(item)] as const);
		return Object.fromEntries(pairs.toSorted(([one], [other]) => (one < other ? -1 : 1)));
	}
	return Array.isArray(value) ? value.map(sorted) : value;
}
