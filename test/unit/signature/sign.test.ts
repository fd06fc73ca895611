// What each scheme sends, judged by published vectors and by the libraries of its receivers.
import { verify } from "@octokit/webhooks-methods";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, it, test } from "vitest";
import { SIGNATURES } from "../../../src/signature/schemes.ts";
import { type Signing, signatureHeaders, signatureNames, signingProblem } from "../../../src/signature/sign.ts";
import { NOW, OTHER_SECRET, SECRET, signed } from "../../helpers/signing.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** The documented vector: key `key`, body `hello`. */
const HEX = "9307b3b915efb5171ff14d8cb55fbcc798c6c0ef1456d66ded1a6aa723a58b7b";

test.each([
	["rocky", { "X-Rocky-Signature": `sha256=${HEX}` }],
	["rocky_ingress", { "X-Rocky-Signature": HEX }],
	["github", { "X-Hub-Signature-256": `sha256=${HEX}` }],
	["datachonk", { "X-DataChonk-Signature": `sha256=${HEX}` }],
	["openmetadata", { "X-OpenMetadata-Signature": `sha256=${HEX}` }],
	["openmetadata_server", { "X-OM-Signature": `sha256=${Buffer.from(HEX, "hex").toString("base64")}` }],
	["service_hook", { "X-Hook-Signature": HEX }],
	["token", { "X-Secret-Token": "key" }],
] as const)("%s sends this, and nothing else", (scheme, headers) => {
	expect(signed("hello", "key", scheme)).toEqual(headers);
});

test("standard sends what its specification's own example library makes, with id and whole seconds", () => {
	// https://github.com/standard-webhooks/standard-webhooks/blob/main/libraries/javascript/src/webhook.test.ts
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
	const body = bytes('{"test": 2432232314}');
	const attempt = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: new Date(1_614_265_330_999), body };
	expect(signatureHeaders({ schemes: ["standard"], secrets: [secret] }, attempt)).toEqual({
		"webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
		"webhook-timestamp": "1614265330",
		"webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
	});
});

test.each(SIGNATURES)("%s says beforehand which headers it adds", (scheme) => {
	for (const header of [undefined, "X-Renamed"]) {
		const signing: Signing = { schemes: [scheme], secrets: [SECRET], header };
		const headers = signatureHeaders(signing, { id: "dlv_1", timestamp: NOW, body: bytes("hello") });
		expect(signatureNames(signing).toSorted()).toEqual(Object.keys(headers).toSorted());
		expect(signatureNames({ ...signing, secrets: [] })).toEqual([]);
	}
});

test.each(SIGNATURES)("no other scheme's test is missing: %s", (scheme) => {
	expect(Object.keys(signed("", SECRET, scheme)).length).toBe(scheme === "standard" ? 3 : 1);
});

describe("receivers' libraries verify any body, and refuse it changed", () => {
	const text = fc.string({ unit: "grapheme", minLength: 1 });

	test("@octokit/webhooks-methods", async () => {
		await fc.assert(
			fc.asyncProperty(text, text, async (secret, body) => {
				const header = signed(body, secret, "github")["X-Hub-Signature-256"] ?? "";
				expect(await verify(secret, body, header)).toBe(true);
				expect(await verify(secret, `${body}x`, header)).toBe(false);
			}),
			{ numRuns: 50 },
		);
	});

	test("standardwebhooks, with either of two secrets, prefixed and padded or not", () => {
		const key = fc.uint8Array({ minLength: 24, maxLength: 64 }).map((all) => Buffer.from(all).toString("base64"));
		const secret = fc
			.tuple(fc.constantFrom("whsec_", ""), key, fc.boolean())
			.map(([prefix, base64, padded]) => prefix + (padded ? base64 : base64.replaceAll("=", "")));
		fc.assert(
			fc.property(secret, secret, fc.json(), (first, second, body) => {
				const attempt = { id: "dlv_1", timestamp: new Date(), body: bytes(body) };
				const headers = signatureHeaders({ schemes: ["standard"], secrets: [first, second] }, attempt);
				for (const one of [first, second]) {
					const webhook = new Webhook(one);
					expect(() => webhook.verify(body, headers)).not.toThrow();
					expect(() => webhook.verify(`${body} `, headers)).toThrow("No matching signature");
				}
			}),
			{ numRuns: 50 },
		);
	});
});

describe("signatureHeaders", () => {
	const sign = (signing: Signing) => signatureHeaders(signing, { id: "dlv_1", timestamp: NOW, body: bytes("hello") });

	it("is every scheme's headers side by side, each as if it were alone", () => {
		const all = SIGNATURES.map((scheme) => signed("hello", SECRET, scheme));
		expect(sign({ schemes: SIGNATURES, secrets: [SECRET] })).toEqual(Object.assign({}, ...all));
	});

	it("takes the first secret, but where a header takes a signature of each", () => {
		const one = (secret: string) => signed("hello", secret, "standard")["webhook-signature"];
		expect(sign({ schemes: ["rocky", "token", "standard"], secrets: [SECRET, OTHER_SECRET] })).toEqual({
			...signed("hello", SECRET, "rocky"),
			...signed("hello", SECRET, "token"),
			"webhook-id": "dlv_1",
			"webhook-timestamp": "1775140200",
			"webhook-signature": `${one(SECRET)} ${one(OTHER_SECRET)}`,
		});
	});

	it("renames the header", () => {
		expect(sign({ schemes: ["openmetadata"], secrets: ["key"], header: "X-OM-Signature" })).toEqual({
			"X-OM-Signature": `sha256=${HEX}`,
		});
	});

	it("is nothing without a secret", () => {
		expect(sign({ schemes: SIGNATURES, secrets: [] })).toEqual({});
	});

	it("throws rather than sign less than was asked for, and quotes nothing", () => {
		const secrets = [SECRET, "hunter2"];
		expect(() => sign({ schemes: ["standard"], secrets })).toThrow(
			/^secret is not valid for the scheme standard, [^2]*24/,
		);
	});
});

describe("signingProblem", () => {
	const STANDARD = "is not valid for the scheme standard, which takes whsec_ and base64 of 24 to 64 bytes";
	const TOKEN = "has a character that is not allowed in headers, and the scheme token sends it as one";
	const base64 = (length: number) => Buffer.alloc(length, 251).toString("base64");

	it.each([24, 25, 26, 32, 63, 64])("finds nothing with a key of %i bytes", (length) => {
		for (const secret of [`whsec_${base64(length)}`, base64(length), base64(length).replaceAll("=", "")]) {
			expect(signingProblem({ schemes: ["standard"], secrets: [secret] })).toBeUndefined();
		}
	});

	it.each([
		["too short a key", `whsec_${base64(23)}`],
		["too long a key", `whsec_${base64(65)}`],
		["nothing after the prefix", "whsec_"],
		["two prefixes", `whsec_${SECRET}`],
		["something before the prefix", `AAAA${OTHER_SECRET}`],
		["another case of the prefix", SECRET.replace("whsec_", "WHSEC_")],
		["what is not base64", `whsec_${"-".repeat(40)}`],
		["base64 of URLs", `whsec_${base64(32).replaceAll("/", "_").replaceAll("+", "-")}`],
		["a character that base64 does not have", SECRET.replace("ECA", "E A")],
		["padding in the middle", `whsec_${base64(25)}${base64(25)}`],
		["too much padding", `${SECRET}=`],
		["bits left over at the end", SECRET.replace("8=", "9=")],
		["a plain password", "correct horse battery staple"],
	])("finds %s under standard", (_, secret) => {
		expect(signingProblem({ schemes: ["rocky", "standard"], secrets: [secret] })).toBe(STANDARD);
		expect(signingProblem({ schemes: ["standard"], secrets: [SECRET, secret] })).toBe(STANDARD);
		expect(signingProblem({ schemes: ["rocky", "github", "service_hook"], secrets: [secret] })).toBeUndefined();
	});

	it.each(["a\nb", "a\u0000", "schlüssel ✓"])("finds what headers do not allow under token: %j", (secret) => {
		expect(signingProblem({ schemes: ["token"], secrets: [secret] })).toBe(TOKEN);
		expect(signingProblem({ schemes: ["rocky"], secrets: [secret] })).toBeUndefined();
		expect(signingProblem({ schemes: ["token"], secrets: ["fine", secret] })).toBeUndefined();
	});

	it("finds nothing without a secret", () => {
		expect(signingProblem({ schemes: SIGNATURES, secrets: [] })).toBeUndefined();
	});
});
