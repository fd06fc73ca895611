// The whole way of an event: inputs → event → hooks → plan → deliveries → outcomes → report.
import { randomBytes } from "node:crypto";
import type { CiRun } from "./ci/ci.ts";
import { readCi } from "./ci/index.ts";
import { type ConfigPlace, configPlace } from "./ci/places.ts";
import type { Config } from "./config/hook.ts";
import { flavourOf, loadConfig } from "./config/load.ts";
import { keyName } from "./config/words.ts";
import { deliver } from "./deliver/deliver.ts";
import { preview, previewAnywhere } from "./deliver/preview.ts";
import { refusalOf } from "./deliver/refusal.ts";
import { showTarget } from "./deliver/target.ts";
import type { Delivery, Outcome, Plan, Preview } from "./delivery.ts";
import { UserError, unlessCancelled } from "./errors.ts";
import { isEventName, vocabulary } from "./event/catalog.ts";
import { createEvent } from "./event/context.ts";
import type { EventDefinition } from "./event/event.ts";
import type { Inputs } from "./inputs.ts";
import { createPlan } from "./plan/plan.ts";
import type { Ports } from "./ports.ts";
import type { Report } from "./report/report.ts";
import { contextSecrets, environmentSecrets, secretsOf } from "./secrets.ts";
import { closest } from "./suggest.ts";
import { excerpt } from "./text.ts";

/** Who watches an event being fired. */
export interface Watcher {
	/** The current folder; absolute. */
	readonly cwd: string;
	/** Aborts on cancellation. */
	readonly signal: AbortSignal;
	readonly onOutcome: (outcome: Outcome) => void;
	/** In a dry run, called with each delivery instead of carrying it out. */
	readonly onPreview: (delivery: Delivery, preview: Preview) => void;
}

/** Fires one event. Throws `UserError` before anything ran; every fault of the world is an outcome in the report. */
export async function fire(inputs: Inputs, ports: Ports, watcher: Watcher): Promise<Report> {
	const { clock, env, files, ask } = ports;
	const now = clock.now();
	const ci = await readCi({ env, files, ask, cwd: watcher.cwd, now });
	const { signal, onOutcome } = watcher;
	const found = await unlessCancelled(findConfig(ci, inputs, ports, signal), signal);
	const { config, untrusted } = found;
	const definition = findEvent(inputs.event, config);
	const secrets = [secretsOf(config.hooks, env), environmentSecrets(env), contextSecrets(inputs.context)];
	ports.log.protect(secrets.flat());
	if (found.note !== undefined) ports.log.info(found.note);

	const id = `evt_${randomBytes(16).toString("hex")}`;
	const defaults = { id, run_id: ci.runId, pipeline: ci.pipeline, now, ci: ci.facts };
	const context = inputs.complete?.(inputs.context, definition) ?? inputs.context;
	const event = createEvent(definition, context, defaults);
	const plan = createPlan(config, event, ci.secretsWithheld, inputs.allowUntrustedShell ? undefined : untrusted);
	const outcomes = inputs.dryRun
		? [...plan.gates, ...plan.shell, ...plan.webhooks]
				.map((delivery) => show(delivery, plan, inputs.standIns === true, ports, watcher))
				.sort((a, b) => a.delivery.hook.order - b.delivery.hook.order)
		: await deliver(plan, { ...ports, files: found.files }, { workspace: ci.workspace, signal, onOutcome });
	ports.http.close();
	return {
		event,
		configFile: config.file,
		outcomes,
		warnings: config.warnings,
		dryRun: inputs.dryRun,
		summary: inputs.summary,
	};
}

/** The config, and the place where it was found. */
async function findConfig(ci: CiRun, { config, githubToken }: Inputs, ports: Ports, signal: AbortSignal) {
	return loadFrom(await configPlace(ci, githubToken, ports, signal), ci.workspace, config);
}

async function loadFrom(
	place: ConfigPlace,
	workspace: string,
	config: string | undefined,
): Promise<ConfigPlace & { readonly config: Config }> {
	try {
		return { ...place, config: await loadConfig({ workspace, config }, place.files) };
	} catch (error) {
		const code = error instanceof UserError ? error.problems[0].code : undefined;
		if (place.next !== undefined && place.next.on === code) return loadFrom(place.next.place, workspace, config);
		if (place.missing !== undefined && code === "config_missing") throw new UserError(place.missing(config));
		throw error;
	}
}

/** The definition of an event as the user writes its name. Throws `UserError` when there is none. */
export function findEvent(written: string, config: Config): EventDefinition {
	const { find, events } = vocabulary(config.events);
	const definition = find(written);
	if (definition !== undefined) return definition;
	const near = closest(
		written,
		events.map(({ name }) => name),
	);
	const own =
		isEventName(written) && flavourOf(config.file) === "own"
			? `declare an event of your own in the config as [event.${keyName(written)}]`
			: "`pipeline-hooks events` lists those that there are";
	throw new UserError({
		code: "event",
		message: `unknown event ${JSON.stringify(excerpt(written, 100))}`,
		remedy: near === undefined ? own : `did you mean "${near}"? Or ${own}`,
	});
}

function show(delivery: Delivery, plan: Plan, standIns: boolean, { env }: Ports, { onPreview }: Watcher): Outcome {
	const refused = refusalOf(delivery, plan);
	const make = standIns ? previewAnywhere : preview;
	const shown: Preview =
		refused === undefined
			? make(delivery, env)
			: { kind: "problem", target: showTarget(delivery.hook, env), reason: refused };
	onPreview(delivery, shown);
	const target = shown.kind === "shell" ? shown.command : shown.target;
	const reason = shown.kind === "problem" ? `dry run; it would fail: ${shown.reason}` : "dry run";
	return { delivery, status: "skipped", skipCause: "dry_run", reason, target, attempts: [], durationMs: 0, notes: [] };
}
