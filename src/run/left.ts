// What other runs have left in their results files, for this one to store.
import { extname, join, resolve } from "node:path";
import { isJsonArray, isJsonObject, parseJson } from "../lib/json.ts";
import { UserError } from "../model/problem.ts";
import type { DeliveryRecord } from "../model/records.ts";
import type { FileRead, Ports } from "../ports.ts";

/** As `deliveryId` makes them: they become a header. */
const IDS = /^dlv_[0-9a-f]{32}$/;

/** Bytes of one file. */
const LIMIT = 256 * 1024 * 1024;

/**
 * The records in results files. A record that is not valid is left out, which is told: a job that only notifies may have
 * written it. Throws `UserError` for a file that cannot be read.
 */
export async function leftIn(
	paths: readonly string[],
	read: (text: string) => DeliveryRecord | { readonly problem: string },
	{ files, log }: Pick<Ports, "files" | "log">,
	{ cwd }: { readonly cwd: string },
): Promise<readonly DeliveryRecord[]> {
	const found: DeliveryRecord[] = [];
	for (const [path, isNamed] of await filesIn(paths, files, cwd)) {
		for (const text of await textsIn(path, { cwd, files, log, isNamed })) {
			const record = read(text);
			if ("problem" in record) log.info(`${path}: a record is left out: ${record.problem}`);
			else if (!IDS.test(record.id)) log.info(`${path}: a record is left out: its id is not valid`);
			else found.push(record);
		}
	}
	return found;
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
async function textsIn(path: string, { cwd, files, log, isNamed }: Reading): Promise<readonly string[]> {
	const read = await files.read(resolve(cwd, path), LIMIT);
	const texts = read.kind === "file" ? textsOf(read.bytes) : whyNot(read);
	if (typeof texts !== "string") return texts;
	const message = `results: ${path} ${texts}`;
	if (isNamed) throw new UserError({ code: "input", message, remedy: REMEDY });
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
