// A job in one step: pipeline_start when the job begins, and when it ends what became of it.
import { compact, isJsonObject, type Json, parseJson } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";
import { throwIfAny, UserError } from "../model/problem.ts";
import { isDenial } from "../report/collect.ts";
import type { Report } from "../report/report.ts";
import { gateLine } from "../report/verdict.ts";
import { type InputReader, type Inputs, readBoolean, readInputs } from "./inputs.ts";

/** What the beginning of a job leaves for its end. It is a file of the runner's: no secrets. */
export type Begun = {
	/** Milliseconds since 1970. */
	readonly started: number;
	/** What became of pipeline_start: `passed` if no gate denied it. Absent if that is not known, as of a step that was killed. */
	readonly start?: (typeof STARTS)[number];
	/** Of pipeline_start. */
	readonly runId?: string;
	/** Why it did not pass. */
	readonly reason?: string;
};

const STARTS = ["passed", "denied"] as const;

/** `job.status`: https://docs.github.com/en/actions/reference/workflows-and-actions/contexts#job-context */
const JOB_STATUSES = ["success", "failure", "cancelled"] as const;

/** Keys of a context that the step finds out itself, and that differ between the two events. */
const FOUND_OUT = ["event", "id", "timestamp", "status", "error", "duration_ms"] as const;

/** The end of a job. */
interface End {
	/** What to fire, or to flush; undefined where there is nothing to do. */
	readonly inputs: Inputs | undefined;
	/** Why no event is fired, and who hears of it. */
	readonly silence?: { readonly why: string; readonly level: "info" | "warn" };
}

type Fire = (inputs: Inputs) => Promise<Report>;

/** Fires pipeline_start, and leaves what its end needs. Throws `UserError`. */
export async function startJob(
	read: InputReader,
	fire: Fire,
	keep: (begun: Begun) => Promise<unknown>,
): Promise<Report> {
	const started = Date.now();
	// At once: what is killed before its gates have decided has begun all the same.
	await keep({ started });
	const report = await fire(startInputs(read));
	await keep(begunBy(report, started));
	return report;
}

/**
 * Fires the end of a job, or sends only what is held; undefined where there is nothing to do. `left` is what
 * {@link startJob} has left. Throws `UserError`.
 */
export async function endJob(
	{ name, left }: { readonly name: string; readonly left: string },
	read: InputReader,
	fire: Fire,
	tell: Readonly<Record<"info" | "warn", (line: string) => void>>,
): Promise<Report | undefined> {
	const { inputs, silence } = endOf(read, readBegun(left), name, Date.now());
	if (silence !== undefined) tell[silence.level](silence.why);
	if (inputs === undefined) return undefined;
	const report = await fire(inputs);
	// A gate that has denied the end has no say in what is held, and no later step sends it.
	const rest = report.outcomes.some(isDenial) && silence === undefined ? flush(read) : undefined;
	if (rest !== undefined) await sendHeld(() => fire(rest), tell.warn);
	// That nothing was held is not worth a summary.
	return silence === undefined ? report : { ...report, summary: report.summary && report.outcomes.length > 0 };
}

/** The report stays that of the event: that something held could not be sent is only told. */
async function sendHeld(send: () => Promise<Report>, warn: (line: string) => void): Promise<void> {
	try {
		const { countedFailures } = await send();
		if (countedFailures > 0) warn(`${countedFailures} of the deliveries of held events failed`);
	} catch (thrown) {
		if (!(thrown instanceof UserError)) throw thrown;
		warn(`what is held for batches is not sent: ${thrown.message}`);
	}
}

/** The inputs that fire pipeline_start. Throws `UserError`. */
export function startInputs(read: InputReader): Inputs {
	readOwn(read);
	const inputs = readInputs(overridden(read, { event: "pipeline_start", error: "" }));
	const found = FOUND_OUT.filter((key) => inputs.context[key] !== undefined);
	throwIfAny(
		found.map((key) => ({
			code: "context",
			message: `context: "${key}" cannot be set: this step finds it out itself`,
			remedy: key === "error" ? "give it as the input `error`" : "leave it out",
		})),
	);
	return inputs;
}

/** What is left once pipeline_start was fired. */
function begunBy(report: Report, started: number): Begun {
	const { source, result, stopped, outcomes } = report;
	return compact<Begun>({
		started,
		start: result === "aborted" ? "denied" : stopped === undefined ? "passed" : undefined,
		runId: source.kind === "event" ? source.event.context.run_id : undefined,
		reason: gateLine(outcomes, (text) => text) ?? stopped?.message,
	});
}

/** Reads what was left, as JSON; undefined where nothing was. */
export function readBegun(text: string): Begun | undefined {
	const left = parseJson(text);
	const started = isJsonObject(left) ? left["started"] : undefined;
	if (!isJsonObject(left) || typeof started !== "number" || started < 0) return undefined;
	return compact<Begun>({
		started,
		start: STARTS.find((start) => start === left["start"]),
		runId: textOf(left["runId"]),
		reason: textOf(left["reason"]),
	});
}

function textOf(value: Json | undefined): string | undefined {
	return typeof value === "string" ? value : undefined;
}

/**
 * What the end of a job fires, `now` in milliseconds since 1970. A pipeline is complete only if its gates are known to
 * have allowed it: a success may end an alert. Throws `UserError`.
 */
export function endOf(read: InputReader, begun: Begun | undefined, job: string, now: number): End {
	// What is wrong at the start is wrong at the end.
	startInputs(read);
	const { status, announceDenied } = readOwn(read);
	const hasPassed = begun?.start === "passed";
	const isDenied = begun?.start === "denied";
	if (isDenied && !announceDenied) return { inputs: flush(read), silence: { why: DENIED, level: "info" } };
	if (!hasPassed && !isDenied && status === "success")
		return { inputs: flush(read), silence: { why: UNKNOWN, level: "warn" } };
	const isComplete = hasPassed && status === "success";
	const isCancelled = status === "cancelled";
	// What the input says went wrong is for a job that failed.
	const known = (hasPassed ? undefined : begun?.reason) || (isCancelled ? "" : read("error"));
	const given = {
		event: isComplete ? "pipeline_complete" : "pipeline_error",
		"run-id": begun?.runId ?? read("run-id"),
		status: isCancelled ? status : "",
		error: isComplete ? "" : known || `job ${job} ${isCancelled ? "was cancelled" : "failed"}`,
		// A clock that was set back gives no duration.
		"duration-ms": begun !== undefined && now >= begun.started ? String(now - begun.started) : "",
	};
	return { inputs: readInputs(overridden(read, given)) };
}

const DENIED =
	"pipeline_error is not fired, since a gate did not allow pipeline_start, and none of its hooks and gates is run; " +
	"`announce-denied: true` fires it";
const UNKNOWN =
	"pipeline_complete is not fired, since it is not known whether the gates of pipeline_start allowed it: the step that " +
	"fires it ended too early, or could not save its state";

/** Sends what is held, and fires nothing; undefined in a dry run, which sends nothing. */
function flush(read: InputReader): Inputs | undefined {
	const inputs = readInputs(overridden(read, { flush: "true", "dry-run": "false" }));
	return readBoolean("dry-run", read("dry-run"), false, refuse) ? undefined : inputs;
}

/** The inputs that only this step has. */
function readOwn(read: InputReader) {
	const written = read("job-status").trim();
	const status = JOB_STATUSES.find((each) => each === written);
	if (status === undefined) {
		return refuse(
			`job-status: ${JSON.stringify(excerpt(written, 40))} is not one of ${JOB_STATUSES.join(", ")}`,
			`leave it out, or give \`\${{ job.status }}\`; it is there in the steps of a job, not in a composite action`,
		);
	}
	return { status, announceDenied: readBoolean("announce-denied", read("announce-denied"), false, refuse) };
}

function refuse(message: string, remedy: string): never {
	throw new UserError({ code: "input", message, remedy });
}

function overridden(read: InputReader, values: Readonly<Record<string, string>>): InputReader {
	return (name) => values[name] ?? read(name);
}
