// The one table of keys: what each key of a config holds, its default, whether code frames show it, and what it is for.
import { type EventDefinition, STATUSES } from "../model/event.ts";
import { FAILURE_MODES, SHELL_NAMES } from "../model/hook.ts";
import { PRESET_NAMES } from "../presets/index.ts";
import { SIGNATURES } from "../signature/schemes.ts";
import {
	boolean,
	choice,
	integer,
	type Key,
	oneOrMany,
	readName,
	reference,
	special,
	TEXT,
	text,
	texts,
	wordType,
} from "./keys.ts";
import {
	MAX_SIGNATURES,
	readEnv,
	readHeaders,
	readSchemes,
	readSecrets,
	readSignatureHeader,
	readTemplate,
	VARIABLE_NAME,
} from "./values.ts";

/** The keys of every hook that have no default. */
export const HOOK = {
	name: special("name", {
		type: TEXT,
		read: readName,
		otherwise: "`<event>-<kind>-<n>`",
		summary: "Unique; the hook's name in annotations and results",
	}),
	enabled: boolean("enabled", { default: true, summary: "`false` switches the hook off" }),
	filter: special("filter", {
		type: oneOrMany({ $ref: "#/definitions/filter" }, {}),
		// By readFilters, which needs the events of the whole config.
		read: () => undefined,
		summary: "Limits the hook to events that match: [filters](subscriptions.md#filters)",
	}),
	fallback: text("fallback", {
		summary: "The hook that is tried once when this one has failed for good: [chains](subscriptions.md#chains)",
	}),
	onSuccess: texts("then", {
		example: '["name of a hook"]',
		summary: "The hooks that are fired when this one has succeeded",
	}),
};

/** What a subscription has beside the keys of its kind. */
export const SUBSCRIPTION = {
	events: texts("events", {
		example: '["pipeline_error", "job.*", "phase:quality"]',
		otherwise: "required, unless another hook's `fallback` or `then` names it",
		summary: "Event names, globs and phases: [subscriptions](subscriptions.md)",
	}),
};

/** What a hook does. */
export const TARGET = {
	shell: text("command", {
		public: false,
		otherwise: "required",
		summary: "One or more lines, passed to the shell unchanged",
	}),
	webhook: reference("url", {
		public: false,
		otherwise: "the preset's, if it has one",
		summary: "https, or http to loopback",
	}),
};

/** The settings of hooks of both kinds. */
const COMMON = {
	onFailure: choice("on_failure", {
		choices: FAILURE_MODES,
		default: "warn",
		summary: "`abort` makes the hook a gate, which stops the pipeline; `warn` annotates; `ignore` is silent",
	}),
	async: boolean("async", {
		default: false,
		summary: "Accepted because Rocky has it; has no effect, and cannot be true for a gate",
	}),
};

const timeout = (value: number, summary: string) => integer("timeout_ms", { least: 1, default: value, summary });

/** The settings of shell hooks, which `[defaults]` and `[defaults.shell]` can have. */
export const SHELL = {
	...COMMON,
	timeoutMs: timeout(30_000, "Time limit of the whole command, in milliseconds"),
	shell: choice("shell", {
		choices: SHELL_NAMES,
		default: undefined,
		otherwise: "`sh`; `cmd` on Windows",
		summary: "`sh` runs `sh -e`, `bash` runs `bash --noprofile --norc -eo pipefail`; `pwsh` stops at the first error",
	}),
	env: special("env", {
		public: false,
		type: {
			type: "object",
			propertyNames: { pattern: VARIABLE_NAME.source },
			additionalProperties: { type: "string" },
		},
		read: readEnv,
		summary: "Additional variables, merged with those of the defaults",
	}),
};

/** The settings of webhooks, which `[defaults]` and `[defaults.webhook]` can have. */
export const WEBHOOK = {
	...COMMON,
	timeoutMs: timeout(10_000, "Time limit of one attempt, in milliseconds"),
	preset: choice("preset", {
		choices: PRESET_NAMES,
		anyCase: "rocky",
		default: "generic",
		summary: "The service that the message is for; each has options of its own: [presets](presets.md)",
	}),
	secret: special("secret", {
		public: false,
		type: oneOrMany(TEXT, { maxItems: MAX_SIGNATURES }),
		read: readSecrets,
		summary: "Signs the body; a list for [rotation](signatures.md#rotation)",
	}),
	signature: special("signature", {
		type: oneOrMany(wordType(SIGNATURES), { maxItems: MAX_SIGNATURES, uniqueItems: true }),
		read: readSchemes,
		otherwise: "`rocky`",
		summary: "The signature scheme, or a list of them: [signatures](signatures.md)",
	}),
	signatureHeader: special("signature_header", {
		type: { type: "string", pattern: "^\\S+$" },
		read: readSignatureHeader,
		otherwise: "the scheme's",
		summary: "Another name for the header of the signature",
	}),
	batchSize: integer("batch_size", {
		least: 1,
		most: 1000,
		default: undefined,
		summary: "Sends up to this many events as one message: [batches](batches.md)",
	}),
	headers: special("headers", {
		public: false,
		type: { type: "object", additionalProperties: { type: "string" } },
		read: readHeaders,
		summary: "Override the preset's, regardless of case; merged with those of the defaults",
	}),
	method: choice("method", {
		choices: ["POST", "PUT", "PATCH", "DELETE", "GET"],
		anyCase: "always",
		default: undefined,
		otherwise: "the preset's, usually `POST`",
		summary: "The method of the request",
	}),
	bodyTemplate: special("body_template", {
		type: TEXT,
		read: readTemplate,
		otherwise: "the preset's body",
		summary: "The body, with values of the event inserted: [templates](templates.md)",
	}),
	retryCount: integer("retry_count", { least: 0, default: 3, summary: "Attempts after the first" }),
	retryDelayMs: integer("retry_delay_ms", {
		least: 1,
		default: 1000,
		summary: "Longest wait before the second attempt, in milliseconds; doubles with each further one",
	}),
	deadlineMs: integer("deadline_ms", {
		least: 1,
		default: 60_000,
		summary: "Time limit of all attempts together, in milliseconds",
	}),
	allowHttp: boolean("allow_http", { default: false, summary: "Allows plain http to hosts other than loopback" }),
	allowPrivate: boolean("allow_private", {
		default: true,
		summary: "Allows private and loopback addresses; link-local and metadata addresses are always refused",
	}),
	caFile: reference("ca_file", {
		summary: "Additional CA certificates to trust, as PEM; a path relative to the workspace",
	}),
	requireAllow: boolean("require_allow", {
		default: false,
		summary: 'For a gate: only `{"allow": true}` lets the pipeline go on',
	}),
};

/** What `[defaults]` has beside the settings. */
export const DEFAULTS = {
	concurrency: integer("concurrency", { least: 1, most: 1000, default: 20, summary: "Webhooks in flight at once" }),
};

/** What `[event.x]` says of an event. */
export const EVENT = {
	phase: text("phase", { otherwise: "`custom`", summary: "Its phase, which `phase:…` selects" }),
	status: choice<EventDefinition["status"], "info">("status", {
		choices: STATUSES,
		default: "info",
		summary: "The status that it reports, which sets the colour of messages",
	}),
	title: text("title", { otherwise: "made from its name", summary: "The headline of messages" }),
};

/** What a filter can ask; at least one of them. */
export const FILTER = {
	events: texts("events", {
		example: '["job.*", "phase:quality"]',
		summary: "Only these of the hook's own events",
	}),
	entities: texts("entities", {
		example: '["table", "dash*"]',
		summary: "Types of entities; `*` matches any characters",
	}),
	include: texts("include", {
		example: '["tags", "branch:release/*"]',
		summary: "Changed fields, and values as `key:value`, that the event must have",
	}),
	exclude: texts("exclude", {
		example: '["status:success"]',
		summary: "Changed fields and values that the event must not have",
	}),
};

function rows(
	...tables: readonly Readonly<Record<string, Key<unknown, unknown>>>[]
): ReadonlyMap<string, Key<unknown, unknown>> {
	return new Map(tables.flatMap(Object.values<Key<unknown, unknown>>).map((row) => [row.name, row]));
}

/** Every kind of table that a config has. */
export const TABLES = {
	hook: rows(HOOK),
	subscription: rows(SUBSCRIPTION),
	command: rows({ command: TARGET.shell }),
	url: rows({ url: TARGET.webhook }),
	shell: rows(SHELL),
	webhook: rows(WEBHOOK),
	defaults: rows(DEFAULTS),
	event: rows(EVENT),
	filter: rows(FILTER),
};
