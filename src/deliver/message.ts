// The message of a webhook delivery: URL, method, headers and the exact bytes, with every variable put in.
import type { Webhook } from "../config/hook.ts";
import { parseReference, type Reference, resolveReference } from "../config/interpolate.ts";
import { checkUrl } from "../config/url.ts";
import { type Delivery, isBatch } from "../delivery.ts";
import type { Events } from "../event/event.ts";
import { isHeaderValue, mergeHeaders } from "../header.ts";
import { isJsonObject, type Json } from "../json.ts";
import type { Env } from "../ports.ts";
import { CannotRender, type Options, type Preset, type Message as PresetMessage } from "../presets/preset.ts";
import { signatureHeaders, signingFault } from "../signature/sign.ts";
import { BodyError } from "../template/template.ts";
import { VERSION } from "../version.ts";
import { fillTemplate } from "./template-body.ts";

/** A message ready to be sent. */
export interface Message {
	readonly url: URL;
	readonly method: string;
	/** The exact bytes; absent for methods without a body. */
	readonly body: Uint8Array | undefined;
	/** All headers but the signature. */
	readonly headers: Readonly<Record<string, string>>;
	/** The headers that sign the bytes, made afresh at the time of each attempt; none without a secret. */
	readonly sign: (now: Date) => Readonly<Record<string, string>>;
	/** The path of the hook's `ca_file`, as it is written. */
	readonly caFile: string | undefined;
	/** What was cut to fit, and what to know about the address. */
	readonly notes: readonly string[];
}

/** The message, or why there can be none: an unset variable, a URL that is none, a template that gives no JSON. */
export type Made =
	| { readonly kind: "message"; readonly message: Message }
	| { readonly kind: "unset"; readonly variable: string }
	| { readonly kind: "invalid"; readonly reason: string };

/** Carries an unset variable out of the depths of a body. */
class Unset extends Error {
	readonly variable: string;
	constructor(variable: string) {
		super(variable);
		this.variable = variable;
	}
}

/** Makes the message of a delivery. The same delivery and environment give the same bytes. */
export function makeMessage(delivery: Delivery<Webhook>, env: Env): Made {
	try {
		return make(delivery, env);
	} catch (error) {
		if (error instanceof Unset) return { kind: "unset", variable: error.variable };
		if (error instanceof BodyError) {
			return { kind: "invalid", reason: `body_template: ${error.message}${error.remedy ? ` (${error.remedy})` : ""}` };
		}
		if (error instanceof CannotRender) return { kind: "invalid", reason: error.message };
		throw error;
	}
}

function make({ id, hook, events }: Delivery<Webhook>, env: Env): Made {
	const put = (reference: Reference): string => {
		const resolved = resolveReference(reference, env);
		if (resolved.kind === "unset") throw new Unset(resolved.variable);
		return resolved.text;
	};
	const { preset } = hook;
	const options = putInto(hook.options, put);
	const target = hook.url === undefined ? preset.defaultUrl?.(options) : put(hook.url);
	const checked = checkUrl(target ?? "", hook);
	if ("problem" in checked) return { kind: "invalid", reason: `url ${checked.problem}; ${checked.remedy}` };
	addQuery(checked.url, preset.query ?? {});

	// Secrets pasted into a settings page often end in a newline.
	const own = Object.fromEntries([...hook.headers].map(([name, value]) => [name, put(value).trim()]));
	const base = { "Content-Type": "application/json", "User-Agent": `pipeline-hooks/${VERSION}` };
	const batch = isBatch({ hook, events });
	const identity = { "X-Rocky-Event": batch ? "batch" : events[0].definition.name, "X-Rocky-Delivery": id };
	const notes: string[] = [];
	const { bodyTemplate } = hook;
	const rendered = bodyTemplate === undefined ? render(hook.preset, events, options, batch) : undefined;
	notes.push(...(rendered?.cut ?? []));
	const headers = mergeHeaders(base, rendered?.headers ?? {}, preset.headers?.(options) ?? {}, own, identity);
	const bad = Object.entries(headers).find(([, value]) => !isHeaderValue(value));
	if (bad !== undefined)
		return { kind: "invalid", reason: `header ${bad[0]} has a character that no header can carry` };
	const secrets = hook.secrets.map((reference) => put(reference).trim());
	if (secrets.includes("")) return { kind: "invalid", reason: "secret is nothing but white space" };
	const signing = { schemes: hook.signatures, secrets, header: hook.signatureHeader };
	const fault = signingFault(signing);
	if (fault !== undefined) return { kind: "invalid", reason: `secret ${fault}` };

	const retired = preset.warnUrl?.(checked.url);
	if (retired !== undefined) notes.push(retired);
	const text =
		bodyTemplate === undefined
			? JSON.stringify(rendered?.body)
			: fillTemplate(hook, bodyTemplate, events, headers, put);
	const bytes = new TextEncoder().encode(text);
	const body = hook.method === "GET" ? undefined : bytes;
	const sign = (now: Date) => signatureHeaders(signing, { id, timestamp: now, body: body ?? new Uint8Array() });
	return {
		kind: "message",
		message: {
			url: checked.url,
			method: hook.method,
			body,
			headers,
			sign,
			caFile: hook.caFile === undefined ? undefined : put(hook.caFile).trim(),
			notes,
		},
	};
}

/** Appended as text: setting parameters would write the others, which may be signed, in another encoding. */
function addQuery(url: URL, query: Readonly<Record<string, string>>): void {
	for (const [name, value] of Object.entries(query)) {
		if (url.searchParams.has(name)) continue;
		url.search += `${url.search === "" ? "" : "&"}${name}=${encodeURIComponent(value)}`;
	}
}

function render(preset: Preset, events: Events, options: Options, batch: boolean): PresetMessage<Json> {
	return batch ? preset.renderBatch(events, options) : preset.render(events[0], options);
}

function putInto(options: Readonly<Record<string, Json>>, put: (reference: Reference) => string): Options {
	const walk = (value: Json): Json => {
		if (typeof value === "string") return put(parseReference(value));
		if (Array.isArray(value)) return value.map(walk);
		if (isJsonObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item)]));
		return value;
	};
	return Object.fromEntries(Object.entries(options).map(([key, item]) => [key, walk(item)]));
}
