// The events of a file, fired as they are read: in order, as fast as their deliveries make room.
import { resolve } from "node:path";
import { Deliverer } from "../deliver/deliver.ts";
import type { Delivery, Outcome } from "../delivery.ts";
import { errorCode, type Problem, UserError } from "../errors.ts";
import type { PipelineEvent } from "../event/event.ts";
import type { Inputs } from "../inputs.ts";
import { Batches, isFinal } from "../plan/batch.ts";
import { createPlan } from "../plan/plan.ts";
import { meets } from "../plan/select.ts";
import type { Ports } from "../ports.ts";
import { Collector } from "../report/collect.ts";
import type { Report } from "../report/report.ts";
import { count } from "../text.ts";
import { findEvent } from "./find-event.ts";
import { Holding } from "./holding.ts";
import { type Line, LineError, lineErrorOf, linesOf, readLine } from "./lines.ts";
import { eventOf } from "./moment.ts";
import { RunResource } from "./resource.ts";
import type { Run, Watcher } from "./run.ts";
import { showAll } from "./show-deliveries.ts";

/** Failures that get a line at once; all of them are counted, and the report has them. */
const MAX_TOLD = 100;

/** The inputs of a run that has a file. */
type FileInputs = Inputs & { readonly eventsFile: string };

/**
 * Fires every event of the file. A broken line ends it: what stands before it is carried out to its end, and the report
 * says what was stopped where. So does a gate that denies, as it would between two steps.
 */
export async function fireFile(inputs: FileInputs, run: Run, ports: Ports, watcher: Watcher): Promise<Report> {
	const { signal } = watcher;
	const collector = new Collector(true);
	const holding = new Holding(run, ports);
	const batches = new Batches();
	const { tell, untold } = teller(watcher, MAX_TOLD);
	const deliverer = new Deliverer(
		run.facts,
		{ ...ports, files: run.files },
		{
			workspace: run.ci.workspace,
			straight: "bulk",
			signal,
			batch: async (delivery) => ({ due: batches.add(delivery) }),
			onOutcome: (ended) => {
				const outcome = holding.settle(ended);
				collector.add(outcome);
				tell(outcome);
			},
		},
	);
	const hooks = run.config.hooks.toSorted((a, b) => a.order - b.order);
	const resource = new RunResource(run.config, inputs.githubToken, ports, signal);
	let fired = 0;
	let broken: LineError | undefined;
	const beginAll = async (deliveries: readonly Delivery[]) => {
		if (inputs.dryRun) showAll(deliveries, run.facts, false, ports.env, watcher, collector);
		else for (const delivery of deliveries) await deliverer.begin(delivery);
	};
	for await (const read of eventsOf(inputs, run, ports, watcher)) {
		if ("error" in read) broken = read.error;
		if ("error" in read || signal.aborted) break;
		const { event, line } = read;
		const selected = hooks.filter((hook) => meets(hook, event));
		const plan = createPlan(selected, await resource.beside(event, selected));
		fired++;
		if (inputs.dryRun) {
			await beginAll([
				...plan.gates,
				...plan.shell,
				...plan.webhooks,
				...plan.batched.flatMap((one) => batches.add(one)),
			]);
		} else if (!(await deliverer.run(plan))) {
			ports.log.info(`stopped at line ${line}: a gate has not let its event pass`);
			break;
		} else if (isFinal(event.definition)) {
			await beginAll([...(await holding.rest()), ...batches.rest()]);
		}
	}
	await beginAll(batches.rest());
	await deliverer.end();
	await holding.end();
	if (untold() > 0) ports.log.info(`${count(untold(), "more failure")}: see the results`);
	const collected = collector.collected();
	return {
		source: { kind: "file", name: inputs.eventsFile, events: fired },
		configFile: run.config.file,
		...collected,
		...(broken === undefined ? {} : { stopped: stoppedAt(broken, inputs.eventsFile, fired, collected.counts) }),
		unmet: [],
		warnings: [...run.config.warnings, ...holding.warnings],
		dryRun: inputs.dryRun,
		summary: inputs.summary,
	};
}

type Read = { readonly event: PipelineEvent; readonly line: number } | { readonly error: LineError };

/** The events in order; the first mistake is the last of them. Throws `UserError` for a file that cannot be opened. */
async function* eventsOf(inputs: FileInputs, run: Run, ports: Ports, watcher: Watcher): AsyncGenerator<Read> {
	let last = 0;
	try {
		for await (const line of linesOf(open(inputs.eventsFile, ports, watcher))) {
			last = line.number;
			yield { event: eventOn(line, inputs, run), line: line.number };
		}
	} catch (thrown) {
		if (watcher.signal.aborted) return;
		const code = errorCode(thrown);
		if (code !== undefined && last === 0) throw unreadable(inputs.eventsFile, code);
		yield { error: lineErrorOf(last + 1, code === undefined ? thrown : unreadable("it", code)) };
	}
}

function eventOn(line: Line, { event, context, complete }: FileInputs, run: Run): PipelineEvent {
	const given = readLine(line);
	const metadata = { ...context.metadata, ...given.metadata };
	const name = given.event ?? event;
	if (name === "") throw new LineError(line.number, 'names no event; give it an "event"');
	const whole = { ...context, ...given, ...(Object.keys(metadata).length === 0 ? {} : { metadata }) };
	try {
		const definition = findEvent(name, run.config);
		run.protect(whole);
		return eventOf(definition, complete?.(whole, definition) ?? whole, run);
	} catch (thrown) {
		throw lineErrorOf(line.number, thrown);
	}
}

function open(name: string, { files }: Ports, { cwd, stdin, signal }: Watcher): AsyncIterable<Uint8Array> {
	if (name !== "-") return files.stream(resolve(cwd, name), signal);
	if (stdin === undefined) throw unreadable(name, "there is no stdin here");
	return stdin();
}

const REASONS: Readonly<Record<string, string>> = {
	ENOENT: "it is not there",
	EISDIR: "it is a folder",
	EACCES: "permission denied",
};

function unreadable(name: string, why: string): UserError {
	const message = `events-file ${name} cannot be read: ${REASONS[why] ?? why}`;
	return new UserError({ code: "input", message, remedy: "name a file of JSON Lines, one event a line" });
}

function stoppedAt({ line, problem }: LineError, name: string, fired: number, counts: Report["counts"]): Problem {
	const went = fired === 0 ? "nothing before it was fired" : `${count(fired, "event")} before it were fired`;
	const how = fired === 0 ? "" : ` (${counts.delivered} delivered, ${counts.failed} failed, ${counts.skipped} skipped)`;
	return {
		code: "events_file",
		message: `line ${line} of ${name === "-" ? "stdin" : name}: ${problem}`,
		remedy: `${went}${how}, and nothing of what follows; correct the line and fire the file from there`,
		...(name === "-" ? {} : { place: { file: name, line, column: 1 } }),
	};
}

/** Tells failures as they come, and counts those that are too many. */
function teller({ onOutcome }: Watcher, most: number) {
	let told = 0;
	return {
		tell: (outcome: Outcome) => {
			if (outcome.status !== "failed") return;
			told++;
			if (told <= most) onOutcome(outcome);
		},
		untold: () => Math.max(0, told - most),
	};
}
