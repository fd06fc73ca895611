// Plays the demo's script: every event is fired for real, at a receiver on this machine; and checks how it went.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeFiles, nodePorts } from "../../entry/node.ts";
import type { Env } from "../../lib/env.ts";
import { parseJson } from "../../lib/json.ts";
import { valuesAt } from "../../lib/lookup.ts";
import { excerpt } from "../../lib/text.ts";
import { type Outcome, reasonOf } from "../../model/delivery.ts";
import type { Log } from "../../ports.ts";
import { inTurn, type Received, type Receiver, startReceiver } from "../../receiver/receiver.ts";
import type { Report } from "../../report/report.ts";
import { fire } from "../../run/run.ts";
import { CONFIG_PATH, configText, SCRIPT, SERVICES, type Step, serviceAt, serviceUrls } from "./script.ts";

/** Who watches the demo. Nothing is masked yet. */
export interface Watch {
	readonly onStep?: (step: Step) => void;
	/** A failed attempt that is followed by another. */
	readonly onRetry?: (line: string) => void;
	/** `printed` is the last line that a command wrote. */
	readonly onOutcome?: (outcome: Outcome, printed: string) => void;
	readonly onReport?: (report: Report) => void;
}

/** All that happened. */
export interface Played {
	readonly fired: readonly { readonly step: Step; readonly report: Report }[];
	/** In the order in which they came. */
	readonly received: readonly Received[];
	readonly durationMs: number;
	/** The temporary folder; gone unless it was to be kept. */
	readonly folder: string;
}

/** The variables that the config asks for besides URLs. */
export const SECRETS = ["HOOKS_SECRET", "AUDIT_SECRET", "PAGERDUTY_ROUTING_KEY", "DATADOG_API_KEY"] as const;

/** What commands need to run. Anything else, such as a proxy or a CI's variables, would change what is shown. */
const KEPT = /^(PATH|HOME|TMPDIR|TEMP|TMP|SYSTEMROOT|WINDIR|COMSPEC|PATHEXT|USERPROFILE)$/i;

/** Plays the whole script. Rejects where the system allows no temporary folder or no port on loopback. */
export async function play(
	{ env, signal }: { readonly env: Env; readonly signal: AbortSignal },
	secrets: Env,
	keep: boolean,
	watch: Watch,
): Promise<Played> {
	const start = performance.now();
	const received: Received[] = [];
	const folder = await mkdtemp(join(tmpdir(), "pipeline-hooks-demo-"));
	let receiver: Receiver | undefined;
	try {
		receiver = await playServices(secrets, received);
		await nodeFiles.write(join(folder, CONFIG_PATH), configText(process.platform));
		const kept = Object.fromEntries(Object.entries(env).filter(([name]) => KEPT.test(name)));
		const fired = await fireAll({ ...kept, ...secrets, ...serviceUrls(receiver.port) }, folder, signal, watch);
		return { fired, received, durationMs: performance.now() - start, folder };
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
		respond: ({ path }) => {
			const service = serviceAt(path);
			return (service && responses.get(service)?.()) ?? { status: 404 };
		},
		onRequest: (request) => received.push(request),
	});
}

async function fireAll(env: Env, cwd: string, signal: AbortSignal, watch: Watch): Promise<Played["fired"]> {
	const fired: Played["fired"][number][] = [];
	let printed = "";
	const log: Log = {
		protect: () => {},
		info: (line) => watch.onRetry?.(line),
		debug: () => {},
		openGroup: () => {
			printed = "";
			return (line) => {
				printed = line;
			};
		},
		closeGroup: () => {},
	};
	const observer = {
		cwd,
		signal,
		onOutcome: (outcome: Outcome) => watch.onOutcome?.(outcome, printed),
		onPreview: () => {},
	};
	for (const step of SCRIPT) {
		watch.onStep?.(step);
		const context = { pipeline: "nightly_etl", ...step.context };
		const none = { config: undefined, githubToken: "", dryRun: false, allowUntrustedShell: false, summary: false };
		const report = await fire({ event: step.event, context, ...none }, nodePorts(env, log), observer);
		watch.onReport?.(report);
		fired.push({ step, report });
	}
	return fired;
}

/** What went otherwise than it must, one sentence each; empty when all is well. */
export function unexpected({ fired, received }: Pick<Played, "fired" | "received">): readonly string[] {
	const webhooks = fired.flatMap(({ report }) =>
		report.outcomes.filter(({ delivery }) => delivery.hook.kind === "webhook"),
	);
	const sent = webhooks.reduce((sum, { attempts }) => sum + attempts.length, 0);
	const otherwise = fired.flatMap(({ step, report }) =>
		Object.entries(step.expected).flatMap(([hook, expected]) => {
			const outcome = report.outcomes.find(({ delivery }) => delivery.hook.name === hook);
			if (outcome?.status === expected) return [];
			const reason = outcome && reasonOf(outcome) ? ` (${reasonOf(outcome)})` : "";
			return [`${hook} on ${step.event} should be ${expected} and is ${outcome?.status ?? "missing"}${reason}`];
		}),
	);
	return [
		...otherwise,
		...(received.length === sent ? [] : [`${sent} requests were sent, but ${received.length} were received`]),
		...received.flatMap(({ path, event, signature }) =>
			signature === "valid" ? [] : [`${serviceAt(path)?.title ?? path}: signature of ${event} ${signature}`],
		),
	];
}

/** What the receiver got, one receipt a delivery: its attempts are told by its id. In the order of the first ones. */
export function receiptsOf(received: readonly Received[]) {
	const idOf = ({ deliveryId = "none" }: Received) => deliveryId;
	return [...new Set(received.map(idOf))].map((delivery) => {
		const attempts = received.filter((attempt) => idOf(attempt) === delivery);
		const { path = "", event = "", body } = attempts[0] ?? {};
		const service = serviceAt(path);
		const message = parseJson(new TextDecoder().decode(body)) ?? null;
		const texts = service?.reads.flatMap((at) => valuesAt(message, at.split("."), "index")) ?? [];
		return {
			service: service?.title ?? path,
			event,
			delivery,
			/** Of the response to each attempt. */
			statuses: attempts.map(({ status }) => status),
			/** Every attempt was signed with the right secret, over the bytes that came. */
			signed: attempts.every(({ signature }) => signature === "valid"),
			/** The line that a person would read there. */
			reads: excerpt(texts.join(service?.joint), 200),
		};
	});
}
