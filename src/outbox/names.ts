// The names of what lies in a hook's folder: events by their numbers, and batches of them that were taken out.

/** Eight digits, so that the order of the names is that of the numbers. */
const DIGITS = 8;

/** The last number that there is a name for. */
export const LAST_NUMBER = 10 ** DIGITS - 1;

const EVENT = /^(\d{8})\.event$/;
/** An event that could not be read, and waits for the config and the secrets that it was held with. */
const ASIDE = /^(\d{8})\.aside$/;
/** A batch by the numbers of its first and its last event, and what became of it. */
const BATCH = /^(\d{8}-(\d{8}))\.(?:sending\.([\w-]+)|failed)$/;

/** What a name stands for. */
export type Held =
	| { readonly kind: "event" | "aside"; readonly last: number }
	| {
			readonly kind: "batch";
			/** The numbers that it was made with. */
			readonly range: string;
			readonly last: number;
			/** The process that took it out; undefined of one that failed. */
			readonly process: string | undefined;
	  };

/** Undefined for what is none of ours. */
export function readName(name: string): Held | undefined {
	const event = EVENT.exec(name)?.[1];
	if (event !== undefined) return { kind: "event", last: Number(event) };
	const aside = ASIDE.exec(name)?.[1];
	if (aside !== undefined) return { kind: "aside", last: Number(aside) };
	const [, range = "", last, process] = BATCH.exec(name) ?? [];
	return last === undefined ? undefined : { kind: "batch", range, last: Number(last), process };
}

/** The numbers of the events among the names, in their order. */
export function eventNumbers(names: readonly string[]): readonly number[] {
	return names.flatMap((name) => {
		const held = readName(name);
		return held?.kind === "event" ? [held.last] : [];
	});
}

export function eventName(number: number): string {
	return `${padded(number)}.event`;
}

export function asideName(number: number): string {
	return `${padded(number)}.aside`;
}

/** The numbers of a batch, as its names begin. */
export function rangeOf(numbers: readonly number[]): string {
	return `${padded(numbers[0] ?? 0)}-${padded(numbers.at(-1) ?? 0)}`;
}

export function sendingName(range: string, process: string): string {
	return `${range}.sending.${process}`;
}

/** The path of a batch once it has failed, or was sent: what has that name is never sent again. */
export function endedPath(sending: string, how: "failed" | "sent"): string {
	return sending.replace(/\.sending\.[\w-]+$/, `.${how}`);
}

function padded(number: number): string {
	return String(number).padStart(DIGITS, "0");
}
