// What every run needs before its first event: the facts of the CI, the config, and the secrets to redact.
import type { CiRun } from "../ci/ci.ts";
import { readCi } from "../ci/index.ts";
import { type ConfigPlace, configPlace } from "../ci/places.ts";
import type { Advise } from "../config/decode.ts";
import { loadConfig } from "../config/load.ts";
import { loadManaging } from "../config/load-managing.ts";
import { MUTE } from "../deliver/unsent.ts";
import type { Bell } from "../lib/bell.ts";
import type { Env } from "../lib/env.ts";
import { excerpt } from "../lib/text.ts";
import { type Vocabulary, vocabulary } from "../model/catalog.ts";
import type { Delivery, Outcome, Preview, RunFacts } from "../model/delivery.ts";
import type { EventContext, PipelineEvent } from "../model/event.ts";
import type { Config, Hook } from "../model/hook.ts";
import type { People } from "../model/people.ts";
import { type Problem, UserError, unlessCancelled, type Warning } from "../model/problem.ts";
import { chainLookup } from "../plan/chains.ts";
import type { Files, Log, Ports } from "../ports.ts";
import type { Pauses } from "../records/pauses.ts";
import type { Report } from "../report/report.ts";
import { redactContext } from "../secrets/context.ts";
import { contextSecrets, environmentSecrets, secretsOf } from "../secrets/known.ts";
import { createMask, type Mask } from "../secrets/mask.ts";
import { isPlainPath } from "../secrets/parts.ts";
import type { Inputs } from "./inputs.ts";

/** How many places of redacted values are named. */
const SHOWN_PLACES = 5;

/** Who observes a run. */
export interface Observer {
	/** The current folder; absolute. */
	readonly cwd: string;
	/** Aborts on cancellation. */
	readonly signal: AbortSignal;
	/** Aborts when nothing more is to be taken from the store; by default with `signal`. */
	readonly stopping?: AbortSignal;
	/** Rings when something new is stored, which the run sends too; absent where nobody stores anything meanwhile. */
	readonly arrivals?: Bell;
	/** Which receivers are left alone for now; kept over the rounds of a worker. */
	readonly pauses?: Pauses;
	/** The store could be read. */
	readonly onLook?: () => void;
	/** Reads stdin; absent if there is none to read. */
	readonly stdin?: () => AsyncIterable<Uint8Array>;
	/** Called before anything is carried out, with a function that makes the report of a run that ends early. */
	readonly onBegin?: (stop: (problem: Problem) => Report) => void;
	/** Asked before an event is fired, with all hooks that it may reach and that send it, whether to go on. */
	readonly confirm?: ((hooks: readonly Hook[], event: PipelineEvent) => Promise<boolean>) | undefined;
	/** Called for each outcome that is to be logged at once. */
	readonly onOutcome: (outcome: Outcome) => void;
	/** Called where stored deliveries are sent: how many have ended, and of how many. */
	readonly onProgress?: ((done: number, total: number) => void) | undefined;
	/** In a dry run, called with each delivery instead of carrying it out. */
	readonly onPreview: (delivery: Delivery, preview: Preview) => void;
}

/** The inputs that every run needs, whatever it fires. */
type Request = Pick<
	Inputs,
	"config" | "githubToken" | "allowUntrustedShell" | "matrix" | "jobId" | "context" | "store"
>;

/** Where a run starts, what cancels it, and who advises on its config. */
type Place = Pick<Observer, "cwd" | "signal"> & { readonly advise?: Advise | undefined };

/** A run that is ready for its events. */
export interface RunContext {
	readonly ci: CiRun;
	readonly config: Config;
	/** The events that the config knows. */
	readonly vocabulary: Vocabulary;
	readonly facts: RunFacts;
	/** Reads the config and the files that it names. */
	readonly files: Files;
	/** When the run started: the time of events that have none of their own. */
	readonly now: Date;
	/** Redacts the secrets of the run in a text. */
	readonly mask: Mask;
	/** Protects the secrets that a context brings, and redacts those of the run in it. */
	readonly receive: (context: Partial<EventContext>) => Partial<EventContext>;
}

/** Prepares a run. Throws `UserError` for whatever is wrong with the config. */
export async function prepare(request: Request, ports: Ports, { cwd, signal, advise }: Place): Promise<RunContext> {
	const { clock, env, files, log } = ports;
	const now = clock.now();
	const { matrix, jobId } = request;
	const ci = await readCi({ env, files, cwd, now, matrix, jobId });
	if (jobId !== undefined && ci.facts.job_url === undefined) {
		log.debug(`job-id: ${JSON.stringify(excerpt(jobId, 40))} gives no link to the job on this runner`);
	}
	const found = await unlessCancelled(findConfig(ci, request, ports, signal, advise), signal);
	const { config, untrusted } = found;
	const secrets = [
		...secretsOf(config.hooks, env, config.people, [config.store?.url, request.store?.url]),
		...environmentSecrets(env),
	];
	log.protect(secrets);
	log.protect(contextSecrets(request.context));
	if (found.note !== undefined) log.info(found.note);
	const mask = createMask(secrets.filter((secret) => !isPlainPath(secret)));
	const receive = receiver(mask, log);
	const mutes = await mutesOf(config, env, now);
	let people: Promise<People> | undefined;
	const facts: RunFacts = {
		concurrency: config.concurrency,
		secretsWithheld: ci.secretsWithheld,
		untrusted: request.allowUntrustedShell ? undefined : untrusted,
		switchedOff: new Map(),
		mutedUntil: ({ name }) => {
			const until = mutes.until.get(name);
			return until !== undefined && until > clock.now() ? until : undefined;
		},
		reach: chainLookup(config.hooks),
		people: () => {
			people ??= loadManaging().then(({ openPeople }) => openPeople(config, found.files, ci.workspace));
			return people;
		},
	};
	return {
		ci: { ...ci, facts: receive({ ci: ci.facts }).ci ?? ci.facts },
		config: { ...config, warnings: [...config.warnings, ...mutes.warnings] },
		vocabulary: vocabulary(config.events),
		facts,
		files: found.files,
		now,
		mask,
		receive,
	};
}

/** What is muted, and what of the variable is not as it should be. */
async function mutesOf({ hooks }: Config, env: Env, now: Date) {
	const text = env[MUTE]?.trim() ?? "";
	if (text === "") return { until: new Map<string, Date>(), warnings: [] };
	const { until, problems } = (await loadManaging()).readMutes(text, hooks, now);
	const warnings = problems.map(({ message, remedy }): Warning => {
		return { code: "mute", message: `${MUTE}: ${message}`, remedy };
	});
	return { until, warnings };
}

/** Says once that a context had secrets in it, so that nobody looks for a missing value. */
function receiver(mask: Mask, log: Log): RunContext["receive"] {
	let isTold = false;
	return (given) => {
		log.protect(contextSecrets(given));
		const { context, places } = redactContext(given, mask);
		if (places.length > 0 && !isTold) {
			isTold = true;
			const where = `${places.slice(0, SHOWN_PLACES).join(", ")}${places.length > SHOWN_PLACES ? ", …" : ""}`;
			log.info(`the context has secrets of this run, and hooks get *** in their place: ${where}`);
		}
		return context;
	};
}

/** The config, and where it was found. */
async function findConfig(
	ci: CiRun,
	{ config, githubToken }: Request,
	ports: Ports,
	signal: AbortSignal,
	advise: Advise | undefined,
) {
	return loadFrom(await configPlace(ci, githubToken, ports, signal), ci.workspace, config, advise);
}

async function loadFrom(
	place: ConfigPlace,
	workspace: string,
	config: string | undefined,
	advise: Advise | undefined,
): Promise<ConfigPlace & { readonly config: Config }> {
	try {
		const request = { workspace, config, warnHidden: place.isRemote !== true, advise };
		return { ...place, config: await loadConfig(request, place.files) };
	} catch (error) {
		const code = error instanceof UserError ? error.problems[0].code : undefined;
		if (code !== "config_missing") throw error;
		if (place.next !== undefined) return loadFrom(place.next, workspace, config, advise);
		throw place.missing === undefined ? error : new UserError(place.missing(config));
	}
}
