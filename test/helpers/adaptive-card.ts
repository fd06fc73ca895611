// Adaptive Cards as Microsoft's own renderer reads them.
import { AdaptiveCard, SerializationContext } from "adaptivecards";

/** What the renderer would warn of or refuse in a card; empty when nothing. */
export function cardFaults(json: unknown): readonly string[] {
	const card = new AdaptiveCard();
	const reading = new SerializationContext();
	card.parse(json, reading);
	const parsing = Array.from({ length: reading.eventCount }, (_, index) => reading.getEventAt(index).message);
	return [...parsing, ...card.validateProperties().validationEvents.map(({ message }) => message)];
}
