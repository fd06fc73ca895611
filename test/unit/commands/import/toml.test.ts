// The TOML writer: what is parsed again is what was written, and comments stay comments.
import fc from "fast-check";
import { parse } from "smol-toml";
import { expect, it } from "vitest";
import { type Section, type TomlTable, writeToml } from "../../../../src/commands/import/toml.ts";

const section = (table: TomlTable, more: Partial<Section> = {}): Section => {
	return { path: ["subscription"], isList: true, table, head: [], comments: new Map(), ...more };
};

/** Lone surrogates, which TOML cannot hold, are replaced. */
const text = fc.string({ unit: "binary" }).map((raw) => raw.toWellFormed());
const odd = fc.oneof(
	text,
	fc.constantFrom('"', '"""', '""""', 'a"\n"', "\\n", "\\", "'''", "\r\n", "\r", "\u007f", "\n", "a\n"),
);
const scalar = fc.oneof(odd, fc.integer(), fc.boolean());
const key = odd.filter((name) => name !== "__proto__");
const { table } = fc.letrec<{ table: TomlTable; value: TomlTable[string] }>((tie) => ({
	table: fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
	value: fc.oneof(
		{ maxDepth: 3 },
		scalar,
		fc.array(scalar, { maxLength: 3 }),
		tie("table"),
		fc.array(tie("table"), { maxLength: 3 }),
	),
}));

it("gives back what was written", () => {
	fc.assert(
		fc.property(fc.array(table, { minLength: 1, maxLength: 3 }), (tables) => {
			const written = writeToml(
				["head"],
				tables.map((one) => section(one)),
			);
			expect(parse(written)).toEqual({ subscription: tables });
		}),
	);
});

it("lets no comment end itself", () => {
	fc.assert(
		fc.property(odd, (comment) => {
			const comments = new Map([
				["name", [comment]],
				["headers", [comment]],
			]);
			const table = { name: "a", headers: { b: "c" } };
			const written = writeToml([comment], [section(table, { head: [comment], comments })]);
			expect(parse(written)).toEqual({ subscription: [table] });
		}),
	);
});

it("writes texts of several lines as such, and comments above what they are about", () => {
	const table = {
		name: "a",
		body_template: '{\n  "text": "{{event}}"\n}\n',
		skipped: undefined,
		headers: { "X-A": "b" },
	};
	const comments = new Map([
		["body_template", ["the body"]],
		["headers", ["the headers"]],
	]);
	expect(writeToml(["made up"], [section(table, { comments })])).toBe(`# made up

[[subscription]]
name          = "a"
# the body
body_template = """
{
  "text": "{{event}}"
}
"""

# the headers
[subscription.headers]
X-A = "b"
`);
});
