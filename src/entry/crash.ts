// Errors that nothing has caught: told like any other error of this program, and not as Node would show them.
import type { Tell } from "./ending.ts";

/** Milliseconds in which an error has to be told. */
const TELLING_MS = 5000;

/** How the process tells the error that ends it. */
export interface Crashes {
	/** From now on errors are told this way. */
	readonly onCrash: (tell: Tell) => void;
	/** Tells an error that ends the process; the first only. */
	readonly tell: Tell;
}

/**
 * Tells the first error that nothing catches, and ends the process then. Node would print it as it is, with the secrets
 * that it may quote.
 */
export function handleCrashes(first: Tell): Crashes {
	let current = first;
	let hasCrashed = false;
	const tell: Tell = async (error) => {
		if (hasCrashed) return;
		hasCrashed = true;
		await current(error);
	};
	const leave = () => process.exit(1);
	process.on("uncaughtException", (error) => {
		if (hasCrashed) return;
		process.exitCode = 1;
		setTimeout(leave, TELLING_MS);
		tell(error).then(leave, leave);
	});
	return {
		onCrash: (next) => {
			current = next;
		},
		tell,
	};
}
