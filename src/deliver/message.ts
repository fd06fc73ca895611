// The message of a webhook delivery: URL, method, headers and the exact bytes, with every variable put in.

import type { Env } from "../lib/env.ts";
import { mergeHeaders, withoutHeaders } from "../lib/header.ts";
import { type Delivery, isBatch } from "../model/delivery.ts";
import type { Events } from "../model/event.ts";
import { type Failure, failure } from "../model/failure.ts";
import type { Webhook } from "../model/hook.ts";
import type { People } from "../model/people.ts";
import { CannotRender, type Service } from "../model/preset.ts";
import type { Template } from "../model/template.ts";
import { isNats } from "../net/nats-url.ts";
import { takenBy } from "../plan/taken.ts";
import { batchView } from "../presets/story-body.ts";
import { viewOf } from "../presets/view.ts";
import { signatureHeaders } from "../signature/sign.ts";
import { BodyError, parseJsonBody, refuseStructure } from "../template/body.ts";
import { escapingFor, escapingOf, renderTemplate } from "../template/render.ts";
import {
	type Address,
	addressOf,
	type Envelope,
	envelopeOf,
	IDENTITY,
	MessageError,
	refuseBadValues,
	USUAL_HEADERS,
} from "./envelope.ts";

/** A message ready to be sent. */
export interface Message extends Address {
	readonly method: string;
	/** The exact bytes; absent for methods without a body. */
	readonly body: Uint8Array | undefined;
	/** All headers except those of the signature. */
	readonly headers: Readonly<Record<string, string>>;
	/** The headers that sign the bytes, for the time of an attempt; none without a secret. */
	readonly sign: (now: Date) => Readonly<Record<string, string>>;
	/** The service that responds. */
	readonly service: Service;
	/** The path of the hook's `ca_file`, as it is written. */
	readonly caFile: string | undefined;
	/** What was truncated to fit, and what to know about the address. */
	readonly notes: readonly string[];
}

/** Why there is nothing to send. One line. */
export interface Nothing {
	readonly nothing: string;
}

/**
 * The message of a delivery, or why it cannot be made. The same delivery and environment give the same bytes. `people` is
 * there if the hook needs them.
 */
export function makeMessage(delivery: Delivery<Webhook>, env: Env, people?: People): Message | Failure | Nothing {
	try {
		const [first, ...others] = takenBy(delivery.hook, delivery.events);
		if (first === undefined) return { nothing: untakenReason(delivery) };
		const events: Events = [first, ...others];
		const { hook, notes } = people?.mentioning({ ...delivery, events }) ?? { hook: delivery.hook, notes: [] };
		const message = make({ ...delivery, hook, events }, envelopeOf(hook, env), env);
		return { ...message, notes: [...message.notes, ...notes] };
	} catch (error) {
		if (error instanceof MessageError) return error.failure;
		if (error instanceof CannotRender) return failure("invalid_message", error.message);
		if (!(error instanceof BodyError)) throw error;
		return failure("invalid_message", `body_template: ${error.message}${error.remedy ? ` (${error.remedy})` : ""}`);
	}
}

function untakenReason({ hook, events }: Delivery<Webhook>): string {
	const statuses = [...new Set(events.map(({ context }) => context.status))];
	return `nothing to send: ${hook.preset.title} opens no alert for the status ${statuses.join(" or ")}`;
}

const EMPTY = new Uint8Array();

function make(delivery: Delivery<Webhook>, envelope: Envelope, env: Env): Message {
	const { id, hook, events } = delivery;
	const { service, signing, caFile } = envelope;
	const batch = isBatch(delivery);
	const request = service.request?.(events, batch) ?? {};
	const own = request.url === undefined ? envelope.address : undefined;
	const address = own ?? addressOf(request.url ?? "", hook, env);
	const onNats = isNats(address.url);
	const identity = {
		[IDENTITY.event]: batch ? "batch" : events[0].definition.name,
		[IDENTITY.delivery]: id,
		...(onNats && { [IDENTITY.onNats]: request.messageId?.(id) ?? id }),
	};
	refuseBadValues(request.headers ?? {});
	const all = mergeHeaders(USUAL_HEADERS, request.headers ?? {}, envelope.headers, identity);
	const headers = withoutHeaders(all, envelope.signed);
	const method = onNats ? "PUB" : (hook.method ?? request.method ?? "POST");
	const { text, notes } = textOf(delivery, envelope, headers);
	const body = method === "GET" ? undefined : Buffer.from(text);
	return {
		...address,
		method,
		body,
		headers,
		sign: (timestamp) => signatureHeaders(signing, { id, timestamp, body: body ?? EMPTY }),
		service,
		caFile,
		notes: [...notes, ...envelope.notes],
	};
}

/** The body of the hook's own template, or the service's. */
function textOf(delivery: Delivery<Webhook>, envelope: Envelope, headers: Message["headers"]) {
	const { bodyTemplate } = delivery.hook;
	if (bodyTemplate !== undefined) return { text: fillTemplate(delivery, bodyTemplate, envelope, headers), notes: [] };
	const { body, notes } = envelope.service.body(delivery.events, isBatch(delivery));
	return { text: JSON.stringify(body), notes };
}

/**
 * The content type among the headers decides how values are escaped, after the service's own escaping. Throws
 * `BodyError` where the result has to be JSON and is not.
 */
function fillTemplate(
	delivery: Delivery<Webhook>,
	template: Template,
	{ service, resolve }: Envelope,
	headers: Message["headers"],
): string {
	const type = Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
	const escaping = escapingOf(template, type);
	const rendered = renderTemplate(template, {
		view: isBatch(delivery) ? batchView(delivery.events) : viewOf(delivery.events[0]),
		escaping,
		escape: service.escape,
		// A variable may hold what a stranger wrote, such as a title: it gets the same escaping.
		resolve: (variable) => {
			const value = resolve({ source: "", parts: [variable] });
			return service.escape?.(value) ?? value;
		},
	});
	// Written out again: proves that it is JSON, and agrees with receivers that hash a re-serialised body.
	if (escaping === "json") return JSON.stringify(parseJsonBody(rendered, template));
	if (escapingFor(type) === "json") refuseStructure(rendered);
	return rendered;
}
