// What the demo plays: two runs, each event with what must become of every hook, and the services that its receiver plays.

import type { Env } from "../../lib/env.ts";
import type { GivenContext } from "../../model/context.ts";
import type { Outcome } from "../../model/delivery.ts";
import type { ReceiverAnswer } from "../../receiver/receiver.ts";

/** One event. */
export interface Step {
	readonly event: string;
	/** What happened, in a few words. */
	readonly note: string;
	readonly context: GivenContext;
	/** Every hook of the event, and how its delivery must end. */
	readonly expected: Readonly<Record<string, Outcome["status"]>>;
}

/** One run of the pipeline. */
export interface Run {
	readonly title: string;
	readonly steps: readonly Step[];
}

const pipeline = "nightly_etl";

export const RUNS: readonly [Run, ...Run[]] = [
	{
		title: "Run 1: the life of a pipeline",
		steps: [
			{
				event: "pipeline_start",
				note: "gates first, one at a time; then the messages",
				context: { pipeline, run_id: "demo-1" },
				expected: { "no-deploy-lock": "delivered", "slack-started": "delivered", "change-approval": "delivered" },
			},
			{
				event: "after_materialize",
				note: "orders is built",
				context: { pipeline, run_id: "demo-1", table: "orders", duration_ms: 5200, metadata: { rows: 48210 } },
				expected: { "orders-row-count": "delivered", "audit-log": "delivered" },
			},
			{
				event: "check_result",
				note: "a check of orders fails; so do two hooks, which must not stop anything",
				context: { pipeline, run_id: "demo-1", table: "orders", status: "failure", error: "7 null ids" },
				expected: {
					"pagerduty-trigger": "delivered",
					"teams-quality": "delivered",
					"lineage-export": "failed",
					"old-board": "failed",
				},
			},
			{
				event: "pipeline_complete",
				note: "all done, and the page is resolved",
				context: { pipeline, run_id: "demo-1", duration_ms: 45_200, metadata: { tables: 20 } },
				expected: { "slack-complete": "delivered", "datadog-event": "delivered", "pagerduty-resolve": "delivered" },
			},
		],
	},
	{
		title: "Run 2: a gate says no",
		steps: [
			{
				event: "pipeline_start",
				note: "the same hooks, another day",
				context: { pipeline, run_id: "demo-2" },
				expected: { "no-deploy-lock": "delivered", "change-approval": "failed", "slack-started": "skipped" },
			},
		],
	},
];

/** One service. */
export interface Service {
	readonly title: string;
	readonly path: string;
	/** The variable with its URL. */
	readonly urlVariable: string;
	/** The variable with the secret that requests to it are signed with. */
	readonly secretVariable: string;
	/** In turn; the last one repeats. */
	readonly answers: readonly [ReceiverAnswer, ...ReceiverAnswer[]];
	/** The line that matters in a message; empty when it is not there. */
	readonly reads: (message: unknown) => string;
}

const json = (status: number, value: object): ReceiverAnswer => ({
	status,
	headers: { "Content-Type": "application/json" },
	body: JSON.stringify(value),
});

const service = (
	title: string,
	name: string,
	answers: Service["answers"],
	reads: Service["reads"],
	secretVariable = "HOOKS_SECRET",
): Service => ({ title, path: `/${name}`, urlVariable: `${name.toUpperCase()}_URL`, secretVariable, answers, reads });

/** The context that the generic preset posts. */
const readContext: Service["reads"] = (message) =>
	[at(message, "status"), at(message, "pipeline"), at(message, "table")].filter((part) => part !== "").join(" · ");

export const SERVICES: readonly Service[] = [
	service(
		"Slack",
		"slack",
		[
			{ status: 503, body: "busy" },
			{ status: 200, body: "ok" },
		],
		(message) => at(message, "text"),
	),
	service("Teams", "teams", [{ status: 202 }], (message) =>
		[0, 1]
			.map((block) => at(message, "attachments", 0, "content", "body", block, "text"))
			.filter((text) => text !== "")
			.join(" – "),
	),
	service(
		"PagerDuty",
		"pagerduty",
		[json(202, { status: "success", message: "Event processed" })],
		(message) => `${at(message, "event_action")}: ${at(message, "payload", "summary")}`,
	),
	service("Datadog", "datadog", [json(202, { status: "ok" })], (message) => at(message, "title")),
	service(
		"Approvals",
		"approvals",
		[json(200, { allow: true }), json(200, { allow: false, reason: "deploys are frozen until Monday 08:00" })],
		readContext,
	),
	service("Audit", "audit", [json(200, { stored: true })], readContext, "AUDIT_SECRET"),
	service("Board", "board", [{ status: 404, body: "no such board" }], readContext),
];

/** The variables with the services' addresses. */
export function serviceUrls(port: number): Env {
	return Object.fromEntries(SERVICES.map(({ urlVariable, path }) => [urlVariable, `http://127.0.0.1:${port}${path}`]));
}

/** The service that a path belongs to. */
export function serviceAt(path: string): Service | undefined {
	return SERVICES.find((candidate) => candidate.path === path);
}

/** The text at a path of keys into a parsed JSON value; empty when there is none. */
function at(value: unknown, ...keys: readonly (string | number)[]): string {
	let current = value;
	for (const key of keys) {
		if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) return "";
		current = Object.getOwnPropertyDescriptor(current, key)?.value;
	}
	return typeof current === "string" ? current : "";
}
