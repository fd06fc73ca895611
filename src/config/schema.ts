// The one table of keys: the kind and default of each, whether code frames show it, and what it is for.
import { type Audience, FAILURE_MODES, SHELL_NAMES } from "../model/hook.ts";
import { PRESET_NAMES } from "../presets/index.ts";
import { DURATION, DURATIONS } from "./durations.ts";
import {
	BOOLEAN,
	choice,
	integer,
	type Key,
	type Kind,
	key,
	NAME,
	oneOrMany,
	orInRocky,
	REFERENCE,
	STRINGS,
	TEXT,
	texts,
} from "./keys.ts";
import { EVENT, FILTER } from "./schema-events.ts";
import { STORE } from "./schema-store.ts";
import { CUSTOM, ENV, HEADERS, RUNBOOK, SCHEMES, SECRETS, SIGNATURE_HEADER, TEMPLATE } from "./values.ts";

/** Filters are read by `readFilters`, which needs the events of the whole config. */
const FILTERS: Kind<never> = { type: oneOrMany({ $ref: "#/definitions/filter" }), parse: () => undefined };

/** The keys of every hook that have no default. */
export const HOOK = {
	name: key("name", NAME, {
		otherwise: "`<event>-<kind>-<n>`",
		summary: "Unique; the hook's name in annotations and results",
	}),
	enabled: key("enabled", BOOLEAN, { default: true, summary: "`false` switches the hook off" }),
	filter: key("filter", FILTERS, {
		summary: "Limits the hook to events that match: [filters](subscriptions.md#filters)",
	}),
	fallback: key("fallback", TEXT, {
		summary: "The hook that is tried once when this one has failed for good: [chains](subscriptions.md#chains)",
	}),
	onSuccess: key("then", texts('then = ["name of a hook"]'), {
		summary: "The hooks that are fired when this one has succeeded",
	}),
};

/** What people know a hook by, each hook for itself. */
export const LABELS = {
	displayName: key("display_name", NAME, { summary: "What people call the hook; `name` stays what identifies it" }),
	description: key("description", TEXT, { summary: "What the hook is for" }),
	tags: key("tags", STRINGS, {
		summary: "Words that `list --tag` finds the hook by; presets `datadog` and `ntfy` also send them",
	}),
	custom: key("custom", CUSTOM, { public: false, summary: "Whatever else you want to know of it, shown by `list`" }),
};

/** What people know hooks by, which `[defaults]` can have. */
export const RESPONSIBLE = {
	owner: key("owner", NAME, { summary: "Who looks after the hook: named where it has failed" }),
	team: key("team", NAME, { summary: "The owner's team" }),
	domain: key("domain", NAME, { summary: "The part of the business or of the data that it belongs to" }),
	runbook: key("runbook", RUNBOOK, {
		summary: "An https address that says what to do: named where the hook has failed, and a link in messages",
	}),
};

/** The additional key of a subscription. */
export const SUBSCRIPTION = {
	events: key("events", texts('events = ["pipeline_error", "job.*", "phase:quality"]'), {
		otherwise: "required, unless another hook's `fallback` or `then` names it",
		summary: "Event names, globs and phases: [subscriptions](subscriptions.md)",
	}),
};

/** What a hook does. */
export const TARGET = {
	shell: key("command", TEXT, {
		public: false,
		otherwise: "required",
		summary: "One or more lines, passed to the shell unchanged",
	}),
	webhook: key("url", REFERENCE, {
		public: false,
		otherwise: "the preset's, if it has one",
		summary: "https, or http to loopback; or a subject of [NATS](nats.md)",
	}),
};

const sendTo = (whom: Audience) =>
	key(`send_to_${whom}`, BOOLEAN, {
		default: false,
		summary: `Sends each message also to the [${whom}](managing.md#send-to-people)`,
	});

/** Who else gets a webhook's messages. */
export const SEND_TO = { owners: sendTo("owners"), followers: sendTo("followers"), admins: sendTo("admins") };

/** The settings of hooks of both kinds. */
const COMMON = {
	onFailure: key("on_failure", choice(FAILURE_MODES), {
		default: "warn",
		summary: "`abort` makes the hook a gate, which stops the pipeline; `warn` annotates; `ignore` is silent",
	}),
	async: key("async", BOOLEAN, {
		default: false,
		summary: "Accepted because Rocky has it; has no effect, and cannot be true for a gate",
	}),
};

const timeout = (value: number, summary: string) => key("timeout_ms", integer(1), { default: value, summary });

/** The settings of shell hooks, which `[defaults]` and `[defaults.shell]` can have. */
export const SHELL = {
	...COMMON,
	timeoutMs: timeout(30_000, "Time limit of the whole command, in milliseconds"),
	shell: key("shell", choice(SHELL_NAMES), {
		otherwise: "`sh`; `cmd` on Windows",
		summary: "`sh` runs `sh -e`, `bash` runs `bash --noprofile --norc -eo pipefail`; `pwsh` stops at the first error",
	}),
	env: key("env", ENV, {
		public: false,
		summary: "Additional variables, merged with those of the defaults",
	}),
};

/** The settings of webhooks, which `[defaults]` and `[defaults.webhook]` can have. */
export const WEBHOOK = {
	...COMMON,
	timeoutMs: timeout(10_000, "Time limit of one attempt, in milliseconds"),
	preset: key("preset", orInRocky(choice(PRESET_NAMES, "rocky"), "generic"), {
		default: "generic",
		summary: "The service that the message is for; each has options of its own: [presets](presets.md)",
	}),
	secret: key("secret", SECRETS, {
		public: false,
		summary: "Signs the body; a list for [rotation](signatures.md#rotation)",
	}),
	signature: key("signature", SCHEMES, {
		otherwise: "`rocky`",
		summary: "The signature scheme, or a list of them: [signatures](signatures.md)",
	}),
	signatureHeader: key("signature_header", SIGNATURE_HEADER, {
		otherwise: "the scheme's",
		summary: "Another name for the header of the signature",
	}),
	batchSize: key("batch_size", integer(1, 1000), {
		summary: "Sends up to this many events as one message: [batches](batches.md)",
	}),
	headers: key("headers", HEADERS, {
		public: false,
		summary: "Override the preset's, regardless of case; merged with those of the defaults",
	}),
	method: key("method", orInRocky(choice(["POST", "PUT", "PATCH", "DELETE", "GET"], "always"), "POST"), {
		otherwise: "the preset's, usually `POST`",
		summary: "The method of the request",
	}),
	bodyTemplate: key("body_template", TEMPLATE, {
		otherwise: "the preset's body",
		summary: "The body, with values of the event inserted: [templates](templates.md)",
	}),
	retryCount: key("retry_count", integer(0), { default: 3, summary: "Attempts after the first" }),
	retryDelayMs: key("retry_delay_ms", integer(1), {
		default: 1000,
		summary: "Longest wait before the second attempt, in milliseconds; doubles with each further one",
	}),
	deadlineMs: key("deadline_ms", integer(1), {
		default: 60_000,
		summary: "Time limit of all attempts together, in milliseconds",
	}),
	allowHttp: key("allow_http", BOOLEAN, {
		default: false,
		summary: "Allows plain http, and NATS without TLS, to hosts other than loopback",
	}),
	allowPrivate: key("allow_private", BOOLEAN, {
		default: true,
		summary: "Allows private and loopback addresses; link-local and metadata addresses are always refused",
	}),
	caFile: key("ca_file", REFERENCE, {
		summary: "Additional CA certificates to trust, as PEM; a path relative to the workspace",
	}),
	requireAllow: key("require_allow", BOOLEAN, {
		default: false,
		summary: 'For a gate: only `{"allow": true}` lets the pipeline go on',
	}),
	schedule: key("schedule", DURATIONS, {
		otherwise: "that of `[store]`",
		summary: "The waits before each further try from the store: [records](records.md#schedule)",
	}),
	maxAgeMs: key("max_age", DURATION, {
		otherwise: "1h for chats, 4h for alerts, else 3d",
		summary: "How long a stored delivery is still worth sending",
	}),
	supersede: key("supersede", BOOLEAN, {
		otherwise: "`true` for chats, alerts and OpenMetadata",
		summary: "Whether a newer delivery about the same thing makes a stored one obsolete",
	}),
};

const { timeoutMs, retryCount, retryDelayMs, deadlineMs, allowHttp, caFile, schedule, maxAgeMs } = WEBHOOK;

/** The keys of `[relay]` that are read as they are. */
export const RELAY_KEYS = {
	url: key("nats", REFERENCE, {
		public: false,
		otherwise: "required",
		summary: "The server, as `nats://user:password@host:4222`; a path names the stream, which is `ci` otherwise",
	}),
	onFailure: key("on_failure", choice(["warn", "ignore"] as const), {
		default: "warn",
		summary: "What a failure does; the relay is never a gate",
	}),
	...{ timeoutMs, retryCount, retryDelayMs, deadlineMs, allowHttp, caFile, schedule, maxAgeMs },
};

/** The additional key of `[defaults]`. */
export const DEFAULTS = {
	concurrency: key("concurrency", integer(1, 1000), { default: 20, summary: "Webhooks in flight at once" }),
};

function rows(
	...tables: readonly Readonly<Record<string, Key<unknown, unknown>>>[]
): ReadonlyMap<string, Key<unknown, unknown>> {
	return new Map(tables.flatMap(Object.values<Key<unknown, unknown>>).map((row) => [row.name, row]));
}

/** Every kind of table that a config has. */
export const TABLES = {
	hook: rows(HOOK, LABELS),
	subscription: rows(SUBSCRIPTION),
	command: rows({ command: TARGET.shell }),
	url: rows({ url: TARGET.webhook }, SEND_TO),
	shell: rows(SHELL, RESPONSIBLE),
	webhook: rows(WEBHOOK, RESPONSIBLE),
	defaults: rows(DEFAULTS),
	store: rows(STORE),
	relay: rows(RELAY_KEYS, {
		events: { ...SUBSCRIPTION.events, otherwise: "all events" },
		filter: HOOK.filter,
		enabled: HOOK.enabled,
	}),
	event: rows(EVENT),
	filter: rows(FILTER),
};
