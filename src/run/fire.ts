// The whole way of an event: inputs → event → hooks → plan → deliveries → outcomes → report.
import { Deliverer, MANY_WEBHOOKS } from "../deliver/deliver.ts";
import type { Problem } from "../model/problem.ts";
import { isFinal } from "../plan/batch.ts";
import { createPlan, deliveriesOf } from "../plan/plan.ts";
import { selection } from "../plan/select.ts";
import type { Ports } from "../ports.ts";
import { Collector } from "../report/collect.ts";
import type { Report } from "../report/report.ts";
import { carryOut } from "./carry-out.ts";
import { fireFile } from "./file.ts";
import { findEvent } from "./find-event.ts";
import { fireHeld } from "./held.ts";
import { Holding } from "./holding.ts";
import type { Inputs } from "./inputs.ts";
import { eventOf } from "./moment.ts";
import { prepareRun, type Run, type Watcher } from "./prepare.ts";
import { RunResource } from "./resource.ts";
import { showAll } from "./show-deliveries.ts";

/**
 * Fires one event, those of a file, or what is held. Throws `UserError` before anything ran; every fault of the world is
 * an outcome in the report, and whatever else is thrown after that is in the report too, beside all that was delivered.
 */
export async function fire(inputs: Inputs, ports: Ports, watcher: Watcher): Promise<Report> {
	const { eventsFile, flush } = inputs;
	if (flush === true) return fireHeld(inputs, ports, watcher);
	const run = await prepareRun(inputs, ports, watcher);
	try {
		if (eventsFile !== undefined) return await fireFile({ ...inputs, eventsFile }, run, ports, watcher);
		return await fireOne(inputs, run, ports, watcher);
	} finally {
		ports.http.close();
	}
}

async function fireOne(inputs: Inputs, run: Run, ports: Ports, watcher: Watcher): Promise<Report> {
	const { config, ci } = run;
	const definition = findEvent(inputs.event, config);
	const context = run.receive(inputs.context);
	const bare = eventOf(definition, inputs.complete?.(context, definition) ?? context, run);
	const { selected, unmet } = selection(config.hooks, bare);
	const event = await new RunResource(config, inputs.githubToken, ports, watcher.signal).beside(bare, selected);
	const plan = createPlan(selected, event);
	const collector = new Collector(false);
	const holding = new Holding(run, ports);
	const webhooks = [...plan.gates, ...plan.webhooks].filter(({ hook }) => hook.kind === "webhook").length;
	const deliverer = new Deliverer(
		run.facts,
		{ ...ports, files: run.files },
		{
			workspace: ci.workspace,
			connections: webhooks >= MANY_WEBHOOKS ? "pooled" : "single",
			signal: watcher.signal,
			batch: (delivery) => holding.add(delivery, isFinal(definition)),
			onOutcome: (ended) => {
				const outcome = holding.settle(ended);
				collector.add(outcome);
				// What a gate has stopped is not told one by one.
				if (outcome.skipCause !== "gate_failed") watcher.onOutcome(outcome);
			},
		},
	);
	const deliver = async () => {
		if ((await deliverer.run(plan)) && isFinal(definition)) {
			for await (const delivery of holding.rest()) await deliverer.begin(delivery);
		}
	};
	const show = async () => {
		showAll(deliveriesOf(plan), run.facts, inputs.standIns === true, ports.env, watcher, collector);
	};
	const walk = {
		env: ports.env,
		isBegun: () => true,
		abandon: () => deliverer.abandon(),
		report: (stopped?: Problem): Report => ({
			source: { kind: "event", event },
			configFile: config.file,
			...collector.collected(),
			...(stopped === undefined ? {} : { stopped }),
			unmet,
			warnings: [...config.warnings, ...holding.warnings],
			dryRun: inputs.dryRun,
			summary: inputs.summary,
		}),
	};
	if (inputs.dryRun) return carryOut(walk, watcher, show);
	return carryOut(
		walk,
		watcher,
		deliver,
		() => deliverer.end(),
		() => holding.end(),
	);
}
