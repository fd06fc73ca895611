// The CI providers, in the order in which they are asked; `local` accepts everything.
import type { CiProvider, CiRun, CiSources } from "./ci.ts";
import { github } from "./github.ts";
import { local } from "./local.ts";

const PROVIDERS: readonly CiProvider[] = [github, local];

/** The facts of the run this process belongs to. */
export async function readCi(sources: CiSources): Promise<CiRun> {
	const provider = PROVIDERS.find((candidate) => candidate.detect(sources.env)) ?? local;
	return provider.read(sources);
}
