// Templates that are JSON: made of pieces that each say what they must give, for any event's data.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../../src/lib/json.ts";
import { parseReference } from "../../../src/model/reference.ts";
import { BodyError, parseJsonBody } from "../../../src/template/body.ts";
import { compileTemplate } from "../../../src/template/compile.ts";
import { renderTemplate } from "../../../src/template/render.ts";
import { TemplateError } from "../../../src/template/tags.ts";
import { oddPiece, oddText } from "../../helpers/odd-text.ts";
import { template } from "../../helpers/template.ts";

/** Names of fields, such that are everywhere in JavaScript among them. */
const NAMES = "a b list o 0 length constructor toString __proto__ prototype name valueOf hasOwnProperty".split(" ");
const name = fc.constantFrom(...NAMES, "a", "b", "list", "o");
const path = fc.oneof(
	name,
	name,
	fc.tuple(name, name).map((names) => names.join(".")),
	fc.constant("."),
);

const { data } = fc.letrec<{ data: Json; object: JsonObject }>((tie) => ({
	data: fc.oneof(
		{ maxDepth: 3 },
		oddText,
		fc.boolean(),
		fc.constantFrom<Json>("", "0", 0, -1, 1.5, 1e308, true, false, null),
		fc.array(tie("data"), { maxLength: 3 }),
		tie("object"),
	),
	object: fc.dictionary(name, tie("data"), { maxKeys: 6 }).map((table) => JSON.parse(JSON.stringify(table))),
}));
const view = fc.dictionary(name, data, { minKeys: 3 }).map((table): JsonObject => JSON.parse(JSON.stringify(table)));

/** What names are looked up in, the innermost first. */
type Scopes = readonly Json[];

const has = (value: Json | undefined, key: string): value is JsonObject =>
	typeof value === "object" && value !== null && Object.hasOwn(value, key);

/** What a path means: its first name in the innermost thing that has it, the others in what that gave. */
function look(names: string, scopes: Scopes): Json | undefined {
	if (names === ".") return scopes[0];
	const [first = "", ...rest] = names.split(".");
	let found: Json | undefined = scopes.find((scope) => has(scope, first));
	for (const key of [first, ...rest]) found = has(found, key) ? found[key] : undefined;
	return found;
}

const shown = (value: Json | undefined) =>
	value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);

const filled = (value: Json | undefined) =>
	value === 0 || (Boolean(value) && (typeof value !== "object" || Object.keys(value ?? {}).length > 0));

/** A piece of a template, and what it must give. */
interface Piece<T> {
	readonly source: string;
	readonly gives: (scopes: Scopes) => T;
}

const SECRET = 'va"lue {{a}} \\ \u2028 ${V}';

/** What is inside quotes. */
const inString: fc.Arbitrary<Piece<string>> = fc.oneof(
	oddText
		.map((text) => text.replaceAll(/[{}$]/g, ""))
		.map((text) => ({ source: JSON.stringify(text).slice(1, -1), gives: () => text })),
	path.map((names) => ({ source: `{{${names}}}`, gives: (scopes: Scopes) => shown(look(names, scopes)) })),
	fc.constantFrom(
		{ source: "${V}", gives: () => SECRET },
		{ source: "$${ ", gives: () => "${ " },
		{ source: "{{! } }}", gives: () => "" },
	),
);

const space = fc.constantFrom("", "", " ", "\n", "\r\n", "\t");

const { json } = fc.letrec<{ json: Piece<Json>; string: Piece<string> }>((tie) => ({
	string: fc.array(inString, { maxLength: 4 }).map((pieces) => ({
		source: `"${pieces.map(({ source }) => source).join("")}"`,
		gives: (scopes: Scopes) => pieces.map(({ gives }) => gives(scopes)).join(""),
	})),
	json: fc.oneof(
		{ maxDepth: 4 },
		tie("string"),
		path.map((names) => ({ source: `{{{${names}}}}`, gives: (scopes: Scopes) => look(names, scopes) ?? null })),
		path.map((names) => ({ source: `{{& ${names} }}`, gives: (scopes: Scopes) => look(names, scopes) ?? null })),
		fc.tuple(fc.array(fc.tuple(tie("string"), tie("json")), { maxLength: 3 }), space).map(([entries, gap]) => ({
			source: `{${gap}${entries.map(([key, value]) => `${key.source}:${gap}${value.source}`).join(`${gap}, `)}${gap} }`,
			gives: (scopes: Scopes) =>
				Object.fromEntries(entries.map(([key, value]) => [key.gives(scopes), value.gives(scopes)])),
		})),
		fc.tuple(path, tie("json"), tie("json"), space).map(([names, yes, no, gap]) => ({
			source: `{{#if ${names}}}${gap}${yes.source}{{else}}${no.source}${gap}{{/if}}`,
			gives: (scopes: Scopes) => (filled(look(names, scopes)) ? yes : no).gives(scopes),
		})),
		fc.tuple(path, tie("json"), space).map(([names, item, gap]) => ({
			source: `[${gap}{{#${names}}}${item.source},${gap}{{/${names}}}null]`,
			gives: (scopes: Scopes) => [...inner(names, scopes).map((inside) => item.gives(inside)), null],
		})),
		path.map((names) => ({
			source: `[{{#${names}}}{{{.}}},{{/${names}}}null]`,
			gives: (scopes: Scopes) => [...inner(names, scopes).map((inside) => look(".", inside) ?? null), null],
		})),
		fc.tuple(path, tie("json")).map(([names, no]) => ({
			source: `[{{^${names}}}${no.source},{{/${names}}}null]`,
			gives: (scopes: Scopes) => [...(inner(names, scopes).length === 0 ? [no.gives(scopes)] : []), null],
		})),
	),
}));

/** The scopes of each turn of a section. */
function inner(names: string, scopes: Scopes): readonly Scopes[] {
	const value = look(names, scopes);
	if (Array.isArray(value)) return value.map((item) => [item, ...scopes]);
	if (!value) return [];
	return [value === true ? scopes : [value, ...scopes]];
}

describe("a template that is JSON", () => {
	it("gives what its pieces say, whatever the event holds, from own properties only", () => {
		fc.assert(
			fc.property(json, view, ({ source, gives }, context) => {
				const compiled = template(source);
				const rendered = renderTemplate(compiled, { view: context, escaping: "json", resolve: () => SECRET });
				expect(parseJsonBody(rendered, compiled)).toEqual(gives([context]));
			}),
			{ numRuns: 300 },
		);
	});

	it("in which anything is changed is refused at a place inside, or rendered, and read or told to be no JSON", () => {
		const change = fc.tuple(fc.nat(), fc.nat(6), fc.oneof(oddPiece, oddPiece, fc.constant("y".repeat(999))));
		fc.assert(
			fc.property(json, view, fc.array(change, { minLength: 1, maxLength: 3 }), ({ source }, context, changes) => {
				let changed = source;
				for (const [at, cut, added] of changes) {
					const start = at % (changed.length + 1);
					changed = changed.slice(0, start) + added + changed.slice(start + cut);
				}
				try {
					const compiled = compileTemplate(parseReference(changed.toWellFormed()));
					parseJsonBody(renderTemplate(compiled, { view: context, escaping: "json", resolve: () => SECRET }), compiled);
				} catch (error) {
					if (!(error instanceof TemplateError || error instanceof BodyError)) throw error;
					if (error instanceof TemplateError) {
						expect(error.offset).toBeLessThan(changed.length);
						expect(`${error.message}${error.remedy}`.length).toBeLessThan(300);
						expect(`${error.message}${error.remedy}`).not.toMatch(/\p{Bidi_Control}/u);
					}
					expect(`${error.message}${error.remedy}`).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u);
					expect(error.message).not.toContain('va"lue');
				}
			}),
			{ numRuns: 300 },
		);
	});
});
