// Events, hooks and plans as tests need them, each with what does not matter filled in.

import { findPeople } from "../../src/manage/people.ts";
import { vocabulary } from "../../src/model/catalog.ts";
import { completeEvent, type GivenContext } from "../../src/model/context.ts";
import type { Delivery, Outcome } from "../../src/model/delivery.ts";
import type { CiFacts, PipelineEvent } from "../../src/model/event.ts";
import type { About, Hook, ShellHook, Webhook } from "../../src/model/hook.ts";
import type { People } from "../../src/model/people.ts";
import type { Preset } from "../../src/model/preset.ts";
import { parseReference } from "../../src/model/reference.ts";
import { showSelector } from "../../src/model/selector.ts";
import { findPreset } from "../../src/presets/index.ts";
import { Collector } from "../../src/report/collect.ts";
import type { Report } from "../../src/report/report.ts";

/** A built-in preset; throws for a name that is none. */
export function preset(name: string): Preset {
	const found = findPreset(name);
	if (found === undefined) throw new Error(`no preset ${name}`);
	return found;
}

/** What a test says of an event: what a user may give, and facts of the run. */
export type Told = GivenContext & { readonly ci?: Partial<CiFacts> };

/** An event of the catalog with fixed identity. */
export function event(name = "pipeline_error", { ci, ...given }: Told = {}): PipelineEvent {
	const definition = vocabulary().find(name);
	if (definition === undefined) throw new Error(`no event ${name}`);
	return completeEvent(definition, given, {
		id: "evt_1",
		run_id: "run_1",
		pipeline: "etl",
		now: new Date(Date.UTC(2026, 3, 2, 14, 30)),
		ci: { provider: "local", ...ci },
	});
}

/** A hook that is on for every event it selects, and reaches no other. */
export const NO_CHAIN = { enabled: true, filters: [], fallback: undefined, onSuccess: [] } as const;

/** Of a hook of which nothing is known. */
export const UNKNOWN: About = {
	displayName: undefined,
	description: undefined,
	owner: undefined,
	team: undefined,
	domain: undefined,
	tags: [],
	runbook: undefined,
	custom: undefined,
};

let order = 0;
const common = {
	...NO_CHAIN,
	about: UNKNOWN,
	selectors: [{ kind: "event", event: "pipeline_error" }],
	onFailure: "warn",
	timeoutMs: 1000,
} as const;
const place = { file: "pipeline-hooks.toml", line: 1, column: 1 };

/** A shell hook; `command` runs nothing by itself. */
export function shellHook(given: Partial<ShellHook> = {}): ShellHook {
	order += 1;
	return {
		kind: "shell",
		...common,
		name: `shell-${order}`,
		place,
		order,
		command: "true",
		shell: undefined,
		env: new Map(),
		...given,
	};
}

/** The events a hook is attached to, as they are written. */
export function eventsOf({ selectors }: Pick<Hook, "selectors">): string {
	return selectors.map(showSelector).join(", ");
}

/** A webhook to a URL that no test reaches. */
export function webhook(given: Partial<Webhook> = {}): Webhook {
	order += 1;
	return {
		kind: "webhook",
		...common,
		name: `webhook-${order}`,
		place,
		order,
		url: parseReference("https://example.com/hooks/T0000000000000000"),
		preset: preset("generic"),
		options: {},
		secrets: [],
		signatures: ["rocky"],
		signatureHeader: undefined,
		batchSize: undefined,
		headers: new Map(),
		method: "POST",
		bodyTemplate: undefined,
		retryCount: 3,
		retryDelayMs: 1000,
		deadlineMs: 60_000,
		allowHttp: false,
		allowPrivate: true,
		caFile: undefined,
		requireAllow: false,
		schedule: undefined,
		maxAgeMs: undefined,
		supersede: undefined,
		sendTo: [],
		...given,
	};
}

/** The people of a config that has none. */
export const NO_PEOPLE = async (): Promise<People> => findPeople([], "");

/** The report of an event with these outcomes. */
export function reportOf(of: PipelineEvent, outcomes: readonly Outcome[], given: Partial<Report> = {}): Report {
	const collector = new Collector(false);
	for (const outcome of outcomes) collector.add(outcome);
	return {
		source: { kind: "event", event: of },
		undelivered: [],
		configFile: "pipeline-hooks.toml",
		...collector.collected(),
		unmatched: [],
		warnings: [],
		dryRun: false,
		summary: true,
		...given,
	};
}

/** A hook meeting an event. */
export function delivery<H extends Hook>(hook: H, of: PipelineEvent = event()): Delivery<H> {
	return { id: `dlv_${hook.name}`, hook, events: [of] };
}
