// Keeping the memory of a run with many requests small: it stands beside whatever else the runner does.

let done = false;

/**
 * From now on V8's young generation grows no more. It doubles whenever about as much has survived in it as it can hold, up
 * to three times 32 MiB, which a run of many requests comes to although next to nothing of them lives on. Collecting more often costs
 * less than 5 % there.
 */
export function keepYoungGenerationSmall(): void {
	if (done) return;
	done = true;
	process.getBuiltinModule("node:v8").setFlagsFromString("--semi-space-growth-factor=1");
}
