// Code frames: layout, the caret, and that no secret is ever in one.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSecretKey } from "../../../src/config/blank.ts";
import { codeFrame } from "../../../src/config/frame.ts";
import { locate } from "../../../src/config/locate.ts";
import { CATALOG } from "../../../src/model/catalog.ts";
import { cpuTime } from "../../helpers/cpu-time.ts";
import { tryParse } from "../../helpers/located.ts";

/** The frame of a source that is valid TOML. */
function located(source: string, line: number, column = 1): string[] {
	expect(tryParse(source), "the test's source is valid").toBeDefined();
	return codeFrame(source, { line, column }, locate(source)).split("\n");
}

/** The frame of a source as if it were no valid TOML. */
function guessed(source: string, line: number, column = 1): string[] {
	return codeFrame(source, { line, column }, undefined).split("\n");
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
		expect(guessed("a = 1\nb", 2, 2)).toEqual(["  1 | a = 1", "> 2 | •••", "    |    ^"]);
		expect(guessed("a = 1\n", 2)).toEqual(["  1 | a = 1", "> 2 |", "    | ^"]);
		expect(guessed("", 1)).toEqual(["> 1 |", "    | ^"]);
	});

	it("puts a caret that is past the line at its end", () => {
		expect(located("a = 1\r\nb = 2\r\n", 1, 99)).toEqual(["> 1 | a = 1", `    | ${" ".repeat(5)}^`, "  2 | b = 2"]);
	});

	it("keeps the caret in place behind tabs, astral characters and a byte order mark", () => {
		expect(pointed(located("\uFEFF\ta\t=\t{ 'ä😀' = 1,\tb = 2 }", 1, 19))).toBe("b = 2 }");
		expect(located("\uFEFFa = 1", 1)).toEqual(["> 1 | a = 1", "    | ^"]);
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
		const rows = codeFrame(
			"a = '\u001B[31m\u0007\u007F\u009B\u202E\u2028x\r' # \uD800",
			{ line: 1, column: 12 },
			undefined,
		);
		expect(rows).toBe("> 1 | a = '␛[31m␇␡\uFFFD\uFFFD\uFFFDx␍' # \uFFFD\n    |            ^");
	});
});

describe("isSecretKey", () => {
	it.each([
		"url",
		"URL",
		"secret",
		"headers",
		"routing_key",
		"api_key",
		"Authorization",
		"X-Auth",
		"token",
		"password",
		"sentry_dsn",
		"credentials",
		"webhook_url",
		"urll",
		"scret",
		"Headres",
		"tokn",
	])("takes %s for one", (name) => {
		expect(isSecretKey(["hook", "webhooks", "x", 0, name])).toBe(true);
		expect(isSecretKey([name, 0])).toBe(true);
		expect(isSecretKey([name, "below"])).toBe(true);
	});

	it.each([
		"name",
		"event",
		"events",
		"command",
		"timeout_ms",
		"on_failure",
		"env",
		"preset",
		"method",
		"signature",
		"body_template",
		"retry_count",
		"retry_delay_ms",
		"deadline_ms",
		"allow_http",
		"concurrency",
		"subscription",
		"defaults",
		"webhook",
		"shell",
		"fallback",
		"then",
		"enabled",
		"filter",
		"entities",
		"include",
		"exclude",
		"batch_size",
		"title",
		"status",
		"phase",
		"order",
		"card",
		"severity",
		"channel",
		"username",
	])("takes %s for none", (name) => {
		expect(isSecretKey(["hook", "webhooks", 0, name])).toBe(false);
	});

	it("takes no event for one, so that its hooks stay readable", () => {
		expect(CATALOG.filter(({ name }) => isSecretKey(["hook", name])).map(({ name }) => name)).toEqual([]);
	});
});

describe("secrets in valid TOML", () => {
	it.each([
		["url = 'https://a.example/x' # why", "url = '•••' # why"],
		['"\\u0075rl" = "x"', '"\\u0075rl" = "•••"'],
		["api_key = 12345", "api_key = •••"],
		["scret = 'x'", "scret = '•••'"],
		['secret = """x"""', 'secret = """•••"""'],
		['secret = ""', 'secret = ""'],
		[`secret = "\${WEBHOOK_SECRET}"`, `secret = "\${WEBHOOK_SECRET}"`],
		[`secret = "\${A:-literal}"`, 'secret = "•••"'],
		[`secret = "\${A}x"`, 'secret = "•••"'],
		[`headers = { X-Team = "data", B = "\${B}" }`, `headers = { X-Team = "•••", B = "\${B}" }`],
		["headers.X-Team = 'data'", "headers.X-Team = '•••'"],
		["a = { b = [ { Authorization = 'x', c = 1 } ] }", "a = { b = [ { Authorization = '•••', c = 1 } ] }"],
		["tokens = ['a', ['b']] # c", "tokens = ['•••', ['•••']] # c"],
		['name = "url = x" # fine', 'name = "url = x" # fine'],
		['name = "n" # url = "https://a.example/x"', 'name = "n" # url = "•••"'],
		["# api_key = 'x'", "# api_key = '•••'"],
		["# X-Team = 'x'", "# X-Team = '•••'"],
		["target = 'https://u:p@a.example:8080/x?y=z'", "target = 'https://•••@a.example:8080/•••'"],
		["target = 'https://a.example'", "target = 'https://a.example'"],
		["#:schema https://a.example/x.json", "#:schema https://a.example/•••"],
		["[hook.headers] # secret = 1", "[hook.headers] # secret = •••"],
	])("shows %s as %s", (source, shown) => {
		expect(marked(located(`a1 = 1\n${source}\n`, 2))).toBe(shown);
	});

	it("blanks the parts of a text over several lines, and what is below a table", () => {
		const source = 'secret = """\none\ntwo"""\n[headers]\nX-Team = "data"\n[other]\nx = 1';
		expect(located(source, 2)).toEqual(['  1 | secret = """', "> 2 | •••", "    | ^", '  3 | •••"""']);
		expect(located(source, 3)).toContain('> 3 | •••"""');
		expect(located(source, 6)).toEqual(['  5 | X-Team = "•••"', "> 6 | [other]", "    | ^", "  7 | x = 1"]);
	});

	it("moves the caret with the blanks, and to the start of the value that it is in", () => {
		const source = 'headers = { A = "a long secret", B = "b" }';
		expect(pointed(located(source, 1, source.indexOf("B") + 1))).toBe('B = "•••" }');
		expect(pointed(located(source, 1, source.indexOf("long") + 1))).toBe('"•••", B = "•••" }');
		expect(pointed(located(source, 1, source.indexOf('"') + 1))).toBe('"•••", B = "•••" }');
		expect(pointed(located(source, 1, source.indexOf(", B") + 1))).toBe(', B = "•••" }');
	});
});

describe("secrets in what is no TOML", () => {
	it.each([
		['url = "https://a.example/x', 'url = "•••'],
		["url = https://a.example/x", "url = •••"],
		['name = "n"  secret = "x"', 'name = "n"  secret = "•••"'],
		['headers = { A = "x", B = "y" ', "headers = •••"],
		[`secret = "\${WEBHOOK_SECRET}"`, `secret = "\${WEBHOOK_SECRET}"`],
		[`secret = "\${A}" x`, 'secret = "•••'],
		['h = { x = 1, "Authorization" = "x"', 'h = { x = 1, "Authorization" = "•••"'],
		['"\\u0075rl" = x', '"\\u0075rl" = •••'],
		['"s\\u0065cret" = x', '"s\\u0065cret" = •••'],
		['scret = "x', 'scret = "•••'],
		['secret "x"', "•••"],
		['  "c2VjcmV0=",', '  "•••'],
		["c2VjcmV0", "•••"],
		['target = "https://u:p@a.example/x', 'target = "https://•••@a.example/•••'],
		["# url = x", "# url = •••"],
		["name = nightly", "name = nightly"],
		["[hook.webhooks.x", "[hook.webhooks.x"],
		["]", "]"],
	])("shows %s as %s", (source, shown) => {
		expect(marked(guessed(`a1 = 1\n${source}\n`, 2))).toBe(shown);
	});

	it("hides the lines of a text, whatever they look like", () => {
		const source = "body = '''\n[t]\nname = 1\n'''\nname = 2\nx = \"\"\"\\\"\"\"\nname = 3";
		const shown = [2, 3, 4, 5, 7].map((line) => marked(guessed(source, line)));
		expect(shown).toEqual(["•••", "•••", "'''", "name = 2", "•••"]);
	});

	it.each([
		["[x.headers]\nname = 'a'\nX = 1\n[y]\nX = 1", ["[x.headers]", "name = '•••'", "X = •••", "[y]", "X = 1"]],
		["secret =\nc2Vj=\n[y]\nX = 1", ["secret =", "•••", "[y]", "X = 1"]],
		['secret = "c2Vj\nc2Vj="\n[y]\nX = 1', ['secret = "•••', "•••", "[y]", "X = 1"]],
		["url = 'https://a.example/\n#x'", ["url = '•••", "•••"]],
		["headers = {\nX = 1,\nY = 2\n}\n[y]\nX = 1", ["headers = {", "•••", "•••", "}", "[y]", "X = 1"]],
		["tokens = [ # all\n['x'],\n'y']\n[y]\nX = 1", ["tokens = •••", "•••", "'•••", "[y]", "X = 1"]],
		["x.headers]\nX = 1", ["•••", "•••"]],
		["headers = { X = 1 } # {\nY = 2", ["headers = •••", "Y = 2"]],
	])("keeps in mind what is open: %j", (source, shown) => {
		const texts = source.split("\n").map((_, index) => marked(guessed(source, index + 1)));
		expect(texts.map((text) => text?.replace(/^•••.*$/, "•••"))).toEqual(shown);
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
		const source = LINES.join("\n");
		// Names of keys stay whole: nobody could know a secret from a name that is cut in two.
		const places = [...source.matchAll(/[\s[\]{}="'#,]/g)].map((match) => match.index);
		const leaks: string[] = [];
		for (const place of places) {
			for (const removed of [0, 1]) {
				for (const added of ["", "[", "]", "{", "}", "=", '"', "'", "#", ",", "\n", " ", "\\", '"""']) {
					const broken = source.slice(0, place) + added + source.slice(place + removed);
					for (let line = 2; line <= LINES.length + 2; line += 3) {
						const frame = codeFrame(broken, { line, column: 1 }, undefined);
						if (frame.includes(SECRET)) leaks.push(`${place} -${removed} +${added}\n${frame}`);
					}
				}
			}
		}
		expect(places.length).toBeGreaterThan(100);
		expect(leaks).toEqual([]);
	});

	it("never throws, and marks the line that it was asked for", () => {
		const char = fc.constantFrom(
			"[",
			"]",
			"{",
			"}",
			"=",
			",",
			'"',
			"'",
			'"""',
			"#",
			"\n",
			"\r\n",
			"a",
			"url",
			" ",
			"\t",
			"://",
			"😀",
			"\\",
		);
		const text = fc.oneof(
			fc.string({ unit: "binary" }),
			fc.array(char).map((chars) => chars.join("")),
		);
		fc.assert(
			fc.property(text, fc.nat(9), fc.nat(40), fc.boolean(), (source, line, column, valid) => {
				const frame = codeFrame(source, { line: line + 1, column }, valid ? locate(source) : undefined);
				const there = line < source.split("\n").length;
				expect(frame.split("\n").filter((row) => row.startsWith("> ")).length).toBe(there ? 1 : 0);
				expect(frame.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cs}]/u);
			}),
			{ numRuns: 2000 },
		);
	});

	it.each(["url = 1\n", "a = '", "url", "=", "://", "\\u", "[", "a.", '"', "#", "x@/", "a"])(
		"takes linear time for many %j",
		(unit) => {
			const source = unit.repeat(400_000 / unit.length);
			const last = source.split("\n").length;
			const start = cpuTime();
			codeFrame(source, { line: last, column: 200_000 }, undefined);
			codeFrame(source, { line: last, column: 200_000 }, locate(source));
			expect(cpuTime() - start).toBeLessThan(2000);
		},
	);
});
