// What a CI provider is: how it is recognised, and the facts that it knows of a run.
import type { Env } from "../lib/env.ts";
import type { JsonObject } from "../lib/json.ts";
import type { Untrusted } from "../model/delivery.ts";
import type { CiFacts } from "../model/event.ts";
import type { Files } from "../ports.ts";

/** What a provider may read. It must not run a program: the current folder may be a stranger's. */
export interface CiSources {
	readonly env: Env;
	readonly files: Files;
	/** The current folder; absolute. */
	readonly cwd: string;
	readonly now: Date;
	/** The values of the job's matrix, which are in no environment variable. */
	readonly matrix?: JsonObject | undefined;
	/** The id of the job's check run, as the runner gives it, which is in no environment variable. */
	readonly jobId?: string | undefined;
}

/** The run that the event happens in. */
export interface CiRun {
	readonly facts: CiFacts;
	/** The default `run_id`: unique for one attempt of one run. */
	readonly runId: string;
	/** The default `pipeline`. */
	readonly pipeline: string;
	/**
	 * Where events wait for those of later steps; absolute, of this job alone. Undefined if the CI names no folder that
	 * lasts as long as the job.
	 */
	readonly holdingFolder: string | undefined;
	/** The checkout; absolute. Config paths are relative to it, shell hooks run in it. */
	readonly workspace: string;
	/** Secrets are absent by design: a pull request from a fork, or a run by Dependabot. */
	readonly secretsWithheld: boolean;
	/** Set if the run may have secrets and a stranger may have written the workspace. */
	readonly untrusted: Untrusted | undefined;
}

/** One CI system. */
export interface CiProvider {
	readonly detect: (env: Env) => boolean;
	/** Never fails: unknown facts are left out. */
	readonly read: (sources: CiSources) => Promise<CiRun>;
}
