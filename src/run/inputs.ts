// The inputs of the action and the flags of the command, as strings, become one typed request; every problem at once.

import type { JsonObject } from "../lib/json.ts";
import { readObject } from "../lib/json-reader.ts";
import { excerpt } from "../lib/text.ts";
import { type GivenContext, readContext, STATUS_FORMS, statusOf } from "../model/context.ts";
import type { Status } from "../model/event.ts";
import { type Problem, throwIfAny } from "../model/problem.ts";
import type { Wanted } from "../model/records.ts";
import { type ChosenStore, chosenStore, STORE_KINDS } from "../model/store-config.ts";
import { readMetadataLines } from "./metadata-lines.ts";

/** What one event needs to be fired. */
export interface Inputs {
	/**
	 * As written: the catalog's spelling, `on_<event>` or an alias; looked up once the config is known. With an events
	 * file it is the event of each line without one, and may be empty.
	 */
	readonly event: string;
	/** A file of events, one JSON object a line, as written; `-` is stdin. Undefined where one event is fired. */
	readonly eventsFile?: string | undefined;
	/** Send what is held for batches, and fire nothing. */
	readonly flush?: boolean;
	/** Send what is stored, and fire nothing. */
	readonly redeliver?: Wanted;
	/** In place of the config's store. */
	readonly store?: ChosenStore | undefined;
	/** Path of the config as written; undefined looks in the usual places. */
	readonly config: string | undefined;
	readonly context: GivenContext;
	/** Fire this hook alone, whatever its events and its filter, also a disabled one, and nothing that it chains to. */
	readonly hook?: string | undefined;
	/** Show the messages without sending them. */
	readonly dryRun: boolean;
	/** In a dry run, show messages also where variables are unset. */
	readonly placeholders?: boolean;
	/** Give the event examples of what one of its kind hardly comes without, for `test` marked by `metadata.test`. */
	readonly examples?: "unmarked" | "marked";
	/** Write a job summary. */
	readonly summary: boolean;
	/** For GitHub's API; may be empty. */
	readonly githubToken: string;
	/** Run shell hooks also on events that a stranger can trigger. */
	readonly allowUntrustedShell: boolean;
	/** The values of the job's matrix; undefined for a job without one. */
	readonly matrix?: JsonObject | undefined;
	/** The id of the job's check run; undefined where the runner does not know it. Not checked: a link stops no pipeline. */
	readonly jobId?: string | undefined;
}

/** Reads one input by its name in `action.yml`; empty when it was not given. */
export type InputReader = (name: string) => string;

/** Inputs that are a context key each. */
const TEXT_INPUTS = [
	["run-id", "run_id"],
	["pipeline", "pipeline"],
	["model", "model"],
	["table", "table"],
	["error", "error"],
] as const;

/** Reads and checks every input. Throws one `UserError` with all the problems. */
export function readInputs(read: InputReader): Inputs {
	const problems: Problem[] = [];
	const reject = (message: string, remedy: string) => {
		problems.push({ code: "input", message, remedy });
		return undefined;
	};

	const event = read("event").trim();
	const eventsFile = read("events-file").trim();
	const flush = readBoolean("flush", read("flush"), false, reject);
	if (event === "" && eventsFile === "" && !flush) {
		reject("no event was given", "name one with `event`, for example pipeline_start, or give an `events-file`");
	}

	const given = readContextInput(read("context"), problems);
	if (given.event !== undefined && event !== "" && given.event !== event) {
		reject(
			`context: its "event" (${excerpt(given.event, 60)}) is not the event being fired (${excerpt(event, 60)})`,
			'leave "event" out of the context',
		);
	}
	if (flush && (event !== "" || eventsFile !== "")) {
		reject("flush: sends what is held, and fires no event", "give `event` or `events-file` to a step of its own");
	}
	const texts = TEXT_INPUTS.map(([input, key]) => [key, read(input)] as const).filter(([, value]) => value !== "");
	const status = readStatus(read("status"), reject);
	const duration = readDuration(read("duration-ms"), reject);
	const metadata = { ...given.metadata, ...readMetadata(read("metadata"), reject) };
	const inputs: Inputs = {
		event,
		...(eventsFile === "" ? {} : { eventsFile }),
		...(flush && { flush }),
		config: read("config").trim() || undefined,
		context: {
			...given,
			...Object.fromEntries(texts),
			...(status === undefined ? {} : { status }),
			...(duration === undefined ? {} : { duration_ms: duration }),
			...(Object.keys(metadata).length === 0 ? {} : { metadata }),
		},
		dryRun: readBoolean("dry-run", read("dry-run"), false, reject),
		summary: readBoolean("summary", read("summary"), true, reject),
		githubToken: read("github-token").trim(),
		allowUntrustedShell: readBoolean("allow-untrusted-shell", read("allow-untrusted-shell"), false, reject),
		matrix: readMatrix(read("matrix"), reject),
		store: readStore(read("store"), reject),
		jobId: read("job-id").trim() || undefined,
	};
	if (flush && inputs.dryRun) reject("flush: cannot show what it would send", "leave out `dry-run`");
	throwIfAny(problems);
	return inputs;
}

type Reject = (message: string, remedy: string) => undefined;

export function readStore(text: string, reject: Reject): ChosenStore | undefined {
	const written = text.trim();
	if (written === "") return undefined;
	const remedy = `give ${STORE_KINDS.join(", ")}, none, a path such as .pipeline-hooks/state.db, or a nats:// URL`;
	return chosenStore(written) ?? reject(`store: ${quote(written)} is not a store`, remedy);
}

function readContextInput(text: string, problems: Problem[]): GivenContext {
	if (text.trim() === "") return {};
	const value = readObject(text, "is not JSON");
	if (typeof value !== "string") return readContext(value, "context", problems);
	const remedy = 'give an object, for example {"table": "orders", "entity": {"name": "orders"}}';
	problems.push({ code: "input", message: `context: ${value}`, remedy });
	return {};
}

/** As `${{ job.status }}`, the result of a needed job and the conclusion of a run have it. */
function readStatus(text: string, reject: Reject): Status | undefined {
	const written = text.trim();
	if (written === "") return undefined;
	return statusOf(written) ?? reject(`status: ${quote(written)} is not a status`, `give ${STATUS_FORMS}`);
}

function readDuration(text: string, reject: Reject): number | undefined {
	const written = text.trim();
	if (written === "") return undefined;
	if (/^\d{1,15}(\.\d+)?$/.test(written)) return Number(written);
	return reject(`duration-ms: ${quote(written)} is not a number`, "give milliseconds, 0 or more, for example 45200");
}

/** A JSON object, or lines; the values of lines are strings. */
function readMetadata(text: string, reject: Reject): JsonObject | undefined {
	const written = text.trim();
	if (written === "") return undefined;
	if (written.startsWith("{") || written.startsWith("[")) {
		const value = readObject(written, "is neither JSON nor key=value lines");
		if (typeof value === "string") return reject(`metadata: ${value}`, METADATA_FORMS);
		return Object.hasOwn(value, "") ? reject("metadata: has an empty key", METADATA_FORMS) : value;
	}
	const read = readMetadataLines(text);
	if (read.kind === "entries") return Object.fromEntries(read.entries);
	return reject(`metadata: line ${read.line} ${read.problem}`, METADATA_FORMS);
}

const METADATA_FORMS =
	'give a JSON object, {"tables": 20}, or lines of key=value; write a value of several lines between key<<END and END, ' +
	"and pass text that others wrote as JSON, with toJSON()";

/** `null` and `{}` are what `toJSON(matrix)` gives in a job without a matrix. */
function readMatrix(text: string, reject: Reject): JsonObject | undefined {
	const written = text.trim();
	if (written === "" || written === "null") return undefined;
	const value = readObject(written, "is not JSON");
	if (typeof value !== "string") return Object.keys(value).length === 0 ? undefined : value;
	return reject(`matrix: ${value}`, `leave it out, or give \`\${{ toJSON(matrix) }}\``);
}

/** Empty is the `fallback`. */
export function readBoolean(name: string, text: string, fallback: boolean, reject: Reject): boolean {
	const written = text.trim().toLowerCase();
	if (written === "") return fallback;
	if (written === "true" || written === "false") return written === "true";
	reject(`${name}: ${quote(text)} is neither true nor false`, "write true or false");
	return fallback;
}

function quote(text: string): string {
	return JSON.stringify(excerpt(text, 40));
}
