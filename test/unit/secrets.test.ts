// What is a secret, and that a mask leaves nothing of one.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Hook } from "../../src/config/hook.ts";
import { parseReference } from "../../src/config/interpolate.ts";
import { contextSecrets, createMask, secretsOf } from "../../src/secrets.ts";
import { preset, shellHook, webhook } from "../helpers/make.ts";

const found = (hooks: readonly Hook[], env: Record<string, string> = {}) => secretsOf(hooks, env);
const bare = { url: parseReference("https://example.com/") };

describe("secretsOf", () => {
	test("a URL: the whole, userinfo, long segments and telling query values, also decoded; no public word", () => {
		const url =
			"https://us%40er:pass%20word@hooks.example.com/webhooks/T0000ABCDEFGH/eu/s3%2Fcret-segment?token=abcd&env=prod&v=1";
		expect(found([webhook({ url: parseReference(url) })]).toSorted()).toEqual(
			[
				url,
				Buffer.from("us@er:pass word").toString("base64"),
				"pass%20word",
				"pass word",
				"T0000ABCDEFGH",
				"s3%2Fcret-segment",
				"s3/cret-segment",
				"abcd",
			].toSorted(),
		);
	});

	test("a query value also as forms decode it, with spaces for its plus signs", () => {
		const url = "https://example.com/hooks?token=ab+cd%2Bef+gh";
		const forms = ["ab+cd%2Bef+gh", "ab+cd+ef+gh", "ab cd+ef gh"];
		expect(found([webhook({ url: parseReference(url) })]).toSorted()).toEqual([url, ...forms].toSorted());
	});

	test("the Basic credential that a URL's userinfo becomes", () => {
		const url = "https://user:pass%40word@hooks.example.com/x";
		expect(found([webhook({ url: parseReference(url) })])).toContain("dXNlcjpwYXNzQHdvcmQ=");
	});

	test("a URL with nothing but a host is none", () => {
		expect(found([webhook({ url: parseReference("https://example.com/") })])).toEqual([]);
	});

	test("a secret: trimmed and each of its lines; too short a one is a word", () => {
		const hook = webhook({ ...bare, secret: parseReference("${S}") });
		expect(found([hook], { S: "line one\nline two\r\nab\n" })).toEqual(
			expect.arrayContaining(["line one\nline two\r\nab", "line one", "line two"]),
		);
		expect(found([hook], { S: "eu" })).toEqual([]);
	});

	test("headers: credentials whole, else only what variables put in", () => {
		const headers = new Map([
			["Authorization", parseReference("Bearer literal-token")],
			["X-Team", parseReference("data-platform")],
			["X-Trace", parseReference("trace-${TRACE}-${TRACE_TOKEN}-${ZONE:-default-zone}")],
		]);
		const env = { TRACE: "abcdef", TRACE_TOKEN: "ghijkl" };
		expect(found([webhook({ ...bare, headers })], env).toSorted()).toEqual(["Bearer literal-token", "ghijkl"]);
	});

	test("preset options: the secret ones whole", () => {
		const options = { routing_key: "R0UT1NG", component: "orders", custom_details: { key: "${INNER}" } };
		const hook = webhook({ url: undefined, preset: preset("pagerduty"), options });
		expect(found([hook], { INNER: "inner-value" }).toSorted()).toEqual(["R0UT1NG", "inner-value"]);
	});

	test("what variables put into a command's environment", () => {
		const env = new Map([
			["TOKEN", parseReference("${TOKEN}")],
			["REGION", parseReference("europe-west")],
		]);
		expect(found([shellHook({ env })], { TOKEN: "tok-123" })).toEqual(["tok-123"]);
	});

	test("literals under telling names, in env and in options' tables", () => {
		const env = new Map([["DB_PASSWORD", parseReference("hunter2-literal")]]);
		const options = { custom_details: { password: "in-a-table", team: "data-platform" } };
		const page = webhook({ url: undefined, preset: preset("pagerduty"), options });
		expect(found([shellHook({ env }), page]).toSorted()).toEqual(["hunter2-literal", "in-a-table"]);
	});

	test("a public word is none: what the runner sets for everyone, and short values of untelling names", () => {
		const headers = new Map([["X-Run", parseReference("${GITHUB_REPOSITORY} ${REGION} ${GITHUB_TOKEN} ${BUILD}")]]);
		const env = {
			GITHUB_REPOSITORY: "acme/warehouse",
			REGION: "us-east-1",
			GITHUB_TOKEN: "ghs_1",
			BUILD: "a-long-build-id",
		};
		expect(found([webhook({ ...bare, headers })], env).toSorted()).toEqual(["a-long-build-id", "ghs_1"]);
	});

	test("a name that only looks telling is none", () => {
		const env = new Map([["GIT_AUTHOR_NAME", parseReference("data-bot")]]);
		const options = { custom_details: { primary_key: "order_id", design: "blue-print" } };
		expect(found([shellHook({ env }), webhook({ url: undefined, preset: preset("pagerduty"), options })])).toEqual([]);
	});

	test("what a context brings for PagerDuty", () => {
		expect(contextSecrets({ metadata: { routing_key: "R0UT1NG", tables: 3 } })).toEqual(["R0UT1NG"]);
		expect(contextSecrets({ metadata: { routing_key: 7 } })).toEqual([]);
	});

	test("an unset variable has no secret", () => {
		expect(found([webhook({ ...bare, secret: parseReference("${NOT_SET}") })])).toEqual([]);
	});
});

describe("createMask", () => {
	test("blanks plain, JSON-escaped and URL-encoded forms, the longest first", () => {
		const mask = createMask(["abcd", 'abcd"ef gh']);
		expect(mask('abcd"ef gh')).toBe("***");
		expect(mask(JSON.stringify({ x: 'abcd"ef gh' }))).toBe('{"x":"***"}');
		expect(mask("?q=abcd%22ef%20gh&r=abcd")).toBe("?q=***&r=***");
	});

	test("leaves a text without secrets alone, and knows no special characters", () => {
		expect(createMask([])("a.b")).toBe("a.b");
		expect(createMask(["a.b*"])("axb a.b* $& a.bb")).toBe("axb *** $& a.bb");
	});

	test("blanks the beginning of a secret before a cut, and nothing else before one", () => {
		const mask = createMask(["https://hooks.example.com/T0123456789", "s3cret-value"]);
		expect(mask("said s3cre… and s3cr…")).toBe("said ***… and ***…");
		expect(mask("https://hooks.example.com/… and https://hooks.example.com/T012…")).toBe(
			"https://hooks.example.com/… and ***…",
		);
		expect(mask("secre… s3c…")).toBe("secre… s3c…");
	});

	test("takes a time that grows with the text, however many cuts and secrets there are", () => {
		const mask = createMask(Array.from({ length: 300 }, (_, index) => `secret-number-${index}`));
		const start = process.hrtime.bigint();
		expect(mask("… ".repeat(300_000))).toHaveLength(600_000);
		mask("secret-n… ".repeat(30_000));
		expect(Number(process.hrtime.bigint() - start) / 1e9).toBeLessThan(3);
	});

	test("nothing of any secret is left, wherever it stands", () => {
		const secret = fc.string({ unit: "binary", minLength: 4 });
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
