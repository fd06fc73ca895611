// A hook as the config describes it, decoded and checked; references to variables are still references.

import type { Json, JsonObject } from "../lib/json.ts";
import type { Signature } from "../signature/schemes.ts";
import type { EventDefinition } from "./event.ts";
import type { Preset } from "./preset.ts";
import type { Place, Warning } from "./problem.ts";
import type { Reference } from "./reference.ts";
import type { Selector } from "./selector.ts";
import type { StoreConfig } from "./store-config.ts";
import type { Template } from "./template.ts";

/** What a hook's failure does: `abort` makes it a gate and fails the workflow, `warn` annotates, `ignore` is silent. */
export const FAILURE_MODES = ["abort", "warn", "ignore"] as const;
export type FailureMode = (typeof FAILURE_MODES)[number];

/** The shells that a hook can choose. */
export const SHELL_NAMES = ["sh", "bash", "pwsh", "cmd"] as const;
export type ShellName = (typeof SHELL_NAMES)[number];

/** What an item of a filter compares with a context. */
export type Condition =
	/** A glob that the name of a changed field matches. */
	| { readonly kind: "field"; readonly field: string }
	/** A glob that the value under the key matches. */
	| { readonly kind: "value"; readonly key: string; readonly pattern: string };

/** All parts of a filter must match; an absent one always does. */
export interface Filter {
	readonly events: readonly Selector[] | undefined;
	/** Types of entities; globs, any of them. */
	readonly entities: readonly string[] | undefined;
	/** Fields: any of them. Values under one key: any. Different keys, and fields beside keys: all. */
	readonly include: readonly Condition[];
	/** None of them may match. */
	readonly exclude: readonly Condition[];
}

/** What people know a hook by. Nothing of it changes when the hook is fired. */
export interface About {
	/** For people; the hook's name stays what identifies it. */
	readonly displayName: string | undefined;
	/** Maybe several lines. */
	readonly description: string | undefined;
	readonly owner: string | undefined;
	readonly team: string | undefined;
	readonly domain: string | undefined;
	/** Each once. */
	readonly tags: readonly string[];
	/** An https address. */
	readonly runbook: string | undefined;
	/** Whatever else the config says; dates and numbers that JSON does not have are texts. */
	readonly custom: JsonObject | undefined;
}

/** Who else gets a webhook's messages, by their part in what the event is about, or in the config. */
export const AUDIENCES = ["owners", "followers", "admins"] as const;
export type Audience = (typeof AUDIENCES)[number];

/** What every hook has. */
interface HookBase {
	/** Unique in its config. */
	readonly name: string;
	/** The events it is attached to, any of them; none where it is reached only as another's `fallback` or `then`. */
	readonly selectors: readonly Selector[];
	readonly enabled: boolean;
	readonly about: About;
	/** One of them must match; without any, every selected event does. */
	readonly filters: readonly Filter[];
	/** The name of the hook that is tried once when this one has failed for good. */
	readonly fallback: string | undefined;
	/** The names of the hooks that are fired when this one has succeeded. */
	readonly onSuccess: readonly string[];
	readonly onFailure: FailureMode;
	/** Milliseconds: of the whole command, or of one webhook attempt. */
	readonly timeoutMs: number;
	/** Of its table header; a failed hook is annotated there. */
	readonly place: Place;
	/** Position among all hooks in the order of the file, from 0. */
	readonly order: number;
}

/** What a hook has apart from how it runs. */
export type HookIdentity = Omit<HookBase, "onFailure" | "timeoutMs">;

/** A command, with the context as JSON on stdin. */
export interface ShellHook extends HookBase {
	readonly kind: "shell";
	readonly command: string;
	/** Undefined for the platform's: `sh`, and `cmd` on Windows. */
	readonly shell: ShellName | undefined;
	readonly env: ReadonlyMap<string, Reference>;
}

/** A request to a URL. */
export interface Webhook extends HookBase {
	readonly kind: "webhook";
	/** Absent where the service has a URL of its own. */
	readonly url: Reference | undefined;
	readonly preset: Preset;
	/** Strings inside may hold references; {@link Preset.service} gets them with every variable resolved. */
	readonly options: Readonly<Record<string, Json>>;
	/** The first one signs; where a scheme can carry several signatures, as `standard` can, each does. */
	readonly secrets: readonly Reference[];
	/** Nothing is signed without a secret. */
	readonly signatures: readonly Signature[];
	/** The header of the signature, where it is not the scheme's own. */
	readonly signatureHeader: string | undefined;
	/** How many events make one delivery, at most; undefined where each event is a delivery of its own. */
	readonly batchSize: number | undefined;
	readonly headers: ReadonlyMap<string, Reference>;
	/** Upper case; undefined where the hook leaves it to its service. */
	readonly method: string | undefined;
	readonly bodyTemplate: Template | undefined;
	/** Attempts after the first. */
	readonly retryCount: number;
	/** Milliseconds before the second attempt at most; doubles with each further one. */
	readonly retryDelayMs: number;
	/** Milliseconds for all attempts together. */
	readonly deadlineMs: number;
	/** Whether plain http to another host than loopback is allowed. */
	readonly allowHttp: boolean;
	/** Whether private and loopback addresses may be sent to. */
	readonly allowPrivate: boolean;
	/** A PEM file of CA certificates to trust besides the usual ones; a path from the workspace. */
	readonly caFile: Reference | undefined;
	/** Whether a gate, or the fallback of one, allows by `{"allow": true}` only. */
	readonly requireAllow: boolean;
	/** Milliseconds before each further try from the store; undefined for the store's own. */
	readonly schedule: readonly number[] | undefined;
	/** Milliseconds for which a stored delivery is worth sending; undefined for the preset's own. */
	readonly maxAgeMs: number | undefined;
	/** Whether a newer delivery about the same thing makes a stored one obsolete; undefined for the preset's own. */
	readonly supersede: boolean | undefined;
	/** Those who have a webhook get a copy, as a hook of its own; the others are mentioned, where the preset can. */
	readonly sendTo: readonly Audience[];
	/** Of such a copy: for whom it is, by name. It is sent only if they are among {@link Webhook.sendTo}. */
	readonly copyFor?: string | undefined;
}

export type Hook = ShellHook | Webhook;

/** Somebody, or a team, whom messages can reach. */
export interface Person {
	/** Unique in its config. */
	readonly name: string;
	/** A login, or `organisation/team`. */
	readonly github: string | undefined;
	readonly email: string | undefined;
	/** What mentions them, by the name of the preset. */
	readonly handles: ReadonlyMap<string, string>;
	readonly webhook: Reference | undefined;
	readonly admin: boolean;
}

/** A whole config file. */
export interface Config {
	/** As the user would write it: relative to the workspace. */
	readonly file: string;
	/** In the order of the file, each before its copies for people. */
	readonly hooks: readonly Hook[];
	readonly people: readonly Person[];
	/** Declared by `[event.x]`. */
	readonly events: readonly EventDefinition[];
	/** How many webhooks are in flight at once. */
	readonly concurrency: number;
	/** Where records of deliveries are kept; undefined where the config has no `[store]`. */
	readonly store: StoreConfig | undefined;
	readonly warnings: readonly Warning[];
}
