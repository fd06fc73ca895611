// The store of a run: what fails for now goes in, and what is due comes out. Its bundle is loaded only where it is used.
import type { Delivery, Outcome } from "../model/delivery.ts";
import type { Config, Webhook } from "../model/hook.ts";
import { errorCode, type Problem, UserError, type Warning } from "../model/problem.ts";
import type { Records } from "../model/records.ts";
import type { StoreFailure } from "../model/store.ts";
import { type ChosenStore, type StoreConfig, USUAL_SCHEDULE_MS } from "../model/store-config.ts";
import type { Ports } from "../ports.ts";
import type { Outbox, openRecords, Redelivery, StorePlace } from "../records/bundle.ts";
import { readHeld, writeHeld } from "../store/held-event.ts";
import type { Inputs } from "./inputs.ts";
import type { RunContext } from "./prepare.ts";

/** What dist/records exports. */
export interface RecordsBundle {
	readonly openRecords: typeof openRecords;
	readonly Outbox: typeof Outbox;
	readonly Redelivery: typeof Redelivery;
}

/** The store of a run. */
export interface Stored {
	readonly warnings: readonly Warning[];
	/** The hooks that their receivers have switched off, by name, and why. */
	readonly switchedOff: ReadonlyMap<string, string>;
	/** Puts an outcome on record, and gives it back with what follows it. */
	readonly settle: (outcome: Outcome) => Outcome;
	/** The stored deliveries that are to be sent in this run. */
	readonly due: () => AsyncIterable<Delivery<Webhook>> | readonly Delivery<Webhook>[];
	/** Writes what is left. False if something could not be written. */
	readonly end: () => Promise<boolean>;
}

/** A run without a store. */
const NOTHING: Stored = {
	warnings: [],
	switchedOff: new Map(),
	settle: (outcome) => outcome,
	due: () => [],
	end: async () => false,
};

/** The store that a run uses; undefined for none. What is only shown or tried out is not put on record. */
export function storeOf(
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
	remedy: "add [store] to the config, or name one with `store`",
};

/** A store, and the code that works on it. */
export interface OpenedRecords {
	readonly records: Records;
	readonly bundle: RecordsBundle;
}

/** Opens a store; a failure says why that cannot be done. */
export async function openRecordsOf(place: StorePlace): Promise<OpenedRecords | StoreFailure> {
	try {
		const bundle = await loadRecords();
		const records = await bundle.openRecords(place);
		return "problem" in records ? records : { records, bundle };
	} catch (thrown) {
		if (errorCode(thrown) === undefined) throw thrown;
		return { problem: `Node ${process.version} cannot load dist/records` };
	}
}

/** The bundle lies beside ours in dist/. The bundler must neither follow the import nor see the file as an asset. */
async function loadRecords(): Promise<RecordsBundle> {
	const ours = import.meta.url;
	const theirs = new URL("../records/index.js", ours).href;
	const bundle: { readonly default: RecordsBundle } = await import(/* webpackIgnore: true */ theirs);
	return bundle.default;
}

/** Opens the store. A run goes on without one that cannot be used; throws `UserError` where it is all about the store. */
export async function openStored(
	inputs: Inputs,
	context: RunContext,
	ports: Ports,
	signal: AbortSignal,
): Promise<Stored> {
	const store = storeOf(inputs, context);
	if (store === undefined) {
		if (inputs.redeliver !== undefined) throw new UserError(WITHOUT_STORE);
		return NOTHING;
	}
	const { config, mask, receive } = context;
	const { workspace } = context.ci;
	const place = { store, workspace, env: ports.env, token: inputs.githubToken, create: true };
	const opened = await openRecordsOf(place);
	if ("problem" in opened) {
		const message = `the store cannot be used: ${opened.problem}`;
		if (inputs.redeliver !== undefined) throw new UserError({ code: "input", message, remedy: "" });
		return {
			...NOTHING,
			warnings: [{ code: "not_stored", message, remedy: "", place: { file: config.file, line: 1, column: 1 } }],
		};
	}
	const { records, bundle } = opened;
	const outbox = new bundle.Outbox({ records, config, schedule: store.schedule, ports, mask, write: writeHeld });
	const read = (text: string) => readHeld(text, receive);
	const redelivery =
		inputs.redeliver === undefined ? undefined : new bundle.Redelivery(outbox, inputs.redeliver, read, ports.log);
	return {
		warnings: outbox.warnings,
		switchedOff: redelivery === undefined ? await outbox.switchedOff() : new Map(),
		settle: (outcome) => redelivery?.settle(outcome) ?? outbox.settle(outcome),
		due: () => redelivery?.due(signal) ?? [],
		end: async () => {
			redelivery?.end();
			await outbox.end();
			return outbox.writer.isGood;
		},
	};
}
