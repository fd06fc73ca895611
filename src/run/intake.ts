// What a worker takes from a relay: each event becomes stored deliveries of its hooks, which the rounds then send.
import { mutedReason, skipped } from "../deliver/unsent.ts";
import { type Delivery, deliveryId, type Outcome } from "../model/delivery.ts";
import { type PipelineEvent, ROUTING_KEY } from "../model/event.ts";
import type { Webhook } from "../model/hook.ts";
import { UserError } from "../model/problem.ts";
import type { DeliveryRecord } from "../model/records.ts";
import type { Relay, Relayed, Taken } from "../model/relay.ts";
import type { StoreFailure } from "../model/store.ts";
import { Batches } from "../plan/batch.ts";
import { createPlan } from "../plan/plan.ts";
import type { Ports } from "../ports.ts";
import { problemsOf } from "../secrets/thrown.ts";
import { CARRIES_SECRET, readRelayed } from "../store/relayed-event.ts";
import { hooksOf, selectedBy } from "./hooks.ts";
import type { Inputs } from "./inputs.ts";
import { type OpenedOutbox, openOutbox } from "./outbox.ts";
import type { RunContext } from "./prepare.ts";
import { openRelay, relayedTo } from "./relay.ts";
import { refuseUnsendable, storeNamed } from "./stored.ts";

/** Events that are stored at once. */
const AT_ONCE = 500;

/** Milliseconds after which a relay or a store that has failed is asked again. */
const RETRY_MS = 2000;

/** Milliseconds after which a relay that is quiet is well. */
const QUIET_MS = 1000;

/** Bytes of the events of a batch, whose record must fit into a message of NATS after they were escaped. */
const BATCH_BYTES = 400_000;

/** Characters of an event. */
const LARGE = 100_000;

/** Who hears of what is taken. */
export interface IntakeObserver {
	/** Aborts when nothing more is to be taken. */
	readonly signal: AbortSignal;
	readonly onTaken: (taken: Taken) => void;
	/** Called for each delivery that is not stored, since its hook is muted. */
	readonly onOutcome: (outcome: Outcome) => void;
	/** Why nothing is taken now; undefined once something could be. */
	readonly onProblem: (problem: string | undefined) => void;
}

/** Takes events until it is told to stop. Does not reject. */
export type Intake = (observer: IntakeObserver) => Promise<void>;

/** Opens the relay of a config, and the store of its worker; undefined where it has no relay. Throws `UserError`. */
export async function openIntake(inputs: Inputs, context: RunContext, ports: Ports): Promise<Intake | undefined> {
	const store = storeNamed(inputs.store, context.config);
	if (store === undefined) return undefined;
	// What is taken from the relay must be kept.
	refuseUnsendable(inputs.redeliver ?? {}, store, context.config);
	const relay = await openRelay(context, ports);
	if (relay === undefined) return undefined;
	const opened = await openOutbox({ store, token: inputs.githubToken, create: true, leave: () => {} }, context, ports);
	if ("problem" in opened) throw new UserError({ code: "input", message: opened.problem, remedy: "" });
	const { hooks, others } = relayedTo(hooksOf(context.config, undefined));
	if (others.length > 0) {
		ports.log.info(`only jobs run commands and gates, so events of the relay do not reach ${others.join(", ")}`);
	}
	return async (observer) => {
		const { signal, onProblem } = observer;
		while (!signal.aborted) {
			const problem = await takeSome(relay, { ...opened, hooks, context, ports }, observer);
			if (signal.aborted) break;
			onProblem(problem);
			if (problem !== undefined) await ports.clock.sleep(RETRY_MS, signal);
		}
		await relay.close();
		await opened.records.close();
	};
}

interface Place extends OpenedOutbox {
	readonly hooks: readonly Webhook[];
	readonly context: RunContext;
	readonly ports: Ports;
}

/** Waits for events and stores their deliveries; why that could not be done, for people. */
async function takeSome(relay: Relay, place: Place, observer: IntakeObserver): Promise<string | undefined> {
	const { signal, onTaken, onOutcome } = observer;
	// Nothing for a while is a sign of health too.
	const found = await relay.next(AT_ONCE, AbortSignal.any([signal, AbortSignal.timeout(QUIET_MS)]));
	if ("problem" in found) return `the relay cannot be read: ${found.problem}`;
	const read: (Read | Refused)[] = [];
	for (const relayed of found) {
		read.push(await readOne(relayed, relay.stream, place));
		// Reading a large one takes a while, and deliveries go on meanwhile.
		if (relayed.text.length > LARGE) await new Promise(setImmediate);
	}
	const refused = read.flatMap((each) => ("problem" in each ? [each] : []));
	const {
		stored: good,
		tooLarge,
		failure,
	} = await store(
		read.flatMap((each) => ("problem" in each ? [] : [each])),
		place,
	);
	refused.push(...tooLarge);
	for (const { relayed } of good) (failure === undefined ? relayed.take : relayed.release)();
	const buried = await Promise.all(refused.map((each) => bury(each, place)));
	if (failure !== undefined) return `events of the relay cannot be stored: ${failure.problem}`;
	for (const outcome of good.flatMap(({ muted }) => muted)) onOutcome(outcome);
	const stored = good.filter(({ deliveries }) => deliveries.length > 0).length;
	const muted = good.filter((each) => each.deliveries.length === 0 && each.muted.length > 0).length;
	const unwanted = good.length - stored - muted;
	if (found.length > 0) onTaken({ stored, muted, unwanted, refused: refused.length });
	return buried.find((problem) => problem !== undefined);
}

/** What was stored, or could not be because the store has failed; and what is too large for it, however often it is put. */
interface Stored {
	readonly stored: readonly Read[];
	readonly tooLarge: readonly Refused[];
	readonly failure: StoreFailure | undefined;
}

async function store(read: readonly Read[], place: Place): Promise<Stored> {
	const all = recordsOf(read, place);
	const put = (some: readonly RecordOf[]) => place.records.put(some.map(({ record }) => record));
	const failure = all.length === 0 ? undefined : await put(all);
	if (failure?.isTooLarge !== true) return { stored: read, tooLarge: [], failure };
	// One of them must not keep the others back.
	const refused = new Map<Read, Refused>();
	for (const each of all) {
		const own = await put([each]);
		if (own !== undefined && own.isTooLarge !== true) return { stored: read, tooLarge: [], failure: own };
		if (own === undefined) continue;
		const [first, ...others] = each.of;
		if (first !== undefined && others.length === 0)
			refused.set(first, { relayed: first.relayed, problem: own.problem });
		// Of a batch each may fit by itself.
		for (const one of others.length === 0 ? [] : each.of) {
			const alone = await store([one], place);
			if (alone.failure !== undefined) return { ...alone, stored: read };
			for (const lost of alone.tooLarge) refused.set(one, lost);
		}
	}
	return { stored: read.filter((each) => !refused.has(each)), tooLarge: [...refused.values()], failure: undefined };
}

interface Read {
	readonly relayed: Relayed;
	readonly event: PipelineEvent;
	/** Of one event each. */
	readonly deliveries: readonly Delivery<Webhook>[];
	/** What is skipped: it is not kept to be sent later. */
	readonly muted: readonly Outcome[];
}

interface Refused {
	readonly relayed: Relayed;
	readonly problem: string;
}

async function readOne(relayed: Relayed, stream: string, { hooks, context, ports }: Place): Promise<Read | Refused> {
	try {
		const read = readRelayed(relayed, stream, context.receive);
		if ("problem" in read) return { relayed, problem: read.problem };
		const { event } = read;
		const { webhooks, batched } = createPlan(await selectedBy(hooks, event, context.facts), event);
		const deliveries: Delivery<Webhook>[] = [];
		const muted: Outcome[] = [];
		for (const delivery of [...webhooks, ...batched]) {
			const reason = mutedReason(delivery, context.facts);
			if (reason === undefined) deliveries.push(delivery);
			else muted.push(skipped({ ...delivery, id: idOf(delivery) }, "muted", reason, ports.env));
		}
		return { relayed, event, deliveries, muted };
	} catch (thrown) {
		// One event must not stop the others.
		return { relayed, problem: problemsOf(thrown, ports.env)[0].message };
	}
}

/** A record, and what it is made of. */
interface RecordOf {
	readonly record: DeliveryRecord;
	readonly of: readonly Read[];
}

/** Those of hooks with a `batch_size` are put together, if they are of one run and came together. */
function recordsOf(read: readonly Read[], { outbox }: Place): readonly RecordOf[] {
	const runs = new Map<string, { readonly batches: Batches; readonly since: number }>();
	const sources = new Map(read.map((each) => [each.event, each]));
	const found: RecordOf[] = [];
	const add = (deliveries: readonly Delivery<Webhook>[], since: number) => {
		for (const delivery of deliveries) {
			const of = delivery.events.flatMap((event) => sources.get(event) ?? []);
			found.push({ record: outbox.untried({ ...delivery, id: idOf(delivery) }, since), of });
		}
	};
	for (const { relayed, event, deliveries } of read) {
		const { run_id, ci } = event.context;
		const name = JSON.stringify([ci?.repository, run_id]);
		const run = runs.get(name) ?? { batches: new Batches(BATCH_BYTES), since: relayed.at };
		runs.set(name, run);
		for (const delivery of deliveries) {
			add(delivery.hook.batchSize === undefined ? [delivery] : run.batches.add(delivery), run.since);
		}
	}
	for (const { batches, since } of runs.values()) add(batches.rest(), since);
	return found;
}

/** An id of a job's own is the only one of its repository, and not of all. */
function idOf({ events, hook }: Delivery<Webhook>): string {
	return deliveryId(events, JSON.stringify([events[0].context.ci?.repository ?? "", hook.name]));
}

async function bury({ relayed, problem }: Refused, { context, ports }: Place): Promise<string | undefined> {
	ports.log.info(`an event of ${context.mask(relayed.subject)} is refused: ${context.mask(problem)}`);
	// A credential is not kept, in whatever else it came.
	const isSecret = problem === CARRIES_SECRET || relayed.text.includes(ROUTING_KEY);
	const failure = await relayed.bury(problem, isSecret ? "" : relayed.text);
	return failure && `an event of the relay could not be put aside: ${failure.problem}`;
}
