// Time that only passes, for deadlines.

/** Milliseconds since an arbitrary start; never goes back. */
export function monotonicMs(): number {
	// Not performance.now(): its first call loads node:perf_hooks.
	return Number(process.hrtime.bigint()) / 1e6;
}
