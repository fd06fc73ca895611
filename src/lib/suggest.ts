// "Did you mean …?": the known word that is closest to a mistyped one.
import { synonym } from "./synonyms.ts";

/** Edit distance with transpositions (optimal string alignment), bounded by short words. */
function distance(a: string, b: string): number {
	let before: number[] = [];
	let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
	for (let row = 1; row <= a.length; row++) {
		const current = [row];
		for (let column = 1; column <= b.length; column++) {
			const cost = a[row - 1] === b[column - 1] ? 0 : 1;
			let best = Math.min(
				(previous[column] ?? 0) + 1,
				(current[column - 1] ?? 0) + 1,
				(previous[column - 1] ?? 0) + cost,
			);
			const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
			if (swapped) best = Math.min(best, (before[column - 2] ?? 0) + 1);
			current.push(best);
		}
		before = previous;
		previous = current;
	}
	return previous[b.length] ?? 0;
}

/**
 * The candidate that was probably meant: the same in other words, else the one whose letters are closest. Undefined when
 * none is close: at most a third of the longer word's letters differ. Case, `-`, `_`, `.` and spaces count as the same.
 */
export function closest(written: string, candidates: Iterable<string>): string | undefined {
	const all = [...candidates];
	return synonym(written, all) ?? nearest(written, all);
}

function nearest(written: string, candidates: readonly string[]): string | undefined {
	const fold = (word: string) => word.toLowerCase().replaceAll(/[-_. ]/g, "");
	const wanted = fold(written.slice(0, 100));
	let best: { word: string; distance: number } | undefined;
	for (const word of candidates) {
		const folded = fold(word);
		const limit = Math.max(wanted.length, folded.length) / 3;
		// No two words are closer than their lengths: most candidates need no counting.
		if (Math.abs(wanted.length - folded.length) > limit) continue;
		const found = distance(wanted, folded);
		if (found > limit) continue;
		if (best === undefined || found < best.distance) best = { word, distance: found };
	}
	return best?.word;
}
