// Events that wait, in a folder that the steps of a job share, for others to make a batch with.
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Spool } from "../ports.ts";
import { claim } from "./claim.ts";
import { BUSY, type LockPorts, locked } from "./lock.ts";
import { endedPath, eventName, eventNumbers, LAST_NUMBER, readName } from "./names.ts";
import { readBatches } from "./reading.ts";
import { type HeldBatch, LIMIT_BYTES, type Shelf } from "./shelf.ts";

/** What was taken out. */
export interface Taken<T> {
	/** Each is read when it is asked for. What is not asked for is taken again once this process has ended. */
	readonly batches: AsyncIterable<HeldBatch<T>>;
	/** How many events go on waiting for others. */
	readonly left: number;
}

/** The names of the folders in which anything waits, or a batch is under way: see {@link HeldEvents.name}. */
export async function heldFolders(root: string, spool: Spool): Promise<readonly string[]> {
	const found: string[] = [];
	for (const folder of await spool.list(root)) {
		const names = await spool.list(join(root, folder));
		if (names.some((name) => readName(name) !== undefined)) found.push(folder);
	}
	return found;
}

/** The events held for one hook. */
export class HeldEvents<T> {
	/** Of its folder. */
	readonly name: string;
	readonly #shelf: Shelf<T>;
	readonly #folder: string;
	readonly #ports: LockPorts;

	constructor(shelf: Shelf<T>, ports: LockPorts) {
		this.name = createHash("sha256").update(shelf.owner).digest("hex").slice(0, 32);
		this.#shelf = shelf;
		this.#folder = join(shelf.root, this.name);
		this.#ports = ports;
	}

	/** Puts one event away, behind those that wait. The problem, where it cannot be. */
	async put(text: string): Promise<string | undefined> {
		const { spool } = this.#ports;
		const strange = await this.#strangeness();
		if (strange !== undefined) return strange;
		const made = await this.#locked(async () => {
			const numbers = (await spool.list(this.#folder)).map((name) => readName(name)?.last ?? 0);
			const next = Math.max(0, ...numbers) + 1;
			if (next > LAST_NUMBER) return { problem: "their folder has no number left" };
			const name = eventName(next);
			const sealed = this.#shelf.seal.seal(text, name);
			if (sealed.length > LIMIT_BYTES) return { problem: "it is larger than 15 MiB" };
			return spool.create(join(this.#folder, name), sealed);
		});
		if (made === "made") return undefined;
		return made === "taken" ? BUSY : made.problem;
	}

	/**
	 * Takes out the batches that are full; with `all`, whatever waits, and before it what failed or was left behind by a
	 * process that has ended. What cannot be read is left aside until all is taken again.
	 */
	async take(all: boolean): Promise<Taken<T>> {
		const { spool } = this.#ports;
		const names = await spool.list(this.#folder);
		const taken = (folders: readonly string[], left: number) => {
			return { batches: readBatches(folders, this.#folder, this.#shelf, spool), left };
		};
		const nothing = (problem?: string) => {
			if (problem !== undefined) this.#shelf.onProblem(problem);
			return taken([], eventNumbers(names).length);
		};
		if (names.length === 0) return nothing();
		const strange = await this.#strangeness();
		if (strange !== undefined) return nothing(`held events are left alone, ${strange}`);
		const claimed = await this.#locked(() => claim(this.#folder, all, this.#shelf, spool));
		if ("problem" in claimed) return nothing(`held events stay: ${claimed.problem}`);
		return taken(claimed.folders, claimed.left);
	}

	/** Forgets a batch but for the events at the places that failed: they wait for the next taking of all, as a batch. */
	async settle({ folder, numbers }: HeldBatch<T>, failed: readonly number[]): Promise<void> {
		const { spool } = this.#ports;
		if (failed.length === 0) {
			// At once, so that whoever ends this process now leaves no part of the batch to be sent again.
			const sent = endedPath(folder, "sent");
			await spool.remove((await spool.move(folder, sent)) ? sent : folder);
			return;
		}
		const kept = new Set(failed);
		for (const [place, number] of numbers.entries()) {
			if (!kept.has(place)) await spool.remove(join(folder, eventName(number)));
		}
		await spool.move(folder, endedPath(folder, "failed"));
	}

	/** Why the folder cannot be trusted: who may write above it can put another in its place. */
	async #strangeness(): Promise<string | undefined> {
		for (const folder of [this.#shelf.root, this.#folder]) {
			const problem = await this.#ports.spool.open(folder);
			if (problem !== undefined) return `the folder ${folder} will not do: ${problem}`;
		}
		return undefined;
	}

	#locked<R>(work: () => Promise<R>): Promise<R | { readonly problem: string }> {
		return locked(join(this.#folder, "lock"), this.#ports, work);
	}
}
