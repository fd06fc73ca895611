// Plays the demo: a receiver, a temporary repository, and every event fired for real.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeFiles, nodePorts } from "../../entry/node.ts";
import type { Env } from "../../lib/env.ts";
import { type Outcome, reasonOf, withReason } from "../../model/delivery.ts";
import type { Log } from "../../ports.ts";
import { inTurn, type Received, type Receiver, startReceiver } from "../../receiver/receiver.ts";
import type { Report } from "../../report/report.ts";
import { fire } from "../../run/run.ts";
import { createMask, type Mask } from "../../secrets/mask.ts";
import { CONFIG_PATH, configText } from "./config.ts";
import { RUNS, type Run, SERVICES, type Step, serviceAt, serviceUrls } from "./script.ts";

/** Who watches the demo. */
export interface Watch {
	readonly onRun: (run: Run) => void;
	readonly onStep: (step: Step) => void;
	/** `said` is the last line that a command wrote. Both are masked. */
	readonly onOutcome: (outcome: Outcome, said: string) => void;
	/** The event is over. What a gate kept from beginning is only in its report. */
	readonly onReport: (report: Report) => void;
	/** A failed attempt that is followed by another. */
	readonly onRetry: (line: string) => void;
}

/** One event that was fired. */
export interface Fired {
	readonly run: Run;
	readonly step: Step;
	readonly report: Report;
}

/** All that happened. */
export interface Played {
	readonly fired: readonly Fired[];
	/** In the order in which they came. */
	readonly received: readonly Received[];
	readonly durationMs: number;
	/** Blanks the secrets that this run made up. */
	readonly mask: Mask;
	/** The temporary folder; gone unless it was to be kept. */
	readonly folder: string;
}

export interface PlayOptions {
	readonly env: Env;
	readonly signal: AbortSignal;
	/** Leave the temporary folder where it is. */
	readonly keep: boolean;
}

const SECRETS = ["HOOKS_SECRET", "AUDIT_SECRET", "PAGERDUTY_ROUTING_KEY", "DATADOG_API_KEY"] as const;

/** What commands need to run. Anything else, such as a proxy or a CI's variables, would change what is shown. */
const KEPT = /^(PATH|HOME|TMPDIR|TEMP|TMP|SYSTEMROOT|WINDIR|COMSPEC|PATHEXT|USERPROFILE)$/i;

/** Plays both runs. Rejects where the machine allows no temporary folder or no port on loopback. */
export async function play({ env, signal, keep }: PlayOptions, watch: Watch): Promise<Played> {
	const start = performance.now();
	const secrets = Object.fromEntries(SECRETS.map((name) => [name, randomBytes(24).toString("hex")]));
	const mask = createMask(Object.values(secrets));
	const received: Received[] = [];
	const folder = await mkdtemp(join(tmpdir(), "pipeline-hooks-demo-"));
	let receiver: Receiver | undefined;
	try {
		receiver = await playServices(secrets, received);
		await nodeFiles.write(join(folder, CONFIG_PATH), configText(process.platform));
		const kept = Object.fromEntries(Object.entries(env).filter(([name]) => KEPT.test(name)));
		const fired = await fireAll({ ...kept, ...secrets, ...serviceUrls(receiver.port) }, folder, signal, mask, watch);
		return { fired, received, durationMs: performance.now() - start, mask, folder };
	} finally {
		await receiver?.close();
		if (!keep) await rm(folder, { recursive: true, force: true });
	}
}

function playServices(secrets: Env, received: Received[]): Promise<Receiver> {
	const answers = new Map(SERVICES.map((service) => [service.path, inTurn(service.answers)]));
	return startReceiver({
		host: "127.0.0.1",
		port: 0,
		secret: (path) => secrets[serviceAt(path)?.secretVariable ?? ""],
		answer: ({ path }) => answers.get(path)?.() ?? { status: 404 },
		onRequest: (request) => received.push(request),
	});
}

async function fireAll(
	env: Env,
	cwd: string,
	signal: AbortSignal,
	mask: Mask,
	watch: Watch,
): Promise<readonly Fired[]> {
	const fired: Fired[] = [];
	const { log, said } = quietLog((line) => watch.onRetry(mask(line)));
	const onOutcome = (outcome: Outcome) => watch.onOutcome(withReason(outcome, mask(reasonOf(outcome))), mask(said()));
	for (const run of RUNS) {
		watch.onRun(run);
		for (const step of run.steps) {
			watch.onStep(step);
			const { event, context } = step;
			const none = { config: undefined, githubToken: "", dryRun: false, allowUntrustedShell: false, summary: false };
			const inputs = { event, context, ...none };
			const report = await fire(inputs, nodePorts(env, log), { cwd, signal, onOutcome, onPreview: () => {} });
			watch.onReport(report);
			fired.push({ run, step, report });
		}
	}
	return fired;
}

/** Keeps the last line of a command to itself, and hands on the others, which tell of retries. */
function quietLog(onLine: (line: string) => void): { readonly log: Log; readonly said: () => string } {
	let last = "";
	const log: Log = {
		protect: () => {},
		info: onLine,
		debug: () => {},
		openGroup: () => {
			last = "";
			return (line) => {
				last = line;
			};
		},
		closeGroup: () => {},
	};
	return { log, said: () => last };
}
