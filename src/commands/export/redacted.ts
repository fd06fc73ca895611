// An export without the secrets that its texts repeat.
import type { Mask } from "../../secrets/mask.ts";
import type { OpenMetadataWebhook } from "./model.ts";

/** Keys of what is not from the config: the schema has a list of words for it, or a form. */
const OWN = new Set(["id", "webhookType", "status", "eventType", "type"]);

/** The same webhook with its texts masked. */
export function redactedWebhook(webhook: OpenMetadataWebhook, mask: Mask): OpenMetadataWebhook {
	return JSON.parse(JSON.stringify(webhook), (key, item: unknown) => {
		return typeof item === "string" && !OWN.has(key) ? mask(item) : item;
	});
}
