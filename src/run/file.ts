// The events of a file, fired as they are read: in order, as fast as their deliveries make room.

import { Deliverer } from "../deliver/deliver.ts";
import { count } from "../lib/text.ts";
import type { Delivery, Outcome } from "../model/delivery.ts";
import type { Hook } from "../model/hook.ts";
import type { Problem } from "../model/problem.ts";
import { Batches, isFinal } from "../plan/batch.ts";
import { createPlan } from "../plan/plan.ts";
import { meets } from "../plan/select.ts";
import type { Ports } from "../ports.ts";
import { Collector, type Counts } from "../report/collect.ts";
import type { Report } from "../report/report.ts";
import { carryOut } from "./carry-out.ts";
import {
	emptyBeside,
	eventOn,
	type FileInputs,
	failedAt,
	openEvents,
	stoppedAt,
	UnreadableEvents,
	unreadable,
	unusedEvent,
} from "./events-file.ts";
import { Holding } from "./holding.ts";
import { type Line, LineError, lineErrorOf, linesOf, readLine } from "./lines.ts";
import type { Run, Watcher } from "./prepare.ts";
import { RunResource } from "./resource.ts";
import { showAll } from "./show-deliveries.ts";

/** Failures that get a line at once; all of them are counted, and the report has them. */
const MAX_TOLD = 100;

/**
 * Fires every event of the file. A broken line ends it: what stands before it is carried out to its end, and the report
 * says what was stopped where. So does a gate that denies, as it would between two steps.
 */
export async function fireFile(inputs: FileInputs, run: Run, ports: Ports, watcher: Watcher): Promise<Report> {
	return new FileRun(inputs, run, ports, watcher).carryOut();
}

class FileRun {
	readonly #inputs: FileInputs;
	readonly #run: Run;
	readonly #ports: Ports;
	readonly #watcher: Watcher;
	readonly #hooks: readonly Hook[];
	readonly #collector = new Collector(true);
	readonly #batches = new Batches();
	readonly #holding: Holding;
	readonly #resource: RunResource;
	readonly #deliverer: Deliverer;
	#fired = 0;
	#failures = 0;
	#broken: LineError | undefined;
	/** The line whose event could not be carried out for an error of this program. */
	#failedLine: number | undefined;
	/** Whether any line has taken the event of the inputs. */
	#usesEvent = false;
	/** That none has, once the file was read to its end. */
	#unused: Problem | undefined;

	constructor(inputs: FileInputs, run: Run, ports: Ports, watcher: Watcher) {
		this.#inputs = inputs;
		this.#run = run;
		this.#ports = ports;
		this.#watcher = watcher;
		this.#hooks = run.config.hooks.toSorted((a, b) => a.order - b.order);
		this.#holding = new Holding(run, ports);
		this.#resource = new RunResource(run.config, inputs.githubToken, ports, watcher.signal);
		const deliverPorts = { ...ports, files: run.files };
		this.#deliverer = new Deliverer(run.facts, deliverPorts, {
			workspace: run.ci.workspace,
			connections: "pooled",
			signal: watcher.signal,
			batch: async (delivery) => ({ due: this.#batches.add(delivery) }),
			onOutcome: (outcome) => this.#take(this.#holding.settle(outcome)),
		});
	}

	/** Throws `UserError` for a file that cannot be opened. */
	async carryOut(): Promise<Report> {
		const walk = {
			env: this.#ports.env,
			isBegun: () => this.#fired > 0,
			abandon: () => this.#abandon(),
			report: (stopped?: Problem) => this.#report(stopped),
		};
		return carryOut(
			walk,
			this.#watcher,
			() => this.#read(),
			() => this.#beginAll(this.#batches.rest()),
			() => this.#deliverer.end(),
			() => this.#holding.end(),
		);
	}

	async #read(): Promise<void> {
		const { eventsFile, event } = this.#inputs;
		const { signal } = this.#watcher;
		const chunks = openEvents(eventsFile, this.#ports, this.#watcher);
		let last = 0;
		try {
			for await (const lines of linesOf(chunks)) {
				for (const line of lines) {
					last = line.number;
					if (signal.aborted || !(await this.#fire(line))) return;
				}
			}
		} catch (thrown) {
			if (signal.aborted) return;
			if (thrown instanceof UnreadableEvents) {
				if (this.#fired === 0) throw unreadable(eventsFile, thrown.code);
				this.#broken = new LineError(last + 1, `cannot be read: ${thrown.code}`);
				return;
			}
			this.#failedLine = last;
			this.#broken = lineErrorOf(last + 1, thrown);
			return;
		}
		if (event === "" || this.#usesEvent || signal.aborted) return;
		if (last === 0) throw emptyBeside(eventsFile, event);
		this.#unused = unusedEvent(eventsFile, event);
	}

	/** What waits for a batch has no delivery yet that could be abandoned. */
	#abandon(): void {
		this.#deliverer.abandon(this.#inputs.dryRun ? [] : this.#batches.rest());
	}

	#report(stopped: Problem | undefined): Report {
		const untold = this.#failures - MAX_TOLD;
		if (untold > 0) this.#ports.log.info(`${count(untold, "more failure")}: see the results`);
		const { eventsFile, dryRun, summary } = this.#inputs;
		const { config } = this.#run;
		const collected = this.#collector.collected();
		const problem = this.#problem(stopped, collected.counts);
		return {
			source: { kind: "file", name: eventsFile === "-" ? "stdin" : eventsFile, events: this.#fired },
			configFile: config.file,
			...collected,
			...(problem === undefined ? {} : { stopped: problem }),
			unmet: [],
			warnings: [...config.warnings, ...this.#holding.warnings],
			dryRun,
			summary,
		};
	}

	#problem(stopped: Problem | undefined, counts: Counts): Problem | undefined {
		const { eventsFile } = this.#inputs;
		const broken = this.#broken;
		if (stopped === undefined) {
			return broken === undefined ? this.#unused : stoppedAt(broken, eventsFile, this.#fired, counts);
		}
		const line = this.#failedLine;
		return line === undefined ? stopped : failedAt(line, stopped, eventsFile, this.#fired, counts);
	}

	/** Whether the next line may be fired. Throws {@link LineError}. */
	async #fire(line: Line): Promise<boolean> {
		const given = readLine(line);
		this.#usesEvent ||= given.event === undefined;
		const event = eventOn(line.number, given, this.#inputs, this.#run);
		const selected = this.#hooks.filter((hook) => meets(hook, event));
		const needed = this.#resource.beside(event, selected);
		const plan = createPlan(selected, needed instanceof Promise ? await needed : needed);
		this.#fired++;
		if (this.#inputs.dryRun) {
			const batches = plan.batched.flatMap((delivery) => this.#batches.add(delivery));
			await this.#beginAll([...plan.gates, ...plan.shell, ...plan.webhooks, ...batches]);
			return true;
		}
		if (!(await this.#deliverer.run(plan))) {
			this.#ports.log.info(`stopped at line ${line.number}: a gate has not let its event pass`);
			return false;
		}
		if (isFinal(event.definition)) {
			for await (const delivery of this.#holding.rest()) await this.#deliverer.begin(delivery);
			await this.#beginAll(this.#batches.rest());
		}
		return true;
	}

	async #beginAll(deliveries: readonly Delivery[]): Promise<void> {
		const { dryRun } = this.#inputs;
		if (dryRun) showAll(deliveries, this.#run.facts, false, this.#ports.env, this.#watcher, this.#collector);
		else for (const delivery of deliveries) await this.#deliverer.begin(delivery);
	}

	#take(outcome: Outcome): void {
		this.#collector.add(outcome);
		if (outcome.status === "failed" && ++this.#failures <= MAX_TOLD) this.#watcher.onOutcome(outcome);
	}
}
