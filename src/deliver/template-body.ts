// The body of a webhook that its own template gives.

import type { JsonObject } from "../lib/json.ts";
import { type Delivery, isBatch } from "../model/delivery.ts";
import type { Webhook } from "../model/hook.ts";
import type { Service } from "../model/preset.ts";
import type { Reference } from "../model/reference.ts";
import type { Template } from "../model/template.ts";
import { parseJsonBody } from "../template/body.ts";
import { escapingFor, renderTemplate } from "../template/render.ts";

/**
 * The template filled in; the content type among the headers decides how values are escaped, after the service's own
 * escaping. `resolve` gives the value of a reference, and throws where there is none. Throws `BodyError` where JSON is
 * wanted and does not come of it.
 */
export function fillTemplate(
	delivery: Delivery<Webhook>,
	template: Template,
	service: Service,
	headers: Readonly<Record<string, string>>,
	resolve: (reference: Reference) => string,
): string {
	const type = Object.entries(headers).find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
	const escaping = escapingFor(type);
	const rendered = renderTemplate(template, {
		view: templateView(delivery),
		escaping,
		escape: service.escape,
		// A variable may hold what a stranger wrote, such as a title: it gets the same escaping.
		resolve: (variable) => {
			const value = resolve({ source: "", parts: [variable] });
			return service.escape?.(value) ?? value;
		},
	});
	// Written out again: proves that it is JSON, and agrees with receivers that hash a re-serialised body.
	return escaping === "json" ? JSON.stringify(parseJsonBody(rendered, template)) : rendered;
}

/** The context; of a batch, a list of them. */
function templateView(delivery: Delivery<Webhook>): JsonObject {
	const contexts = delivery.events.map(({ context }) => context);
	return isBatch(delivery) ? { events: contexts } : delivery.events[0].context;
}
