// The message of a webhook delivery: URL, method, headers and the exact bytes, with every variable put in.

import type { Env } from "../lib/env.ts";
import { mergeHeaders, withoutHeaders } from "../lib/header.ts";
import type { Json } from "../lib/json.ts";
import { type Delivery, isBatch } from "../model/delivery.ts";
import type { Webhook } from "../model/hook.ts";
import { CannotRender, type Preset, type Message as PresetMessage } from "../model/preset.ts";
import type { HttpProxy } from "../ports.ts";
import { signatureHeaders } from "../signature/sign.ts";
import { BodyError } from "../template/template.ts";
import {
	type Envelope,
	envelopeOf,
	type Hindrance,
	IDENTITY,
	NoMessage,
	refuseBadValues,
	USUAL_HEADERS,
} from "./envelope.ts";
import { fillTemplate } from "./template-body.ts";

/** A message ready to be sent. */
export interface Message {
	readonly url: URL;
	/** The URL without its secrets. */
	readonly target: string;
	/** Undefined where the request goes straight to its host. */
	readonly proxy: HttpProxy | undefined;
	readonly method: string;
	/** The exact bytes; absent for methods without a body. */
	readonly body: Uint8Array | undefined;
	/** All headers but the signature's, of whose names it has none. */
	readonly headers: Readonly<Record<string, string>>;
	/** The headers that sign the bytes, made afresh at the time of each attempt; none without a secret. */
	readonly sign: (now: Date) => Readonly<Record<string, string>>;
	/** The preset of the service that answers: the hook's own, or the one that it posts to. */
	readonly service: Preset;
	/** The path of the hook's `ca_file`, as it is written. */
	readonly caFile: string | undefined;
	/** What was cut to fit, and what to know about the address. */
	readonly notes: readonly string[];
}

/** The message, or why there can be none: an unset variable, a URL that is none, a template that gives no JSON. */
export type Made = { readonly kind: "message"; readonly message: Message } | Hindrance;

/** Makes the message of a delivery. The same delivery and environment give the same bytes. */
export function makeMessage(delivery: Delivery<Webhook>, env: Env): Made {
	try {
		return { kind: "message", message: make(delivery, envelopeOf(delivery.hook, env)) };
	} catch (error) {
		if (error instanceof NoMessage) return error.hindrance;
		if (error instanceof BodyError) {
			return { kind: "invalid", reason: `body_template: ${error.message}${error.remedy ? ` (${error.remedy})` : ""}` };
		}
		if (error instanceof CannotRender) return { kind: "invalid", reason: error.message };
		throw error;
	}
}

const EMPTY = new Uint8Array();

function make(delivery: Delivery<Webhook>, envelope: Envelope): Message {
	const { id, hook, events } = delivery;
	const { url, target, proxy, signing, caFile, options } = envelope;
	const service = hook.preset.postsTo?.(options) ?? hook.preset;
	const rendered = render(delivery, envelope);
	const name = isBatch(delivery) ? "batch" : events[0].definition.name;
	const headers = headersOf(rendered?.headers, { [IDENTITY.event]: name, [IDENTITY.delivery]: id }, envelope);
	const { bodyTemplate } = hook;
	const text =
		bodyTemplate === undefined
			? JSON.stringify(rendered?.body)
			: fillTemplate(delivery, bodyTemplate, service, headers, envelope.put);
	const body = hook.method === "GET" ? undefined : Buffer.from(text);
	const cut = bodyTemplate === undefined ? (rendered?.cut ?? []) : [];
	return {
		url,
		target,
		proxy,
		method: hook.method,
		body,
		headers,
		sign: (timestamp) => signatureHeaders(signing, { id, timestamp, body: body ?? EMPTY }),
		service,
		caFile,
		notes: cut.length === 0 ? envelope.notes : [...cut, ...envelope.notes],
	};
}

function headersOf(
	brought: PresetMessage["headers"],
	identity: Readonly<Record<string, string>>,
	{ headers, whole, signed }: Envelope,
): Readonly<Record<string, string>> {
	if (brought === undefined) return { ...whole, ...identity };
	refuseBadValues(brought);
	return withoutHeaders(mergeHeaders(USUAL_HEADERS, brought, headers, identity), signed);
}

/** What the preset makes of the events; undefined where a template does all of it. */
function render(delivery: Delivery<Webhook>, { options }: Envelope): PresetMessage<Json> | undefined {
	const { preset, bodyTemplate } = delivery.hook;
	if (bodyTemplate !== undefined && preset.headersBesideTemplate !== true) return undefined;
	return isBatch(delivery) ? preset.renderBatch(delivery.events, options) : preset.render(delivery.events[0], options);
}
