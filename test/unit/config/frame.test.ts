// Code frames: layout, the caret, and that no secret is ever in one.
import { describe, expect, it } from "vitest";
import { codeFrame, hideAllButKeys, hideValues } from "../../../src/config/frame.ts";
import { type Node, Positions } from "../../../src/config/positions.ts";
import { withinCpuTime } from "../../helpers/cpu-time.ts";
import { pathOf, tryParse } from "../../helpers/located.ts";

/** The spot of a line and a column. */
function spot(source: string, line: number, column: number) {
	const mark = source.startsWith("\uFEFF") ? 1 : 0;
	const before = source
		.slice(mark)
		.split("\n")
		.slice(0, line - 1);
	return { line, column, offset: before.join("\n").length + (line > 1 ? 1 : 0) + column - 1 };
}

const frame = (source: string, line: number, column: number, hide: Parameters<typeof codeFrame>[2]) =>
	codeFrame(source, spot(source, line, column), hide).split("\n");

/** Keys whose values are hidden in these tests; all others are public. */
const HIDDEN = ["url", "secret", "headers", "api_key", "tokens"];
const isPublic = (node: Node) => !pathOf(node).some((step) => typeof step === "string" && HIDDEN.includes(step));

/** The frame of a source that is valid TOML. */
function located(source: string, line: number, column = 1): string[] {
	expect(tryParse(source), "the test's source is valid").toBeDefined();
	return frame(source, line, column, hideValues(source, new Positions(source), isPublic));
}

/** The frame of a source that is not valid TOML, of which these keys are known. */
function broken(source: string, line: number, column = 1): string[] {
	return frame(source, line, column, hideAllButKeys(source, new Set(["name", "url", "secret", "headers", "a"])));
}

/** The row that `>` marks, without its gutter. */
function marked(rows: string[]): string | undefined {
	return rows.find((row) => row.startsWith(">"))?.replace(/^> +\d+ \| /, "");
}

/** What the caret points at, up to the end of the row. */
function pointed(rows: string[]): string | undefined {
	const index = rows.findIndex((row) => row.endsWith("^"));
	return Array.from(rows[index - 1] ?? "")
		.slice(Array.from(rows[index] ?? "").length - 1)
		.join("");
}

describe("layout", () => {
	const source = Array.from({ length: 11 }, (_, index) => `k${index + 1} = ${index + 1}`).join("\n");

	it("shows the line between its neighbours, with a caret", () => {
		expect(located(source, 9, 6)).toEqual(["   8 | k8 = 8", ">  9 | k9 = 9", "     |      ^", "  10 | k10 = 10"]);
	});

	it("stops at both ends of the file", () => {
		expect(located("a = 1\nb = 2\n", 1)).toEqual(["> 1 | a = 1", "    | ^", "  2 | b = 2"]);
		expect(located("a = 1\nb = 2\n", 2)).toEqual(["  1 | a = 1", "> 2 | b = 2", "    | ^"]);
		expect(broken("a = 1\nb", 2, 2)).toEqual(["  1 | a = •••", "> 2 | •••", "    |    ^"]);
		expect(broken("a = 1\n", 2)).toEqual(["  1 | a = •••", "> 2 |", "    | ^"]);
		expect(broken("", 1)).toEqual(["> 1 |", "    | ^"]);
	});

	it("puts a caret that is past the line at its end", () => {
		expect(located("a = 1\r\nb = 2\r\n", 1, 99)).toEqual(["> 1 | a = 1", `    | ${" ".repeat(5)}^`, "  2 | b = 2"]);
	});

	it("keeps the caret in place behind tabs, and astral characters", () => {
		expect(pointed(located("\ta\t=\t{ 'ä😀' = 1,\tb = 2 }", 1, 19))).toBe("b = 2 }");
	});

	it("cuts long lines around the caret", () => {
		const long = `a = { ${Array.from({ length: 90 }, (_, index) => `k${index} = ${index}`).join(", ")} }`;
		const rows = located(`${long}\nb = 1`, 1, long.indexOf("k45 ") + 1);
		expect(pointed(rows)).toMatch(/^k45 = 45, .*…$/);
		expect(marked(rows)).toMatch(/^….*…$/);
		expect(Array.from(marked(rows) ?? "")).toHaveLength(100);
		expect(marked(located(long, 1))).toMatch(/^a = \{ .*[^…]…$/);
		const end = located(long, 1, long.length);
		expect(marked(end)).toMatch(/^….* }$/);
		expect(pointed(end)).toBe("}");
		expect(Array.from(located(`a = 1\nb = '${"😀".repeat(500)}'`, 1).at(-1) ?? "")).toHaveLength("  2 | ".length + 100);
	});

	it("shows what would act on a terminal as pictures", () => {
		const source = "a = '\u001B[31m\u0007\u007F\u009B\u202E\u2028x\r' # \uD800";
		const rows = frame(source, 1, 12, () => []);
		expect(rows.join("\n")).toBe("> 1 | a = '␛[31m␇␡\uFFFD\uFFFD\uFFFDx␍' # \uFFFD\n    |            ^");
	});
});

describe("in valid TOML", () => {
	it.each([
		["url = 'https://a.example/x' # why", "url = ••• # •••"],
		['"\\u0075rl" = "x"', '"\\u0075rl" = •••'],
		["api_key = 12345", "api_key = •••"],
		['secret = """x"""', "secret = •••"],
		['secret = ""', 'secret = ""'],
		[`secret = "\${WEBHOOK_SECRET}"`, `secret = "\${WEBHOOK_SECRET}"`],
		[`secret = "\${A:-literal}"`, "secret = •••"],
		[`secret = "\${A}x"`, "secret = •••"],
		[`headers = { X-Team = "data", B = "\${B}" }`, `headers = { X-Team = •••, B = "\${B}" }`],
		["headers.X-Team = 'data'", "headers.X-Team = •••"],
		["tokens = ['a', ['b']] # c", "tokens = [•••, [•••]] # •••"],
		['name = "url = x" # fine', 'name = "url = x" # •••'],
		["# api_key = 'x'", "# •••"],
		["a = 1 #", "a = 1 #"],
		["target = 'https://u:p@a.example:8080/x?y=z'", "target = 'https://•••'"],
		["'https://a.example/x' = 1", "'https://•••' = 1"],
		["name = 'whsec_abc'", "name = 'whsec_•••'"],
		["[hook.headers] # secret = 1", "[hook.headers] # •••"],
	])("shows %s as %s", (source, shown) => {
		expect(marked(located(`a1 = [1, # x\n2]\n${source}\n`, 3))).toBe(shown);
	});

	it("hides the parts of a text over several lines, and what is below a table", () => {
		const source = 'secret = """\none\ntwo"""\n[headers]\nX-Team = "data"\n[other]\nx = 1';
		expect(located(source, 2)).toEqual(["  1 | secret = •••", "> 2 | •••", "    | ^", "  3 | •••"]);
		expect(located(source, 3)).toContain("> 3 | •••");
		expect(located(source, 6)).toEqual(["  5 | X-Team = •••", "> 6 | [other]", "    | ^", "  7 | x = 1"]);
	});

	it("moves the caret with what is hidden, and to the start of the value that it is in", () => {
		const source = 'headers = { A = "a long secret", B = "b" }';
		expect(pointed(located(source, 1, source.indexOf("B") + 1))).toBe("B = ••• }");
		expect(pointed(located(source, 1, source.indexOf("long") + 1))).toBe("•••, B = ••• }");
		expect(pointed(located(source, 1, source.indexOf('"') + 1))).toBe("•••, B = ••• }");
	});
});

describe("in what is not valid TOML", () => {
	it.each([
		['url = "https://a.example/x', "url = •••"],
		["url = https://a.example/x", "url = •••"],
		['name = "n"  secret = "x"', "name = •••"],
		['headers = { A = "x", B = "y" ', "headers = •••"],
		[`secret = "\${WEBHOOK_SECRET}"`, `secret = "\${WEBHOOK_SECRET}"`],
		[`secret = "\${A}" x`, "secret = •••"],
		["scret = 1", "•••"],
		['secret "x"', "•••"],
		['  "c2VjcmV0=",', "•••"],
		["c2VjcmV0=", "•••"],
		["# url = x", "•••"],
		["name = nightly", "name = •••"],
		["[hook.webhooks.x", "[hook.webhooks.x"],
		['[hook."job.*"] x = 1', '[hook."job.*"]•••'],
		["[hook.webhooks.x] # y", "[hook.webhooks.x]•••"],
		["[other.x]", "•••"],
		["]", "]"],
	])("shows %s as %s", (source, shown) => {
		expect(marked(broken(`a = 1\n${source}\n`, 2))?.replace("] •••", "]•••")).toBe(shown);
	});
});

/** A config with a marker in every place that is secret. */
const SECRET = "S3CR3T";
const LINES = [
	'name = "n" # url = "S3CR3T"',
	'"url" = "https://a.example/S3CR3T"',
	"secret = '''",
	"S3CR3T",
	"S3CR3T'''",
	'headers = { X-Team = "S3CR3T", B = ["S3CR3T"] }',
	"retry_count = 3",
	"[hook.webhooks.x]",
	"tokens = [",
	'  "S3CR3T", # S3CR3T',
	'  "S3CR3T"',
	"]",
	'target = "https://S3CR3T@a.example/S3CR3T"',
	"[hook.webhooks.x.headers]",
	'X-Foo = "S3CR3T"',
	'"X Bar" = "S3CR3T"',
	"[[other]]",
	"api_key = 'S3CR3T'",
];

describe("any config", () => {
	it("shows no secret of a valid one", () => {
		const source = LINES.join("\n").replace("# S3CR3T", "");
		LINES.forEach((_, index) => {
			expect(located(source, index + 1).join("\n")).not.toContain(SECRET);
		});
	});

	it("shows no secret of a broken one", () => {
		const whole = LINES.join("\n");
		// Names of keys stay whole: nobody could know a secret from a name that is cut in two.
		const places = [...whole.matchAll(/[\s[\]{}="'#,]/g)].map((match) => match.index);
		const leaks: string[] = [];
		for (const place of places) {
			for (const removed of [0, 1]) {
				for (const added of ["", "[", "]", "{", "}", "=", '"', "'", "#", ",", "\n", " ", "\\", '"""']) {
					const source = whole.slice(0, place) + added + whole.slice(place + removed);
					for (let line = 2; line <= LINES.length + 2; line += 3) {
						const shown = broken(source, line).join("\n");
						if (shown.includes(SECRET)) leaks.push(`${place} -${removed} +${added}\n${shown}`);
					}
				}
			}
		}
		expect(places.length).toBeGreaterThan(100);
		expect(leaks).toEqual([]);
	});

	it.each(["url = 1\n", "a = '", "url", "=", "://", "\\u", "[", "a.", '"', "#", "x@/", "a"])(
		"takes linear time for many %j",
		(unit) => {
			const source = unit.repeat(400_000 / unit.length);
			const last = source.split("\n").length;
			withinCpuTime(2000, () => {
				frame(source, last, 200_000, hideAllButKeys(source, new Set(["url"])));
				frame(source, last, 200_000, hideValues(source, new Positions(source), isPublic));
			});
		},
	);
});
