// The key that ties together a failure and the success that ends it: everything that distinguishes two things is part of it.
import { CATALOG, UNSORTED } from "../model/catalog.ts";
import type { CiFacts, EventContext, EventDefinition, PipelineEvent } from "../model/event.ts";
import type { Fill } from "../model/preset.ts";
import { SECRET_KEYS } from "./context.ts";
import { boundedKey, isAbsent, type Parts, shortHash, writeKey } from "./key-text.ts";
import type { Story } from "./story.ts";
import { oneLine } from "./text.ts";
import { viewOf } from "./view.ts";

/** The option of a service that holds a key. It is a template. */
export interface KeyOption {
	readonly name: string;
	readonly limit: number;
	readonly fill: Fill | undefined;
	/** Gets what the option asks for and cannot have. */
	readonly notes: string[];
}

/** The option rendered for an event, else its {@link correlationKey}. */
function keyOf(event: PipelineEvent, { name, limit, fill, notes }: KeyOption): string {
	const own = fill?.(name, () => viewOf(event)).map(([, written]) => oneLine(written))[0];
	const note = `${name} is empty, so the preset's own is used`;
	if (own === "" && !notes.includes(note)) notes.push(note);
	return own ? boundedKey(own + strangerOf(event), limit) : correlationKey(event, limit);
}

/** What keeps the run of a stranger apart, whatever the config ties together: it must end no alert of another run. */
function strangerOf({ context: { ci } }: PipelineEvent): string {
	return ci?.fork === true || ci?.stranger === true ? `; ${writeKey(originParts(ci))}` : "";
}

/** {@link correlationParts} as a {@link boundedKey}. */
export function correlationKey(event: PipelineEvent, limit: number): string {
	return boundedKey(writeKey(correlationParts(event)), limit);
}

/**
 * What is the same for a failure and the success that ends it, over all runs and attempts: repository, branch, pipeline,
 * what of it, and the subject. What no success ends has its occurrence as well.
 */
export function correlationParts({ context, definition }: PipelineEvent): Parts {
	const { ci, pipeline } = context;
	const subject = subjectOf(definition.phase, context);
	// What names no one thing is the job's own doing, and jobs of one workflow must not end each other's alerts.
	const { project: _, entity_type: __, check: ___, ...named } = subject;
	const isOfJob = definition.phase === "pipeline" || Object.values(named).every(isAbsent);
	const workflow = ci?.workflow === pipeline ? undefined : ci?.workflow;
	return {
		...originParts(ci),
		pipeline,
		...(isOfJob ? { workflow, job: ci?.job, matrix: ci?.matrix } : {}),
		...(isAlone(definition) ? { event: definition.name } : { phase: definition.phase }),
		...subject,
		occurrence: isPoint(definition) ? occurrenceOf(context) : undefined,
	};
}

/** The phases of the catalog whose failures a success ends. */
const ENDED: ReadonlySet<string> = new Set(
	CATALOG.filter(({ status }) => status === "success").map(({ phase }) => phase),
);
const BUILT_IN: ReadonlySet<string> = new Set(CATALOG.map(({ phase }) => phase));

/**
 * Whether an event is a thing of its own. Those of a phase that begin, succeed or fail tell of one thing; one that informs
 * or warns, or that a config declares without a phase, does not: a finished materialization ends no drift.
 */
export function isAlone(definition: EventDefinition): boolean {
	return definition.status === "info" || definition.phase === UNSORTED || isPoint(definition);
}

/** Whether no success ends it: what warns, and a failure where nothing succeeds. */
function isPoint({ phase, status }: EventDefinition): boolean {
	if (status === "warning") return true;
	const isEnded = ENDED.has(phase) || (phase !== UNSORTED && !BUILT_IN.has(phase));
	return status === "failure" && !isEnded;
}

/** What happened, as a hash: two drifts of a table are two alerts, and the same one told again is not. */
function occurrenceOf({ error, changes, data, resource, entity, metadata }: EventContext): string {
	const shown = Object.entries(metadata ?? {}).filter(([key]) => !SECRET_KEYS.includes(key));
	const told: Parts = { error, changes, data, resource, entity, metadata: Object.fromEntries(shown) };
	return shortHash(writeKey(told));
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

/** No event and no phase of a config can have that name. */
const SEVERAL: EventDefinition = { name: "*", phase: "*", status: "info", title: "" };

/**
 * The key of the alert that a story opens, or resolves by the status `success`: that of what is not well in it. Several
 * such things of one pipeline have that of the pipeline where it has failed itself, since its success means theirs; else
 * nothing ends their alert, as no success is that of them all. A good batch resolves the pipeline's alert if it has the
 * pipeline's own success, else that of what has last succeeded: only what is known to have succeeded is ever resolved.
 */
export function alertKey({ events, context, status }: Story, option: KeyOption): string {
	const isGood = status === "success";
	const told = events.filter((event) => (event.context.status === "success") === isGood);
	const isWhole = ({ definition }: PipelineEvent) => definition.phase === "pipeline" && !isAlone(definition);
	const whole = context.pipeline === "" ? [] : told.filter(isWhole);
	const keys = new Set((whole.length === 0 ? told : whole).map((event) => keyOf(event, option)));
	const last = [...keys].at(-1) ?? "";
	if (isGood || keys.size === 1) return last;
	const several = shortHash([...keys].toSorted().join("\n"));
	return boundedKey(writeKey({ ...correlationParts({ definition: SEVERAL, context }), several }), option.limit);
}
