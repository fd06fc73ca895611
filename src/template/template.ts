// The template language of `body_template`: Mustache with `{{#if}}`, JSON values and escaping by content type.
import type { Reference } from "../config/interpolate.ts";

/** How inserted values are escaped; decided by the message's content type. */
export type Escaping = "json" | "form" | "none";

/** A template that parsed. */
export interface Template {
	/** As it stands in the config. */
	readonly source: Reference;
	// internal fields follow
}
