// Runs with a store of records, on the clock of a test and in one process: of events, and of what is stored.

import { Deliverer } from "../../src/deliver/deliver.ts";
import { MESSAGE_RULES } from "../../src/deliver/message-rules.ts";
import type { Bell } from "../../src/lib/bell.ts";
import type { Env } from "../../src/lib/env.ts";
import type { Delivery, Outcome } from "../../src/model/delivery.ts";
import type { Events, PipelineEvent } from "../../src/model/event.ts";
import type { Hook, Webhook } from "../../src/model/hook.ts";
import type { Wanted } from "../../src/model/records.ts";
import { USUAL_SCHEDULE_MS } from "../../src/model/store-config.ts";
import { batchDelivery } from "../../src/plan/batch.ts";
import { chainLookup } from "../../src/plan/chains.ts";
import { createPlan } from "../../src/plan/plan.ts";
import { matches } from "../../src/plan/select.ts";
import type { Http, HttpRequest, HttpResult, Shell } from "../../src/ports.ts";
import { Outbox } from "../../src/records/outbox.ts";
import type { Pauses } from "../../src/records/pauses.ts";
import { Redelivery } from "../../src/records/redelivery.ts";
import { untold } from "../../src/records/told.ts";
import { createMask } from "../../src/secrets/mask.ts";
import { readHeld, writeHeld } from "../../src/store/held-event.ts";
import { type FakeRecords, fakeRecords } from "./fake-records.ts";
import { answer, fakeClock, fakeFiles, fakeLog, fakeShell } from "./fakes.ts";
import { event, NO_PEOPLE, type Told } from "./make.ts";

export const START = Date.UTC(2026, 3, 2, 14, 30);
export const [SECOND, MINUTE, HOUR] = [1000, 60_000, 3_600_000] as const;

export interface World {
	readonly records: FakeRecords;
	readonly http: Http & { readonly requests: HttpRequest[] };
	/** What the receivers give from now on. */
	respond: (request: HttpRequest) => HttpResult | Promise<HttpResult>;
	hooks: readonly Hook[];
	schedule: readonly number[];
	file: string;
	/** Whether all hooks are muted. */
	isMuted: boolean;
	/** Milliseconds since {@link START}. */
	time: number;
	/** Moves the clock on. */
	readonly wait: (ms: number) => void;
	/** An event of this moment. */
	readonly event: (name: string, told?: Told) => PipelineEvent;
	/** A run that fires these one after the other. */
	readonly fire: (...events: readonly PipelineEvent[]) => Promise<Ran>;
	/** A run that sends these as one batch. */
	readonly fireBatch: (hook: Webhook, events: Events) => Promise<Ran>;
	readonly redeliver: (wanted?: Wanted) => Promise<Ran>;
	/** The bodies of the requests since the last time. */
	readonly sent: () => readonly string[];
	/** Each record's state, by id. */
	readonly states: () => Readonly<Record<string, string>>;
}

export interface Ran {
	readonly outcomes: readonly Outcome[];
	readonly warnings: readonly string[];
	readonly lines: readonly string[];
	readonly isGood: boolean;
}

interface Given {
	readonly records?: FakeRecords;
	readonly env?: Env;
	readonly shell?: Shell;
	readonly secrets?: readonly string[];
	readonly signal?: AbortSignal;
	readonly concurrency?: number;
	/** Rings when something is stored while a redelivery is under way. */
	readonly arrivals?: Bell;
	/** Kept over the runs, as a worker keeps them over its rounds. */
	readonly pauses?: Pauses;
	/** Called with each outcome of a redelivery before it is settled. */
	readonly onRedelivered?: (outcome: Outcome) => void;
}

/** A world with these hooks, in which all is well. */
export function world(hooks: readonly Hook[], given: Given = {}): World {
	const { records = fakeRecords(), env = {}, shell = fakeShell(), secrets = [], concurrency = 20 } = given;
	const signal = given.signal ?? new AbortController().signal;
	const requests: HttpRequest[] = [];
	const mask = createMask(secrets);
	let taken = 0;
	let ids = 0;
	const http: World["http"] = {
		requests,
		send: async (request) => {
			requests.push(request);
			return made.respond(request);
		},
		close: () => {},
	};

	async function run(
		wanted: Wanted | undefined,
		events: readonly PipelineEvent[],
		batches: readonly Delivery[] = [],
	): Promise<Ran> {
		const begun = made.time;
		const own = fakeClock();
		// Waiting within a run takes time of the world.
		const clock = {
			...own,
			now: () => new Date(START + begun + own.monotonic() + (made.time - begun)),
		};
		const log = fakeLog();
		const ports = { clock, random: () => 0, env, files: fakeFiles(), log, http, shell };
		const config = { file: made.file, hooks: made.hooks };
		const outbox = new Outbox({
			records,
			config,
			scope: made.file,
			schedule: made.schedule,
			ports,
			mask,
			rules: MESSAGE_RULES,
			write: writeHeld,
		});
		const read = (text: string) => readHeld(text, (context) => context);
		const unreadable = (problem: string) => new Error(problem);
		const why = () => (made.isMuted ? "muted for now" : undefined);
		const options = { read, log, unreadable, muted: why, arrivals: given.arrivals, pauses: given.pauses, concurrency };
		const redelivery = wanted === undefined ? undefined : new Redelivery(outbox, wanted, options);
		await outbox.begin();
		const outcomes: Outcome[] = [];
		const { switchedOff } = outbox;
		const muted = () => (made.isMuted ? new Date(8.64e15) : undefined);
		const reach = chainLookup(made.hooks);
		const facts = {
			concurrency,
			secretsWithheld: false,
			untrusted: undefined,
			switchedOff,
			reach,
			people: NO_PEOPLE,
			mutedUntil: muted,
		};
		const deliverer = new Deliverer(facts, ports, {
			workspace: "/work",
			connections: "single",
			signal,
			batch: async (delivery) => ({ due: [delivery] }),
			onCrash: () => redelivery?.stop(),
			onOutcome: (ended) => {
				if (redelivery !== undefined) given.onRedelivered?.(ended);
				outcomes.push(redelivery?.settle(ended) ?? outbox.settle(ended));
			},
		});
		for (const each of events) {
			const selected = made.hooks.filter((hook) => matches(hook, each));
			await deliverer.run(createPlan(selected, each));
		}
		const due: AsyncIterable<Delivery> | readonly Delivery[] = redelivery?.due(signal) ?? batches;
		for await (const delivery of due) await deliverer.begin(delivery);
		await deliverer.end();
		redelivery?.end();
		await outbox.end();
		made.time += own.monotonic();
		const untoldAtEnd = outcomes.map((outcome) =>
			outbox.writer.hasLost(outcome.delivery.id) ? untold(outcome) : outcome,
		);
		const warnings = outbox.warnings.map(({ message }) => message);
		return { outcomes: untoldAtEnd, warnings, lines: log.lines, isGood: outbox.writer.isGood };
	}

	const made: World = {
		records,
		http,
		respond: () => answer(200),
		hooks,
		schedule: USUAL_SCHEDULE_MS,
		file: "pipeline-hooks.toml",
		isMuted: false,
		time: 0,
		wait: (ms) => {
			made.time += ms;
		},
		event: (name, told = {}) =>
			event(name, { id: `evt_${++ids}`, timestamp: new Date(START + made.time + ids).toISOString(), ...told }),
		fire: (...events) => run(undefined, events),
		fireBatch: (hook, batch) => run(undefined, [], [batchDelivery(hook, batch)]),
		redeliver: (wanted = {}) => run(wanted, []),
		sent: () => {
			const fresh = requests.slice(taken).map(({ body = new Uint8Array() }) => new TextDecoder().decode(body));
			taken = requests.length;
			return fresh;
		},
		states: () => Object.fromEntries(Object.values(records.all()).map(({ id, state }) => [id, state])),
	};
	return made;
}
