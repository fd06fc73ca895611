// A valid config that is changed in any way is still a config, or an error at a place that exists.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WARNINGS } from "../../../scripts/explanations.ts";
import { loadConfig } from "../../../src/config/load.ts";
import type { Config } from "../../../src/model/hook.ts";
import { type Problem, UserError } from "../../../src/model/problem.ts";
import { SECRET, STATEMENTS, write } from "../../helpers/config-statements.ts";
import { withinCpuTime } from "../../helpers/cpu-time.ts";
import { fakeFiles } from "../../helpers/fakes.ts";
import { oddPiece } from "../../helpers/odd-text.ts";
import { parse, problemsOf, told } from "../../helpers/parse.ts";

const VALID = STATEMENTS.map(write).join("\n");

type Change = (source: string) => string;

const splice = (cut: number) =>
	fc.tuple(fc.nat(), fc.nat(cut), oddPiece).map(([at, length, added]): Change => {
		return (source) => {
			const start = at % (source.length + 1);
			return source.slice(0, start) + added + source.slice(start + length);
		};
	});
const lines = (change: (all: string[], a: number, b: number) => unknown) =>
	fc.tuple(fc.nat(), fc.nat()).map(([a, b]): Change => {
		return (source) => {
			const all = source.split("\n");
			change(all, a % all.length, b % all.length);
			return all.join("\n");
		};
	});
const change = fc.oneof(
	{ weight: 4, arbitrary: splice(3) },
	splice(40),
	lines((all, a, b) => all.splice(a, 1, ...all.splice(b, 1, all[a] ?? ""))),
	lines((all, a, b) => all.splice(b, 0, all[a] ?? "")),
	lines((all, a) => all.splice(a, 1)),
	lines((all, a) => all.splice(a)),
	fc.nat(2000).map(
		(depth): Change =>
			(source) =>
				`${source}\nz = ${"[{a=".repeat(depth)}1${"}]".repeat(depth)}`,
	),
	fc.constant<Change>((source) => source.replaceAll("\n", "\r\n")),
	fc.constant<Change>((source) => `\ufeff${source}`),
);

/** What must hold for every error in a text. */
function expectTold({ message, remedy, place, frame }: Problem, text: string): void {
	expect(message).not.toBe("");
	expect(message + remedy).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
	expect(frame ?? "").not.toMatch(/[^\P{Cc}\n]|[\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
	const line = text.replace(/^\ufeff/, "").split("\n")[(place?.line ?? 0) - 1];
	if (line === undefined) throw new Error(`${place?.line} is no line of the file: ${message}`);
	expect(place?.column).toBeGreaterThanOrEqual(1);
	expect(place?.column).toBeLessThanOrEqual(line.length + 1);
}

describe("a valid config", () => {
	it("is valid, and has a secret in it", () => {
		expect(parse(VALID).hooks).toHaveLength(7);
		expect(VALID.split(SECRET)).toHaveLength(11);
	});

	it("in which texts, lines and keys are changed is a config, or an error at a place inside it", () => {
		let mistaken = 0;
		let refused = 0;
		fc.assert(
			fc.property(
				fc.array(change, { minLength: 1, maxLength: 3 }),
				fc.constantFrom("native", "rocky"),
				(changes, dialect) => {
					const source = changes.reduce((text, apply) => apply(text), VALID);
					const problems = told(source, dialect);
					for (const problem of problems) expectTold(problem, source);
					if (problems.some(({ code }) => code === "config_syntax")) refused++;
					else if (problems.some(({ code }) => !(code in WARNINGS))) mistaken++;
				},
			),
			{ numRuns: 350 },
		);
		expect(refused).toBeGreaterThan(30);
		expect(mistaken).toBeGreaterThan(30);
	});

	it("of which any bytes are changed is a config, or an error at a place inside it", async () => {
		const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 3 });
		await fc.assert(
			fc.asyncProperty(flips, async (changes) => {
				const bytes = new TextEncoder().encode(VALID);
				for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
				const files = { read: async () => ({ kind: "file", bytes }) as const };
				try {
					const given = { workspace: "/w", config: "hooks.toml", warnHidden: true };
					await loadConfig(given, { ...fakeFiles(), ...files });
				} catch (error) {
					if (!(error instanceof UserError)) throw error;
					for (const problem of error.problems) expectTold(problem, new TextDecoder().decode(bytes));
				}
			}),
			{ numRuns: 300 },
		);
	});

	/** What may stand between statements, and changes nothing. */
	const gap = fc.constantFrom("", "", "\n", " ", "\t", "# url = 1\n", "\n#[hook.ping]\n", " \r\n", "# 'é😀\u2028\n\n");
	const after = fc.constantFrom("", "", " ", "\t# x", ' # secret = "', ' # """', "#]}", " # é😀");

	/** Everything but where it stands. */
	const shape = ({ hooks, warnings, ...rest }: Config): string => {
		const said = warnings.map(({ place, frame, ...warning }) => warning);
		const all = { ...rest, warnings: said, hooks: hooks.map(({ place, ...hook }) => hook) };
		const text = JSON.stringify(all, (_, value: unknown) => (value instanceof Map ? [...value] : value), 1);
		return text.replaceAll("\\r\\n", "\\n");
	};

	it("stays what it is however it is laid out, and its hooks stand where their headers do", () => {
		const layout = fc.array(fc.tuple(gap, after), { minLength: STATEMENTS.length, maxLength: STATEMENTS.length });
		const wanted = shape(parse(VALID));
		fc.assert(
			fc.property(layout, fc.constantFrom("\n", "\r\n"), fc.constantFrom("", "\ufeff"), (gaps, end, mark) => {
				let source = mark;
				const headers: string[] = [];
				for (const [index, statement] of STATEMENTS.entries()) {
					source += gaps[index]?.[0] ?? "";
					const before = source.slice(mark.length).split("\n");
					const isHook = /^\[+(?:hooks?\.|subscription\])/.test(statement.text) && !statement.text.includes(".headers");
					if (isHook) headers.push(`${before.length}:${(before.at(-1) ?? "").length + 1}`);
					source += `${write(statement).replaceAll("\n", end)}${gaps[index]?.[1] ?? ""}${end}`;
				}
				const config = parse(source);
				expect(shape(config)).toBe(wanted);
				expect(config.hooks.map(({ place }) => `${place.line}:${place.column}`)).toEqual(headers);
			}),
			{ numRuns: 100 },
		);
	});
});

it("whatever is repeated without end is read in bounded time", () => {
	const header = fc.constantFrom("[[hook.ping]]\n", "[event.a]\n", "[[hook.webhooks.ping]]\nurl = '", "x.", "a = [");
	const unit = fc.array(fc.oneof(oddPiece, header), { minLength: 1, maxLength: 4 }).map((all) => all.join(""));
	fc.assert(
		fc.property(header, unit, (start, repeated) => {
			withinCpuTime(2000, () => {
				problemsOf(start + repeated.repeat(50_000 / Math.max(1, repeated.length)));
				// Quadratic work would be billions of steps.
			});
		}),
		{ numRuns: 50 },
	);
});
