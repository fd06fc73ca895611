// What keeps a webhook from being published on NATS.
import type { Webhook } from "../model/hook.ts";
import type { AddressNote } from "../model/preset.ts";

/** Why, with the key that it lies in; undefined where the hook can be published. */
export function unpublishable({
	preset,
	onFailure,
}: Pick<Webhook, "preset" | "onFailure">): (AddressNote & { readonly key: string }) | undefined {
	if (onFailure === "abort") {
		const what = "a gate needs a response that allows or denies, and NATS gives none";
		return { key: "on_failure", what, remedy: 'set on_failure = "warn", or give it an https:// url' };
	}
	if (preset.portable === true) return undefined;
	const what = `preset ${preset.name} makes messages for ${preset.title} itself, and the url is one of NATS`;
	const remedy = `set preset = "generic" or "cloudevents", or give the https:// url of ${preset.title}`;
	return { key: "preset", what, remedy };
}
