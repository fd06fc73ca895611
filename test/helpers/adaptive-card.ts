// Adaptive Cards as Microsoft's own renderer reads them.
import { AdaptiveCard, SerializationContext, Versions } from "adaptivecards";
import { isObject } from "../../src/lib/json.ts";

/** What Teams adds to a card, which the renderer does not know. */
const TEAMS_OWN = ["$schema", "msteams"];

/**
 * What the renderer would warn of, refuse or pass over in a card of the newest version that Teams takes; empty when
 * nothing.
 */
export function cardFaults(json: unknown): readonly string[] {
	const card = new AdaptiveCard();
	const reading = new SerializationContext(Versions.v1_4);
	card.parse(json, reading);
	const parsing = Array.from({ length: reading.eventCount }, (_, index) => reading.getEventAt(index).message);
	const known: unknown = card.toJSON(new SerializationContext(Versions.v1_4));
	return [
		...parsing,
		...card.validateProperties().validationEvents.map(({ message }) => message),
		...unknownIn(json, known, "").map((path) => `unknown: ${path}`),
	];
}

/** The paths of what stands in one value and not in the other. */
function unknownIn(json: unknown, known: unknown, path: string): readonly string[] {
	if (!isObject(json) && !Array.isArray(json)) return known === undefined ? [path] : [];
	if (!isObject(known) && !Array.isArray(known)) return [path];
	const theirs = new Map<string, unknown>(Object.entries(known));
	return Object.entries(json).flatMap(([key, value]) =>
		path === "" && TEAMS_OWN.includes(key) ? [] : unknownIn(value, theirs.get(key), `${path}/${key}`),
	);
}
