// The message of a webhook delivery: URL, method, headers and the exact bytes, with every variable put in.

import type { Env } from "../lib/env.ts";
import { mergeHeaders, withoutHeaders } from "../lib/header.ts";
import { type Delivery, isBatch } from "../model/delivery.ts";
import type { Webhook } from "../model/hook.ts";
import { CannotRender, type Service } from "../model/preset.ts";
import type { HttpProxy } from "../ports.ts";
import { signatureHeaders } from "../signature/sign.ts";
import { BodyError } from "../template/body.ts";
import {
	addressOf,
	type Envelope,
	envelopeOf,
	IDENTITY,
	MessageError,
	type MessageProblem,
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
	/** The service that responds. */
	readonly service: Service;
	/** The path of the hook's `ca_file`, as it is written. */
	readonly caFile: string | undefined;
	/** What was truncated to fit, and what to know about the address. */
	readonly notes: readonly string[];
}

/** The message, or why there can be none: an unset variable, a URL that is none, a template that gives no JSON. */
export type Made = { readonly kind: "message"; readonly message: Message } | MessageProblem;

/** Makes the message of a delivery. The same delivery and environment give the same bytes. */
export function makeMessage(delivery: Delivery<Webhook>, env: Env): Made {
	try {
		return { kind: "message", message: make(delivery, envelopeOf(delivery.hook, env), env) };
	} catch (error) {
		if (error instanceof MessageError) return error.hindrance;
		if (error instanceof BodyError) {
			return { kind: "invalid", reason: `body_template: ${error.message}${error.remedy ? ` (${error.remedy})` : ""}` };
		}
		if (error instanceof CannotRender) return { kind: "invalid", reason: error.message };
		throw error;
	}
}

const EMPTY = new Uint8Array();

function make(delivery: Delivery<Webhook>, envelope: Envelope, env: Env): Message {
	const { id, hook, events } = delivery;
	const { service, signing, caFile } = envelope;
	const batch = isBatch(delivery);
	const request = service.request?.(events, batch) ?? {};
	const own = request.url === undefined ? envelope.address : undefined;
	const { url, target, proxy } = own ?? addressOf(request.url ?? "", hook, env);
	const identity = { [IDENTITY.event]: batch ? "batch" : events[0].definition.name, [IDENTITY.delivery]: id };
	refuseBadValues(request.headers ?? {});
	const all = mergeHeaders(USUAL_HEADERS, request.headers ?? {}, envelope.headers, identity);
	const headers = withoutHeaders(all, envelope.signed);
	const method = hook.method ?? request.method ?? "POST";
	const { text, notes } = textOf(delivery, envelope, headers);
	const body = method === "GET" ? undefined : Buffer.from(text);
	return {
		url,
		target,
		proxy,
		method,
		body,
		headers,
		sign: (timestamp) => signatureHeaders(signing, { id, timestamp, body: body ?? EMPTY }),
		service,
		caFile,
		notes: [...notes, ...(request.notes ?? [])],
	};
}

/** The body of the hook's own template, or the service's. */
function textOf(delivery: Delivery<Webhook>, { service, resolve }: Envelope, headers: Message["headers"]) {
	const { bodyTemplate } = delivery.hook;
	if (bodyTemplate !== undefined) {
		return { text: fillTemplate(delivery, bodyTemplate, service, headers, resolve), notes: [] };
	}
	const { body, notes } = service.body(delivery.events, isBatch(delivery));
	return { text: JSON.stringify(body), notes };
}
