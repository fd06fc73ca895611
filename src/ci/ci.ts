// What a CI provider is: how it is recognised, and the facts of the run that it tells.
import type { CiFacts } from "../event/event.ts";
import type { Ask, Env, Files } from "../ports.ts";

/** What a provider may look at. */
export interface CiSources {
	readonly env: Env;
	readonly files: Files;
	readonly ask: Ask;
	/** The current folder; absolute. */
	readonly cwd: string;
	readonly now: Date;
}

/** A run that has secrets although anybody can trigger it: what lies in its workspace may be a stranger's. */
export interface Exposure {
	/** What triggered it: `pull_request_target`. */
	readonly event: string;
	/** Whether the workspace is the repository's own where it is a checkout of the run's commit. */
	readonly checkoutCounts: boolean;
}

/** The run that the event happens in. */
export interface CiRun {
	readonly facts: CiFacts;
	/** The default `run_id`: unique for one attempt of one run. */
	readonly runId: string;
	/** The default `pipeline`. */
	readonly pipeline: string;
	/**
	 * Where events wait for those of later steps; absolute, of this job alone. Undefined where the CI says of no folder
	 * that lasts as long as the job.
	 */
	readonly holdingFolder: string | undefined;
	/** The checkout; absolute. Config paths are relative to it, shell hooks run in it. */
	readonly workspace: string;
	/** Secrets are absent by design: a pull request from a fork, or by Dependabot. */
	readonly secretsWithheld: boolean;
	/** Undefined where whoever triggers the run may write to the repository, or there are no secrets. */
	readonly exposure: Exposure | undefined;
}

/** One CI system. */
export interface CiProvider {
	readonly name: string;
	readonly detect: (env: Env) => boolean;
	/** Never fails: facts that cannot be had are left out. */
	readonly read: (sources: CiSources) => Promise<CiRun>;
}
