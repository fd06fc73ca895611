// Taking held events out: their files are moved into a folder that carries the process's name, and are its alone.
import { join } from "node:path";
import type { Spool } from "../ports.ts";
import { eventName, eventNumbers, rangeOf, readName, sendingName } from "./names.ts";
import { bytesBefore } from "./seal.ts";
import type { Shelf } from "./shelf.ts";

/** What is needed of the {@link Shelf}. */
type Claiming = Pick<Shelf<unknown>, "limits" | "onProblem">;

/** The folders of the batches that are due, and how many events go on waiting. To be called by one process at a time. */
export async function claim(folder: string, all: boolean, { limits, onProblem }: Claiming, spool: Spool) {
	const folders = all ? await claimLeft(folder, onProblem, spool) : [];
	const waiting = eventNumbers(await spool.list(folder));
	for (const numbers of await group(folder, waiting, all, limits, spool)) {
		const batch = join(folder, sendingName(rangeOf(numbers), spool.process));
		const strange = await spool.open(batch);
		if (strange !== undefined) {
			onProblem(`held events stay: ${strange}`);
			break;
		}
		for (const number of numbers) await spool.move(join(folder, eventName(number)), join(batch, eventName(number)));
		folders.push(batch);
	}
	return { folders, left: eventNumbers(await spool.list(folder)).length };
}

/** Claims the batches that failed or were left behind, and puts back among the events what was left aside. */
async function claimLeft(folder: string, onProblem: Claiming["onProblem"], spool: Spool): Promise<string[]> {
	const folders: string[] = [];
	for (const name of await spool.list(folder)) {
		const held = readName(name);
		const path = join(folder, name);
		if (held?.kind === "aside") await spool.move(path, join(folder, eventName(held.last)));
		if (held?.kind !== "batch" || (held.process !== undefined && spool.isAlive(held.process))) continue;
		// Behind a link lies what is none of ours, and what was sent is removed.
		const strange = await spool.open(path);
		if (strange !== undefined) {
			onProblem(`held batch ${name} is left alone: ${strange}`);
			continue;
		}
		const batch = join(folder, sendingName(held.range, spool.process));
		if (await spool.move(path, batch)) folders.push(batch);
	}
	return folders;
}

/** The events of each batch that is full; with `all`, of the last one too. */
async function group(
	folder: string,
	waiting: readonly number[],
	all: boolean,
	limits: Claiming["limits"],
	spool: Spool,
): Promise<readonly (readonly number[])[]> {
	const groups: (readonly number[])[] = [];
	let open: number[] = [];
	let bytes = 0;
	const close = () => {
		groups.push(open);
		open = [];
		bytes = 0;
	};
	for (const number of waiting) {
		const more = bytesBefore(await spool.size(join(folder, eventName(number))));
		if (open.length > 0 && bytes + more > limits.bytes) close();
		open.push(number);
		bytes += more;
		if (open.length >= limits.events || bytes >= limits.bytes) close();
	}
	if (all && open.length > 0) close();
	return groups;
}
