// The config of the demo, as a user would write it; what the demo shows of it comes first.

/** The shell hooks' commands, which `sh` and `cmd` spell differently. */
interface Commands {
	readonly lock: string;
	readonly rows: string;
	readonly lineage: string;
}

const POSIX: Commands = {
	lock: "test ! -e deploy.lock",
	rows: `grep -o '"rows":[0-9]*'`,
	lineage: "echo lineage store is read-only >&2; exit 1",
};

const WINDOWS: Commands = {
	lock: "if exist deploy.lock exit 1",
	rows: "findstr rows",
	lineage: "(echo lineage store is read-only)1>&2& exit 1",
};

/** Where it stands in a repository. */
export const CONFIG_PATH = ".github/pipeline-hooks.toml";

/** The beginning of the config: enough to understand the rest. */
export function configExcerpt(platform: NodeJS.Platform): string {
	return `[defaults.webhook]
secret         = "\${HOOKS_SECRET}"    # signs every body
retry_delay_ms = 100                  # short, for a demo

[[hook.pipeline_start]]               # a gate: when it fails, the pipeline stops
name       = "no-deploy-lock"
command    = "${commands(platform).lock}"
on_failure = "abort"

[[hook.webhooks.pipeline_start]]      # a message: when it fails, there is a warning
name   = "slack-started"
preset = "slack"
url    = "\${SLACK_URL}"
`;
}

/** All of the config. */
export function configText(platform: NodeJS.Platform): string {
	const { rows, lineage } = commands(platform);
	return `${configExcerpt(platform)}
[[hook.webhooks.pipeline_start]]      # a gate too: it answers {"allow": true}, or false with a reason
name          = "change-approval"
url           = "\${APPROVALS_URL}"
require_allow = true
on_failure    = "abort"

[[hook.after_materialize]]            # the event comes as JSON on stdin
name    = "orders-row-count"
command = '''${rows}'''

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
command    = "${lineage}"
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

function commands(platform: NodeJS.Platform): Commands {
	return platform === "win32" ? WINDOWS : POSIX;
}
