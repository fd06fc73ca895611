// The fields that a template names, and what to write in place of those that no event has.
import { closest } from "../lib/suggest.ts";
import { pathsOfKey } from "../model/keys.ts";
import type { Reference } from "../model/reference.ts";
import {
	inWords,
	type Piece,
	piecesOf,
	type TemplateError,
	type TemplateText,
	templateText,
} from "../template/tags.ts";
import { BATCH, EVENT, FACTS, type Form, lookUp, VIEWS, type View } from "./template-forms.ts";

/** A piece of a template, and what its field is; undefined where it names none, or one that no event has. */
export type Typed = readonly [piece: Piece, form: Form | undefined];

/** A template, piece by piece. */
export interface TypedTemplate extends TemplateText {
	readonly pieces: readonly Typed[];
	/** For each field that no event has: where it is named, and what was meant. */
	readonly unknown: readonly TemplateError[];
}

/** Reads a template that compiles. */
export function typed(source: Reference, view: View): TypedTemplate {
	const text = templateText(source);
	const unknown: TemplateError[] = [];
	/** Of each open tag, what names are looked up in first; undefined for one that does not change that. */
	const scopes: (Form | undefined)[] = [];
	const pieces = piecesOf(text).map((piece): Typed => {
		switch (piece.kind) {
			case "end":
			case "end if":
				scopes.pop();
				return [piece, undefined];
			case "truncate":
				scopes.push(undefined);
				return [piece, undefined];
			case "value":
			case "json":
			case "section":
			case "inverted":
			case "if": {
				const path = piece.name === "." ? [] : piece.name.split(".");
				const form = lookUp(path, scopes, view);
				if (form === undefined) unknown.push(text.errorAt(piece.start, ...explain(piece.shown, path, view)));
				if (piece.kind === "section") scopes.push(scopeOf(form));
				if (piece.kind === "inverted" || piece.kind === "if") scopes.push(undefined);
				return [piece, form];
			}
			default:
				return [piece, undefined];
		}
	});
	return { ...text, pieces, unknown };
}

/** What a section looks names up in first, if it is not what is around it. */
function scopeOf(form: Form = "unknown"): Form | undefined {
	return ["object", "objects", "facts", "events", "unknown"].includes(form) ? form : undefined;
}

function explain(shown: string, path: readonly string[], view: View): readonly [message: string, remedy: string] {
	const [first = ""] = path;
	const message = `${shown} names a field that no event has`;
	if (view === "batch" && EVENT.has(first)) {
		return [
			`${shown} names a field that a batch of several events does not have`,
			`write {{#events}}${tag(...path)}{{/events}}`,
		];
	}
	if (view === "event" && Object.hasOwn(BATCH, first)) {
		return [`${shown} names a field that only batches have`, "set batch_size, or write the fields of the one event"];
	}
	return [message, helpFor(path, VIEWS[view === "batch" ? "either" : view])];
}

function tag(...names: readonly string[]): string {
	return `{{${inWords(names.join("."))}}}`;
}

/** What to write in place of a field that there is not. */
function helpFor([first = "", ...rest]: readonly string[], known: ReadonlyMap<string, Form>): string {
	switch (known.get(first)) {
		case undefined: {
			const meant = meantBy(first, known);
			const own = `alues of your own are in metadata: ${tag("metadata", first, ...rest)}`;
			return meant === undefined ? `v${own}` : `did you mean ${tag(...meant, ...rest)}? V${own}`;
		}
		case "facts": {
			const near = closest(rest[0] ?? "", FACTS.keys());
			return near === undefined ? `the facts are ${[...FACTS.keys()].join(", ")}` : `did you mean ${tag("ci", near)}?`;
		}
		case "objects":
		case "events":
			return `${first} is a list: write {{#${first}}}${tag(...rest)}{{/${first}}}, or ${tag(first, "0", ...rest)}`;
		case "texts":
			return `${first} is a list of texts: write {{#${first}}}{{.}}{{/${first}}}, or ${tag(first, "0")}`;
		default:
			return `${first} has no fields of its own: write ${tag(first)}`;
	}
}

/** A fact of the CI or a key of the entity without what it is in, or a word that is misspelled. */
function meantBy(name: string, known: ReadonlyMap<string, Form>): readonly string[] | undefined {
	const [path] = pathsOfKey(name);
	if (path !== undefined && path[0] !== name) return path;
	const near = closest(name, known.keys());
	if (near !== undefined) return [near];
	const fact = closest(name, FACTS.keys());
	return fact === undefined ? undefined : ["ci", fact];
}
