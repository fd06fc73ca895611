// A message that a preset made, and what must hold for every one.
import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import { fillOptions } from "../../src/deliver/option-templates.ts";
import { isJsonObject, isObject, type Json, type JsonObject } from "../../src/lib/json.ts";
import type { Events, PipelineEvent } from "../../src/model/event.ts";
import type { Message, Options, Preset, Service, ServiceRequest } from "../../src/model/preset.ts";
import { event } from "./make.ts";

/** One limit of the service, as measured on a body. */
export interface Measure {
	readonly what: string;
	readonly size: number;
	readonly max: number;
}

/** How a body is checked. */
export interface Checks<B extends Json> {
	/** Throws where the service would refuse the body. */
	readonly validate: (body: B) => void;
	/** Empty for a preset whose receiver states no limits. */
	readonly limits: (body: B) => readonly Measure[];
}

/** What has to be known of a service. */
export interface Checked extends Checks<JsonObject> {
	/** For a preset whose batches are not like its messages of one event, as where they are lists. */
	readonly batch?: Checks<Json>;
}

/** A service as a hook with these options uses it; templates among them are literal but for their tags. */
export function serviceOf(preset: Preset, options: Options, url?: URL): Service {
	const isTemplate = (name: string) => preset.options[name]?.template === true;
	const plain = Object.fromEntries(Object.entries(options).filter(([name]) => !isTemplate(name)));
	return preset.service(
		plain,
		url,
		fillOptions({ preset, options }, ({ parts }) => `\${${JSON.stringify(parts)}}`),
	);
}

/** The message of one event: an object, alone in a list where the service always takes a list. */
export function renderEvent(preset: Preset, event: PipelineEvent, options: Options): ObjectMessage {
	const { body: sent, notes } = serviceOf(preset, options).body([event], false);
	const body: Json = Array.isArray(sent) && sent.length === 1 ? sent[0] : sent;
	if (!isJsonObject(body)) throw new Error("a body that is not an object");
	return { body, notes };
}

/** A message whose body is an object. */
export interface ObjectMessage extends Message {
	readonly body: JsonObject;
}

/** How a message of a service is sent, for a hook with this URL. */
export function requestOf(preset: Preset, options: Options = {}, url?: string, batch = false): ServiceRequest {
	const service = serviceOf(preset, options, url === undefined ? undefined : new URL(url));
	return service.request?.([event()], batch) ?? {};
}

/** The message of a batch. */
export function renderBatch(preset: Preset, events: Events, options: Options): Message {
	return serviceOf(preset, options).body(events, true);
}

/** Renders, and checks that the message is JSON, well-formed, within the limits, and says what was truncated. */
export function renderChecked(preset: Preset, event: PipelineEvent, options: Options, service: Checked) {
	const message = renderEvent(preset, event, options);
	check(message.body, message.notes, service);
	return message;
}

/** Renders a batch, and checks it likewise. */
export function renderBatchChecked(preset: Preset, events: Events, options: Options, service: Checked): Message {
	const message = renderBatch(preset, events, options);
	const { body, notes } = message;
	if (service.batch !== undefined) check(body, notes, service.batch);
	else if (isJsonObject(body)) check(body, notes, service);
	else throw new Error("a batch that is not an object, without checks of its own");
	return message;
}

function check<B extends Json>(body: B, notes: readonly string[], { validate, limits }: Checks<B>): void {
	for (const text of textsOf(body)) {
		if (!text.isWellFormed()) throw new Error(`half a character in ${JSON.stringify(text.slice(0, 99))}`);
	}
	const sent = new TextEncoder().encode(JSON.stringify(body));
	const received: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(sent));
	expect(isDeepStrictEqual(received, body), "arrives as it was made").toBe(true);
	for (const { what, size, max } of limits(body)) expect(size, what).toBeLessThanOrEqual(max);
	for (const phrase of notes) expect(phrase).toMatch(/^\S[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{0,199}$/u);
	validate(body);
}

/** What nobody should see in a text: halves of characters, control characters, and what turns the order of a text around. */
export const UNSEEN = /[\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]|[^\P{Cc}\n\t]/u;

/** Every string and key of a value. */
export function textsOf(value: Json): readonly string[] {
	const texts: string[] = [];
	const walk = (item: Json) => {
		if (typeof item === "string") texts.push(item);
		else if (isObject(item) || Array.isArray(item)) {
			for (const [key, inner] of Object.entries(item)) {
				texts.push(key);
				walk(inner);
			}
		}
	};
	walk(value);
	return texts;
}
