// That a mask leaves nothing of a secret, however it is written, and leaves everything else alone.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMask } from "../../../src/secrets/mask.ts";
import { withinCpuTime } from "../../helpers/cpu-time.ts";

describe("createMask", () => {
	test("redacts plain, JSON-escaped and URL-encoded forms, the longest first", () => {
		const mask = createMask(["abcd", 'abcd"ef gh']);
		expect(mask('abcd"ef gh')).toBe("***");
		expect(mask(JSON.stringify({ x: 'abcd"ef gh' }))).toBe('{"x":"***"}');
		expect(mask("?q=abcd%22ef%20gh&r=abcd")).toBe("?q=***&r=***");
	});

	test("leaves a text without secrets alone, and knows no special characters", () => {
		expect(createMask([])("a.b")).toBe("a.b");
		expect(createMask(["a.b*"])("axb a.b* $& a.bb")).toBe("axb *** $& a.bb");
	});

	test("redacts the beginning of a truncated secret, and nothing else before a truncation", () => {
		const mask = createMask(["/hooks/T0123456789", "s3cret-value"]);
		expect(mask("said s3cret… and s3cret-...")).toBe("said ***… and ***...");
		expect(mask("https://hooks.example.com/… and https://hooks.example.com/hooks/T012…")).toBe(
			"https://hooks.example.com/… and https://hooks.example.com***…",
		);
		expect(mask("secret… s3cre…")).toBe("secret… s3cre…");
		for (const cut of ["[...]", " […]", '"... 900 more', "'…", "....", "…)"]) {
			expect(mask(`said s3cret-v${cut}`)).toBe(`said ***${cut}`);
		}
		expect(mask("s3cret-v. And s3cret-v.. are no cuts")).toBe("s3cret-v. And s3cret-v.. are no cuts");
	});

	test("redacts a text that is exactly a truncated secret, and a secret between two truncations", () => {
		const mask = createMask(["s3cret-value"]);
		for (const text of ["s3cret…", "s3cret-valu…", "s3cret-value…"]) expect(mask(text)).toBe("***…");
		for (const text of ["…-value", "…3cret-value", "...s3cret-value"]) {
			expect(mask(text)).toBe(text.startsWith("…") ? "…***" : "...***");
		}
		expect(mask("…s3cret…")).toBe("…***…");
		for (const text of ["s3cre…", "…value", "s3cret", "-value"]) expect(mask(text)).toBe(text);
		expect(mask("s3cret-v&#8230;&#8230; s3cret-v……")).toBe("***&#8230;&#8230; ***……");
	});

	test("redacts what is left of a secret whose last or first character was split", () => {
		const mask = createMask(["geheim😀wörtlich"]);
		for (const half of ["\ud83d", "\ufffd", "\ufffd\ufffd\ufffd", "\\ud83d"])
			expect(mask(`said geheim${half}…`)).toBe("said ***…");
		expect(mask("said ...\ufffdwörtlich")).toBe("said ...\ufffd***");
		expect(mask("said nothing\ufffd… \ufffd")).toBe("said nothing\ufffd… \ufffd");
	});

	test.each(["\\u2026", "&hellip;", "&#8230;", "%E2%80%A6", "%2E%2E%2E", "\\\\u2026"])(
		"knows the mark of a truncation as %s",
		(mark) => {
			const mask = createMask(["s3cret-value"]);
			expect(mask(`said s3cret-v${mark}`)).toBe(`said ***${mark}`);
			expect(mask(`said ${mark}ret-value`)).toBe(`said ${mark}***`);
		},
	);

	test("redacts the end of a truncated secret, and nothing else after a truncation", () => {
		const mask = createMask(["s3cret-value", 'another"one/ö']);
		expect(mask("…ret-value and ...et-value, [...] value")).toBe("…*** and ...***, [...] value");
		expect(mask("…er%22one%2F%C3%B6!")).toBe("…***!");
		expect(mask("s3cret-v…et-value")).toBe("***…***");
	});

	test("redacts the beginning of an escaped secret, also one truncated within an escape", () => {
		const mask = createMask(['pass"ss/wörd ok']);
		const cuts = [
			"pass%2522ss%252Fw%25C3%25B6",
			"pass%26quot%3Bss%26#4",
			"pass%22s",
			"pass%22ss%2",
			"pass%22ss%2Fw%C3",
			"pass\\u0022ss/w\\u00f",
			"pass&quot;ss&#4",
		];
		for (const cut of cuts) expect(mask(`said ${cut}…`)).toBe("said ***…");
		expect(mask('said pass\\"ss\\/w\\…')).toBe("said ***\\…");
		expect(mask("pass%23ss…")).toBe("pass%23ss…");
		expect(createMask(["2LSw=%41'&amp;x=字"])("2LSw%3D%2541'%26amp%3Bamp%3Bx%3D%E5%AD%97…")).toBe("***…");
		const long = createMask([`k3y-${"a".repeat(5000)}`]);
		expect(long(`k3y-${"a".repeat(150)}… k3y-${"a".repeat(4000)}… k3y-ab…`)).toBe("***… ***… k3y-ab…");
	});

	test("takes for an unfinished escape what may be one, of 17 characters at most", () => {
		const mask = createMask(["s3cret-value"]);
		expect(mask(`s3cret-v%${"a".repeat(16)}…`)).toBe("***…");
		for (const text of [`s3cret-v%${"a".repeat(17)}…`, "s3cret-v% x…", "s3cret-v%.x…"]) expect(mask(text)).toBe(text);
	});

	test("knows a secret without the white space and plus signs around it", () => {
		expect(createMask(["+s3cret-value \t"])("said s3cret-value")).toBe("said ***");
	});

	test("redacts all that is left of a truncated secret, also where another one begins it", () => {
		const mask = createMask(["abcd-1234", "abcd-1234-efgh-5678", "first line\nsecond line"]);
		expect(mask("abcd-1234-ef… first line second…")).toBe("***… ***…");
		expect(mask("abcd-1234… abcd-1234-xy…")).toBe("***… ***-xy…");
		expect(createMask(["literal-token", "token and more"])("a literal-token …")).toBe("a *** …");
		expect(createMask(["literal-token", "token"])("a literal-toke… literal-token …")).toBe("a ***… *** …");
		expect(createMask(["token-and-more", "literal-token"])("literal-token…")).toBe("***…");
	});

	test("knows a secret that is as long as a secret may be, and not much more than that", () => {
		const key = `{"private": "${`Ab+/9=\\"'%é€ `.repeat(3800)}\n"}`;
		withinCpuTime(8000, () => {
			const mask = createMask([key, "other-secret"]);
			expect(mask(`say ${key} now`)).toBe("say *** now");
			expect(mask(`say ${key} 100 % now`)).toBe("say *** 100 % now");
			expect(mask(JSON.stringify({ key, more: "other-secret" }))).toMatch(/^\{"key":"\*\*\*/);
			expect(mask(encodeURIComponent(`say ${key}`))).toBe("say%20***");
			expect(mask(`say ${JSON.stringify(key).slice(0, 2000)}…`)).toBe('say "***…');
		});
	});

	test("takes a time that grows with the text, however many truncations and secrets there are", () => {
		const mask = createMask(Array.from({ length: 300 }, (_, index) => `secret-number-${index}`));
		withinCpuTime(8000, () => {
			expect(mask("… ".repeat(300_000))).toHaveLength(600_000);
			mask("secret-n… ".repeat(30_000));
		});
	});

	test.each(["\\", "%", "%25", "&#", "&#0", "+", " ", "\\u", "a\\", "AAAA", "30", "'", "\\'", "'\"", "''\\'\\"])(
		"takes a time that grows with a text that is full of %j",
		(text) => {
			const mask = createMask(['\\\\"/ \\ "+%25 x', " a\\\\\\b", "AAAAAAAAAAAAAAAA", '"%%%%%%%%&&&& \\']);
			withinCpuTime(8000, () => {
				mask(text.repeat(Math.ceil(1_000_000 / text.length)));
			});
		},
	);

	test("knows single quotes between single quotes, also those right behind others", () => {
		const mask = createMask([`a'b'\\'c-''-d`]);
		expect(mask(String.raw`said a'\''b'\''\'\''c-'\'\''-d`)).toBe("said ***");
		expect(mask(`said a'"'"'b'"'"'\\'"'"'c-'"''"'-d`)).toBe("said ***");
	});

	test("finds a secret beside ten million blanks", () => {
		expect(createMask(["s3cret value"])(`€ s3cret${" ".repeat(10_000_000)}value`)).toBe("€ ***");
	});

	test("masks hostile text with 400 secrets in time", () => {
		const secrets = Array.from(
			{ length: 400 },
			(_, index) => `s3cr${index % 10}et-${index}-x%5c\\ "'&+/=é-${Math.sin(index)}`,
		);
		const mask = createMask(secrets);
		mask("%");
		const unit = "x%5cs3cr0et-1\\u0041&#92;QUJDREVG…+ ";
		withinCpuTime(6000, () => {
			mask(unit.repeat(250_000 / unit.length));
		});
	});

	test("the quick test changes nothing: a text alone is masked as it is within one that needs decoding", () => {
		const secrets = ["ab/cd-efgh", "s3cret-value", "0123456789abcdef", "/hooks/T0123"];
		const pieces = [...secrets, ...secrets.flatMap((text) => [btoa(`x${text}`), Buffer.from(text).toString("hex")])];
		const part = fc.oneof(
			fc.constantFrom(...pieces).chain((text) => fc.nat(text.length).map((at) => text.slice(at))),
			fc.constantFrom(...pieces).chain((text) => fc.nat(text.length).map((at) => text.slice(0, at))),
			fc.constantFrom("…", "...", " ", "x", "/", "\n", "evt_0123", "pipeline"),
		);
		const mask = createMask(secrets);
		fc.assert(
			fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
				const text = parts.join("");
				expect(`${mask(text)}\n\\`).toBe(mask(`${text}\n\\`));
			}),
			{ numRuns: 500 },
		);
	});

	test("leaves a text without secrets as it is, whatever escapes and codes are in it", () => {
		const unit = fc.constantFrom(..."abcXYZ019%&;#\\\"'+/= \n…._-{}é€😀");
		fc.assert(
			fc.property(
				fc.array(fc.string({ unit, minLength: 12, maxLength: 30 }), { minLength: 1, maxLength: 5 }),
				fc.string({ unit, maxLength: 200 }),
				(secrets, text) => {
					const given = secrets.map((secret) => `§${secret}§`);
					const plain = text.replaceAll("§", "");
					expect(createMask(given)(plain)).toBe(plain);
					const code = btoa(plain.replaceAll(/[^ -~]/g, ""));
					expect(createMask(given)(code)).toBe(code);
				},
			),
			{ numRuns: 300 },
		);
	});

	test("nothing of any secret is left, wherever it is", () => {
		// What is neither white space nor a plus sign, which a form writes for it.
		const telling = /[^\s\p{Cc}+]/gu;
		const secret = fc
			.string({ unit: "binary", minLength: 4 })
			.filter((text) => (text.match(telling)?.join("").length ?? 0) >= 4);
		fc.assert(
			fc.property(
				fc.array(secret, { minLength: 1, maxLength: 4 }),
				fc.string(),
				fc.string(),
				(secrets, before, after) => {
					const mask = createMask([...secrets].sort((a, b) => b.length - a.length));
					for (const one of secrets) {
						const masked = mask(`${before}${one}${after}`);
						// What the stars make together with the surroundings is not the secret.
						if (!one.includes("*"))
							expect(masked.replaceAll("***", "\u0000")).not.toContain(one.includes("\u0000") ? "\u0001never" : one);
					}
				},
			),
		);
	});
});
