// The options of a hook that are templates: compiled once, rendered for each event.

import { isJsonArray, isJsonObject, type Json } from "../lib/json.ts";
import type { Webhook } from "../model/hook.ts";
import { CannotRender, type Fill } from "../model/preset.ts";
import { parseReference, type Reference, type Variable } from "../model/reference.ts";
import type { Template } from "../model/template.ts";
import { BodyError } from "../template/body.ts";
import { compileTemplate } from "../template/compile.ts";
import { type RenderOptions, renderTemplate } from "../template/render.ts";

/** What renders the templates among a hook's options. `resolve` gives the value of a variable, which is never a template. */
export function fillOptions(
	{ preset, options }: Pick<Webhook, "preset" | "options">,
	resolve: (reference: Reference) => string,
): Fill {
	const compiled = new Map<string, readonly (readonly [key: string, template: Template])[]>();
	for (const [name, value] of Object.entries(options)) {
		if (preset.options[name]?.template !== true) continue;
		const texts = textsOf(value).map(([key, text]) => [key, compileTemplate(parseReference(text))] as const);
		compiled.set(name, texts);
	}
	const textOf = (variable: Variable) => resolve({ source: "", parts: [variable] });
	return (option, view, escaping) => {
		const templates = compiled.get(option) ?? [];
		if (templates.length === 0) return [];
		const filling: RenderOptions = { view: view(), escaping: "none", escape: escaping, resolve: textOf };
		try {
			return templates.map(([key, template]) => [key, renderTemplate(template, filling)]);
		} catch (error) {
			throw error instanceof BodyError ? new CannotRender(`${option}: ${error.message}`) : error;
		}
	};
}

function textsOf(value: Json): readonly (readonly [key: string, text: string])[] {
	if (isJsonObject(value))
		return Object.entries(value).flatMap(([key, item]) => (typeof item === "string" ? [[key, item]] : []));
	const items = isJsonArray(value) ? value : [value];
	return items.flatMap((item) => (typeof item === "string" ? [["", item]] : []));
}
