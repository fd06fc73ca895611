// What is told of held events that cannot be read, and so stay.
import { count } from "../lib/text.ts";

/** More spans than anyone reads. */
const SHOWN = 5;

/** The numbers of events that stay, by the reason. */
export class Staying {
	readonly #numbers = new Map<string, number[]>();

	add(number: number, why: string): void {
		const numbers = this.#numbers.get(why) ?? [];
		this.#numbers.set(why, numbers);
		numbers.push(number);
	}

	/** `2 held events stay (numbers 3 to 4): changed since`, one for each reason. */
	phrases(): readonly string[] {
		return [...this.#numbers].map(([why, numbers]) => {
			const [what, which] = numbers.length === 1 ? ["stays", "number"] : ["stay", "numbers"];
			return `${count(numbers.length, "held event")} ${what} (${which} ${spans(numbers)}): ${why}`;
		});
	}
}

/** `3 to 7, 9`: so much that nobody looks for others between them. */
function spans(numbers: readonly number[]): string {
	const sorted = numbers.toSorted((a, b) => a - b);
	const starts = sorted.filter((number, at) => sorted[at - 1] !== number - 1);
	const ends = sorted.filter((number, at) => sorted[at + 1] !== number + 1);
	const told = starts.map((start, at) => (start === ends[at] ? `${start}` : `${start} to ${ends[at]}`));
	return told.length > SHOWN ? `${told.slice(0, SHOWN).join(", ")} and more` : told.join(", ");
}
