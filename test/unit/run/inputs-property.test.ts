// Metadata and context: whatever is written is read as it was meant, or refused as a mistake of the user.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readMetadataFlags } from "../../../src/commands/flags.ts";
import type { Json, JsonObject } from "../../../src/lib/json.ts";
import { UserError } from "../../../src/model/problem.ts";
import { readInputs } from "../../../src/run/inputs.ts";
import { oddPiece, oddText } from "../../helpers/odd-text.ts";

/** The context that inputs give beside the event `ping`. */
function read(given: Readonly<Record<string, string>>) {
	return readInputs((name) => ({ event: "ping", ...given })[name] ?? "").context;
}

/** The mistakes that inputs are; none where they are none. */
function mistakes(given: Readonly<Record<string, string>>): readonly string[] {
	try {
		read(given);
		return [];
	} catch (error) {
		if (error instanceof UserError) return error.problems.map(({ message, remedy }) => `${message}; ${remedy}`);
		throw error;
	}
}

const key = fc.oneof(fc.constantFrom("__proto__", "constructor", "toString", "length", "0", "a.b", ""), oddText);
const { value } = fc.letrec<{ value: Json }>((tie) => ({
	value: fc.oneof(
		{ maxDepth: 4 },
		oddText,
		fc.constantFrom<Json>(0, 1e308, 5e-324, -1.5, 2 ** 53, true, false, null, "", "1"),
		fc.array(tie("value"), { maxLength: 3 }),
		fc.dictionary(key, tie("value"), { maxKeys: 3 }),
	),
}));
/** As JSON can say it: every key an own one, `__proto__` too. */
const object = fc.array(fc.tuple(key, value), { minLength: 1, maxLength: 4 }).map((entries): JsonObject => {
	const named = entries.map(([name, item]) => [name || "unnamed", item]);
	return JSON.parse(JSON.stringify(Object.fromEntries(named)));
});

/** The same with lone surrogates replaced, said once more. */
const replaced = (json: Json): Json =>
	JSON.parse(JSON.stringify(json).replaceAll(/(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g, "$1\ufffd"));

/** Compared as texts, since an object may have a `toString` of its own. */
const texts = ([key, item]: readonly [string, Json]) => [key, JSON.stringify(item)] as const;

const space = fc.constantFrom("", " ", "\n", "\r\n\t", "\ufeff");

describe("metadata", () => {
	it("given as JSON comes back as it is, every key and value", () => {
		fc.assert(
			fc.property(object, space, space, fc.constantFrom(undefined, 2), (metadata, before, after, indent) => {
				const text = `${before}${JSON.stringify(metadata, undefined, indent)}${after}`;
				const found = read({ metadata: text }).metadata;
				expect(JSON.stringify(found)).toBe(JSON.stringify(replaced(metadata)));
				expect({}.toString).toBe(Object.prototype.toString);
			}),
			{ numRuns: 300 },
		);
	});

	const name = oddText
		.map((text) => text.replaceAll(/[=<\r\n]/g, "").trim())
		.filter((text) => text !== "" && !/^[{[]/.test(text));

	/** A value as lines that end in LF, as it is followed by one. */
	const inLines = (value: string, end = "\n") => (value + end).replaceAll("\r\n", "\n").slice(0, -1);

	it("given as lines comes back as texts, whole where they stand between delimiters", () => {
		const lines = fc.uniqueArray(fc.tuple(name, oddText, space, fc.constantFrom("=", "<<END", "<<gh=1")), {
			minLength: 1,
			maxLength: 5,
			selector: ([key]) => key,
		});
		fc.assert(
			fc.property(lines, fc.constantFrom("\n", "\r\n"), (all, end) => {
				const written = all.map(([key, value, gap, how]) => {
					const before = `${gap}${key}${gap.trim()} `;
					const inner = value.replaceAll(/\r?\n/g, end);
					return how === "="
						? `${before}=${value.replaceAll("\n", "")}`
						: [before + how, inner, how.slice(2)].join(end);
				});
				const wanted = all.map(([key, value, , how]): [string, string] => {
					return [key, how === "=" ? value.replaceAll("\n", "").trim() : inLines(value.replaceAll(/\r?\n/g, end), end)];
				});
				const found = read({ metadata: written.join(end) }).metadata;
				expect(new Map(Object.entries(found ?? {}))).toEqual(new Map(wanted));
				expect(mistakes({ metadata: [...written, written[0]].join(end) })).toEqual([
					expect.stringMatching(/^metadata: line \d+ has the same key as line \d+; /),
				]);
			}),
			{ numRuns: 300 },
		);
	});

	it("given as flags is the same as given as one input", () => {
		type Flag = { readonly text: string; readonly means: readonly (readonly [string, Json])[] };
		const flag = fc.oneof(
			object.map((all): Flag => ({ text: JSON.stringify(all), means: Object.entries(all) })),
			fc.tuple(name, oddText).map(([key, text]): Flag => ({ text: `${key}=${text}`, means: [[key, text.trim()]] })),
			fc.tuple(name, oddText).map(([key, text]): Flag => {
				return { text: `${key}<<END\n${text}\nEND`, means: [[key, inLines(text)]] };
			}),
		);
		fc.assert(
			fc.property(fc.array(flag, { minLength: 1, maxLength: 4 }), (flags) => {
				const means = flags.flatMap((one) => one.means);
				const given = () => readMetadataFlags(flags.map(({ text }) => text));
				if (new Set(means.map(([key]) => key)).size < means.length) {
					expect(given).toThrow(/^metadata: flag \d of \d repeats a key of an earlier flag$/);
				} else {
					const found = read({ metadata: given() }).metadata;
					expect(JSON.stringify(found)).toBe(JSON.stringify(replaced(Object.fromEntries(means))));
				}
			}),
			{ numRuns: 300 },
		);
	});

	it("of the input goes over that of the context, key by key", () => {
		fc.assert(
			fc.property(object, object, (outer, inner) => {
				const found = read({ metadata: JSON.stringify(outer), context: JSON.stringify({ metadata: inner }) }).metadata;
				const wanted = new Map([inner, outer].flatMap((all) => Object.entries(replaced(all) ?? {})));
				expect(new Map(Object.entries(found ?? {}).map(texts))).toEqual(new Map([...wanted].map(texts)));
			}),
		);
	});
});

describe("any text as metadata or context", () => {
	const changed = fc
		.tuple(object, fc.array(fc.tuple(fc.nat(), fc.nat(2), oddPiece), { minLength: 1, maxLength: 3 }))
		.map(([json, changes]) => {
			let text = JSON.stringify(json);
			for (const [at, cut, added] of changes) {
				const start = at % (text.length + 1);
				text = text.slice(0, start) + added + text.slice(start + cut);
			}
			return text;
		});

	it("is an object, or one mistake that quotes none of it", () => {
		fc.assert(
			fc.property(fc.constantFrom("metadata", "context"), fc.oneof(changed, oddText), (name, text) => {
				const found = mistakes({ [name]: text });
				for (const message of found) expect(message).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u);
				if (name !== "metadata") return;
				expect(found.length).toBeLessThanOrEqual(1);
				if (text.length > 12) expect(found.join()).not.toContain(text.slice(0, 12));
			}),
			{ numRuns: 700 },
		);
	});

	it("is refused where it is nested deeper than 500 levels, however deep that is", () => {
		const levels = fc.oneof(fc.integer({ min: 497, max: 503 }), fc.integer({ min: 1, max: 100_000 }));
		fc.assert(
			fc.property(fc.constantFrom("[]", "{}"), levels, fc.boolean(), (brackets, depth, isFlag) => {
				const [open = "", close = ""] = brackets === "[]" ? ["[", "]"] : ['{"a":', "}"];
				// The object around it is a level too.
				const metadata = `{"deep": ${open.repeat(depth - 1)}${close.repeat(depth - 1) || "1"}}`.replace(":}", ":1}");
				const context = `{"data": ${metadata}}`;
				const given = isFlag ? readMetadataFlags([metadata, "b=1"]) : metadata;
				const refused = (isTooDeep: boolean) =>
					isTooDeep ? [expect.stringContaining(": is nested deeper than 500 levels;")] : [];
				expect(mistakes({ metadata: given })).toEqual(refused(depth > 500));
				expect(mistakes({ context })).toEqual(refused(depth > 499));
			}),
			{ numRuns: 40 },
		);
	});
});
