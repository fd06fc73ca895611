// The parts of a secret: which are plain words, and which are taken for credentials.
import { describe, expect, it } from "vitest";
import {
	isPlain,
	isPlainPath,
	isSecretValue,
	isWebUrl,
	passwordOf,
	urlSecrets,
	valueSecrets,
} from "../../../src/secrets/parts.ts";
import { withinCpuTime } from "../../helpers/cpu-time.ts";

it.each([
	..."webhooks services catch hooks eu-central-1 us-east-1b data_warehouse /api/v2/enqueue myEvents fooBar 2026-04-02".split(
		" ",
	),
	..."workflows stage2 acme/data-warehouse Rhythm schedules INCOMING triggers.manual".split(" "),
	"",
])("%j is plain", (text) => expect(isPlain(text)).toBe(true));

it.each([
	..."8812345 bzq91xk s3cr3t9 T0000ABCDEFGH B0ABCDEF1 xoxb-12345-67890 bzqxkwp fooQ8812345 AbCdEfGhIj hunter2hunter2".split(
		" ",
	),
	..."550e8400-e29b-41d4-a716-446655440000 qwertyuiopasdfghjkl AKIAIOSFODNN7EXAMPLE".split(" "),
])("%j is not", (text) => expect(isPlain(text)).toBe(false));

it.each([
	["/services/eu", true],
	["services/eu", false],
	["/services/bzq91xk", false],
])("%j as a path of plain words: %s", (secret, isOne) => expect(isPlainPath(secret)).toBe(isOne));

it.each([
	["http://a.example/", true],
	[" \nHTTPS://a.example/", true],
	["x https://a.example/", false],
	["ftp://a.example/", false],
])("%j as a web URL: %s", (value, isOne) => expect(isWebUrl(value)).toBe(isOne));

it.each([
	["API_TOKEN", "word", true],
	["API_TOKEN", "wor", false],
	["NAME", "x8812z", true],
	["NAME", "x881z", false],
	["NAME", "eastern", false],
])("the value of %s=%s as a secret: %s", (name, value, isOne) => expect(isSecretValue(name, value)).toBe(isOne));

describe("what is secret of a URL", () => {
	it.each<[string, string[]]>([
		["https://a.example/services", []],
		["https://a.example/eu/xy", ["/eu/xy"]],
		["https://a.example/eu/x", []],
		["https://a.example/eu/west?a=1", ["/eu/west", "/eu/west?a=1"]],
		["https://a.example/eu/west?", ["/eu/west"]],
		[" http://a.example/bzq91xk ", ["/bzq91xk", "bzq91xk"]],
		["https://a.example/hooks?token=word#part", ["/hooks?token=word", "word"]],
		["https://a.example/hooks?bzq91xk", ["/hooks?bzq91xk", "bzq91xk"]],
		["https://a.example/x%zz-bzq91xk", ["/x%zz-bzq91xk", "x%zz-bzq91xk"]],
		["no URL at all", ["no URL at all"]],
	])("%j", (url, secrets) => {
		expect(new Set(urlSecrets(url).filter(Boolean))).toEqual(new Set(secrets));
	});

	it("of any kind is its password", () => {
		expect(passwordOf("redis+x2://me:pass-word@a.example/")).toEqual(expect.arrayContaining(["pass-word"]));
		for (const text of ["see x://me:pass-word@host", "x://host/a:b@c", "x://me:@host"])
			expect(passwordOf(text)).toEqual([]);
	});
});

describe("what is secret inside of a secret", () => {
	const inside = (value: string) => new Set(valueSecrets(value).filter((text) => text !== value && text !== ""));
	const base64 = (text: string) => Buffer.from(text).toString("base64");

	it.each<[string, string[]]>([
		[base64("8 bytes!"), ["8 bytes!"]],
		[base64("7 bytes"), []],
		[base64("me:pass-word"), ["me:pass-word", "pass-word"]],
		[base64("say me:pass-word"), ["say me:pass-word"]],
		[base64("caf\u00e9 with a pass"), []],
		[`${base64("8 bytes!")}*`, []],
		[
			'  {"a": ["x8812z", "word"], "password": "word"}',
			['{"a": ["x8812z", "word"], "password": "word"}', "x8812z", "word"],
		],
		["one line", []],
		[" first line \n  second", ["first line \n  second", "first line", "second"]],
		["//npm.example/a;b,c/:_authToken=npm_1", ["npm_1"]],
		["always-auth=true;//npm.example/:_authToken=npm_1", ["npm_1"]],
	])("%j", (value, secrets) => expect(inside(value)).toEqual(new Set(secrets)));

	it.each([";//", ";//a:", ";//a=", "a= ", ";a ", "token ", "\u2028", "export ", '"'])(
		"in a time that grows with %j",
		(part) => {
			const text = part.repeat(240_000 / part.length);
			withinCpuTime(4000, () => {
				for (const value of [text, `a=b\n${text}`, `a=b\na=${" ".repeat(60_000)}x\u2028y${part}`]) valueSecrets(value);
			});
		},
	);
});

it.each(["hoG9TPpeyUAm.:&amp;;", "x7Kq2mVb9=", "9fQz8Rt1=a b"])(
	"a line of a random secret that looks like a setting, such as %j, is a secret by itself",
	(line) => {
		expect(valueSecrets(`${line}\n5trax4k'E6FGuzNU`)).toContain(line);
		expect(valueSecrets(`host: localhost\nport: 8080`)).toEqual([
			`host: localhost\nport: 8080`,
			`host: localhost\nport: 8080`,
		]);
	},
);
