// Whatever value stands in the place of one of a valid config: it is taken, or refused at that very place.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SECRET, STATEMENTS, tells, write } from "../../helpers/config-statements.ts";
import { tryParse } from "../../helpers/located.ts";
import { oddPiece, oddText } from "../../helpers/odd-text.ts";
import { problemsOf, told } from "../../helpers/parse.ts";

/** A string as TOML writes it. */
const basic = (text: string) => JSON.stringify(text.toWellFormed()).replaceAll("\x7f", "\\u007F");

/** Any TOML value, as it is written on one line, over these strings. */
function values(strings: fc.Arbitrary<string>): fc.Arbitrary<string> {
	const { value } = fc.letrec<{ value: string }>((tie) => ({
		value: fc.oneof(
			{ maxDepth: 3 },
			strings.map(basic),
			fc.constantFrom("0", "-1", "1", "2147483648", "99999999999999999999", "1.5", "-0.0", "1e999", "inf", "nan"),
			fc.constantFrom("true", "false", "1979-05-27T07:32:00Z", "1979-05-27", "07:32:00", "[]", "{}"),
			fc.array(tie("value"), { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
			fc.dictionary(oddText, tie("value"), { maxKeys: 3 }).map((table) => {
				const keys = new Map(Object.entries(table).map(([key, item]) => [basic(key), item]));
				return `{ ${[...keys].map(([key, item]) => `${key} = ${item}`).join(", ")} }`;
			}),
		),
	}));
	return value;
}

/** The config with another value in one place, and the lines that it takes. */
function replace(index: number, value: string) {
	const statements = STATEMENTS.map((statement, at) => write(at === index ? { ...statement, text: value } : statement));
	const line = statements.slice(0, index).join("\n").split("\n").length + 1;
	return { source: statements.join("\n"), line };
}

/** Keys on which it depends what the others of the hook may be. */
const RULING = ["preset", "method", "name"];

const integer = (least: number, most: number) => (value: unknown) =>
	typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
const boolean = (value: unknown) => typeof value === "boolean";
const text = (value: unknown) => typeof value === "string" && value.trim() !== "" && !value.includes("\0");
const word = (words: string) => (value: unknown) => typeof value === "string" && words.split(" ").includes(value);

/** What each key takes, said once more. */
const TAKEN: Readonly<Record<string, (value: unknown) => boolean>> = {
	concurrency: integer(1, 1000),
	timeout_ms: integer(1, 2 ** 31 - 1),
	retry_count: integer(0, 2 ** 31 - 1),
	retry_delay_ms: integer(1, 2 ** 31 - 1),
	deadline_ms: integer(1, 2 ** 31 - 1),
	on_failure: word("abort warn ignore"),
	// That of a gate, which is waited for.
	async: (value) => value === false,
	allow_http: boolean,
	allow_private: boolean,
	command: text,
	enabled: boolean,
	batch_size: integer(1, 1000),
	// Or a list of schemes, each once, of which no other is tried here.
	signature: (value) => word("rocky")(Array.isArray(value) && value.length === 1 ? value[0] : value),
};

describe("any value in the place of another", () => {
	const place = fc.constantFrom(...STATEMENTS.flatMap(({ key }, index) => (key === "" ? [] : [index])));

	it("is taken, or refused at that very place", () => {
		let taken = 0;
		fc.assert(
			fc.property(place, values(oddText), fc.constantFrom("native", "rocky"), (index, value, dialect) => {
				const { source, line } = replace(index, value);
				const { key = "" } = STATEMENTS[index] ?? {};
				const problems = problemsOf(source, dialect);
				if (problems.length === 0) taken++;
				const told = problems.map(({ message, remedy }) => message + remedy).join("");
				expect(told).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
				if (RULING.includes(key)) return;
				for (const { place, message } of problems) expect(place?.line, message).toBe(line);
			}),
			{ numRuns: 300 },
		);
		expect(taken).toBeGreaterThan(10);
	});

	it("is taken where it is of the key's own kind, and only there", () => {
		const strict = STATEMENTS.flatMap(({ key }, index) => (TAKEN[key] === undefined ? [] : [index]));
		const choices = "abort warn ignore rocky Abort".split(" ");
		const string = fc.oneof(oddText, fc.constantFrom(...choices));
		fc.assert(
			fc.property(fc.constantFrom(...strict), values(string), (index, value) => {
				const { key = "" } = STATEMENTS[index] ?? {};
				const { value: parsed } = tryParse(`value = ${value}`) ?? {};
				expect(problemsOf(replace(index, value).source).length === 0, key).toBe(TAKEN[key]?.(parsed));
			}),
			{ numRuns: 300 },
		);
	});

	it("is in no message and in no frame where it is a secret", () => {
		const secrets = STATEMENTS.flatMap(({ text }, at) => (text.includes(SECRET) ? [at] : []));
		// The name of a variable is no secret.
		const around = oddPiece.filter((text) => !text.includes("$"));
		const string = fc.tuple(around, oddPiece).map(([before, after]) => before + SECRET + after);
		let count = 0;
		fc.assert(
			fc.property(fc.constantFrom(...secrets), values(string), (index, value) => {
				for (const { message, remedy, frame } of told(replace(index, value).source)) {
					count++;
					expect(tells(`${message}${remedy}${frame}`), frame).toBe(false);
				}
			}),
			{ numRuns: 300 },
		);
		expect(count).toBeGreaterThan(30);
	});
});
