// Renders a template: looks fields up in an event's context and inserts them, escaped.
import type { Variable } from "../config/interpolate.ts";
import { isJsonObject, type Json, type JsonObject } from "../json.ts";
import { type Escaping, escapeText } from "./escape.ts";
import type { Node, Template } from "./template.ts";

/** What a template is rendered with. */
export interface RenderOptions {
	/** Where fields are looked up. Only own properties are seen. */
	readonly view: JsonObject;
	readonly escaping: Escaping;
	/** The preset's own escaping, put on the text of `{{field}}` before `escaping` is. */
	readonly escape?: ((text: string) => string) | undefined;
	/** The value of a variable; it is escaped for the body, and never read as a template. */
	readonly resolve: (variable: Variable) => string;
}

/** The body as text. What `resolve` throws passes through; nothing else is thrown. */
export function renderTemplate(template: Template, options: RenderOptions): string {
	return renderNodes(template.nodes, { value: options.view, outer: undefined }, options);
}

/** A value that names are looked up in, and the values around it. */
interface Scope {
	readonly value: Json;
	readonly outer: Scope | undefined;
}

function renderNodes(nodes: readonly Node[], scope: Scope, options: RenderOptions): string {
	let text = "";
	for (const node of nodes) text += renderNode(node, scope, options);
	return text;
}

function renderNode(node: Node, scope: Scope, options: RenderOptions): string {
	const { escaping } = options;
	switch (node.kind) {
		case "text":
			return node.text;
		case "variable":
			return escapeText(options.resolve(node.variable), escaping);
		case "value": {
			const text = toText(find(node.field.path, scope));
			return escapeText(options.escape?.(text) ?? text, escaping);
		}
		case "json": {
			const json = JSON.stringify(find(node.field.path, scope) ?? null);
			return escaping === "json" ? json : escapeText(json, escaping);
		}
		case "section": {
			const value = find(node.field.path, scope);
			if (isList(value)) {
				return value.map((item) => renderNodes(node.nodes, { value: item, outer: scope }, options)).join("");
			}
			if (!value) return "";
			return renderNodes(node.nodes, value === true ? scope : { value, outer: scope }, options);
		}
		case "inverted": {
			const value = find(node.field.path, scope);
			const nothing = isList(value) ? value.length === 0 : !value;
			return nothing ? renderNodes(node.nodes, scope, options) : "";
		}
		case "if":
			return isFilled(find(node.field.path, scope)) === node.when ? renderNodes(node.nodes, scope, options) : "";
	}
}

/** The first name is looked up from the inside out; the others only in what it gave. */
function find(path: readonly string[], scope: Scope): Json | undefined {
	const [first] = path;
	if (first === undefined) return scope.value;
	let holder: Scope | undefined = scope;
	while (holder !== undefined && own(holder.value, first) === undefined) holder = holder.outer;
	let value: Json | undefined = holder?.value;
	for (const name of path) value = own(value, name);
	return value;
}

/** Through the property's descriptor, so that nothing inherited is seen and no code of a value runs. */
function own(value: Json | undefined, name: string): Json | undefined {
	if (typeof value !== "object" || value === null) return undefined;
	const found: Json | undefined = Object.getOwnPropertyDescriptor(value, name)?.value;
	return typeof found === "function" ? undefined : found;
}

function toText(value: Json | undefined): string {
	if (value === undefined || value === null) return "";
	return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** What `{{#if}}` asks: `"0"` and `0` are something; absent, null, false and everything empty are nothing. */
function isFilled(value: Json | undefined): boolean {
	if (isJsonObject(value) || isList(value)) return Object.keys(value).length > 0;
	return value !== undefined && value !== null && value !== false && value !== "";
}

function isList(value: Json | undefined): value is readonly Json[] {
	return Array.isArray(value);
}
