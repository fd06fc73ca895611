// What many measurements of one thing say: their median, and its confidence interval.

/** The median; the mean of the two middle numbers if their count is even. NaN for an empty list. */
export function median(numbers: readonly number[]): number {
	const sorted = ascending(numbers);
	const half = sorted.length / 2;
	return (at(sorted, Math.ceil(half) - 1) + at(sorted, Math.floor(half))) / 2;
}

/**
 * Between which two of the numbers the median of all that could have been measured lies, with 95 % confidence,
 * however they are distributed: order statistics, by the normal approximation of the binomial distribution.
 */
export function medianInterval(numbers: readonly number[]): readonly [low: number, high: number] {
	const sorted = ascending(numbers);
	const spread = 1.96 * Math.sqrt(sorted.length);
	const low = Math.max(0, Math.floor((sorted.length - spread) / 2) - 1);
	return [at(sorted, low), at(sorted, sorted.length - 1 - low)];
}

function ascending(numbers: readonly number[]): Float64Array {
	return Float64Array.from(numbers).sort();
}

function at(sorted: Float64Array, index: number): number {
	return sorted[index] ?? Number.NaN;
}
