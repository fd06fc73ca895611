// The store of a command that looks at what is stored, or tidies it: found as a run finds it, and never made.

import { count, excerpt } from "../lib/text.ts";
import { UserError } from "../model/problem.ts";
import type { DisabledHook, RecordQuery, StoredRecord } from "../model/records.ts";
import { belongsTo, scopeOf } from "../model/scope.ts";
import type { StoreFailure } from "../model/store.ts";
import type { StoreConfig } from "../model/store-config.ts";
import { NETWORK } from "../net/network.ts";
import { readStore } from "../run/inputs.ts";
import { type OpenedRecords, openRecordsOf } from "../run/outbox.ts";
import type { RunContext } from "../run/prepare.ts";
import { storeNamed, WITHOUT_STORE } from "../run/stored.ts";
import { type Call, loadRun } from "./command.ts";
import { checkFlags } from "./flags.ts";

export interface StoreFlags {
	readonly config?: string;
	readonly store?: string;
}

/** A store that is open. What cannot be read is an exception here, since a command is about nothing else. */
export interface CommandStore extends OpenedRecords {
	/** As the config or a flag says it. */
	readonly store: StoreConfig;
	/** Names the config among those that share the store. */
	readonly scope: string;
	/** Throws `UserError`. */
	readonly list: (query: RecordQuery) => Promise<readonly StoredRecord[]>;
	/** The hooks of this config that their receivers have switched off, one more than once in several repositories. Throws `UserError`. */
	readonly switchedOff: () => Promise<readonly DisabledHook[]>;
}

/** The config of a command, and what opens its store, works on it and closes it. */
export interface FoundStore {
	readonly run: RunContext;
	readonly use: <T>(work: (store: CommandStore) => Promise<T>) => Promise<T>;
}

/** Loads the config. Throws `UserError` where neither it nor a flag names a store. */
export async function findStore(call: Call<StoreFlags>): Promise<FoundStore> {
	const run = await loadRun(call);
	const use = storeOf(call, run);
	if (use === undefined) throw new UserError(WITHOUT_STORE);
	return { run, use };
}

/** What opens the store of a config that is loaded; undefined where neither it nor a flag names one. */
export function storeOf(
	{ flags, terminal, reporter }: Call<StoreFlags>,
	run: RunContext,
): FoundStore["use"] | undefined {
	const chosen = checkFlags((reject) => readStore(flags.store ?? "", reject));
	const store = storeNamed(chosen, run.config);
	if (store === undefined) return undefined;
	const token = terminal.env["GITHUB_TOKEN"] ?? "";
	const { workspace, untrusted } = run.ci;
	const given = { store, workspace, isUntrusted: untrusted !== undefined, env: terminal.env, network: NETWORK, token };
	const place = { ...given, create: false, leave: () => {} };
	const say = (invalid: number) => {
		if (invalid > 0)
			reporter.log.info(`${count(invalid, "stored record")} cannot be read: \`prune --unreadable\` removes them`);
	};
	return async (work) => {
		const opened = good(await openRecordsOf(place));
		try {
			return await work(commandStore({ ...opened, store }, run, say));
		} finally {
			await opened.records.close();
		}
	};
}

function commandStore(
	opened: OpenedRecords & Pick<CommandStore, "store">,
	{ config, ci }: RunContext,
	say: (invalid: number) => void,
): CommandStore {
	const { records } = opened;
	const scope = scopeOf({ file: config.file, workspace: ci.workspace, repository: ci.facts.repository });
	return {
		...opened,
		scope,
		list: async (query) => {
			const found = good(await records.list(query));
			say(found.invalid);
			return found.records;
		},
		switchedOff: async () => good(await records.disabled()).filter((hook) => belongsTo(hook.scope, scope)),
	};
}

/** The value, if it is not a failure. Throws `UserError` for one. */
export function good<T>(given: T | StoreFailure): T {
	if (!isFailure(given)) return given;
	throw new UserError({ code: "input", message: `the store cannot be used: ${given.problem}`, remedy: "" });
}

function isFailure<T>(given: T | StoreFailure): given is StoreFailure {
	return typeof given === "object" && given !== null && "problem" in given;
}

/** The delivery with an id that is this, or begins so. Throws `UserError` where none or several do. */
export async function findOne(id: string, { list }: CommandStore, flags: StoreFlags): Promise<StoredRecord> {
	const found = id === "" ? [] : await list({ idPrefix: id, newest: 3 });
	const [first, second] = [...found.filter(({ record }) => record.id === id), ...found];
	const quoted = JSON.stringify(excerpt(id, 100));
	if (first === undefined) {
		const remedy = `\`${toType(["deliveries"], flags)}\` shows what is stored`;
		throw new UserError({ code: "input", message: `no stored delivery has the id ${quoted}`, remedy });
	}
	if (second === undefined || first.record.id === id) return first;
	const remedy = `give more of it, as in ${found.map(({ record }) => excerpt(record.id, 60)).join(", ")}`;
	throw new UserError({ code: "input", message: `several ids begin with ${quoted}`, remedy });
}

/** A command to type, which finds the same config and store. */
export function toType(words: readonly string[], { config, store }: StoreFlags): string {
	const flags = Object.entries({ config, store }).flatMap(([name, value]) => (value ? [`--${name}`, value] : []));
	return ["pipeline-hooks", ...words, ...flags].map(shellWord).join(" ");
}

function shellWord(word: string): string {
	return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
