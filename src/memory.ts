// Keeping the memory of a run with many requests small: it stands beside whatever else the runner does.

/** Bytes that V8's young generation may take up, two halves of the same size; less makes it collect too often. */
const YOUNG_LIMIT = 8 * 1024 * 1024;

/** Requests after which it is looked at again. */
const STEP = 100;

let requests = 0;
let isBounded = false;

/**
 * To be called when many requests are likely, and with each of them. The young generation doubles whenever about as much has survived in it as it can
 * hold, up to three times 32 MiB, which a run of many requests comes to although next to nothing of them lives on. From
 * {@link YOUNG_LIMIT} on it grows no more.
 */
export function boundYoungGeneration(): void {
	if (isBounded || requests++ % STEP !== 0) return;
	const { getHeapSpaceStatistics, setFlagsFromString } = process.getBuiltinModule("node:v8");
	const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space");
	if (young !== undefined && young.space_size < YOUNG_LIMIT) return;
	isBounded = true;
	setFlagsFromString("--semi-space-growth-factor=1");
}
