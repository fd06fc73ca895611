// Plans carried out with fakes for the world, as the runs of one event do it.

import { Deliverer, type DeliverOptions, type DeliverPorts } from "../../src/deliver/deliver.ts";
import type { Outcome, RunFacts } from "../../src/model/delivery.ts";
import type { PipelineEvent } from "../../src/model/event.ts";
import type { Hook } from "../../src/model/hook.ts";
import { chainLookup } from "../../src/plan/chains.ts";
import { createPlan } from "../../src/plan/plan.ts";
import { matches } from "../../src/plan/select.ts";
import { Collector } from "../../src/report/collect.ts";
import { answer, fakeClock, fakeFiles, fakeHttp, fakeLog, fakeShell } from "./fakes.ts";
import { event, NO_PEOPLE } from "./make.ts";

/** What a test says of the run; the rest is filled in. */
export interface Given {
	readonly of?: PipelineEvent;
	readonly facts?: Partial<RunFacts>;
	readonly ports?: Partial<DeliverPorts>;
	readonly options?: Partial<DeliverOptions>;
}

/** Fires one event for the hooks that it selects; outcomes in the order of the file, `told` in the order of ending. */
export async function fireWith(hooks: readonly Hook[], given: Given = {}) {
	const of = given.of ?? event();
	const facts = {
		concurrency: 20,
		secretsWithheld: false,
		switchedOff: new Map(),
		untrusted: undefined,
		reach: chainLookup(hooks),
		people: NO_PEOPLE,
		mutedUntil: () => undefined,
		...given.facts,
	};
	const world = { clock: fakeClock(), random: () => 0, env: {}, files: fakeFiles(), log: fakeLog() };
	const ports = { ...world, http: fakeHttp(answer(200)), shell: fakeShell(), ...given.ports };
	const collector = new Collector(false);
	const told: Outcome[] = [];
	const deliverer = new Deliverer(facts, ports, {
		workspace: "/work",
		connections: "single",
		signal: new AbortController().signal,
		batch: async (delivery) => ({ due: [delivery] }),
		...given.options,
		onOutcome: (outcome) => {
			collector.add(outcome);
			told.push(outcome);
		},
	});
	const selected = hooks.filter((hook) => matches(hook, of)).toSorted((a, b) => a.order - b.order);
	const passed = await deliverer.run(createPlan(selected, of));
	await deliverer.end();
	return { ...collector.collected(), told, passed };
}
