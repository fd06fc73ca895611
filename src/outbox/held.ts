// Events that wait, in a folder that the steps of a job share, for others to make a batch with.
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Clock, Spool } from "../ports.ts";
import { count } from "../text.ts";
import type { Seal } from "./seal.ts";

/** Bytes of one held event; sealing takes a third more. */
const LIMIT_BYTES = 20 * 1024 * 1024;

/** Milliseconds to wait for another process that is putting events away or taking them out. */
const PATIENCE_MS = 5000;
const PAUSE_MS = 20;

const BUSY = "another process does not let go of their folder";

const EVENT = /^(\d{8})\.event$/;
/** An event that could not be opened, and waits for the URL and the secrets that it was held with. */
const ASIDE = /^(\d{8})\.aside$/;
/** A batch by the numbers of its first and its last event, and what became of it. */
const BATCH = /^(\d{8}-(\d{8}))\.(?:sending\.(\d+)|failed)$/;

/** Where the events of one hook wait, and how they are sealed. */
export interface Shelf {
	/** Of all hooks; absolute. */
	readonly root: string;
	/** What tells the hook from others: its config and its name. */
	readonly owner: string;
	readonly seal: Seal;
	/** Events of one batch, at most. */
	readonly size: number;
}

/** A batch that was taken out: nobody else takes it until it is {@link HeldEvents.settle settled}. */
export interface HeldBatch {
	readonly folder: string;
	/** As they were put away, in that order. */
	readonly texts: readonly string[];
}

/** What was taken out. */
export interface Taken {
	readonly batches: readonly HeldBatch[];
	/** How many events go on waiting for others. */
	readonly left: number;
	/** What could not be taken, and what was found that is none of ours, one phrase each. */
	readonly problems: readonly string[];
}

/** What holding events needs of the world. */
export interface HeldPorts {
	readonly spool: Spool;
	readonly clock: Clock;
}

/** The events held for one hook. */
export class HeldEvents {
	readonly #shelf: Shelf;
	readonly #folder: string;
	readonly #ports: HeldPorts;

	constructor(shelf: Shelf, ports: HeldPorts) {
		this.#shelf = shelf;
		this.#folder = join(shelf.root, createHash("sha256").update(shelf.owner).digest("hex").slice(0, 32));
		this.#ports = ports;
	}

	/** Puts one event away, behind those that wait. The problem, where it cannot be. */
	async put(text: string): Promise<string | undefined> {
		const { spool } = this.#ports;
		const strange = await this.#strangeness();
		if (strange !== undefined) return strange;
		const made = await this.#locked(async () => {
			const numbers = (await spool.list(this.#folder)).map(
				(name) => (EVENT.exec(name) ?? ASIDE.exec(name))?.[1] ?? BATCH.exec(name)?.[2] ?? "0",
			);
			const next = Math.max(0, ...numbers.map(Number)) + 1;
			return spool.create(join(this.#folder, eventName(next)), this.#shelf.seal.seal(text));
		});
		if (made === "made") return undefined;
		return made === "taken" ? BUSY : made.problem;
	}

	/** Whether nothing waits, and no batch is under way. */
	async isEmpty(): Promise<boolean> {
		const names = await this.#ports.spool.list(this.#folder);
		return !names.some((name) => EVENT.test(name) || ASIDE.test(name) || BATCH.test(name));
	}

	/**
	 * Takes out the batches that are full; with `all`, whatever waits, and before it what failed or was left behind by a
	 * process that has ended. What cannot be opened is left aside until all is taken again.
	 */
	async take(all: boolean): Promise<Taken> {
		const { spool } = this.#ports;
		const names = await spool.list(this.#folder);
		const left = names.filter((name) => EVENT.test(name)).length;
		if (names.length === 0) return { batches: [], left, problems: [] };
		const strange = await this.#strangeness();
		if (strange !== undefined) return { batches: [], left, problems: [`held events are left alone, ${strange}`] };
		const claimed = await this.#locked(() => this.#claim(all));
		if ("problem" in claimed) return { batches: [], left, problems: [`held events stay: ${claimed.problem}`] };
		const problems = [...claimed.problems];
		const unopened: number[] = [];
		const batches: HeldBatch[] = [];
		for (const folder of claimed.folders) {
			const { texts, sealed } = await this.#readAll(folder, problems);
			unopened.push(...sealed);
			// A batch of which nothing can be opened stays one, with its id.
			if (texts.length === 0) await this.settle({ folder, texts }, sealed.length === 0);
			else for (const number of sealed) await spool.move(join(folder, eventName(number)), this.#aside(number));
			if (texts.length > 0) batches.push({ folder, texts });
		}
		if (unopened.length > 0) problems.push(staying(unopened));
		return { batches, left: claimed.left, problems };
	}

	/** Forgets a batch that was delivered; one that failed waits, as it is, for the next taking of all. */
	async settle({ folder }: HeldBatch, delivered: boolean): Promise<void> {
		if (delivered) await this.#ports.spool.remove(folder);
		else await this.#ports.spool.move(folder, folder.replace(/\.sending\.\d+$/, ".failed"));
	}

	async #claim(all: boolean) {
		const { spool } = this.#ports;
		for (const name of all ? await spool.list(this.#folder) : []) {
			const number = Number(ASIDE.exec(name)?.[1]);
			if (number > 0) await spool.move(this.#aside(number), join(this.#folder, eventName(number)));
		}
		const names = await spool.list(this.#folder);
		const folders: string[] = [];
		const problems: string[] = [];
		const claim = (range: string) => join(this.#folder, `${range}.sending.${spool.pid}`);
		for (const name of all ? names : []) {
			const [, range = "", , pid] = BATCH.exec(name) ?? [];
			if (range === "" || (pid !== undefined && spool.isAlive(Number(pid)))) continue;
			// Behind a link lies what is none of ours, and what was sent is removed.
			const strange = await spool.open(join(this.#folder, name));
			if (strange !== undefined) {
				problems.push(`held batch ${name} is left alone: ${strange}`);
				continue;
			}
			if (await spool.move(join(this.#folder, name), claim(range))) folders.push(claim(range));
		}
		const waiting = names.flatMap((name) => EVENT.exec(name)?.[1] ?? []);
		const { size } = this.#shelf;
		let at = 0;
		while (waiting.length - at >= size || (all && at < waiting.length)) {
			const numbers = waiting.slice(at, at + size);
			at += numbers.length;
			const folder = claim(`${numbers[0]}-${numbers.at(-1)}`);
			if ((await spool.open(folder)) !== undefined) break;
			for (const number of numbers) {
				await spool.move(join(this.#folder, `${number}.event`), join(folder, `${number}.event`));
			}
			folders.push(folder);
		}
		return { folders, left: waiting.length - at, problems };
	}

	/** The texts in a folder, and the numbers of those that cannot be opened. Only what has an event's name is touched. */
	async #readAll(folder: string, problems: string[]) {
		const { spool } = this.#ports;
		const texts: string[] = [];
		const sealed: number[] = [];
		for (const name of await spool.list(folder)) {
			const number = EVENT.exec(name)?.[1];
			if (number === undefined) continue;
			const path = join(folder, name);
			const read = await spool.read(path, LIMIT_BYTES);
			const text = read.kind === "file" ? this.#shelf.seal.open(new TextDecoder().decode(read.bytes)) : undefined;
			if (text !== undefined) {
				texts.push(text);
				continue;
			}
			if (read.kind === "file") {
				sealed.push(Number(number));
				continue;
			}
			const why = read.kind === "unreadable" ? read.detail : "it is not there any more";
			problems.push(`held event ${name} was thrown away: ${why}`);
			await spool.remove(path);
		}
		return { texts, sealed };
	}

	/** Why the folder cannot be trusted: who may write above it can put another in its place. */
	async #strangeness(): Promise<string | undefined> {
		for (const folder of [this.#shelf.root, this.#folder]) {
			const problem = await this.#ports.spool.open(folder);
			if (problem !== undefined) return `the folder ${folder} will not do: ${problem}`;
		}
		return undefined;
	}

	#aside(number: number): string {
		return join(this.#folder, `${padded(number)}.aside`);
	}

	/** Does the work while no other process does. */
	async #locked<T>(work: () => Promise<T>): Promise<T | { readonly problem: string }> {
		const { spool, clock } = this.#ports;
		const lock = join(this.#folder, "lock");
		for (const start = clock.monotonic(); clock.monotonic() - start < PATIENCE_MS; await clock.sleep(PAUSE_MS)) {
			const made = await spool.create(lock, String(spool.pid));
			if (made === "made") {
				try {
					return await work();
				} finally {
					await spool.remove(lock);
				}
			}
			if (made !== "taken") return made;
			const owner = await spool.read(lock, 100);
			if (owner.kind === "missing") continue;
			const pid = owner.kind === "file" ? Number(new TextDecoder().decode(owner.bytes)) : Number.NaN;
			if (!(pid > 0 && spool.isAlive(pid))) await spool.remove(lock);
		}
		return { problem: BUSY };
	}
}

function staying(numbers: readonly number[]): string {
	const [first = 0, ...more] = numbers;
	const [what, which] = more.length === 0 ? ["stays", "number"] : ["stay", "numbers"];
	const span = more.length === 0 ? first : `${first} to ${more.at(-1)}`;
	const why = "changed since, or held with another URL or other secrets";
	return `${count(numbers.length, "held event")} ${what} (${which} ${span}): ${why}`;
}

function eventName(number: number): string {
	return `${padded(number)}.event`;
}

function padded(number: number): string {
	return String(number).padStart(8, "0");
}
