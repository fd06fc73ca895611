// A template's text with each variable as one opaque character, and the way back to the config's own text.
import type { Reference, Variable } from "../model/reference.ts";

/**
 * A mistake in a template that can be known when the config is loaded. The message is one line that quotes nothing of
 * the template but tags.
 */
export class TemplateError extends Error {
	override readonly name = "TemplateError";
	/** In UTF-16 code units, into the `source` of the template's {@link Reference}. */
	readonly offset: number;
	/** One line: what to write instead. */
	readonly remedy: string;

	constructor(offset: number, message: string, remedy: string) {
		super(message);
		this.offset = offset;
		this.remedy = remedy;
	}
}

/**
 * Stands for a variable: no white space and no part of a tag, so that a variable can neither make nor end one. A user's
 * own U+FFFC stays text, since variables are known by where they stand.
 */
export const VARIABLE_MARK = "\ufffc";

/** The text that tags are looked for in. */
export interface TemplateText {
	readonly text: string;
	/** By offset of the mark in `text`, in ascending order. */
	readonly variables: ReadonlyMap<number, Variable>;
	/** Makes the error for a place in `text`. */
	readonly errorAt: (offset: number, message: string, remedy: string) => TemplateError;
}

/** Joins the parts of a config string. */
export function templateText(reference: Reference): TemplateText {
	const variables = new Map<number, Variable>();
	let text = "";
	for (const part of reference.parts) {
		if (typeof part === "string") {
			text += part;
		} else {
			variables.set(text.length, part);
			text += VARIABLE_MARK;
		}
	}
	const errorAt = (offset: number, message: string, remedy: string) =>
		new TemplateError(sourceOffset(reference.source, variables, offset), message, remedy);
	return { text, variables, errorAt };
}

/** Where the character at `offset` of the joined text stands in the config: `${VAR}` and `$${` are longer there. */
function sourceOffset(source: string, variables: ReadonlyMap<number, Variable>, offset: number): number {
	let at = 0;
	for (let passed = 0; passed < offset; passed++) {
		if (variables.has(passed)) at = source.indexOf("}", at) + 1;
		else if (source.startsWith("$${", at)) at += 2;
		else at += 1;
	}
	return at;
}
