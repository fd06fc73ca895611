// The formats in which a mask knows secrets: each as its own writer writes it.
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { createMask } from "../../../src/secrets/mask.ts";

const ascii = (text: string) =>
	text.replaceAll(/[^ -~]/g, (half) => `\\u${half.charCodeAt(0).toString(16).padStart(4, "0")}`);
const json = (text: string) => JSON.stringify(text).slice(1, -1);
const lower = (text: string) => text.replaceAll(/%../g, (found) => found.toLowerCase());
const form = (text: string) => new URLSearchParams({ x: text }).toString().slice(2);
const numeric = (text: string) => text.replaceAll(/[^\w ]/gu, (character) => `&#${character.codePointAt(0)};`);
const xml = (text: string) =>
	text
		.replaceAll("&", "&amp;")
		.replaceAll("<", "&lt;")
		.replaceAll(">", "&gt;")
		.replaceAll('"', "&quot;")
		.replaceAll("'", "&apos;");

/** How formats that have escapes write a text, on one line. */
const ESCAPED: Readonly<Record<string, (text: string) => string>> = {
	JSON: json,
	"JSON in JSON": (text) => json(json(text)),
	"JSON in JSON in JSON": (text) => json(json(json(text))),
	"JSON in ASCII, as Python writes it": (text) => ascii(json(text)),
	"JSON in ASCII, in capitals": (text) =>
		ascii(json(text)).replaceAll(/\\u..../g, (found) => `\\u${found.slice(2).toUpperCase()}`),
	"JSON with escaped slashes, as PHP writes it": (text) => ascii(json(text)).replaceAll("/", "\\/"),
	URL: encodeURIComponent,
	"URL in lower case": (text) => lower(encodeURIComponent(text)),
	"URL in a URL": (text) => encodeURIComponent(encodeURIComponent(text)),
	form,
	"form in lower case": (text) => lower(form(text)),
	"form in JSON": (text) => json(form(text)),
	"JSON in a URL": (text) => encodeURIComponent(json(text)),
	XML: xml,
	"XML in JSON": (text) => json(xml(text)),
	"HTML by numbers": numeric,
	"HTML by hex numbers": (text) =>
		text.replaceAll(/[^\w ]/gu, (character) => `&#x${character.codePointAt(0)?.toString(16)};`),
	"source code by bytes": (text) =>
		Array.from(Buffer.from(text), (byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join(""),
	"a URL four times": (text) => [1, 2, 3, 4].reduce((written) => encodeURIComponent(written), text),
	"the trace of a shell": (text) => `'${text.replaceAll("'", "'\\''")}'`,
	"the trace of another shell": (text) => `'${text.replaceAll("'", `'"'"'`)}'`,
	"the trace of a shell that keeps quotes together": (text) =>
		`'${text.replaceAll(/'+/g, (quotes) => `'"${quotes}"'`)}'`,
	"the trace of a shell that escapes quotes together": (text) =>
		`'${text.replaceAll(/'+/g, (quotes) => `'${quotes.replaceAll("'", "\\'")}'`)}'`,
	"shell words": (text) => text.replaceAll(/[^\w]/gu, "\\$&"),
};

describe("a secret is redacted as it is written in", () => {
	const NASTY = [
		`qu"ote's \\back/slash\\\\ %41 & <é> ü=😀+x`,
		"plain0123456789ABCDEF",
		"tab\tand\nline\r\nbreak",
		"8KHr%7D,''9dS7c'''Lq9M",
	];

	it.each(Object.entries(ESCAPED))("%s", (_, write) => {
		for (const secret of NASTY) {
			const mask = createMask([secret]);
			expect(mask(`before ${write(secret)} after`)).toMatch(/^before '?\*\*\*'? after$/);
		}
	});

	test("bytes of Latin-1 that were read as UTF-8", () => {
		const read = Buffer.from("Käse-0123/ü", "latin1").toString("utf8");
		expect(createMask(["Käse-0123/ü"])(`said ${read} end`)).toBe("said *** end");
		expect(createMask(["Käse-0123/ü"])("said K%e4se-0123%2F%FC end")).toBe("said *** end");
	});

	test("CESU-8, as Java escapes a character beyond U+FFFF", () => {
		const mask = createMask(["pa😀sswort"]);
		expect(mask("pa%ED%A0%BD%ED%B8%80sswort")).toBe("***");
		expect(mask(String.raw`pa\xed\xa0\xbd\xed\xb8\x80sswort`)).toBe("***");
	});

	test("Latin-1, by bytes of source code and by the names of HTML", () => {
		const mask = createMask(["Käse|0123…Ü\u00a0ÿ"]);
		expect(mask("said K&auml;se&vert;0123&hellip;&Uuml;&nbsp;&yuml; end")).toBe("said *** end");
		expect(createMask(["Käse-0123"])("said K\\xe4se-0123 end")).toBe("said *** end");
		expect(mask("&#1114112; &#x110000; &#99999999999; &#x10ffff; &nothing;")).toContain("&#1114112;");
	});

	test("quotes in the trace of a shell, with nothing else that is escaped in the text", () => {
		const mask = createMask(["ab'cdefgh", "ij''klmnop"]);
		for (const text of [`ab'"'"'cdefgh`, `ab'\\''cdefgh`, `ij'"''"'klmnop`, `ij'\\'\\''klmnop`]) {
			expect(mask(`'${text}'`)).toBe("'***'");
		}
	});

	test("what bash writes where it quotes", () => {
		const quoted = execFileSync("bash", ["-c", 'printf %q "$1"', "-", `it's "$x" & \\ (y)`], { encoding: "utf8" });
		expect(createMask([`it's "$x" & \\ (y)`])(`said ${quoted} end`)).toBe("said *** end");
	});
});

describe("a secret is redacted as it is encoded in", () => {
	const SECRET = "s3cret/value+with=é";

	it.each(["", "a", "ab", "abc"])("base64, %j before it", (before) => {
		const mask = createMask([SECRET]);
		const code = Buffer.from(`${before}${SECRET}`).toString("base64");
		const masked = mask(`said ${code} end`);
		expect(masked).toMatch(/^said .{0,4}\*\*\*.{0,3} end$/);
		expect(mask(`said ${Buffer.from(`${before}${SECRET}`).toString("base64url")} end`)).toMatch(
			/^said .{0,4}\*\*\*.? end$/,
		);
	});

	it.each(["", "a", "ab", "abc"])("base64 and hex of 6 bytes, %j before them", (before) => {
		const bytes = Buffer.from(`${before}s3cr3t`);
		const mask = createMask(["s3cr3t"]);
		expect(mask(bytes.toString("base64"))).toMatch(/^.{0,4}\*\*\*.{0,3}$/);
		expect(mask(bytes.toString("hex"))).toBe(`${bytes.toString("hex").slice(0, before.length * 2)}***`);
		expect(createMask(["s3cr3"])(bytes.toString("base64"))).toBe(bytes.toString("base64"));
	});

	test.each([
		["base64", 7, 3],
		["hex", 12, 5],
	] as const)(
		"%s of which a line has a part: from %i characters on no more than %i remain",
		(encoding, least, most) => {
			const secret = "correct-horse-battery-stapl";
			const code = Buffer.from(secret).toString(encoding);
			const mask = createMask([secret]);
			for (let length = least; length <= code.length; length++) {
				for (const line of [code.slice(0, length), code.slice(-length)]) {
					expect(mask(line)).toMatch(new RegExp(`^.{0,${most}}\\*\\*\\*.{0,${most}}$`));
				}
			}
		},
	);

	test("base64 of either alphabet, and not for a piece of 6 bytes from the middle", () => {
		const secret = ">>>???>>>???>>>???".repeat(2);
		for (const encoding of ["base64", "base64url"] as const) {
			expect(createMask([secret])(Buffer.from(secret).toString(encoding))).toBe("***");
		}
		const other = "correct-horse-battery-stapl";
		const piece = btoa(other).slice(8, 18);
		expect(createMask([other])(piece)).toBe(piece);
	});

	test("Basic credentials", () => {
		expect(createMask(["pass-w0rd-1234"])(`Basic ${btoa("user:pass-w0rd-1234")}`)).toBe("Basic dXNlcjp***A==");
	});

	test("hex of either case", () => {
		const code = Buffer.from(SECRET).toString("hex");
		const mask = createMask([SECRET]);
		expect(mask(`0a${code}0b ${code.toUpperCase()}`)).toBe("0a***0b ***");
	});

	test("Latin-1, as headers are", () => {
		const bytes = Buffer.from(SECRET, "latin1");
		const mask = createMask([SECRET]);
		expect(mask(`${bytes.toString("hex")} ${bytes.toString("base64")}`)).toMatch(/^\*\*\* \*\*\*.{0,3}$/);
	});

	test.each([
		["a JSON body", (text: string) => JSON.stringify({ x: text })],
		["a URL", (text: string) => `/in?x=${encodeURIComponent(text)}`],
		["a message of Slack's", (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")],
	])("base64 and hex of %s that has it", (_, write) => {
		const secret = `a"b\\c&d<e/f${"\n"}g"h"i&j&k`;
		const body = Buffer.from(write(secret));
		const mask = createMask([secret]);
		for (const encoding of ["base64", "hex"] as const) {
			expect(mask(body.toString(encoding))).toMatch(/^[^*]{0,20}\*\*\*[^*]{0,8}$/);
		}
	});

	test("lines that the encoder has wrapped", () => {
		const secret = "0123456789".repeat(2) + "some-long-secret-".repeat(20);
		const mask = createMask([secret]);
		const wrap = (code: string, width: number) => code.match(new RegExp(`.{1,${width}}`, "g")) ?? [];
		const base64 = Buffer.from(`x=${secret}`).toString("base64");
		const hex = Buffer.from(`x=${secret}`).toString("hex");
		for (const line of [...wrap(base64, 76), ...wrap(base64, 64), ...wrap(hex, 60)]) {
			if (line.length >= 12) expect(mask(line)).toMatch(/^.{0,4}\*\*\*.{0,4}$/);
		}
	});

	test("one that is truncated", () => {
		const mask = createMask([SECRET]);
		expect(mask(`${Buffer.from(SECRET).toString("base64").slice(0, 12)}…`)).toBe("***…");
		expect(mask(`${Buffer.from(SECRET).toString("hex").slice(0, 13)}…`)).toMatch(/^\*\*\*.?…$/);
	});

	test("two that begin alike are both redacted to their ends", () => {
		const mask = createMask(["token-aaaaaa", "token-bbbbbb"]);
		expect(mask(btoa("token-aaaaaa"))).toBe("***");
		expect(mask(btoa("token-bbbbbb"))).toBe("***");
		expect(mask(btoa("token-bbbbbbtoken-aaaaaa"))).toBe("***");
	});
});

describe("what is no secret stays", () => {
	test("the code of a word that is too short to be told from others", () => {
		const mask = createMask(["prod", "eu-w"]);
		for (const text of [btoa("prod"), btoa("production"), Buffer.from("prod").toString("hex")]) {
			expect(mask(text)).toBe(text);
		}
	});

	test("the code of a URL's host, which is no secret of the URL", () => {
		const text = btoa("see https://hooks.example.com/ for more");
		expect(createMask(["/services/T0123456789AB"])(text)).toBe(text);
	});

	test("long names, ids and hashes", () => {
		const mask = createMask(["s3cret/value+with=é", "plain0123456789ABCDEF", "0123456789abcdef-key"]);
		for (const text of [
			"pipeline_complete-webhook-1 https://hooks.example.com/…",
			"evt_0123456789abcdef0123456789abcdef",
			"da39a3ee5e6b4b0d3255bfef95601890afd80709",
			"100% of 50 & more \\o/ &amp; \\n",
		]) {
			expect(mask(text)).toBe(text);
		}
	});
});

test("the hex of a secret with tabs or line ends in it, which has few letters in a row", () => {
	for (const secret of ["kaaa\taaa\taaaa9", "ab12\ncd34\nef56\n"]) {
		expect(createMask([secret])(`<${Buffer.from(secret.trim()).toString("hex")}>`)).toBe("<***>");
	}
});

test("no form of any secret is left, whatever is around it", () => {
	const secret = fc
		.string({ unit: fc.constantFrom(..."abcXYZ019\"'\\%+/= \n\t&<>-_.~éüß€😀"), minLength: 12, maxLength: 40 })
		// A secret is known by what is in it, and not by white space around it.
		.map((text) => `k${text}9`);
	const around = fc.string({ unit: fc.constantFrom(...'ab \n+/=\\%&"*'), maxLength: 5 });
	const encodings: readonly ((text: string) => string)[] = [
		(text) => Buffer.from(text).toString("base64"),
		(text) => Buffer.from(text).toString("base64url"),
		(text) => Buffer.from(text).toString("hex"),
		// In arbitrary surroundings any two encoders are undone exactly, one in the other.
		...Object.entries(ESCAPED).flatMap(([name, write]) =>
			["JSON in JSON in JSON", "a URL four times"].includes(name) ? [] : [write],
		),
	];
	fc.assert(
		fc.property(secret, around, around, fc.nat(encodings.length - 1), (text, before, after, which) => {
			const mask = createMask([text]);
			const write = encodings[which] ?? String;
			const masked = mask(`${before} ${write(`${before}${text}${after}`)} ${after}`);
			const core = write(text).slice(6, -6);
			if (core.length >= 8) expect(masked).not.toContain(core);
			expect(masked).toContain("***");
		}),
		{ numRuns: 1000 },
	);
});
