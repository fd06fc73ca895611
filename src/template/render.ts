// Renders a template: looks fields up in an event's context and inserts them, escaped.

import { ExactNumber } from "../lib/exact-number.ts";
import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../lib/json.ts";
import { hasBeginning, valuesAt } from "../lib/lookup.ts";
import type { Variable } from "../model/reference.ts";
import type { Node, Template } from "../model/template.ts";
import { BodyError } from "./body.ts";

/**
 * UTF-16 code units of a body, and steps of making it: pieces of its template, repeated ones each time, and values that a
 * name was looked up in without being there. Both are far more than a message needs.
 */
const MAX_LENGTH = 10 * 1024 * 1024;
const MAX_STEPS = 1_000_000;

/** How inserted values are escaped; the message's content type decides. */
export type Escaping = "json" | "form" | "none";

const JSON_TYPE = /^(?:application\/json|[^/\s]+\/[^/\s]+\+json)$/;

/** The escaping for the value of a `content-type` header, whatever its case and parameters. */
export function escapingFor(contentType: string): Escaping {
	const type = contentType.replace(/;.*$/s, "").trim().toLowerCase();
	if (JSON_TYPE.test(type)) return "json";
	return type === "application/x-www-form-urlencoded" ? "form" : "none";
}

/** The escaping of a body: that of its content type, unless it is a text in a `rocky.toml`, which has no other type. */
export function escapingOf({ isRocky, nodes }: Template, contentType: string): Escaping {
	const escaping = escapingFor(contentType);
	return isRocky && escaping === "json" && !beginsAsJson(nodes) ? "none" : escaping;
}

/** `[nightly] failed` does not, whether the name is written there or inserted. */
function beginsAsJson([first, ...rest]: readonly Node[]): boolean {
	if (first === undefined) return false;
	if ("nodes" in first) return beginsAsJson([...first.nodes, ...rest]);
	if (first.kind !== "text") return first.kind !== "value";
	const text = first.text.trim();
	if (text === "") return beginsAsJson(rest);
	return text === "[" ? rest[0]?.kind !== "value" : /^(?:[{"]|\[\s*[[{"\]])/.test(text);
}

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

/** The body as text. Throws a {@link BodyError} where it is too large; what `resolve` throws passes through. */
export function renderTemplate(template: Template, options: RenderOptions): string {
	const room = { length: MAX_LENGTH, steps: MAX_STEPS };
	return renderNodes(
		template.nodes,
		{ value: options.view, outer: undefined },
		{ ...options, room, isRocky: template.isRocky, withKeys: new WeakMap() },
	);
}

/** What there is still room for. */
interface Rendering extends RenderOptions {
	readonly room: { length: number; steps: number };
	readonly isRocky: boolean;
	/** Whether objects have keys, for those that were asked about. */
	readonly withKeys: WeakMap<JsonObject, boolean>;
	/** Code points that `{{#truncate}}` still has room for; absent outside it, and where all of it fits. */
	readonly left?: { points: number };
}

/** A value that names are looked up in, and the values around it. */
interface Scope {
	readonly value: Json;
	readonly outer: Scope | undefined;
}

function renderNodes(nodes: readonly Node[], scope: Scope, options: Rendering): string {
	let text = "";
	for (const node of nodes) {
		const piece = renderNode(node, scope, options);
		// What is inside a section is counted already.
		take(options, "nodes" in node ? 0 : piece.length);
		text += piece;
	}
	return text;
}

function take({ room }: Rendering, length: number): void {
	room.length -= length;
	room.steps -= 1;
	if (room.length >= 0 && room.steps >= 0) return;
	throw new BodyError("body is too large", "repeat less: a list inside a list multiplies");
}

function renderNode(node: Node, scope: Scope, options: Rendering): string {
	const { escaping } = options;
	switch (node.kind) {
		case "text":
			return whole(node.text, options);
		case "variable":
			return escapeText(start(options.resolve(node.variable), options), escaping);
		case "value": {
			const text = start(toText(find(node.path, scope, options)), options);
			return escapeText(options.escape?.(text) ?? text, escaping);
		}
		case "json": {
			const json = JSON.stringify(find(node.path, scope, options) ?? null);
			return whole(escaping === "json" ? json : escapeText(json, escaping), options);
		}
		case "section": {
			const value = find(node.path, scope, options);
			if (isJsonArray(value)) {
				let text = "";
				for (const item of value) {
					take(options, 0);
					text += renderNodes(node.nodes, { value: item, outer: scope }, options);
				}
				return text;
			}
			if (value === undefined || isFalse(value)) return "";
			return renderNodes(node.nodes, value === true ? scope : { value, outer: scope }, options);
		}
		case "inverted": {
			const value = find(node.path, scope, options);
			const nothing = isJsonArray(value) ? value.length === 0 : isFalse(value);
			return nothing ? renderNodes(node.nodes, scope, options) : "";
		}
		case "if":
			return isFilled(find(node.path, scope, options), options) ? renderNodes(node.nodes, scope, options) : "";
		case "else":
			return isFilled(find(node.path, scope, options), options) ? "" : renderNodes(node.nodes, scope, options);
		case "truncate": {
			const plain = renderNodes(node.nodes, scope, { ...options, escaping: "none", escape: undefined });
			if (Array.from(plain).length <= node.limit) return renderNodes(node.nodes, scope, options);
			const left = { points: node.limit - 1 };
			return renderNodes(node.nodes, scope, { ...options, left }) + escapeText("…", escaping);
		}
	}
}

/** As much of an inserted text as there is room for; it is truncated before it is escaped. */
function start(text: string, { left }: Rendering): string {
	if (left === undefined) return text;
	const kept = Array.from(text).slice(0, left.points);
	left.points = kept.join("") === text ? left.points - kept.length : 0;
	return kept.join("");
}

/** A text that is part of the body's own language is left out where it does not fit. */
function whole(text: string, { left }: Rendering): string {
	if (left === undefined) return text;
	const length = Array.from(text).length;
	const fits = length <= left.points;
	left.points = fits ? left.points - length : 0;
	return fits ? text : "";
}

/** As what is between the quotes of a JSON string, or after a `name=` (https://url.spec.whatwg.org/#urlencoded-serializing). */
function escapeText(text: string, escaping: Escaping): string {
	switch (escaping) {
		case "json":
			return JSON.stringify(text).slice(1, -1);
		case "form":
			return new URLSearchParams([["", text]]).toString().slice(1);
		case "none":
			return text;
	}
}

/** The beginning of a name is looked up from the inside out; the rest only in what has that. */
function find(path: readonly string[], scope: Scope, options: Rendering): Json | undefined {
	if (path.length === 0) return scope.value;
	let holder: Scope | undefined = scope;
	while (holder !== undefined && !hasBeginning(holder.value, path)) {
		take(options, 0);
		holder = holder.outer;
	}
	return holder === undefined ? undefined : valuesAt(holder.value, path, "index")[0];
}

function toText(value: Json | undefined): string {
	if (value === undefined || value === null) return "";
	return isJsonObject(value) || isJsonArray(value) ? JSON.stringify(value) : String(value);
}

/** As Mustache says, for which 0 is false, however it is written. */
function isFalse(value: Json | undefined): boolean {
	return value instanceof ExactNumber ? value.toNumber() === 0 : !value;
}

/** Whether `{{#if}}` takes it for true: `"0"` and `0` too, but nothing that is absent, null, false or empty; in Rocky false, too. */
function isFilled(value: Json | undefined, { isRocky, withKeys }: Rendering): boolean {
	if (isJsonArray(value)) return isRocky || value.length > 0;
	if (isJsonObject(value)) return isRocky || hasKeys(value, withKeys);
	if (isRocky) return toText(value) !== "";
	return value !== undefined && value !== null && value !== false && value !== "";
}

/** Lists the keys of an object once, however often an `{{#if}}` asks: there may be a million of both. */
function hasKeys(value: JsonObject, known: WeakMap<JsonObject, boolean>): boolean {
	const had = known.get(value) ?? Object.keys(value).length > 0;
	known.set(value, had);
	return had;
}
