// A webhook whose URL is one of NATS, as far as its config shows that.
import type { Webhook } from "../model/hook.ts";
import { literalParts, type Reference } from "../model/reference.ts";
import { isNatsUrl } from "../net/nats-url.ts";
import { unpublishable } from "../presets/nats.ts";
import type { Link } from "./chains.ts";
import { quote } from "./words.ts";

/** Reports what cannot be published. A URL that begins with a variable is judged when the message is made. */
export function refuseUnpublishable(
	{ selection: { fields }, name, askedAt }: Link,
	url: Reference | undefined,
	hook: Pick<Webhook, "preset" | "onFailure">,
): void {
	if (url === undefined || !isNatsUrl(literalParts(url)[0] ?? "")) return;
	const why = unpublishable(hook);
	// A method in the defaults may suit other hooks.
	if (fields.has("method")) fields.wrong("method", "method is for HTTP, and the url is one of NATS", "remove method");
	if (why !== undefined) {
		const path = fields.has(why.key) ? fields.at(why.key) : fields.at("url");
		fields.problems.add("config_value", path, why.what, why.remedy);
	} else if (askedAt !== undefined) {
		const message = `fallback names ${quote(name)}, which publishes on NATS, and a gate needs a response`;
		fields.problems.add("config_value", askedAt, message, "name another hook");
	}
}
