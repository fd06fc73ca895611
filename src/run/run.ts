// The one walk of a run: source → select → enrich → gates → the rest → settle → report.
import { workflowRun } from "../ci/ask-github.ts";
import { Deliverer, MANY_WEBHOOKS } from "../deliver/deliver.ts";
import { count } from "../lib/text.ts";
import type { Delivery, Outcome, RunFacts } from "../model/delivery.ts";
import type { PipelineEvent } from "../model/event.ts";
import type { Hook } from "../model/hook.ts";
import { isCopy } from "../model/people.ts";
import { type Problem, UserError } from "../model/problem.ts";
import { Batches, isFinal } from "../plan/batch.ts";
import { chainsIn } from "../plan/chains.ts";
import { createPlan, inTurn } from "../plan/plan.ts";
import { matches, passesFilter, selection } from "../plan/select.ts";
import { takenBy } from "../plan/taken.ts";
import type { Connections, Ports } from "../ports.ts";
import { Collector, type Counts } from "../report/collect.ts";
import type { Report } from "../report/report.ts";
import { problemsOf } from "../secrets/thrown.ts";
import { showing } from "./dry-run.ts";
import { enricher, exampleResource } from "./events.ts";
import { Holding } from "./holding.ts";
import { hooksOf, selectedBy } from "./hooks.ts";
import type { Inputs } from "./inputs.ts";
import { LineError } from "./lines.ts";
import { type Observer, prepare, type RunContext } from "./prepare.ts";
import { type EventsFile, failedAt, openSource, type Source, stoppedAt } from "./sources.ts";
import { openStored } from "./stored.ts";

/** Failures of a file that are logged as they come; all of them are counted and in the report. */
const MAX_TOLD = 100;

/**
 * Fires one event, the events of a file, what is held, or what is stored. Throws `UserError` before anything was carried out. From then
 * on each failed delivery is an outcome in the report, and whatever is thrown is in the report beside the outcomes.
 */
export async function fire(inputs: Inputs, ports: Ports, observer: Observer): Promise<Report> {
	const context = await prepare(inputs, ports, observer);
	try {
		return await carryOut(inputs, context, ports, observer);
	} finally {
		ports.http.close();
	}
}

/** Carries out a run whose config was read. Throws as {@link fire} does. */
export async function carryOut(inputs: Inputs, context: RunContext, ports: Ports, observer: Observer): Promise<Report> {
	const { config, facts, files, ci } = context;
	const { dryRun, summary, placeholders = false } = inputs;
	const source = openSource(inputs, context, ports, observer);
	const hooks = hooksOf(config, inputs.hook);
	if (source.kind === "event" && !(await isConfirmed(source.event, hooks, facts, observer)))
		throw new UserError(NOT_CONFIRMED);
	const madeUp = source.kind === "event" ? [...source.madeUp] : [];
	const enrich = enricher(hooks, async () => {
		if (source.kind === "event" && inputs.examples !== undefined && ci.facts.provider === "local") {
			madeUp.push("resource");
			return exampleResource(source.event);
		}
		return workflowRun(ports.env, inputs.githubToken, ports.clock, observer.signal);
	});
	const collector = new Collector(source.kind !== "event");
	/** What is tried again in later runs. */
	const stored = await openStored(inputs, context, ports, observer);
	/** Events that wait for those of later steps. */
	const holding = new Holding(context, ports);
	/** Events that wait for others of this run: those of a file, and what is only shown. */
	const batches = new Batches();
	/** A dry run and the test of one hook neither add to what is held nor send it. */
	const isApart = dryRun || inputs.hook !== undefined;
	const deliverer = new Deliverer(
		{ ...facts, switchedOff: stored.switchedOff, reach: source.kind === "stored" ? webhooksOnly(facts) : facts.reach },
		{ ...ports, files },
		{
			workspace: ci.workspace,
			connections: connectionsFor(source, hooks),
			signal: observer.signal,
			send: dryRun ? showing(facts, placeholders, ports.env, observer) : undefined,
			batch: async (delivery) =>
				source.kind === "event" && !isApart
					? holding.add(delivery, isFinal(delivery.events[0].definition))
					: { due: batches.add(delivery) },
			onCrash: stored.stop,
			onOutcome: (ended) => {
				const outcome = holding.settle(stored.settle(ended));
				collector.add(outcome);
				if (isTold(outcome)) observer.onOutcome(outcome);
			},
		},
	);
	let fired = 0;
	let failures = 0;
	let broken: LineError | undefined;
	let hasLineFailed = false;

	/** A delivery of a dry run was shown already, and one that a gate stopped is explained by the gate. */
	const isTold = ({ status, skipCause }: Outcome) =>
		source.kind === "file"
			? status === "failed" && ++failures <= MAX_TOLD
			: skipCause !== "gate_failed" && skipCause !== "dry_run";

	const beginAll = async (deliveries: Iterable<Delivery> | AsyncIterable<Delivery>) => {
		for await (const delivery of deliveries) await deliverer.begin(delivery);
	};

	/** Whether the next event may be fired. */
	const fireOne = async (bare: PipelineEvent): Promise<boolean> => {
		const found = selectedBy(hooks, bare, facts);
		const selected = found instanceof Promise ? await found : found;
		const enriched = enrich(bare, selected);
		const event = enriched instanceof Promise ? await enriched : enriched;
		const plan = createPlan(selected, event);
		fired++;
		if (!(await deliverer.run(dryRun ? inTurn(plan) : plan))) {
			const { line } = event;
			if (line !== undefined) ports.log.info(`stopped at line ${line}: a gate denied its event`);
			return false;
		}
		if (isFinal(event.definition)) {
			if (!isApart) await beginAll(holding.rest());
			await beginAll(batches.rest());
		}
		return !observer.signal.aborted;
	};

	const fireAll = async () => {
		if (source.kind === "held") await beginAll(holding.rest());
		if (source.kind === "stored") await beginAll(stored.due());
		try {
			for await (const events of source.events()) for (const event of events) if (!(await fireOne(event))) return;
		} catch (thrown) {
			hasLineFailed = true;
			if (!(thrown instanceof LineError)) throw thrown;
			broken = thrown;
		}
	};

	const endOf = (file: EventsFile, stopped: Problem | undefined, counts: Counts): Problem | undefined => {
		if (stopped !== undefined) return hasLineFailed ? failedAt(stopped, file, fired, counts) : stopped;
		return broken === undefined ? file.unused() : stoppedAt(broken, file, fired, counts);
	};

	const report = (stopped: Problem | undefined): Report => {
		const found = collector.collected();
		const collected = { ...found, outcomes: found.outcomes.map(stored.atEnd) };
		const problem = source.kind === "file" ? endOf(source, stopped, collected.counts) : stopped;
		const untold = failures - MAX_TOLD;
		if (untold > 0) ports.log.info(`${count(untold, "more failure")}: see the results`);
		return {
			source: source.kind === "file" ? { kind: "file", name: source.name, events: fired } : source,
			configFile: config.file,
			...collected,
			...(problem === undefined ? {} : { stopped: problem }),
			unmatched:
				source.kind === "event" ? selection(hooks, source.event).unmatched.filter(({ hook }) => !isCopy(hook)) : [],
			warnings: [...config.warnings, ...holding.warnings, ...stored.warnings],
			undelivered: stored.left(),
			...(source.kind === "event" && dryRun && inputs.examples !== undefined ? { madeUp } : {}),
			dryRun,
			summary,
		};
	};

	const abandon = () => {
		try {
			deliverer.abandon(batches.rest());
		} catch {
			// The outcomes so far are still true, and the first error is the one to report.
		}
	};

	/** The report of a run that cannot go on. */
	const stop = (problem: Problem): Report => {
		abandon();
		return report(problem);
	};

	observer.onBegin?.(stop);
	let problem: Problem | undefined;
	let isRecorded = false;
	// Deliveries that have begun are awaited even when an earlier step has thrown.
	const steps = [
		fireAll,
		() => beginAll(batches.rest()),
		() => deliverer.end(),
		// What an error has cut off is put on record too.
		async () => (problem === undefined ? undefined : abandon()),
		async () => {
			isRecorded = await stored.end();
		},
		() => holding.end(isRecorded),
	];
	for (const step of steps) {
		try {
			await step();
		} catch (thrown) {
			if (thrown instanceof UserError && source.kind === "file" && fired === 0) throw thrown;
			problem ??= problemsOf(thrown, ports.env)[0];
		}
	}
	return problem === undefined ? report(undefined) : stop(problem);
}

const NOT_CONFIRMED: Problem = { code: "cancelled", message: "nothing was sent", remedy: "" };

async function isConfirmed(
	event: PipelineEvent,
	hooks: readonly Hook[],
	facts: RunFacts,
	{ confirm }: Observer,
): Promise<boolean> {
	if (confirm === undefined) return true;
	const sending = hooks.filter((hook) => passesFilter(hook, event) && takenBy(hook, [event]).length > 0);
	const chainOf = chainsIn(sending);
	const selected = await selectedBy(sending, event, facts);
	return confirm([...new Set(selected.flatMap(chainOf))], event);
}

/** What is stored leads to no command: who may write records must not be able to run anything. */
function webhooksOnly({ reach }: RunFacts): RunFacts["reach"] {
	return (name, events) => {
		const next = reach(name, events);
		return next?.hook.kind === "shell" ? undefined : next;
	};
}

/** With few webhooks a connection for each request starts faster than a pool does. */
function connectionsFor(source: Source, hooks: readonly Hook[]): Connections {
	if (source.kind !== "event") return "pooled";
	const { event } = source;
	const webhooks = hooks.filter((hook) => hook.kind === "webhook" && matches(hook, event));
	return webhooks.length < MANY_WEBHOOKS ? "single" : "pooled";
}
