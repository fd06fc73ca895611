// Reading a preset's options, which the config has checked but for what variables bring in, and the hook's own URL.
import { isJsonObject, type Json, type JsonObject, wellFormed } from "../lib/json.ts";
import type { Options } from "../model/preset.ts";

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
