// Takes secrets of the run out of a context, so that no hook is sent what only the job should have.

import { ExactNumber } from "../lib/exact-number.ts";
import { isJsonObject, type Json, type JsonObject } from "../lib/json.ts";
import { stripTerminal } from "../lib/text.ts";
import { type CiFacts, type EventContext, FOREIGN_FACTS, ROUTING_KEY } from "../model/event.ts";
import { isRoutingKey } from "./known.ts";
import type { Mask } from "./mask.ts";
import { REDACTED } from "./view.ts";

/** A context without secrets, and where they were. */
export interface RedactedContext {
	readonly context: Partial<EventContext>;
	/** Such as `metadata.github.token`, each once. */
	readonly places: readonly string[];
}

const TEXTS = ["id", "run_id", "pipeline", "model", "table", "error", "project_id"] as const;
const LISTS = ["owners", "followers"] as const;
const OBJECTS = ["entity", "data", "resource", "metadata"] as const;

/**
 * Redacts every string and key of a context, but for the routing key that the metadata may bring for PagerDuty; one that is
 * too long for that is redacted whole. Of the facts of the CI only those that a stranger may have written: all others are
 * names, which a short secret must not garble.
 */
export function redactContext(context: Partial<EventContext>, ofText: Mask): RedactedContext {
	const mask = throughSequences(ofText);
	// Nearly no context has any. Without an escape or a sequence, its JSON has every text as it is.
	const written = JSON.stringify(context);
	const isPlain = !written.includes("\\") && !HIDDEN.test(written);
	const brought = context.metadata?.[ROUTING_KEY];
	if (isPlain && (brought === undefined || isRoutingKey(brought)) && ofText(written) === written)
		return { context, places: [] };
	const places = new Set<string>();
	const clean = (text: string, place: string): string => {
		const masked = mask(text);
		if (masked !== text) places.add(place);
		return masked;
	};
	const value = (item: Json, place: string): Json => {
		if (typeof item === "string") return clean(item, place);
		if (typeof item === "number" || item instanceof ExactNumber) {
			const text = String(item);
			const masked = clean(text, place);
			return masked === text ? item : masked;
		}
		if (Array.isArray(item)) return item.map((each) => value(each, place));
		return isJsonObject(item) ? object(item, place) : item;
	};
	const credential = (item: Json, place: string): Json => {
		if (isRoutingKey(item)) return item;
		if (typeof item !== "string") return value(item, place);
		places.add(place);
		return REDACTED;
	};
	const object = (item: JsonObject, place: string): JsonObject => {
		const entries = new Map<string, Json>();
		const numbers = new Map<string, number>();
		for (const [key, inner] of Object.entries(item)) {
			const name = clean(key, place);
			const isBrought = place === "metadata" && key === ROUTING_KEY;
			const redacted = (isBrought ? credential : value)(inner, `${place}.${name}`);
			entries.set(unusedName(name, entries, numbers), redacted);
		}
		return Object.fromEntries(entries);
	};
	const redacted: { -readonly [Key in keyof EventContext]?: EventContext[Key] } = { ...context };
	for (const key of TEXTS) if (context[key] !== undefined) redacted[key] = clean(context[key], key);
	for (const key of LISTS) if (context[key] !== undefined) redacted[key] = context[key].map((text) => clean(text, key));
	if (context.changes !== undefined) redacted.changes = context.changes.map((change) => object(change, "changes"));
	for (const key of OBJECTS) if (context[key] !== undefined) redacted[key] = object(context[key], key);
	if (context.ci !== undefined) redacted.ci = withCleanFacts(context.ci, clean);
	return { context: places.size === 0 ? context : redacted, places: [...places] };
}

function withCleanFacts(ci: CiFacts, clean: (text: string, place: string) => string): CiFacts {
	const cleaned = FOREIGN_FACTS.map((fact) => [fact, ci[fact] && clean(ci[fact], `ci.${fact}`)] as const);
	return { ...ci, ...Object.fromEntries(cleaned.filter(([, text]) => text !== undefined)) };
}

/** What terminal sequences are made of, and controls of direction. */
const HIDDEN = /[^\P{Cc}\t\n\r]|\p{Bidi_Control}/u;

/**
 * A mask that also finds a secret that terminal sequences were written into, as where `grep --color` has found a part of
 * it: presets for people leave them out of what they send. A text without any secret keeps its sequences.
 */
function throughSequences(mask: Mask): Mask {
	return (text) => {
		const bare = HIDDEN.test(text) ? stripTerminal(text) : text;
		const masked = mask(bare);
		return masked === bare && bare !== text ? mask(text) : masked;
	};
}

/**
 * Two keys may be the same once they are redacted: the next one is numbered. `numbers` has the next number of each name, so
 * that many such keys are not counted again for each.
 */
function unusedName(name: string, taken: ReadonlyMap<string, Json>, numbers: Map<string, number>): string {
	if (!taken.has(name)) return name;
	let number = numbers.get(name) ?? 2;
	while (taken.has(`${name} ${number}`)) number += 1;
	numbers.set(name, number + 1);
	return `${name} ${number}`;
}
