// However an event's name is written in a header, it means the same event; and nothing else means one.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CATALOG } from "../../../src/model/catalog.ts";
import { oddPiece } from "../../helpers/odd-text.ts";
import { mistakes, parse } from "../../helpers/parse.ts";

/** Names that are longer or shorter than each other, that look like a spelling, or that every object has. */
const OWN = [
	"deploy",
	"deploy.approved",
	"deploy.approved.late",
	"on_call",
	"on_deploy",
	"webhooks2",
	"constructor",
	"a.toString",
];
const DECLARED = `${OWN.map((name, at) => `[event.${at % 2 === 0 ? JSON.stringify(name) : name}]`).join("\n")}\n`;

const CATALOG_NAMES = CATALOG.map(({ name }) => name);

/** What each spelling means: a name itself before Rocky's `on_` before a name. */
const MEANT = new Map<string, string>();
for (const name of [...CATALOG_NAMES, ...OWN]) MEANT.set(`on_${name}`, name);
MEANT.set("NewCommit", "commit").set("on_NewCommit", "commit");
for (const name of [...CATALOG_NAMES, ...OWN]) MEANT.set(name, name);

/** What a glob is, told by a regular expression: it selects some event, as it is or without Rocky's `on_`. */
function isGlob(written: string): boolean {
	const parts = (text: string) => text.split("*").map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
	const patterns = [written, written.replace(/^on_/, "")].map((text) => new RegExp(`^${parts(text).join("[^]*")}$`));
	return (
		written.includes("*") && patterns.some((pattern) => [...CATALOG_NAMES, ...OWN].some((name) => pattern.test(name)))
	);
}

const escaped = (text: string) =>
	text.replaceAll(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** One part of a dotted key, quoted in any way that it can be. */
function part(text: string): fc.Arbitrary<string> {
	const quoted = [JSON.stringify(text), `"${escaped(text)}"`, ...(text.includes("'") ? [] : [`'${text}'`])];
	return fc.constantFrom(...quoted, ...(/^[\w-]+$/.test(text) ? [text, text, text] : []));
}

/** The name as one key or several: quoted as a whole, cut at any of its dots, with blanks around those. */
function keysOf(name: string): fc.Arbitrary<string> {
	const words = name.split(".");
	const cuts = fc.array(fc.boolean(), { minLength: words.length, maxLength: words.length });
	const groups = cuts.map((cut) =>
		words
			.map((word, index) => (index === 0 ? word : `${cut[index] ? "\n" : "."}${word}`))
			.join("")
			.split("\n"),
	);
	const dot = fc.constantFrom(".", ".", " . ", "\t.");
	return fc
		.tuple(
			groups.chain((all) => fc.tuple(...all.map(part))),
			dot,
		)
		.map(([parts, between]) => parts.join(between));
}

interface Written {
	readonly name: string;
	readonly kind: "shell" | "webhook";
	/** What stands between the brackets of a header. */
	readonly key: string;
}

const written: fc.Arbitrary<Written> = fc
	.tuple(
		fc.constantFrom(...MEANT.keys()),
		fc.constantFrom<Written["kind"]>("shell", "webhook"),
		fc.constantFrom("hook", "hooks", '"hook"', "'hooks'"),
		fc.constantFrom("webhooks", '"webhooks"', '"web\\u0068ooks"'),
	)
	.chain(([name, kind, root, webhooks]) =>
		keysOf(name).map((keys) => ({ name, kind, key: [root, ...(kind === "shell" ? [] : [webhooks]), keys].join(".") })),
	);

const TARGETS = { shell: 'command = "x"', webhook: 'url = "https://example.com/"' };

describe("an event's name", () => {
	it("means the same in every spelling, quoting and kind of table", () => {
		const forms = fc.constantFrom<(key: string, target: string) => string>(
			(key, target) => `[[${key}]]\n${target}`,
			(key, target) => `[ ${key}\t]\n${target}`,
			(key, target) => `${key} = { ${target} }`,
			(key, target) => `${key} = [{ ${target} }]`,
			(key, target) => `${key}.${target}`,
		);
		fc.assert(
			fc.property(written, forms, ({ name, kind, key }, form) => {
				const { hooks } = parse(`${form(key, TARGETS[kind])}\n${DECLARED}`);
				expect(hooks).toMatchObject([
					{ selectors: [{ event: MEANT.get(name) }], kind, place: { line: 1, column: expect.any(Number) } },
				]);
			}),
			{ numRuns: 200 },
		);
	});

	it("means the same beside others, whose hooks keep their order, numbers and places", () => {
		fc.assert(
			fc.property(fc.array(written, { minLength: 1, maxLength: 8 }), (all) => {
				// TOML has no table that is a list and holds another table by name as well.
				const names = all.map(({ name }) => name);
				fc.pre(!names.some((name) => names.some((other) => other.startsWith(`${name}.`))));
				const source = all.map(({ key, kind }) => `[[${key}]]\n${TARGETS[kind]}`).join("\n");
				const counts = new Map<string, number>();
				const wanted = all.map(({ name, kind }, index) => {
					const stem = `${MEANT.get(name)}-${kind}`;
					counts.set(stem, (counts.get(stem) ?? 0) + 1);
					return {
						selectors: [{ event: MEANT.get(name) }],
						kind,
						name: `${stem}-${counts.get(stem)}`,
						place: { line: 2 * index + 1 },
					};
				});
				expect(parse(`${source}\n${DECLARED}`).hooks).toMatchObject(wanted);
			}),
			{ numRuns: 200 },
		);
	});

	it("that there is not is told to be unknown, whatever it resembles", () => {
		const near = fc
			.tuple(fc.constantFrom(...MEANT.keys()), fc.nat(), fc.nat(2), fc.oneof(oddPiece, fc.constant("")))
			.map(([name, at, cut, added]) => {
				const start = at % (name.length + 1);
				return name.slice(0, start) + added + name.slice(start + cut);
			});
		const inherited =
			"a toString __proto__ on_ on_on_ping hasOwnProperty generation webhooks. ping. .ping phase: phase:tables Phase:table job:* *.*.*.*";
		const anything = fc.oneof(
			near,
			near.map((name) => `on_${name}`),
			fc.constantFrom(...inherited.split(" "), ""),
		);
		const name = anything
			.map((text) => text.toWellFormed())
			.filter((text) => !MEANT.has(text) && text !== "webhooks" && !isGlob(text));
		const table = fc.constantFrom<[string, string]>(["hook", TARGETS.shell], ["hook.webhooks", TARGETS.webhook]);
		fc.assert(
			fc.property(name, table, (unknown, [root, target]) => {
				const key = JSON.stringify(unknown).replaceAll("\x7f", "\\u007f");
				const wanted = /^1:1 (?:unknown event|".*" selects no event|"__proto__" cannot)/;
				expect(mistakes(`[[${root}.${key}]]\n${target}\n${DECLARED}`)).toEqual([expect.stringMatching(wanted)]);
			}),
			{ numRuns: 200 },
		);
	});

	it("with stars in it means every event that it fits, and is refused where it fits none", () => {
		const starred = fc
			.tuple(fc.constantFrom(...MEANT.keys()), fc.nat(), fc.nat(8), fc.nat(), fc.nat(3))
			.map(([name, at, cut, second, more]) => {
				const start = at % (name.length + 1);
				const once = `${name.slice(0, start)}*${name.slice(start + cut)}`;
				const next = second % (once.length + 1);
				return more === 0 ? `${once.slice(0, next)}*${once.slice(next)}` : once;
			});
		const table = fc.constantFrom<[string, string]>(["hook", TARGETS.shell], ["hook.webhooks", TARGETS.webhook]);
		fc.assert(
			fc.property(
				fc.oneof(
					starred,
					starred.map((name) => `on_${name}`),
				),
				table,
				(glob, [root, target]) => {
					const source = `[[${root}.${JSON.stringify(glob)}]]\n${target}\n${DECLARED}`;
					if (isGlob(glob)) expect(parse(source).hooks).toMatchObject([{ selectors: [{ kind: "glob" }] }]);
					else expect(mistakes(source)).toEqual([`1:1 ${JSON.stringify(glob)} selects no event`]);
				},
			),
			{ numRuns: 200 },
		);
	});
});
