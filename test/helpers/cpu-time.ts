// How long work takes the processor: what else runs on the machine does not change it, as it changes the time of day.

/** Milliseconds of the processor that this process has used until now. */
export function cpuTime(): number {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1000;
}
