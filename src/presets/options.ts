// What a hook gives its preset: options, checked by the config but for what variables put in, mentions, and its URL.

import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";
import type { OptionSpec, Options } from "../model/preset.ts";
import { wellFormedObject } from "./context.ts";
import { oneLine, type Truncator } from "./text.ts";

/** Ours: mentions in a message, and the size of one that stays plain text. */
const MENTIONS_LIMIT = 20;
const PLAIN_LIMIT = 80;

/** An option that is one text. */
export const text = (summary: string): OptionSpec => ({ kind: "string", summary });

export const secret = (summary: string): OptionSpec => ({ ...text(summary), secret: true });

export const choice = (choices: readonly string[], summary: string): OptionSpec => ({
	kind: "choice",
	choices,
	summary,
});

/** An option that is not, or not only, part of the body. */
export const inRequest = (option: OptionSpec): OptionSpec => ({ ...option, inRequest: true });

export const required = (option: OptionSpec): OptionSpec => ({ ...option, required: true });

/** The option's text without white space around it; undefined when absent or empty. */
export function textOption(options: Options, name: string): string | undefined {
	return textsOption(options, name)[0];
}

/** The option's text on one line; empty when absent, or when it has nothing to see. */
export function lineOption(options: Options, name: string): string {
	return oneLine(textOption(options, name) ?? "");
}

/** The texts of a list, or one text alone; empty ones left out. */
export function textsOption(options: Options, name: string): readonly string[] {
	const value = options[name] ?? [];
	const items: readonly Json[] = isJsonArray(value) ? value : [value];
	return items
		.filter((item) => typeof item === "string")
		.map((text) => text.trim())
		.filter((text) => text !== "");
}

/** A table's keys and values, lone surrogates replaced; empty when absent. */
export function tableOption(options: Options, name: string): JsonObject {
	const table = options[name];
	return isJsonObject(table) ? wellFormedObject(table) : {};
}

/**
 * The mentions in one line, empty where there are none. A name for which the service has no markup stays plain text, with
 * a note: nobody is told.
 */
export function mentioned(
	names: readonly string[],
	truncator: Truncator,
	write: (name: string) => string | undefined,
	escaping = truncator.escaping,
): string {
	return truncator
		.list("mentions", names, MENTIONS_LIMIT)
		.map((name) => {
			const markup = write(name);
			if (markup !== undefined) return markup;
			truncator.notes.push(`mention "${excerpt(name, PLAIN_LIMIT)}" is plain text: it mentions nobody`);
			return truncator.text("mention", `@${name}`, PLAIN_LIMIT, escaping);
		})
		.join(" ");
}

/**
 * The URL with a parameter that the service needs, unless it has one of that name. Appended as text: setting parameters
 * would write the others, which may be signed, in another encoding.
 */
export function withQuery(url: URL | undefined, name: string, value: string): string | undefined {
	if (url === undefined || url.searchParams.has(name)) return url?.href;
	const longer = new URL(url);
	longer.search += `${url.search === "" ? "" : "&"}${name}=${value}`;
	return longer.href;
}
