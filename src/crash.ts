// Errors that nothing has caught: told like any other mistake of this program, and not as Node would show them.

/**
 * Hands the first error that nothing catches to `report`, and ends the process then. Node would print it as it is, with
 * the secrets that it may quote.
 */
export function heedCrashes(report: (error: unknown) => Promise<void>): void {
	let hasCrashed = false;
	const leave = () => process.exit(1);
	process.on("uncaughtException", (error) => {
		if (hasCrashed) return;
		hasCrashed = true;
		report(error).then(leave, leave);
	});
}
