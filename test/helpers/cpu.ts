// The processor time that some work takes, which other processes on the machine do not lengthen.

/** Seconds of processor time. */
export function cpuSeconds(work: () => unknown): number {
	const before = process.cpuUsage();
	work();
	const { user, system } = process.cpuUsage(before);
	return (user + system) / 1e6;
}
