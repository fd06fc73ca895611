// Positions of keys, tables and values: hard cases, random documents and hostile sizes.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Path, Positions } from "../../../src/config/positions.ts";
import { withinCpuTime } from "../../helpers/cpu-time.ts";
import { expectLocated, pathOf, tryParse } from "../../helpers/located.ts";

/** `line:column` of a path's key and value; a table that has none of its own is where its key is. */
function at(source: string, path: Path): { key: string | undefined; value: string | undefined } {
	const positions = new Positions(source);
	const node = positions.find(path);
	const show = (offset: number | undefined) => {
		if (offset === undefined) return undefined;
		const { line, column } = positions.spot(offset);
		return `${line}:${column}`;
	};
	return { key: show(node?.offset), value: show(node?.value?.start ?? node?.offset) };
}

/** Each entry as its path and its text. */
function entriesOf(source: string): [Path, string | undefined][] {
	const { entries } = new Positions(source);
	return entries.map((node) => [pathOf(node), node.value && source.slice(node.value.start, node.value.end)]);
}

describe("tables", () => {
	it("lists keys and headers in the order of the file", () => {
		const source = 'b = 1\na = "x"\n[t]\nk = 1979-05-27 07:32:00 # then\n[[l]]\n[[l]]\nz = [1, 2]\n';
		expect(entriesOf(source)).toEqual([
			[["b"], "1"],
			[["a"], '"x"'],
			[["t"], undefined],
			[["t", "k"], "1979-05-27 07:32:00"],
			[["l", 0], undefined],
			[["l", 1], undefined],
			[["l", 1, "z"], "[1, 2]"],
			[["l", 1, "z", 0], "1"],
			[["l", 1, "z", 1], "2"],
		]);
	});

	it("takes the last table of an array for what is below it", () => {
		const source = "[[a]]\n[[a.b]]\n[a.b.c]\nk = 1\n[[a]]\n[[a.b]]\n[[a.b]]\n[a.b.c]\nk = 2\n";
		expect(at(source, ["a", 0, "b", 0, "c", "k"]).key).toBe("4:1");
		expect(at(source, ["a", 1, "b", 1, "c", "k"]).key).toBe("9:1");
		expect(at(source, ["a", 1, "b", 0, "c"]).key).toBeUndefined();
		expect(at(source, ["a"]).key).toBe("1:1");
		expect(at(source, ["a", 1, "b"]).key).toBe("6:1");
	});

	it("finds a table without a header where it first came up", () => {
		const source = "x = 1\n  [[hook.generation.completed]]\n[hook.push]\n";
		expect(at(source, ["hook", "generation"])).toEqual({ key: "2:3", value: "2:3" });
		expect(at(source, ["hook"]).key).toBe("2:3");
		expect(at(source, ["hook", "generation", "completed", 0]).key).toBe("2:3");
	});

	it("prefers a table's own header to one that created it in passing", () => {
		expect(at("[a.b]\n[a]\n", ["a"]).key).toBe("2:1");
	});

	it("tells names that look like numbers from indices", () => {
		expect(at("[[a]]\n[b]\n0 = 1\n", ["b", "0"]).key).toBe("3:1");
		expect(at("[[a]]\n[b]\n0 = 1\n", ["b", 0]).key).toBeUndefined();
		expect(at("[[a]]\n", ["a", "0"]).key).toBeUndefined();
	});

	it("has no place for what is absent and for what objects inherit", () => {
		for (const path of [["b"], ["a", "b"], ["__proto__"], ["constructor"], ["a", 0]]) {
			expect(at("a = 1", path)).toEqual({ key: undefined, value: undefined });
		}
		expect(at("[__proto__]\nconstructor = 1", ["__proto__", "constructor"]).key).toBe("2:1");
	});
});

describe("keys", () => {
	it("finds each part of a dotted key", () => {
		const source = "  a . \"b c\"\t.'d' = 1\na.e = 2";
		expect(at(source, ["a"])).toEqual({ key: "1:3", value: "1:3" });
		expect(at(source, ["a", "b c"]).key).toBe("1:7");
		expect(at(source, ["a", "b c", "d"])).toEqual({ key: "1:14", value: "1:20" });
		expect(at(source, ["a", "e"]).key).toBe("2:3");
		expect(entriesOf(source)).toHaveLength(2);
	});

	it.each([
		['"\\u0075rl"', "url"],
		['"\\U0001F600"', "😀"],
		['"\\x41\\e\\b\\t\\n\\f\\r\\"\\\\"', 'A\u001B\b\t\n\f\r"\\'],
		["'\\u0075'", "\\u0075"],
		['"a.b#[=]"', "a.b#[=]"],
		['""', ""],
		["''", ""],
		["1.5", undefined],
	])("decodes %s", (written, name) => {
		const source = `${written} = 1\n[t.${written}]`;
		expect(entriesOf(source).map(([path]) => path)).toEqual(
			name === undefined
				? [
						["1", "5"],
						["t", "1", "5"],
					]
				: [[name], ["t", name]],
		);
	});

	it("finds keys in inline tables, also over several lines", () => {
		const source = 'h = { a.b = 1, "c" = { d = [ { e = 2 } ] }, # f = 3\n  g = 4,\n}\ni = 5';
		expect(at(source, ["h", "a"]).key).toBe("1:7");
		expect(at(source, ["h", "a", "b"])).toEqual({ key: "1:9", value: "1:13" });
		expect(at(source, ["h", "c", "d", 0, "e"])).toEqual({ key: "1:32", value: "1:36" });
		expect(at(source, ["h", "c", "d", 0])).toEqual({ key: "1:30", value: "1:30" });
		expect(at(source, ["h", "f"]).key).toBeUndefined();
		expect(at(source, ["h", "g"]).key).toBe("2:3");
		expect(at(source, ["i"]).key).toBe("4:1");
	});
});

describe("values", () => {
	it("takes no decoy in a text or comment for a key", () => {
		const source = [
			'a = """',
			'url = "x"',
			'[t] """" # url = 1',
			"b = '''",
			"url = 1",
			"'''''",
			'c = "\\"" # url = 1',
			'# url = """',
			'd = ["#", # ] url = 1',
			'  \'url = 1\', """',
			'url = 1 \\""" """]',
			"e = 'C:\\' # '",
			"f = true# url = 1",
		].join("\n");
		const parsed = tryParse(source);
		expect(Object.keys(parsed ?? {})).toEqual(["a", "b", "c", "d", "e", "f"]);
		expectLocated(source, parsed ?? {});
		expect(at(source, ["url"]).key).toBeUndefined();
		expect(entriesOf(source).map(([, text]) => text)).toContain("'''\nurl = 1\n'''''");
	});

	it("counts columns in UTF-16 code units, and lines by line feeds", () => {
		const source = 'a = "😀" # ä\r\nb = { c = "😀", d = 1 }\r\n';
		expect(at(source, ["a"])).toEqual({ key: "1:1", value: "1:5" });
		expect(at(source, ["b", "d"]).key).toBe("2:17");
		expect(at(source, ["b"]).key).toBe("2:1");
	});
});

/** A key as it may be written: bare, basic or literal. */
const key = fc
	.tuple(fc.oneof(fc.constantFrom("a", "b", "url", "x.y", "", "__proto__"), fc.string({ maxLength: 4 })), fc.nat(2))
	.map(([name, style]) => {
		const basic = JSON.stringify(name).replaceAll("\u007F", "\\u007F");
		if (style === 0 && /^[\w-]+$/.test(name)) return name;
		// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a literal string cannot hold
		return style === 1 && !/['\u0000-\u001F\u007F]/.test(name) ? `'${name}'` : basic;
	});
const dotted = fc
	.array(key, { minLength: 1, maxLength: 3 })
	.chain((keys) => fc.constantFrom(".", " . ", "\t.").map((dot) => keys.join(dot)));
const decoy = fc.constantFrom(
	"url = 'x'",
	"[hook]",
	"[[a]]",
	"# no",
	"a = {",
	"]",
	'\\"',
	'""',
	"''",
	"\\\\",
	`\${A}`,
	"é😀",
);
const { value } = fc.letrec<{ value: string; array: string; table: string }>((tie) => ({
	value: fc.oneof(
		{ depthSize: "small", withCrossShrink: true },
		fc.constantFrom("1", "-0.5e3", "true", "inf", "1979-05-27 07:32:00", "07:32:00", '""', "''", '""""""'),
		fc.array(decoy).map((lines) => `"""\n${lines.join("\n")}"""`),
		fc.array(decoy).map((lines) => `'''${lines.join("\n")}'''`),
		decoy.map((text) => `'${text}'`),
		decoy.map((text) => JSON.stringify(text)),
		tie("array"),
		tie("table"),
	),
	array: fc
		.array(tie("value"), { maxLength: 3 })
		.map((items) => `[ # ]\n${items.map((item) => `${item} , # x = 1\n`).join("")}]`),
	table: fc
		.array(fc.tuple(dotted, tie("value")), { maxLength: 3 })
		.map((pairs) => `{ ${pairs.map(([name, text]) => `${name}=${text}`).join(", ")} }`),
}));
const statement = fc.oneof(
	{ weight: 3, arbitrary: fc.tuple(dotted, value).map(([name, text]) => `${name} = ${text} # k = 1`) },
	dotted.map((name) => `[${name}]`),
	dotted.map((name) => `  [[ ${name} ]] # [no]`),
	decoy.map((text) => `# ${text}`),
);

describe("any document", () => {
	it("agrees with the parser", () => {
		let entries = 0;
		fc.assert(
			fc.property(fc.array(statement, { maxLength: 12 }), fc.constantFrom("\n", "\r\n"), (statements, end) => {
				let source = "";
				// Statements that do not go with those before are left out.
				for (const text of statements) {
					const longer = `${source}${text.replaceAll("\n", end)}${end}`;
					if (tryParse(longer) !== undefined) source = longer;
				}
				entries += entriesOf(source).length;
				expectLocated(source, tryParse(source) ?? {});
			}),
			{ numRuns: 500 },
		);
		expect(entries).toBeGreaterThan(1000);
	});
});

describe("size", () => {
	it("takes the deepest nesting that the parser does, and tables by the thousand", () => {
		const deep = `a = ${"[".repeat(334)}${"{b=[".repeat(333)}7${"]}".repeat(333)}${"]".repeat(334)}\nz = 1`;
		expect(tryParse(deep)).toBeDefined();
		expect(tryParse(deep.replace("7", "[7]"))).toBeUndefined();
		const path: Path = ["a", ...Array(334).fill(0), ...Array(333).fill(["b", 0]).flat()];
		expect(at(deep, path).value).toBe(`1:${deep.indexOf("7") + 1}`);
		expect(at(deep, ["z"]).key).toBe("2:1");
		const many = "[[hook.push]]\nname = 1\n".repeat(10_000);
		expect(at(many, ["hook", "push", 9999, "name"]).key).toBe("20000:1");
	});

	it("locates 10 MB of hooks in less than 3 seconds", () => {
		const hook = `[[hook.webhooks."generation.completed"]]\nname = "n"\nurl = "\${URL}"\nheaders = { A = "b" }\nbody_template = """\n${"x".repeat(99)}\n"""\n`;
		const source = hook.repeat(Math.ceil(10_000_000 / hook.length));
		const last = withinCpuTime(3000, () => {
			const positions = new Positions(source);
			return positions.spot(positions.entries.at(-1)?.offset ?? 0).line;
		});
		expect(last).toBe(source.split("\n").length - 3);
	});

	it.each([
		"a=[",
		"{a=",
		"a.",
		'"',
		'"\n',
		"#",
		"# \n",
		",",
		"a=\n",
		"a=[}",
		"a={=",
		" ",
		'a="""',
		"[a]\n",
		"a=[#\n",
		"\r",
	])("takes linear time for many %j", (unit) => {
		const source = unit.repeat(400_000 / unit.length);
		// Quadratic time would be in the minutes: 400 kB are 1.6·10¹¹ steps.
		withinCpuTime(3000, () => new Positions(source));
	});
});
