// `work`: sends what is due and what a relay brings, for ever; with a page of health and metrics for who runs it.
import { EXIT } from "../entry/ending.ts";
import { nodePorts } from "../entry/node.ts";
import { Bell } from "../lib/bell.ts";
import { excerpt } from "../lib/text.ts";
import type { Outcome } from "../model/delivery.ts";
import { errorCode, placePrefix, UserError } from "../model/problem.ts";
import { loadBundle } from "../net/bundle.ts";
import type { Metrics, serveMetrics } from "../receiver/metrics.ts";
import { redeliverInputs } from "../run/redeliver.ts";
import { work } from "../run/work.ts";
import { defineCommand } from "./command.ts";
import { CONFIG, STORE, UNTRUSTED_SHELL } from "./fire.ts";
import { checkFlags, readWhole } from "./flags.ts";

interface WorkFlags {
	readonly config?: string;
	readonly store?: string;
	readonly interval: string;
	readonly port?: string;
	readonly host: string;
	readonly allowUntrustedShell?: boolean;
}

/** Milliseconds in which deliveries in flight can end after the first signal; the process ends soon after. */
const GRACE_MS = 5000;

export const registerWork = defineCommand<WorkFlags>(
	(program) =>
		program
			.command("work")
			.summary("send stored messages as they become due, for ever")
			.description(
				"Does what redeliver does, again and again; with a [relay] in the config it also delivers the events that jobs " +
					"hand to it. SIGTERM and Ctrl-C let deliveries in flight end, SIGHUP reads the config again. With --port it " +
					"serves /healthz and, for Prometheus, /metrics.",
			)
			.option("--interval <seconds>", "seconds from one look at the store to the next", "10")
			.option("--port <number>", "port of /healthz and /metrics; 0 for any free port")
			.option("--host <address>", "address of /healthz and /metrics", "127.0.0.1")
			.option(...CONFIG)
			.option(...STORE)
			.option(...UNTRUSTED_SHELL),
	"work --store /var/lib/pipeline-hooks/state.db --port 9464",
	async ({ flags, terminal, reporter }) => {
		const { env, cwd } = terminal;
		const { intervalMs, port } = checkFlags((reject) => {
			const whole = (name: string, text: string, least: number, most: number, example: string) =>
				readWhole(name, text, { least, most, example }, reject);
			return {
				intervalMs: 1000 * (whole("interval", flags.interval, 1, 86_400, "10") ?? 10),
				port: flags.port === undefined ? undefined : whole("port", flags.port, 0, 65_535, "9464"),
			};
		});
		const values = new Map([
			["config", flags.config ?? ""],
			["store", flags.store ?? ""],
			["allow-untrusted-shell", String(flags.allowUntrustedShell === true)],
			["github-token", env["GITHUB_TOKEN"] ?? ""],
		]);
		const inputs = redeliverInputs((name) => values.get(name) ?? "", Date.now());
		const metrics = port === undefined ? undefined : await startMetrics(flags.host, port);
		if (metrics !== undefined) terminal.err(`/healthz and /metrics on ${flags.host}:${metrics.port}`);
		let isReloadWanted = false;
		const bell = new Bell();
		terminal.onReload(() => {
			isReloadWanted = true;
			bell.ring();
		});
		const tellRound = once((problem) => terminal.err(problem));
		const endRound = (problem: string | undefined) => {
			tellRound(problem);
			metrics?.round(problem);
		};
		const tellRelay = once((problem) => terminal.err(problem));
		await work(
			inputs,
			nodePorts(env, reporter.log),
			{
				cwd,
				signal: delayed(terminal.signal, GRACE_MS),
				onOutcome: (outcome) => {
					reporter.outcome(outcome, originOf(outcome));
					const { delivery, status, durationMs } = outcome;
					metrics?.delivery({ hook: delivery.hook.name, status, seconds: durationMs / 1000 });
				},
				onPreview: reporter.preview,
				// A round takes up to a minute, and a worker that sends is well.
				onLook: () => metrics?.looked(),
			},
			{
				intervalMs,
				stopping: terminal.signal,
				takeReload: () => {
					const wanted = isReloadWanted;
					isReloadWanted = false;
					return wanted;
				},
				bell,
				onRound: ({ stopped, warnings }) => {
					const problem = stopped ?? warnings.find(({ code }) => code === "not_stored");
					endRound(problem && reporter.redact(problem.message));
				},
				onProblem: ({ problems: [first] }) => {
					endRound(reporter.redact(placePrefix(first.place) + first.message));
				},
				onTaken: (taken) => metrics?.taken(taken),
				onRelayProblem: (problem) => {
					const shown = problem && reporter.redact(problem);
					tellRelay(shown);
					metrics?.relay(shown);
				},
			},
		);
		await metrics?.close();
		return EXIT.ok;
	},
);

/** Which event it was, of which repository, and by which id `deliveries show` tells more. */
function originOf({ delivery: { id, events } }: Outcome): string {
	const [{ definition, context }] = events;
	const of = context.ci?.repository === undefined ? "" : ` of ${excerpt(context.ci.repository, 100)}`;
	return `${excerpt(definition.name, 100)}${of} · ${id.slice(0, 12)}`;
}

/** Tells a problem once, and again only after it was gone. */
function once(tell: (problem: string) => void): (problem: string | undefined) => void {
	let told: string | undefined;
	return (problem) => {
		if (problem !== undefined && problem !== told) tell(problem);
		told = problem;
	};
}

/** Aborts some time after another one. */
function delayed(signal: AbortSignal, ms: number): AbortSignal {
	const controller = new AbortController();
	signal.addEventListener("abort", () => setTimeout(() => controller.abort(), ms).unref(), { once: true });
	return controller.signal;
}

async function startMetrics(host: string, port: number): Promise<Metrics> {
	const bundle = await loadBundle<{ readonly serveMetrics: typeof serveMetrics }>("metrics").catch(() => undefined);
	if (bundle === undefined)
		throw refused("dist/metrics, which serves them, cannot be loaded", "install the whole command");
	try {
		return await bundle.serveMetrics({ host, port });
	} catch (thrown) {
		const code = errorCode(thrown);
		if (code === undefined) throw thrown;
		throw refused(`${host}:${port} cannot be listened on: ${code}`, "give another --port or --host");
	}
}

function refused(message: string, remedy: string): UserError {
	return new UserError({ code: "input", message: `port: ${message}`, remedy });
}
