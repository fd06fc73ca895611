// What a hook and the defaults can both set. Each layer is read over the one below it: built-in, [defaults], the hook.

import { FAILURE_MODES, type FailureMode, SHELL_NAMES, type ShellName } from "../model/hook.ts";
import type { Preset } from "../model/preset.ts";
import type { Reference } from "../model/reference.ts";
import type { Template } from "../model/template.ts";
import { findPreset, PRESET_NAMES } from "../presets/index.ts";
import { readTemplate } from "./body.ts";
import type { Fields } from "./fields.ts";
import { type Headers, readHeaders } from "./headers.ts";
import { type Options, readOptions } from "./options.ts";
import { readSigning, SIGNING_KEYS, type Signing, UNSIGNED } from "./signing.ts";

/** Whose file it is: in `rocky.toml`, which belongs to Rocky, some mistakes are none. */
export type Flavour = "own" | "rocky";

/** The keys of both kinds of hook that have a default. */
const COMMON_KEYS = ["on_failure", "timeout_ms", "async"] as const;

export const SHELL_KEYS: readonly string[] = [...COMMON_KEYS, "shell", "env"];

export const WEBHOOK_KEYS: readonly string[] = [
	...COMMON_KEYS,
	"preset",
	...SIGNING_KEYS,
	"batch_size",
	"headers",
	"method",
	"body_template",
	"retry_count",
	"retry_delay_ms",
	"deadline_ms",
	"allow_http",
	"allow_private",
	"ca_file",
	"require_allow",
];

/** Events of one delivery. */
const MAX_BATCH = 1000;

const METHODS = ["POST", "PUT", "PATCH", "DELETE", "GET"] as const;

/** What POSIX shells take as a variable's name. */
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

interface CommonSettings {
	/** Rocky's; changes nothing here, since a gate is waited for and nothing else is. */
	readonly async: boolean;
	readonly onFailure: FailureMode;
	readonly timeoutMs: number;
}

export interface ShellSettings extends CommonSettings {
	readonly shell: ShellName | undefined;
	readonly env: ReadonlyMap<string, Reference>;
}

export interface WebhookSettings extends CommonSettings {
	/** Undefined where the config names one that there is not. */
	readonly preset: Preset | undefined;
	readonly options: Options;
	readonly signing: Signing;
	readonly batchSize: number | undefined;
	readonly headers: Headers;
	readonly method: string | undefined;
	readonly bodyTemplate: Template | undefined;
	readonly retryCount: number;
	readonly retryDelayMs: number;
	readonly deadlineMs: number;
	readonly allowHttp: boolean;
	readonly allowPrivate: boolean;
	readonly caFile: Reference | undefined;
	readonly requireAllow: boolean;
}

/** Where neither the hook nor the defaults say anything. */
export const BUILT_IN: { readonly shell: ShellSettings; readonly webhook: WebhookSettings } = {
	shell: { async: false, onFailure: "warn", timeoutMs: 30_000, shell: undefined, env: new Map() },
	webhook: {
		async: false,
		onFailure: "warn",
		timeoutMs: 10_000,
		preset: findPreset("generic"),
		options: new Map(),
		signing: UNSIGNED,
		batchSize: undefined,
		headers: new Map(),
		method: undefined,
		bodyTemplate: undefined,
		retryCount: 3,
		retryDelayMs: 1000,
		deadlineMs: 60_000,
		allowHttp: false,
		allowPrivate: true,
		caFile: undefined,
		requireAllow: false,
	},
};

/** The table's settings of a shell hook over the given ones. Keys of other kinds are not looked at. */
export function shellSettings(fields: Fields, base: ShellSettings): ShellSettings {
	const shell = fields.choice("shell", SHELL_NAMES) ?? base.shell;
	return { ...commonSettings(fields, base), shell, env: readEnv(fields, base.env) };
}

/** The table's settings of a webhook over the given ones. Keys of other kinds are not looked at. */
export function webhookSettings(fields: Fields, base: WebhookSettings, flavour: Flavour): WebhookSettings {
	return {
		...commonSettings(fields, base),
		preset: fields.has("preset") ? readPreset(fields, flavour) : base.preset,
		options: readOptions(fields, base.options),
		signing: readSigning(fields, base.signing),
		batchSize: fields.integer("batch_size", 1, MAX_BATCH) ?? base.batchSize,
		headers: readHeaders(fields, base.headers),
		method: fields.choice("method", METHODS, (written) => written.toUpperCase()) ?? base.method,
		bodyTemplate: readTemplate(fields) ?? base.bodyTemplate,
		retryCount: fields.integer("retry_count", 0) ?? base.retryCount,
		retryDelayMs: fields.integer("retry_delay_ms", 1) ?? base.retryDelayMs,
		deadlineMs: fields.integer("deadline_ms", 1) ?? base.deadlineMs,
		allowHttp: fields.boolean("allow_http") ?? base.allowHttp,
		allowPrivate: fields.boolean("allow_private") ?? base.allowPrivate,
		caFile: fields.filled("ca_file") ?? base.caFile,
		requireAllow: fields.boolean("require_allow") ?? base.requireAllow,
	};
}

/** Notes that a hook is both a gate, which is waited for, and asynchronous, which Rocky does not wait for. */
export function refuseAsyncGate(fields: Fields, onFailure: FailureMode): void {
	if (onFailure !== "abort") return;
	const message = 'async cannot be true together with on_failure = "abort", which makes the pipeline wait for the hook';
	fields.wrong("async", message, 'take async out, or set on_failure = "warn"');
}

function commonSettings(fields: Fields, base: CommonSettings): CommonSettings {
	return {
		async: fields.boolean("async") ?? base.async,
		onFailure: fields.choice("on_failure", FAILURE_MODES) ?? base.onFailure,
		timeoutMs: fields.integer("timeout_ms", 1) ?? base.timeoutMs,
	};
}

function readPreset(fields: Fields, flavour: Flavour): Preset | undefined {
	const fold = (written: string) => (flavour === "rocky" ? written.toLowerCase() : written);
	const name = fields.choice("preset", PRESET_NAMES, fold);
	return name === undefined ? undefined : findPreset(name);
}

function readEnv(fields: Fields, base: ReadonlyMap<string, Reference>): ReadonlyMap<string, Reference> {
	const table = fields.nested("env");
	if (table === undefined) return base;
	const env = new Map(base);
	for (const name of table.keys()) {
		const value = table.reference(name);
		if (!VARIABLE_NAME.test(name)) {
			table.wrong(name, "env has a name that is no variable name", "use letters, digits and underscores");
		} else if (value !== undefined) {
			env.set(name, value);
		}
	}
	return env;
}
