// A number of a JSON text that JavaScript would write otherwise, or cannot hold: kept as it was written.

declare global {
	interface JSON {
		/** Absent before Node 22. */
		rawJSON?(text: string): unknown;
	}
}

/** A number such as `1152921506151679042`, `1e400` or `1.10`. `JSON.stringify` and `String` give it as it was written. */
export class ExactNumber {
	/** By the grammar of JSON. */
	readonly text: string;
	#number: { readonly value: number | undefined } | undefined;

	constructor(text: string) {
		this.text = text;
	}

	toString(): string {
		return this.text;
	}

	toJSON(): unknown {
		return JSON.rawJSON?.(this.text) ?? this.text;
	}

	/**
	 * The JavaScript number of exactly this value, however it is written; undefined where there is none. A text may have a
	 * million digits and be asked a million times, so it is read once.
	 */
	toNumber(): number | undefined {
		this.#number ??= { value: sameNumber(this.text) };
		return this.#number.value;
	}
}

/** Whether this Node writes an {@link ExactNumber} as a number: from 22 on. Where it does not, none may be sent. */
export function writesExactNumbers(): boolean {
	return JSON.rawJSON !== undefined;
}

/**
 * The number that a JSON text writes: as a JavaScript number where that is written the same, or, where this Node cannot
 * write it as it is written, has the same value.
 */
export function readNumber(text: string): number | ExactNumber {
	const value = Number(text);
	if (String(value) === text) return value;
	const exact = new ExactNumber(text);
	return writesExactNumbers() ? exact : (exact.toNumber() ?? exact);
}

function sameNumber(text: string): number | undefined {
	const value = Number(text);
	return Number.isFinite(value) && decimal(String(value)) === decimal(text) ? value : undefined;
}

/**
 * The value of a number as digits and a power of ten, the same for `1.10`, `1.1` and `11e-1`. A power that is too large to
 * be exact is far from those of JavaScript's numbers.
 */
function decimal(text: string): string {
	const [, sign = "", whole = "", fraction = "", exponent = "0"] = NUMBER.exec(text) ?? [];
	const written = whole + fraction;
	let [start, end] = [0, written.length];
	while (written[start] === "0") start++;
	while (end > start && written[end - 1] === "0") end--;
	const power = Number(exponent) - fraction.length + (written.length - end);
	return start === end ? "0" : `${sign}${written.slice(start, end)}e${power}`;
}

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]\+?(-?\d+))?$/;
