// The one way of a run: source → select → enrich → gates → the rest → settle → report.
import { Deliverer, MANY_WEBHOOKS } from "../deliver/deliver.ts";
import { count } from "../lib/text.ts";
import type { Delivery, Outcome } from "../model/delivery.ts";
import type { PipelineEvent } from "../model/event.ts";
import type { Hook, Webhook } from "../model/hook.ts";
import { type Problem, UserError } from "../model/problem.ts";
import { Batches, isFinal } from "../plan/batch.ts";
import { createPlan, inTurn } from "../plan/plan.ts";
import { meets, selection } from "../plan/select.ts";
import type { Connections, Ports } from "../ports.ts";
import { Collector, type Counts } from "../report/collect.ts";
import type { Source as Fired, Report } from "../report/report.ts";
import { problemsOf } from "../secrets/thrown.ts";
import { showing } from "./dry-run.ts";
import { enricher } from "./enrich.ts";
import { Holding } from "./holding.ts";
import type { Inputs } from "./inputs.ts";
import { LineError } from "./lines.ts";
import { type Observer, prepare, type RunContext } from "./prepare.ts";
import { openSource, type Source } from "./sources.ts";

/** Failures of a file that get a line at once; all of them are counted, and the report has them. */
const MAX_TOLD = 100;

/**
 * Fires one event, those of a file, or what is held. Throws `UserError` before anything was carried out. Each failure of
 * the world is an outcome in the report, and whatever else is thrown is in the report too, beside all that was delivered.
 */
export async function fire(inputs: Inputs, ports: Ports, observer: Observer): Promise<Report> {
	const context = await prepare(inputs, ports, observer);
	try {
		return await new Run(inputs, context, ports, observer).carryOut();
	} finally {
		ports.http.close();
	}
}

class Run {
	readonly #inputs: Inputs;
	readonly #context: RunContext;
	readonly #ports: Ports;
	readonly #observer: Observer;
	readonly #source: Source;
	readonly #hooks: readonly Hook[];
	readonly #enrich: ReturnType<typeof enricher>;
	/** Of the events of this run that do not wait for those of other steps. */
	readonly #batches = new Batches();
	readonly #holding: Holding;
	readonly #deliverer: Deliverer;
	readonly #collector: Collector;
	#fired = 0;
	#failures = 0;
	#broken: LineError | undefined;
	/** The line whose event could not be carried out for an error of this program. */
	#failedLine: number | undefined;

	constructor(inputs: Inputs, context: RunContext, ports: Ports, observer: Observer) {
		const { config, facts, files, ci } = context;
		this.#inputs = inputs;
		this.#context = context;
		this.#ports = ports;
		this.#observer = observer;
		this.#source = openSource(inputs, context, ports, observer);
		this.#hooks = config.hooks.toSorted((a, b) => a.order - b.order);
		this.#enrich = enricher(config.hooks, inputs.githubToken, ports, observer.signal);
		this.#holding = new Holding(context, ports);
		this.#collector = new Collector(this.#source.kind !== "event");
		const send = inputs.dryRun ? showing(facts, inputs.placeholders === true, ports.env, observer) : undefined;
		this.#deliverer = new Deliverer(
			facts,
			{ ...ports, files },
			{
				workspace: ci.workspace,
				connections: connectionsFor(this.#source, this.#hooks),
				signal: observer.signal,
				send,
				batch: (delivery) => this.#batch(delivery),
				onOutcome: (outcome) => this.#settle(outcome),
			},
		);
	}

	/**
	 * Does the steps of the run in turn. One that throws ends the run there, but those after it are still done, since they
	 * wait for what was begun. Throws a `UserError` only where nothing was carried out.
	 */
	async carryOut(): Promise<Report> {
		this.#observer.onBegin?.((problem) => this.#stop(problem));
		const steps = [
			() => this.#fireAll(),
			() => this.#beginAll(this.#batches.rest()),
			() => this.#deliverer.end(),
			() => this.#holding.end(),
		];
		let problem: Problem | undefined;
		for (const step of steps) {
			try {
				await step();
			} catch (thrown) {
				if (thrown instanceof UserError && this.#source.kind === "file" && this.#fired === 0) throw thrown;
				problem ??= problemsOf(thrown, this.#ports.env)[0];
			}
		}
		return problem === undefined ? this.#report() : this.#stop(problem);
	}

	async #fireAll(): Promise<void> {
		const source = this.#source;
		switch (source.kind) {
			case "held":
				return this.#beginAll(this.#holding.rest());
			case "event":
				await this.#fire(source.event);
				return;
			case "file":
				try {
					for await (const event of source.file.events()) if (!(await this.#fire(event))) return;
				} catch (thrown) {
					if (thrown instanceof LineError) this.#broken = thrown;
					else {
						this.#failedLine = source.file.line;
						throw thrown;
					}
				}
		}
	}

	/** Whether the next event may be fired. */
	async #fire(bare: PipelineEvent): Promise<boolean> {
		const selected = this.#hooks.filter((hook) => meets(hook, bare));
		const event = await this.#enrich(bare, selected);
		const plan = createPlan(selected, event);
		this.#fired++;
		if (!(await this.#deliverer.run(this.#inputs.dryRun ? inTurn(plan) : plan))) {
			const { line } = event;
			if (line !== undefined) this.#ports.log.info(`stopped at line ${line}: a gate has not let its event pass`);
			return false;
		}
		if (isFinal(event.definition)) {
			if (!this.#inputs.dryRun) await this.#beginAll(this.#holding.rest());
			await this.#beginAll(this.#batches.rest());
		}
		return true;
	}

	async #beginAll(deliveries: Iterable<Delivery> | AsyncIterable<Delivery>): Promise<void> {
		for await (const delivery of deliveries) await this.#deliverer.begin(delivery);
	}

	/** One event waits for those of later steps; those of a file, and what is only shown, for each other. */
	async #batch(delivery: Delivery<Webhook>) {
		if (this.#source.kind === "event" && !this.#inputs.dryRun) {
			return this.#holding.add(delivery, isFinal(delivery.events[0].definition));
		}
		return { due: this.#batches.add(delivery) };
	}

	#settle(ended: Outcome): void {
		const outcome = this.#holding.settle(ended);
		this.#collector.add(outcome);
		if (this.#isTold(outcome)) this.#observer.onOutcome(outcome);
	}

	/** What was shown is told by that, and what a gate has stopped by the gate. */
	#isTold({ status, skipCause }: Outcome): boolean {
		if (this.#source.kind === "file") return status === "failed" && ++this.#failures <= MAX_TOLD;
		return skipCause !== "gate_failed" && skipCause !== "dry_run";
	}

	/** The report of this moment, with an outcome for every delivery. */
	#stop(problem: Problem): Report {
		try {
			this.#deliverer.abandon(this.#batches.rest());
		} catch {
			// What has ended is true all the same, and the first error is the one to tell.
		}
		return this.#report(problem);
	}

	#report(stopped?: Problem): Report {
		const { config } = this.#context;
		const collected = this.#collector.collected();
		const untold = this.#failures - MAX_TOLD;
		if (untold > 0) this.#ports.log.info(`${count(untold, "more failure")}: see the results`);
		const problem = this.#problem(stopped, collected.counts);
		return {
			source: this.#firedSource(),
			configFile: config.file,
			...collected,
			...(problem === undefined ? {} : { stopped: problem }),
			unmet: this.#source.kind === "event" ? selection(config.hooks, this.#source.event).unmet : [],
			warnings: [...config.warnings, ...this.#holding.warnings],
			dryRun: this.#inputs.dryRun,
			summary: this.#inputs.summary,
		};
	}

	#firedSource(): Fired {
		const source = this.#source;
		return source.kind === "file" ? { kind: "file", name: source.file.name, events: this.#fired } : source;
	}

	#problem(stopped: Problem | undefined, counts: Counts): Problem | undefined {
		if (this.#source.kind !== "file") return stopped;
		const { file } = this.#source;
		if (stopped !== undefined) {
			const line = this.#failedLine;
			return line === undefined ? stopped : file.failedAt(line, stopped, this.#fired, counts);
		}
		return this.#broken === undefined ? file.unused : file.stoppedAt(this.#broken, this.#fired, counts);
	}
}

/** Of one event with few webhooks each request has its own, which costs less than what keeps connections. */
function connectionsFor(source: Source, hooks: readonly Hook[]): Connections {
	if (source.kind !== "event") return "pooled";
	const { event } = source;
	const webhooks = hooks.filter((hook) => hook.kind === "webhook" && meets(hook, event));
	return webhooks.length < MANY_WEBHOOKS ? "single" : "pooled";
}
