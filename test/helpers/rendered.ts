// A message that a preset made, and what must hold for every one.
import { isDeepStrictEqual } from "node:util";
import { expect } from "vitest";
import { isJsonObject, isObject, type Json, type JsonObject } from "../../src/lib/json.ts";
import type { Events, PipelineEvent } from "../../src/model/event.ts";
import type { Message, Options, Preset } from "../../src/model/preset.ts";

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
export interface Service extends Checks<JsonObject> {
	/** For a preset whose batches are not like its messages of one event, as where they are lists. */
	readonly batch?: Checks<Json>;
}

/** Renders, and checks that the message is JSON, well-formed, inside of the limits, and says what was cut. */
export function renderChecked(preset: Preset, event: PipelineEvent, options: Options, service: Service): Message {
	const message = preset.render(event, options);
	check(message, service);
	return message;
}

/** Renders a batch, and checks it likewise. */
export function renderBatchChecked(preset: Preset, events: Events, options: Options, service: Service): Message<Json> {
	const message = preset.renderBatch(events, options);
	const { body } = message;
	if (service.batch !== undefined) check(message, service.batch);
	else if (isJsonObject(body)) check({ ...message, body }, service);
	else throw new Error("a batch that is no object, without checks of its own");
	return message;
}

function check<B extends Json>(message: Message<B>, { validate, limits }: Checks<B>): void {
	for (const text of textsOf(message.body)) {
		if (!text.isWellFormed()) throw new Error(`half a character in ${JSON.stringify(text.slice(0, 99))}`);
	}
	const sent = new TextEncoder().encode(JSON.stringify(message.body));
	const received: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(sent));
	expect(isDeepStrictEqual(received, message.body), "arrives as it was made").toBe(true);
	for (const { what, size, max } of limits(message.body)) expect(size, what).toBeLessThanOrEqual(max);
	for (const phrase of message.cut) expect(phrase).toMatch(/^\S[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{0,199}$/u);
	validate(message.body);
}

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
