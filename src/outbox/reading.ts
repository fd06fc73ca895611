// Reading the batches that were taken out, one after the other; what cannot be read of them is kept.
import { join } from "node:path";
import type { Spool } from "../ports.ts";
import { asideName, endedPath, eventName, eventNumbers } from "./names.ts";
import { type HeldBatch, LIMIT_BYTES, type Shelf } from "./shelf.ts";
import { Staying } from "./staying.ts";

const CHANGED = "changed since, or held with another URL or other secrets";

/** Each batch is read when it is asked for. What stays is told after the last. */
export async function* readBatches<T>(
	folders: readonly string[],
	home: string,
	shelf: Shelf<T>,
	spool: Spool,
): AsyncGenerator<HeldBatch<T>, void, undefined> {
	const staying = new Staying();
	try {
		for (const folder of folders) {
			const batch = await readBatch(folder, home, shelf, spool, staying);
			if (batch !== undefined) yield batch;
		}
	} finally {
		for (const phrase of staying.phrases()) shelf.onProblem(phrase);
	}
}

/** Only what has an event's name is touched. Undefined where nothing can be read: that stays a batch, with its id. */
async function readBatch<T>(
	folder: string,
	home: string,
	shelf: Shelf<T>,
	spool: Spool,
	staying: Staying,
): Promise<HeldBatch<T> | undefined> {
	const events: T[] = [];
	const numbers: number[] = [];
	const unread: number[] = [];
	for (const number of eventNumbers(await spool.list(folder))) {
		const found = await readEvent(folder, eventName(number), shelf, spool);
		if (found === undefined) continue;
		if ("event" in found) {
			events.push(found.event);
			numbers.push(number);
		} else {
			unread.push(number);
			staying.add(number, found.problem);
		}
	}
	const [first, ...others] = events;
	if (first !== undefined) {
		for (const number of unread) await spool.move(join(folder, eventName(number)), join(home, asideName(number)));
		return { folder, events: [first, ...others], numbers };
	}
	if (unread.length === 0) await spool.remove(folder);
	else await spool.move(folder, endedPath(folder, "failed"));
	return undefined;
}

/** Undefined where it is not there any more. */
async function readEvent<T>(
	folder: string,
	name: string,
	shelf: Shelf<T>,
	spool: Spool,
): Promise<ReturnType<Shelf<T>["read"]> | undefined> {
	const file = await spool.read(join(folder, name), LIMIT_BYTES);
	if (file.kind === "missing") return undefined;
	if (file.kind === "unreadable") return { problem: file.detail };
	const text = shelf.seal.open(new TextDecoder().decode(file.bytes), name);
	return text === undefined ? { problem: CHANGED } : shelf.read(text);
}
