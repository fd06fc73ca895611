// What all messages of a hook have in common, with every variable put in: URL, options, headers, secrets.

import type { Env } from "../lib/env.ts";
import { isHeaderValue } from "../lib/header.ts";
import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../lib/json.ts";
import { VERSION } from "../lib/version.ts";
import { type Failure, failure } from "../model/failure.ts";
import type { Webhook } from "../model/hook.ts";
import type { Options, Service } from "../model/preset.ts";
import { parseReference, type Reference, resolveReference } from "../model/reference.ts";
import { isNats, withSubject } from "../net/nats-url.ts";
import { proxyFor } from "../net/proxy.ts";
import { checkUrl } from "../net/url.ts";
import type { HttpProxy } from "../ports.ts";
import { addressNote } from "../presets/addresses.ts";
import { unpublishable } from "../presets/nats.ts";
import { type Signing, signatureNames, signingProblem } from "../signature/sign.ts";
import { fillOptions } from "./option-templates.ts";
import { showUrl } from "./target.ts";
import { unsetVariable } from "./unsent.ts";

/** Where a request goes. */
export interface Address {
	readonly url: URL;
	/** The URL without its secrets. */
	readonly target: string;
	/** Undefined where the request goes straight to its host. */
	readonly proxy: HttpProxy | undefined;
}

/** The part of a message that no event changes. */
export interface Envelope {
	readonly service: Service;
	/** The hook's own, if it has one. */
	readonly address: Address | undefined;
	/** The hook's own. */
	readonly headers: Readonly<Record<string, string>>;
	readonly signing: Signing;
	/** The names of the headers that sign. */
	readonly signed: readonly string[];
	readonly caFile: string | undefined;
	/** What to know about its address. */
	readonly notes: readonly string[];
	/** The value of a reference. Throws {@link MessageError}. */
	readonly resolve: (reference: Reference) => string;
}

/** Thrown where a message cannot be made. */
export class MessageError extends Error {
	override readonly name = "MessageError";
	readonly failure: Failure;

	constructor(failure: Failure) {
		super(failure.cause);
		this.failure = failure;
	}
}

/** The headers by which a receiver knows what it got; nothing takes their place. By the last a stream knows a message again. */
export const IDENTITY = { event: "X-Rocky-Event", delivery: "X-Rocky-Delivery", onNats: "Nats-Msg-Id" } as const;

/** The headers that a message has where neither event, preset nor hook says otherwise. */
export const USUAL_HEADERS = { "Content-Type": "application/json", "User-Agent": `pipeline-hooks/${VERSION}` } as const;

/** A hook may match a hundred thousand events. */
const known = new WeakMap<Webhook, { readonly env: Env; readonly envelope: Envelope }>();

/** The envelope of a hook, made once for an environment. Throws {@link MessageError}. */
export function envelopeOf(hook: Webhook, env: Env): Envelope {
	const before = known.get(hook);
	if (before?.env === env) return before.envelope;
	const envelope = make(hook, env);
	known.set(hook, { env, envelope });
	return envelope;
}

function make(hook: Webhook, env: Env): Envelope {
	const resolve = (reference: Reference): string => {
		const resolved = resolveReference(reference, env);
		if (resolved.kind === "unset") throw new MessageError(unsetVariable(resolved.variable));
		return resolved.text;
	};
	const options = resolveIn(plainOptions(hook), resolve);
	const address = hook.url === undefined ? undefined : addressOf(resolve(hook.url), hook, env);
	// Secrets pasted into a settings page often end in a newline.
	const headers = Object.fromEntries([...hook.headers].map(([name, value]) => [name, resolve(value).trim()]));
	refuseBadValues(headers);
	const secrets = hook.secrets.map((reference) => resolve(reference).trim());
	if (secrets.includes("")) throw invalid("secret is only white space");
	const signing = { schemes: hook.signatures, secrets, header: hook.signatureHeader };
	const problem = signingProblem(signing);
	if (problem !== undefined) throw invalid(`secret ${problem}`);
	const caFile = hook.caFile === undefined ? undefined : resolve(hook.caFile).trim();
	const service = hook.preset.service(options, address?.url, fillOptions(hook, resolve), hook.name);
	const note = address && addressNote(address.url, hook.preset, hook.bodyTemplate !== undefined);
	const notes = note === undefined ? [] : [`${note.what}: ${note.remedy}`];
	return { service, address, headers, signing, signed: signatureNames(signing), caFile, notes, resolve };
}

/** Those that are not templates. */
function plainOptions({ preset, options }: Webhook): Webhook["options"] {
	return Object.fromEntries(Object.entries(options).filter(([name]) => preset.options[name]?.template !== true));
}

/** Where a URL leads. Throws {@link MessageError} for one that nothing may be sent to. */
export function addressOf(text: string, hook: Webhook, env: Env): Address {
	const checked = checkUrl(withSubject(text, hook.preset.natsSubject), hook);
	if ("problem" in checked) throw invalid(`url ${checked.problem}; ${checked.remedy}`);
	if (isNats(checked.url)) {
		const why = unpublishable(hook);
		if (why !== undefined) throw invalid(`${why.what}; ${why.remedy}`);
		return { url: checked.url, target: showUrl(checked.url), proxy: undefined };
	}
	const proxy = proxyFor(checked.url, env);
	if (proxy !== undefined && "problem" in proxy) throw invalid(proxy.problem);
	return { url: checked.url, target: showUrl(checked.url), proxy };
}

/** Throws {@link MessageError} for a header that cannot be sent, naming it. */
export function refuseBadValues(headers: Readonly<Record<string, string>>): void {
	const bad = Object.entries(headers).find(([, value]) => !isHeaderValue(value));
	if (bad !== undefined) throw invalid(`header ${bad[0]} has a character that is not allowed in headers`);
}

function invalid(reason: string): MessageError {
	return new MessageError(failure("invalid_message", reason));
}

function resolveIn(options: Readonly<Record<string, Json>>, resolve: (reference: Reference) => string): Options {
	const walk = (value: Json): Json => {
		if (typeof value === "string") return resolve(parseReference(value));
		if (isJsonArray(value)) return value.map(walk);
		return isJsonObject(value) ? walkThrough(value) : value;
	};
	const walkThrough = (object: JsonObject): JsonObject =>
		Object.fromEntries(Object.entries(object).map(([key, item]) => [key, walk(item)]));
	return walkThrough(options);
}
