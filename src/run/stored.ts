// The store of a run: what fails for now goes in, and what is due comes out. Its bundle is loaded only where it is used.
import { MESSAGE_RULES } from "../deliver/message-rules.ts";
import { mutedReason } from "../deliver/unsent.ts";
import type { Delivery, Outcome } from "../model/delivery.ts";
import type { Config, Webhook } from "../model/hook.ts";
import { type Problem, UserError, type Warning } from "../model/problem.ts";
import type { DeliveryRecord, Wanted } from "../model/records.ts";
import { type ChosenStore, type StoreConfig, USUAL_SCHEDULE_MS } from "../model/store-config.ts";
import type { Ports } from "../ports.ts";
import { readHeld } from "../store/held-event.ts";
import { unknownHook } from "./hooks.ts";
import type { Inputs } from "./inputs.ts";
import { openOutbox } from "./outbox.ts";
import type { Observer, RunContext } from "./prepare.ts";

/** The store of a run. */
export interface Stored {
	readonly warnings: readonly Warning[];
	/** The hooks that their receivers have switched off, by name, and why. */
	readonly switchedOff: ReadonlyMap<string, string>;
	/** Puts an outcome on record, and gives it back with what follows it. */
	readonly settle: (outcome: Outcome) => Outcome;
	/** The stored deliveries that are to be sent in this run. Throws `UserError` where the store cannot be read. */
	readonly due: () => AsyncIterable<Delivery<Webhook>> | readonly Delivery<Webhook>[];
	/** Ends {@link Stored.due}, since no outcome may come any more. */
	readonly stop: () => void;
	/** Writes what is left. False if something could not be written. Throws `UserError` where all of the run is about the store. */
	readonly end: () => Promise<boolean>;
	/** What is known of an outcome at the end: what could not be stored is not tried again. */
	readonly atEnd: (outcome: Outcome) => Outcome;
	/** Records for another workflow to store, as text. */
	readonly left: () => readonly string[];
}

/** A run without a store. */
const NOTHING: Stored = {
	warnings: [],
	switchedOff: new Map(),
	settle: (outcome) => outcome,
	due: () => [],
	stop: () => {},
	end: async () => false,
	atEnd: (outcome) => outcome,
	left: () => [],
};

/** The store that a run uses; undefined for none. What is only shown or tried out is not put on record. */
function storeOf(
	{ store, dryRun, hook, examples, redeliver }: Inputs,
	{ config }: Pick<RunContext, "config">,
): StoreConfig | undefined {
	if (dryRun || examples !== undefined || (hook !== undefined && redeliver === undefined)) return undefined;
	return storeNamed(store, config);
}

/** The store that an input or a flag names, completed by the config; else that of the config. */
export function storeNamed(store: ChosenStore | undefined, config: Pick<Config, "store">): StoreConfig | undefined {
	if (store === undefined) return config.store;
	const { kind, path, url } = store;
	if (kind === "none") return undefined;
	const own = config.store?.kind === kind ? config.store : undefined;
	const schedule = config.store?.schedule ?? USUAL_SCHEDULE_MS;
	return { kind, path: path ?? own?.path, url: url ?? own?.url, schedule };
}

export const WITHOUT_STORE: Problem = {
	code: "input",
	message: "there is no store",
	remedy: "add [store] to the config, or name one: --store, or the input store",
};

/** Throws `UserError` where nothing can come of it. */
export function refuseUnsendable({ hook }: Wanted, { kind }: StoreConfig, config: Config): void {
	if (kind === "results") {
		const message = "nothing can be sent from the store `results`, which only leaves records for another";
		throw new UserError({ code: "input", message, remedy: "name the store that keeps them, such as git or sqlite" });
	}
	if (hook !== undefined && !config.hooks.some(({ name }) => name === hook)) throw unknownHook(hook, config);
}

/** Opens the store of a run. Without its bundle a run goes on, with a warning, unless it is all about the store. */
export async function openStored(
	inputs: Inputs,
	context: RunContext,
	ports: Ports,
	observer: Pick<Observer, "cwd" | "signal" | "stopping" | "onProgress" | "arrivals" | "onLook" | "pauses">,
): Promise<Stored> {
	const store = storeOf(inputs, context);
	const { redeliver, githubToken: token } = inputs;
	if (store === undefined) {
		if (redeliver !== undefined) throw new UserError(WITHOUT_STORE);
		return NOTHING;
	}
	const { config, ci, receive } = context;
	if (redeliver !== undefined) refuseUnsendable(redeliver, store, config);
	const left: DeliveryRecord[] = [];
	const leave = (records: readonly DeliveryRecord[]) => {
		for (const record of records) left.push(record);
	};
	// What only looks into a file makes none; on a server it also puts in order what has ended.
	const create = store.kind !== "sqlite" || redeliver === undefined || (redeliver.results ?? []).length > 0;
	const opened = await openOutbox({ store, token, create, leave }, context, ports);
	if ("problem" in opened) {
		const message = `the store cannot be used: ${opened.problem}`;
		if (redeliver !== undefined) throw new UserError({ code: "input", message, remedy: "" });
		const place = { file: config.file, line: 1, column: 1 };
		return { ...NOTHING, warnings: [{ code: "not_stored", message, remedy: "", place }] };
	}
	const { outbox, bundle, scope } = opened;
	const read = (text: string) => readHeld(text, receive);
	// The bundle has a class of errors of its own.
	const failed = (message: string) => new UserError({ code: "input", message, remedy: "" });
	const unreadable = (problem: string) => failed(`the store cannot be read: ${problem}`);
	const muted = (hook: Webhook) => mutedReason({ hook }, context.facts);
	const { arrivals, onLook, pauses } = observer;
	const options = {
		read,
		log: ports.log,
		unreadable,
		muted,
		onLook,
		arrivals,
		pauses,
		random: arrivals && ports.random,
		concurrency: config.concurrency,
	};
	let [done, total] = [0, 0];
	const tellProgress = () => {
		if (total > 1) observer.onProgress?.(done, Math.max(done, total));
	};
	const others = { readEvent: read, hooks: config.hooks, rules: MESSAGE_RULES, ci: ci.facts, scope };
	const found = await bundle.leftIn(redeliver?.results ?? [], others, ports, observer);
	if ("message" in found) throw new UserError(found);
	for (const record of found) outbox.writer.add(record);
	await outbox.writer.end();
	await outbox.begin();
	const wanted = redeliver && (await bundle.withWholeId(redeliver, outbox.options.records));
	if (wanted !== undefined && "problem" in wanted) throw failed(wanted.problem);
	const redelivery = wanted && new bundle.Redelivery(outbox, wanted, options);
	return {
		/** What the run fails with is not also a warning. */
		get warnings() {
			return outbox.warnings.filter(({ message }) => redelivery === undefined || message !== outbox.failure);
		},
		switchedOff: outbox.switchedOff,
		settle: (outcome) => {
			const settled = redelivery?.settle(outcome);
			if (settled === undefined) return outbox.settle(outcome);
			done++;
			tellProgress();
			return settled;
		},
		due: async function* () {
			if (redelivery === undefined) return;
			// Only who shows it pays for it.
			if (observer.onProgress !== undefined) {
				const { ready, following } = await bundle.planOf(outbox, wanted ?? {}, options);
				total = ready.length + following.length;
				tellProgress();
			}
			yield* redelivery.due(observer.stopping ?? observer.signal);
		},
		stop: () => redelivery?.stop(),
		end: async () => {
			redelivery?.end();
			await outbox.end();
			if (redelivery !== undefined && outbox.failure !== undefined) throw failed(outbox.failure);
			return outbox.writer.isGood;
		},
		atEnd: (outcome) => (outbox.writer.hasLost(outcome.delivery.id) ? bundle.untold(outcome) : outcome),
		left: () => left.map(bundle.writeRecord),
	};
}
