// Renders templates in tests: from a config string to the body in one call.

import type { JsonObject } from "../../src/lib/json.ts";
import { parseReference } from "../../src/model/reference.ts";
import type { Template } from "../../src/model/template.ts";
import { compileTemplate } from "../../src/template/compile.ts";
import { type RenderOptions, renderTemplate } from "../../src/template/render.ts";
import { TemplateError } from "../../src/template/tags.ts";

/** Compiles what is written in a config, or in a `rocky.toml`. */
export function template(source: string, isRocky = false): Template {
	return compileTemplate(parseReference(source), isRocky);
}

/** Renders with no escaping and no variables, unless the options say otherwise. */
export function render(
	source: string,
	view: JsonObject,
	{ isRocky = false, ...options }: Partial<RenderOptions> & { readonly isRocky?: boolean } = {},
): string {
	const resolve = ({ name }: { readonly name: string }) => `value of ${name}`;
	return renderTemplate(template(source, isRocky), { view, escaping: "none", resolve, ...options });
}

/** The error that a config string gives; fails when it gives none. */
export function refusal(source: string): TemplateError {
	try {
		template(source);
	} catch (error) {
		if (error instanceof TemplateError) return error;
		throw error;
	}
	throw new Error(`not refused: ${source}`);
}
