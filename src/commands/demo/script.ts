// What the demo plays: its config, the events with the outcome of each hook, and the services of its receiver.
import type { Env } from "../../lib/env.ts";
import type { GivenContext } from "../../model/context.ts";
import type { OutcomeStatus } from "../../model/delivery.ts";
import type { ReceiverResponse } from "../../receiver/receiver.ts";

/** Path of the config in the demo's repository. */
export const CONFIG_PATH = ".github/pipeline-hooks.toml";

/** Lines from the top of the config that the demo shows: enough to understand the rest. */
export const SHOWN_CONFIG_LINES = 13;

/** The config as a user would write it; `sh` and `cmd` spell its commands differently. */
export function configText(platform: NodeJS.Platform): string {
	const isWindows = platform === "win32";
	const lineage = "echo lineage store is read-only";
	return `[defaults.webhook]
secret         = "\${HOOKS_SECRET}"    # signs every body
retry_delay_ms = 100                  # short, for a demo

[[hook.pipeline_start]]               # a gate: when it fails, the pipeline stops
name       = "no-deploy-lock"
command    = "${isWindows ? "if exist deploy.lock exit 1" : "test ! -e deploy.lock"}"
on_failure = "abort"

[[hook.webhooks.pipeline_start]]      # a message: when it fails, there is a warning
name   = "slack-started"
preset = "slack"
url    = "\${SLACK_URL}"

[[hook.webhooks.pipeline_start]]      # a gate too: it answers {"allow": true}, or false with a reason
name          = "change-approval"
url           = "\${APPROVALS_URL}"
require_allow = true
on_failure    = "abort"

[[hook.after_materialize]]            # the event comes as JSON on stdin
name    = "orders-row-count"
command = '''${isWindows ? "findstr rows" : `grep -o '"rows":[0-9]*'`}'''

[[hook.webhooks.after_materialize]]
name   = "audit-log"
url    = "\${AUDIT_URL}"
secret = "\${AUDIT_SECRET}"

[[hook.webhooks.check_result]]
name        = "pagerduty-trigger"
preset      = "pagerduty"
url         = "\${PAGERDUTY_URL}"     # only here: by default it is PagerDuty's own
routing_key = "\${PAGERDUTY_ROUTING_KEY}"
dedup_key   = "nightly_etl"

[[hook.webhooks.check_result]]
name   = "teams-quality"
preset = "teams"
url    = "\${TEAMS_URL}"

[[hook.check_result]]
name       = "lineage-export"
command    = "${isWindows ? `(${lineage})1>&2& exit 1` : `${lineage} >&2; exit 1`}"
on_failure = "warn"

[[hook.webhooks.check_result]]
name       = "old-board"
url        = "\${BOARD_URL}"
on_failure = "ignore"

[[hook.webhooks.pipeline_complete]]
name   = "slack-complete"
preset = "slack"
url    = "\${SLACK_URL}"

[[hook.webhooks.pipeline_complete]]
name    = "datadog-event"
preset  = "datadog"
url     = "\${DATADOG_URL}"
api_key = "\${DATADOG_API_KEY}"

[[hook.webhooks.pipeline_complete]]
name        = "pagerduty-resolve"
preset      = "pagerduty"
url         = "\${PAGERDUTY_URL}"
routing_key = "\${PAGERDUTY_ROUTING_KEY}"
dedup_key   = "nightly_etl"
`;
}

export interface Step {
	/** The title of the pipeline run that it belongs to. */
	readonly run: string;
	readonly event: string;
	/** What happened, in a few words. */
	readonly note: string;
	readonly context: GivenContext;
	/** How the delivery of every hook of the event must end. */
	readonly expected: Readonly<Record<string, OutcomeStatus>>;
}

const FIRST = "Run 1: the life of a pipeline";

export const SCRIPT: readonly Step[] = [
	{
		run: FIRST,
		event: "pipeline_start",
		note: "gates first, one at a time; then the messages",
		context: { run_id: "demo-1" },
		expected: { "no-deploy-lock": "delivered", "slack-started": "delivered", "change-approval": "delivered" },
	},
	{
		run: FIRST,
		event: "after_materialize",
		note: "orders is built",
		context: { run_id: "demo-1", table: "orders", duration_ms: 5200, metadata: { rows: 48_210 } },
		expected: { "orders-row-count": "delivered", "audit-log": "delivered" },
	},
	{
		run: FIRST,
		event: "check_result",
		note: "a check of orders fails; so do two hooks, which must not stop anything",
		context: { run_id: "demo-1", table: "orders", status: "failure", error: "7 null ids" },
		expected: {
			"pagerduty-trigger": "delivered",
			"teams-quality": "delivered",
			"lineage-export": "failed",
			"old-board": "failed",
		},
	},
	{
		run: FIRST,
		event: "pipeline_complete",
		note: "all done, and the page is resolved",
		context: { run_id: "demo-1", duration_ms: 45_200, metadata: { tables: 20 } },
		expected: { "slack-complete": "delivered", "datadog-event": "delivered", "pagerduty-resolve": "delivered" },
	},
	{
		run: "Run 2: a gate says no",
		event: "pipeline_start",
		note: "the same hooks, another day",
		context: { run_id: "demo-2" },
		expected: { "no-deploy-lock": "delivered", "change-approval": "failed", "slack-started": "skipped" },
	},
];

/** A service that the receiver plays. Its path is its title in lower case, the variable with its URL `<TITLE>_URL`. */
export interface Service {
	readonly title: string;
	/** In turn; the last one repeats. */
	readonly responses: readonly [ReceiverResponse, ...ReceiverResponse[]];
	/** Paths to the texts of a message that a person reads there, and what joins them. */
	readonly reads: readonly string[];
	readonly joint: string;
}

/** The context that the generic preset posts. */
const CONTEXT = { reads: ["status", "pipeline", "table"], joint: " · " } as const;

export const SERVICES: readonly Service[] = [
	{
		title: "Slack",
		responses: [
			{ status: 503, body: "busy" },
			{ status: 200, body: "ok" },
		],
		reads: ["text"],
		joint: "",
	},
	{
		title: "Teams",
		responses: [{ status: 202 }],
		reads: ["attachments.0.content.body.0.text", "attachments.0.content.body.1.text"],
		joint: " – ",
	},
	{
		title: "PagerDuty",
		responses: [json(202, { status: "success", message: "Event processed" })],
		reads: ["event_action", "payload.summary"],
		joint: ": ",
	},
	{ title: "Datadog", responses: [json(202, { status: "ok" })], reads: ["title"], joint: "" },
	{
		title: "Approvals",
		responses: [
			json(200, { allow: true }),
			json(200, { allow: false, reason: "deploys are frozen until Monday 08:00" }),
		],
		...CONTEXT,
	},
	{ title: "Audit", responses: [json(200, { stored: true })], ...CONTEXT },
	{ title: "Board", responses: [{ status: 404, body: "no such board" }], ...CONTEXT },
];

function json(status: number, value: object): ReceiverResponse {
	return { status, headers: { "Content-Type": "application/json" }, body: JSON.stringify(value) };
}

/** The variables with the services' addresses. */
export function serviceUrls(port: number): Env {
	return Object.fromEntries(
		SERVICES.map(({ title }) => [`${title.toUpperCase()}_URL`, `http://127.0.0.1:${port}/${title.toLowerCase()}`]),
	);
}

/** The service that a path belongs to. */
export function serviceAt(path: string): Service | undefined {
	return SERVICES.find(({ title }) => path === `/${title.toLowerCase()}`);
}
