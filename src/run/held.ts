// What steps have left held, sent now.
import { Deliverer } from "../deliver/deliver.ts";
import type { Problem } from "../model/problem.ts";
import type { Ports } from "../ports.ts";
import { Collector } from "../report/collect.ts";
import type { Report } from "../report/report.ts";
import { carryOut } from "./carry-out.ts";
import { Holding } from "./holding.ts";
import { prepareRun, type Request, type Watcher } from "./prepare.ts";

/** What is asked for where held events are to be sent. */
type HeldRequest = Request & Pick<Report, "summary">;

/** Sends every held batch of the config's hooks, also those that have failed before. Throws as `fire` does. */
export async function fireHeld(request: HeldRequest, ports: Ports, watcher: Watcher): Promise<Report> {
	const run = await prepareRun(request, ports, watcher);
	const { config, ci, facts, files } = run;
	const collector = new Collector(true);
	const holding = new Holding(run, ports);
	const deliverer = new Deliverer(
		facts,
		{ ...ports, files },
		{
			workspace: ci.workspace,
			connections: "pooled",
			signal: watcher.signal,
			batch: async (delivery) => ({ due: [delivery] }),
			onOutcome: (ended) => {
				const outcome = holding.settle(ended);
				collector.add(outcome);
				watcher.onOutcome(outcome);
			},
		},
	);
	const walk = {
		env: ports.env,
		isBegun: () => true,
		abandon: () => deliverer.abandon(),
		report: (stopped?: Problem): Report => ({
			source: { kind: "held" },
			configFile: config.file,
			...collector.collected(),
			...(stopped === undefined ? {} : { stopped }),
			unmet: [],
			warnings: [...config.warnings, ...holding.warnings],
			dryRun: false,
			summary: request.summary,
		}),
	};
	const deliver = async () => {
		for await (const delivery of holding.rest()) await deliverer.begin(delivery);
	};
	try {
		return await carryOut(
			walk,
			watcher,
			deliver,
			() => deliverer.end(),
			() => holding.end(),
		);
	} finally {
		ports.http.close();
	}
}
