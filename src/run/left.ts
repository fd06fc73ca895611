// What other runs have left in their results files, for this one to store.
import { extname, join, resolve } from "node:path";
import { isJsonArray, isJsonObject, parseJson } from "../lib/json.ts";
import { UserError } from "../model/problem.ts";
import type { DeliveryRecord } from "../model/records.ts";
import type { Ports } from "../ports.ts";

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
	for (const path of await filesIn(paths, files, cwd)) {
		for (const text of await textsIn(resolve(cwd, path), path, files)) {
			const record = read(text);
			if ("problem" in record) log.info(`${path}: a record is left out: ${record.problem}`);
			else found.push(record);
		}
	}
	return found;
}

/** Of a folder its JSON files. A path without an ending is a folder, which a run that left nothing has not made. */
async function filesIn(paths: readonly string[], files: Ports["files"], cwd: string): Promise<readonly string[]> {
	const found = await Promise.all(
		paths.map(async (path) => {
			const names = await files.names(resolve(cwd, path));
			if (names === undefined) return extname(path) === "" ? [] : [path];
			return names.filter((name) => name.endsWith(".json")).map((name) => join(path, name));
		}),
	);
	return found.flat();
}

async function textsIn(file: string, path: string, files: Ports["files"]): Promise<readonly string[]> {
	const read = await files.read(file, LIMIT);
	const refuse = (why: string) => {
		const remedy = "name the results-file of a run whose store is `results`";
		return new UserError({ code: "input", message: `results: ${path} ${why}`, remedy });
	};
	if (read.kind === "missing") throw refuse("does not exist");
	if (read.kind === "unreadable") throw refuse(`cannot be read: ${read.detail}`);
	const document = parseJson(new TextDecoder().decode(read.bytes));
	if (!isJsonObject(document)) throw refuse("is not JSON");
	const { undelivered = [] } = document;
	if (!isJsonArray(undelivered)) throw refuse("is not a results file");
	return undelivered.filter((text) => typeof text === "string");
}
