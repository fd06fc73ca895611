// A hook's table before it is read, and how the header above it is written.

import type { Hook } from "../model/hook.ts";
import type { Selector } from "../model/selector.ts";
import type { Fields } from "./fields.ts";
import type { Spot } from "./locate.ts";
import { keyName } from "./words.ts";

/** One hook's table and which events it is for. */
export interface Selection {
	readonly kind: Hook["kind"];
	/** As its header names it; undefined where it is a subscription, which has its events in a key. */
	readonly event: string | undefined;
	/** Empty where there are none, or mistakes. */
	readonly selectors: readonly Selector[];
	readonly fields: Fields;
	/** Of its header. */
	readonly spot: Spot;
}

/** How a hook's header is written. */
export function header(kind: Hook["kind"], event: string): string {
	return kind === "shell" ? `[[hook.${keyName(event)}]]` : `[[hook.webhooks.${keyName(event)}]]`;
}
