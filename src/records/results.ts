// What other runs have left in their results files, for this one to store.
import { extname, join, resolve } from "node:path";
import { isJsonArray, isJsonObject, parseJson } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";
import type { CiFacts } from "../model/event.ts";
import type { Hook } from "../model/hook.ts";
import type { MessageRules } from "../model/message-rules.ts";
import type { Problem } from "../model/problem.ts";
import type { DeliveryRecord } from "../model/records.ts";
import { belongsTo } from "../model/scope.ts";
import type { FileRead, Ports } from "../ports.ts";
import type { HeldRead } from "../store/held-event.ts";
import { readRecord } from "../store/record-text.ts";

/** As `deliveryId` makes them: they become a header. */
const IDS = /^dlv_[0-9a-f]{32}$/;

/** Bytes of one file. */
const LIMIT = 256 * 1024 * 1024;

/** How records of other runs are read, and what they may be. */
export interface LeftOptions {
	readonly readEvent: (text: string) => HeldRead;
	readonly hooks: readonly Hook[];
	readonly rules: Pick<MessageRules, "mayHaveFired">;
	/** The facts of this run, and the scope of its config. */
	readonly ci: CiFacts;
	readonly scope: string;
}

/**
 * The records in results files. One that is not valid, or that no run of this repository can have left, is left out, which
 * is told: a job with fewer rights has written it. A problem for a file that cannot be read, and where the run that has
 * left it may be a stranger's.
 */
export async function leftIn(
	paths: readonly string[],
	options: LeftOptions,
	{ files, log }: Pick<Ports, "files" | "log">,
	{ cwd }: { readonly cwd: string },
): Promise<readonly DeliveryRecord[] | Problem> {
	const { fork, stranger } = options.ci;
	if (paths.length > 0 && (fork === true || stranger === true)) return STRANGERS;
	const found: DeliveryRecord[] = [];
	for (const [path, isNamed] of await filesIn(paths, files, cwd)) {
		const texts = await textsIn(path, { cwd, files, log, isNamed });
		if ("message" in texts) return texts;
		for (const text of texts) {
			const record = readRecord(text);
			const problem = "problem" in record ? record.problem : problemOf(record, options);
			if (problem !== undefined || "problem" in record)
				log.info(`${excerpt(path, 200)}: a record is left out: ${problem}`);
			else found.push({ ...record, scope: options.scope });
		}
	}
	return found;
}

const STRANGERS: Problem = {
	code: "input",
	message: "results: the run that has left them may be a stranger's, who can have written anything",
	remedy: "store only what trusted runs have left: run this after workflows that no pull request of a fork starts",
};

function problemOf(
	{ id, hook: name, events, scope: recordScope, state }: DeliveryRecord,
	{ readEvent, hooks, rules, ci, scope }: LeftOptions,
): string | undefined {
	if (!IDS.test(id)) return "its id is not valid";
	if (!belongsTo(recordScope, scope)) return "it belongs to another project or config file";
	if (state !== "waiting") return "it does not wait";
	// That of a hook that is gone or disabled for now stays, as in every store, and is sent by nobody.
	const hook = hooks.find((each) => each.name === name && each.enabled);
	for (const text of events) {
		const read = readEvent(text);
		if ("problem" in read) return read.problem;
		if (read.event.context.ci?.repository !== ci.repository) return "its event is of another repository";
		if (hook !== undefined && !rules.mayHaveFired(hook, read.event, hooks)) return `${name} is not for its event`;
	}
	return undefined;
}

/** A file, and whether it was named itself. */
type Found = readonly [path: string, isNamed: boolean];

/** Of a folder its JSON files. A path without an ending is a folder, which a run that left nothing has not made. */
async function filesIn(paths: readonly string[], files: Ports["files"], cwd: string): Promise<readonly Found[]> {
	const found = await Promise.all(
		paths.map(async (path): Promise<readonly Found[]> => {
			const names = await files.names(resolve(cwd, path));
			if (names === undefined) return extname(path) === "" ? [] : [[path, true]];
			return names.filter((name) => name.endsWith(".json")).map((name) => [join(path, name), false]);
		}),
	);
	return found.flat();
}

interface Reading extends Pick<Ports, "files" | "log"> {
	readonly cwd: string;
	readonly isNamed: boolean;
}

/** One file of a folder that is wrong must not keep the others from being stored, and is only told. */
async function textsIn(path: string, { cwd, files, log, isNamed }: Reading): Promise<readonly string[] | Problem> {
	const read = await files.read(resolve(cwd, path), LIMIT);
	const texts = read.kind === "file" ? textsOf(read.bytes) : whyNot(read);
	if (typeof texts !== "string") return texts;
	const message = `results: ${excerpt(path, 200)} ${texts}`;
	if (isNamed) return { code: "input", message, remedy: REMEDY };
	log.info(`${message}; it is left out`);
	return [];
}

const REMEDY = "name the results-file of a run whose store is `results`";

function whyNot(read: Exclude<FileRead, { kind: "file" }>): string {
	return read.kind === "missing" ? "does not exist" : `cannot be read: ${read.detail}`;
}

/** The records in a file, or as a phrase what is wrong with it. */
function textsOf(bytes: Uint8Array): readonly string[] | string {
	const document = parseJson(new TextDecoder().decode(bytes));
	if (document === undefined) return "is not JSON";
	const undelivered = isJsonObject(document) ? (document["undelivered"] ?? []) : undefined;
	if (!isJsonArray(undelivered)) return "is not a results file";
	const texts = undelivered.filter((text) => typeof text === "string");
	return texts.length === undelivered.length ? texts : "has records that are not texts";
}
