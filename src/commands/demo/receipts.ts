// What the demo's receiver got, one receipt a delivery.
import { parseJson } from "../../lib/json.ts";
import { excerpt } from "../../lib/text.ts";
import type { Received } from "../../receiver/receiver.ts";
import { serviceAt } from "./services.ts";

/** One delivery as the receiving side saw it. */
export interface Receipt {
	readonly service: string;
	readonly event: string;
	readonly delivery: string;
	/** What was answered to each attempt. */
	readonly statuses: readonly number[];
	/** Every attempt was signed with the right secret, over the bytes that came. */
	readonly signed: boolean;
	/** The line that a person would read there. */
	readonly reads: string;
}

/** Attempts of one delivery, told by its id, are one receipt; in the order of the first ones. */
export function receiptsOf(received: readonly Received[]): readonly Receipt[] {
	const deliveries = new Map<string, readonly Received[]>();
	for (const attempt of received) {
		const { deliveryId = "none" } = attempt;
		deliveries.set(deliveryId, [...(deliveries.get(deliveryId) ?? []), attempt]);
	}
	return [...deliveries].map(([delivery, attempts]) => receiptOf(delivery, attempts));
}

function receiptOf(delivery: string, attempts: readonly Received[]): Receipt {
	const [first] = attempts;
	const service = serviceAt(first?.path ?? "");
	const message = parseJson(new TextDecoder().decode(first?.body));
	return {
		service: service?.title ?? first?.path ?? "",
		event: first?.event ?? "",
		delivery,
		statuses: attempts.map(({ status }) => status),
		signed: attempts.every(({ signature }) => signature === "valid"),
		reads: excerpt(service?.reads(message) ?? "", 200),
	};
}
