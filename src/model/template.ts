// A template of the config, parsed: a `body_template`, or an option that is one.
import type { Reference, Variable } from "./reference.ts";

/** A template that parsed. Immutable, so that one can be rendered for many events. */
export interface Template {
	/** As it is written in the config. */
	readonly source: Reference;
	readonly nodes: readonly Node[];
	/**
	 * Of a `rocky.toml`: as in Rocky, `{{#if}}` holds for whatever is not empty when it is written, `false`, `[]` and `{}`
	 * too, and a body that does not begin as JSON is plain text.
	 */
	readonly isRocky: boolean;
}

/** The name in a tag, such as `metadata.rows`, split at its dots; empty for `.`, the current element of a list. */
export type FieldPath = readonly string[];

/** One piece of a template, in the order of the text. Comments are gone, as are lines that held nothing but a tag. */
export type Node =
	| { readonly kind: "text"; readonly text: string }
	| { readonly kind: "variable"; readonly variable: Variable }
	/** `{{field}}`, and `{{{field}}}` or `{{&field}}` */
	| { readonly kind: "value" | "json"; readonly path: FieldPath }
	| {
			/**
			 * `section`: once for each element of a list, and once for anything else that is true in JavaScript. `inverted`: when
			 * the section would give nothing. `if` and `else`: when the field has something in it, and when it has not.
			 */
			readonly kind: "section" | "inverted" | "if" | "else";
			readonly path: FieldPath;
			readonly nodes: readonly Node[];
	  }
	/** What is inside, at most that many code points of it. */
	| { readonly kind: "truncate"; readonly limit: number; readonly nodes: readonly Node[] };
