// What a hook gives its preset: options, checked by the config but for what variables bring in, mentions, and its URL.
import { isJsonObject, type Json, type JsonObject, wellFormed } from "../lib/json.ts";
import type { OptionSpec, Options } from "../model/preset.ts";
import { type Escaping, oneLine, type Truncator } from "./text.ts";

/** Ours: mentions in a message, and the size of one that stays plain text. */
const MENTIONS_LIMIT = 20;
const PLAIN_LIMIT = 80;

/** The option's text without white space around it; undefined when absent or blank. */
export function textOption(options: Options, name: string): string | undefined {
	const value = Object.hasOwn(options, name) ? options[name] : undefined;
	return isText(value) ? value.trim() : undefined;
}

/** The texts of a list, or one text alone; blank ones left out. */
export function textsOption(options: Options, name: string): readonly string[] {
	const value = Object.hasOwn(options, name) ? options[name] : undefined;
	const items: readonly Json[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
	return items.filter(isText).map((text) => text.trim());
}

/** A table's keys and values, lone surrogates replaced; empty when absent. */
export function tableOption(options: Options, name: string): JsonObject {
	const table = wellFormed(options[name] ?? {});
	return isJsonObject(table) ? table : {};
}

/** The option `mention`; `whom` is what may be named. No text of an event ever mentions anybody. */
export function mentionOption(whom: string): OptionSpec {
	return { kind: "strings", summary: `Who is mentioned: ${whom}` };
}

/**
 * The mentions in one line, empty where there are none. `write` gives the service's markup for a name, which comes
 * without its `@`; a name for which there is none stays plain text.
 */
export function mentions(
	options: Options,
	truncator: Truncator,
	write: (name: string) => string | undefined,
	escaping?: Escaping,
): string {
	const names = textsOption(options, "mention")
		.map((who) => oneLine(who).replace(/^@/, ""))
		.filter((name) => name !== "");
	return truncator
		.list("mentions", names, MENTIONS_LIMIT)
		.map((name) => write(name) ?? truncator.text("mention", `@${name}`, PLAIN_LIMIT, escaping))
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

function isText(value: Json | undefined): value is string {
	return typeof value === "string" && value.trim() !== "";
}
