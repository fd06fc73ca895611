// Plays the demo's script: every event is fired for real, at a receiver on this machine.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeFiles, nodePorts } from "../../entry/node.ts";
import type { Env } from "../../lib/env.ts";
import { excerpt } from "../../lib/text.ts";
import type { Outcome } from "../../model/delivery.ts";
import type { Log } from "../../ports.ts";
import { inTurn, type Received, type Receiver, startReceiver } from "../../receiver/receiver.ts";
import type { Report } from "../../report/report.ts";
import { fire } from "../../run/run.ts";
import { createMask, type Mask } from "../../secrets/mask.ts";
import type { Terminal } from "../command.ts";
import { CONFIG_PATH, configText, SCRIPT, SERVICES, type Step, serviceAt, serviceUrls } from "./script.ts";
import { outcomeLine } from "./story.ts";

type Stage = Pick<Terminal, "env" | "signal" | "paint">;

/** All that happened. */
export interface Played {
	readonly fired: readonly { readonly step: Step; readonly report: Report }[];
	/** In the order in which they came. */
	readonly received: readonly Received[];
	readonly durationMs: number;
	/** Redacts the secrets that were made up. */
	readonly mask: Mask;
	/** The temporary folder; gone unless it was to be kept. */
	readonly folder: string;
}

/** The variables with secrets that the config names. */
const SECRETS = ["HOOKS_SECRET", "AUDIT_SECRET", "PAGERDUTY_ROUTING_KEY", "DATADOG_API_KEY"] as const;

/** Variables that commands need to run. Any other, such as a proxy's or a CI's, would change what is shown. */
const KEPT = /^(PATH|HOME|TMPDIR|TEMP|TMP|SYSTEMROOT|WINDIR|COMSPEC|PATHEXT|USERPROFILE)$/i;

/** Plays the script, and shows it by `out`. Rejects if the system allows no temporary folder or no port on loopback. */
export async function play(stage: Stage, keep: boolean, out: (line: string) => void): Promise<Played> {
	const start = performance.now();
	const secrets = Object.fromEntries(SECRETS.map((name) => [name, randomBytes(24).toString("hex")]));
	const mask = createMask(Object.values(secrets));
	const received: Received[] = [];
	const folder = await mkdtemp(join(tmpdir(), "pipeline-hooks-demo-"));
	let receiver: Receiver | undefined;
	try {
		receiver = await playServices(secrets, received);
		await nodeFiles.write(join(folder, CONFIG_PATH), configText(process.platform));
		const kept = Object.fromEntries(Object.entries(stage.env).filter(([name]) => KEPT.test(name)));
		const env = { ...kept, ...secrets, ...serviceUrls(receiver.port) };
		const fired = await fireAll(env, folder, stage, mask, out);
		return { fired, received, durationMs: performance.now() - start, mask, folder };
	} finally {
		await receiver?.close();
		if (!keep) await rm(folder, { recursive: true, force: true });
	}
}

function playServices(secrets: Env, received: Received[]): Promise<Receiver> {
	const responses = new Map(SERVICES.map((service) => [service, inTurn(service.responses)]));
	return startReceiver({
		host: "127.0.0.1",
		port: 0,
		secret: (path) => secrets[serviceAt(path)?.title === "Audit" ? "AUDIT_SECRET" : "HOOKS_SECRET"],
		respond: (path) => {
			const service = serviceAt(path);
			return (service && responses.get(service)?.()) ?? { status: 404 };
		},
		onRequest: (request) => received.push(request),
	});
}

/** Fires every step, and prints the story: one line a hook, as soon as its outcome is known. */
async function fireAll(
	env: Env,
	cwd: string,
	{ signal, paint }: Stage,
	mask: Mask,
	out: (line: string) => void,
): Promise<Played["fired"]> {
	const fired: Played["fired"][number][] = [];
	/** The last line that a command wrote. */
	let printed = "";
	const log: Log = {
		protect: () => {},
		// Of a failed attempt that is followed by another.
		info: (line) => out(paint("dim", `    ↻ ${excerpt(mask(line), 94)}`)),
		debug: () => {},
		openGroup: () => {
			printed = "";
			return (line) => {
				printed = line;
			};
		},
		closeGroup: () => {},
	};
	const onOutcome = (outcome: Outcome) => out(outcomeLine(outcome, printed, mask, paint));
	for (const step of SCRIPT) {
		const { run, event, note } = step;
		out("");
		if (run !== fired.at(-1)?.step.run) out(paint("bold", run));
		out(`  ${paint("cyan", event)}  ${paint("dim", note)}`);
		const context = { pipeline: "nightly_etl", ...step.context };
		const none = { config: undefined, githubToken: "", dryRun: false, allowUntrustedShell: false, summary: false };
		const observer = { cwd, signal, onOutcome, onPreview: () => {} };
		const report = await fire({ event, context, ...none }, nodePorts(env, log), observer);
		report.outcomes.filter(({ skipCause }) => skipCause === "gate_failed").forEach(onOutcome);
		if (report.result === "aborted") out(paint("red", "      → the workflow step fails with exit code 1"));
		fired.push({ step, report });
	}
	return fired;
}
