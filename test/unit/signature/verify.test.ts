// Signatures as a receiver checks them, against what the sender makes: each scheme passes the same tests.
import { createHmac } from "node:crypto";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { headersOf, SCHEMES, SIGNATURES, secretProblem } from "../../../src/signature/schemes.ts";
import { signatureHeaders } from "../../../src/signature/sign.ts";
import { checkSignature, type SignedRequest, verifySignature } from "../../../src/signature/verify.ts";
import { NOW, OTHER_SECRET, SECRET, signed } from "../../helpers/signing.ts";

const VECTOR = "sha256=9307b3b915efb5171ff14d8cb55fbcc798c6c0ef1456d66ded1a6aa723a58b7b";

/** The text with one bit of one character changed: `at` counts bits from its start and wraps around. */
function flip(text: string, at: number): string {
	const place = Math.floor(at / 7) % text.length;
	return text.slice(0, place) + String.fromCharCode(text.charCodeAt(place) ^ (1 << (at % 7))) + text.slice(place + 1);
}

/** What a caller without types gets: the verdict, or the name of the error. */
function verdictOf(...given: readonly unknown[]): unknown {
	try {
		return Reflect.apply(checkSignature, undefined, given);
	} catch (error) {
		return error instanceof Error ? error.name : error;
	}
}

describe.each(SIGNATURES)("%s", (scheme) => {
	const secret =
		scheme === "standard" ? fc.constantFrom(SECRET, OTHER_SECRET) : fc.string({ minLength: 1, unit: "binary-ascii" });
	const usable = secret.filter((text) => text.trim() !== "" && !/[^\t\x20-\x7e]/.test(text)).map((text) => text.trim());
	const request = (body: Uint8Array | string, given: Partial<SignedRequest> = {}): SignedRequest => ({
		body,
		headers: signed(body, SECRET, scheme),
		secret: SECRET,
		scheme,
		now: NOW,
		...given,
	});

	it("accepts what the sender signs, whatever the bytes and the secret", () => {
		fc.assert(
			fc.property(fc.uint8Array(), usable, (body, key) => {
				const headers = signed(body, key, scheme);
				// A secret pasted with a line end is trimmed by the sender, so it must be here.
				expect(checkSignature(request(body, { headers, secret: `${key}\n` }))).toBe("valid");
			}),
		);
	});

	it("refuses a body with any bit flipped, or a byte more or less", () => {
		fc.assert(
			fc.property(fc.uint8Array({ minLength: 1 }), fc.nat(), (body, at) => {
				const { headers } = request(body);
				const flipped = body.map((byte, index) => (index === (at >> 3) % body.length ? byte ^ (1 << (at & 7)) : byte));
				const verdict = scheme === "token" ? "valid" : "invalid";
				for (const other of [flipped, body.slice(1), Uint8Array.of(...body, 0)]) {
					expect(checkSignature(request(other, { headers }))).toBe(verdict);
				}
			}),
		);
	});

	it("refuses a header with any bit flipped", () => {
		const { headers } = request("hello");
		for (const name of headersOf(scheme)) {
			const value = signed("hello", SECRET, scheme)[name] ?? "";
			for (let at = 0; at < value.length * 7; at++) {
				const changed = { ...headers, [name]: flip(value, at) };
				expect(verifySignature(request("hello", { headers: changed, toleranceSeconds: 1e12 }))).toBe(false);
			}
		}
	});

	it("refuses a secret with any bit flipped", () => {
		const from = scheme === "standard" ? "whsec_".length : 0;
		for (let at = 0; at < (SECRET.length - from) * 7; at++) {
			const other = SECRET.slice(0, from) + flip(SECRET.slice(from), at);
			const verdict = secretProblem(scheme, other.trim()) === undefined ? "invalid" : "TypeError";
			if (other.trim() !== SECRET) expect(verdictOf(request("hello", { secret: other }))).toBe(verdict);
		}
	});

	it("takes one of several secrets, wherever it is", () => {
		for (const secrets of [[SECRET], [SECRET, "x"], ["x", "", SECRET], [OTHER_SECRET, SECRET]]) {
			expect(checkSignature(request("hello", { secret: secrets }))).toBe("valid");
		}
		for (const secrets of [[], [OTHER_SECRET], ["", " "], ["x", OTHER_SECRET]]) {
			expect(checkSignature(request("hello", { secret: secrets }))).toBe("invalid");
		}
	});

	it("validates nothing with an empty secret", () => {
		for (const empty of ["", " ", "\n"]) {
			const headers = {
				...signed("hello", SECRET, scheme),
				...(scheme === "standard" ? {} : signed("hello", "", scheme)),
			};
			expect(checkSignature(request("hello", { headers, secret: empty }))).toBe("invalid");
			expect(checkSignature(request("hello", { headers, secret: [empty] }))).toBe("invalid");
		}
	});

	it("finds the headers in any case, in a list and in a Headers", () => {
		const own = signed("hello", SECRET, scheme);
		const entries = Object.entries(own);
		const headers = [
			Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value])),
			Object.fromEntries(entries.map(([name, value]) => [name.toUpperCase(), value])),
			Object.fromEntries(entries.map(([name, value]) => [name, [value]])),
			new Headers(own),
			{ ...own, other: undefined, "set-cookie": ["a", "b"] },
		];
		for (const given of headers) expect(checkSignature(request("hello", { headers: given }))).toBe("valid");
	});

	it("says so where a header is missing", () => {
		for (const missing of headersOf(scheme)) {
			const others = Object.entries(signed("hello", SECRET, scheme)).filter(([name]) => name !== missing);
			const headers = Object.fromEntries(others);
			for (const given of [
				headers,
				new Headers(headers),
				{ ...headers, [missing]: undefined },
				{ ...headers, [missing]: [] },
			]) {
				expect(checkSignature(request("hello", { headers: given }))).toBe("missing");
			}
			expect(checkSignature(request("hello", { headers: { ...headers, [missing]: "" } }))).toBe("invalid");
		}
	});

	it("is not talked into a valid one by a second header", () => {
		const own = signed("hello", SECRET, scheme);
		for (const name of headersOf(scheme)) {
			const value = own[name] ?? "";
			const twice = new Headers(own);
			twice.append(name, "1");
			const given: SignedRequest["headers"][] = [
				{ ...own, [name.toUpperCase()]: "1" },
				{ ...own, [name]: [value, "1"] },
			];
			// A space divides the signatures of standard, of which one has to fit: a `Headers` joins with comma and space.
			if (name !== "webhook-signature") given.push(twice);
			for (const headers of given) expect(checkSignature(request("hello", { headers }))).toBe("invalid");
		}
	});

	it("validates nothing of wrong types, and throws only a TypeError", () => {
		const odd = fc.oneof(
			fc.anything(),
			fc.constantFrom("", "\0", "\ud800", "é".repeat(36), "sha256=", "v1,", "v1", "v1,,"),
		);
		const keys = ["body", "headers", "secret", "scheme", "header", "toleranceSeconds", "now"] as const;
		fc.assert(
			fc.property(odd, fc.constantFrom(...keys), (value, key) => {
				const verdict = verdictOf({ ...request("hello"), [key]: value });
				// Left out, these say the same; other tolerances and times are times, and a token signs no body.
				const optional = key !== "headers" && key !== "secret" && key !== "body";
				const harmless =
					(value === undefined && optional) ||
					(key === "toleranceSeconds" && typeof value === "number" && value >= 0) ||
					(key === "now" && value instanceof Date) ||
					(key === "body" && scheme === "token");
				expect(["valid", "invalid", "missing", "too old", "too new", "TypeError"]).toContain(verdict);
				if (!harmless) expect(verdict).not.toBe("valid");
			}),
		);
	});

	it("throws for nothing that a request says", () => {
		const names = fc.constantFrom(...headersOf(scheme), "get", "__proto__", "constructor");
		const values = fc.oneof(fc.string({ unit: "binary-ascii" }), fc.array(fc.string()), fc.constant(undefined));
		fc.assert(
			fc.property(fc.array(fc.tuple(names, values)), fc.uint8Array(), fc.boolean(), (changed, body, other) => {
				const headers = { ...(other ? {} : signed("hello", SECRET, scheme)), ...Object.fromEntries(changed) };
				expect(verdictOf(request(body, { headers }))).not.toBe("TypeError");
			}),
		);
	});
});

describe("the scheme", () => {
	it("is rocky by default", () => {
		expect(verifySignature({ body: "hello", headers: { "x-rocky-signature": VECTOR }, secret: "key" })).toBe(true);
	});

	it("is no other one", () => {
		for (const [sender, receiver] of SIGNATURES.flatMap((a) => SIGNATURES.map((b) => [a, b] as const))) {
			const headers = signed("hello", SECRET, sender);
			const request: SignedRequest = { body: "hello", headers, secret: SECRET, scheme: receiver, now: NOW };
			const other = SCHEMES[sender].header === SCHEMES[receiver].header ? "invalid" : "missing";
			expect(checkSignature(request), `${sender}, ${receiver}`).toBe(sender === receiver ? "valid" : other);
		}
	});

	it("may have its header renamed, and is then in that one only", () => {
		const given = { body: "hello", secret: "key", scheme: "openmetadata", header: "x-om-signature" } as const;
		expect(checkSignature({ ...given, headers: { "X-OM-Signature": VECTOR } })).toBe("valid");
		expect(checkSignature({ ...given, headers: { "X-OpenMetadata-Signature": VECTOR } })).toBe("missing");
	});
});

describe("the time of standard", () => {
	const at = (seconds: number, given: Partial<SignedRequest> = {}) => {
		const now = new Date((Math.floor(NOW.getTime() / 1000) + seconds) * 1000);
		const headers = signed("hello", SECRET, "standard");
		return checkSignature({ body: "hello", headers, secret: SECRET, scheme: "standard", now, ...given });
	};

	it.each([
		[300, "valid"],
		[301, "too old"],
		[-300, "valid"],
		[-301, "too new"],
	])("%i seconds later, it is %s by default", (seconds, verdict) => {
		expect(at(seconds)).toBe(verdict);
	});

	it("may lie as far off as is asked for", () => {
		expect(at(400, { toleranceSeconds: 400 })).toBe("valid");
		expect(at(11, { toleranceSeconds: 10 })).toBe("too old");
		expect(at(0, { toleranceSeconds: 0 })).toBe("valid");
		expect(at(1e9, { toleranceSeconds: Number.POSITIVE_INFINITY })).toBe("valid");
	});

	it("is looked at after the signature, so that it is not told of a forged one", () => {
		expect(at(1000, { body: "other" })).toBe("invalid");
	});

	it("is the current one by default", () => {
		const sign = (timestamp: Date) => {
			const body = new TextEncoder().encode("hello");
			return signatureHeaders({ schemes: ["standard"], secrets: [SECRET] }, { id: "dlv_1", timestamp, body });
		};
		const check = (headers: SignedRequest["headers"]) =>
			checkSignature({ body: "hello", headers, secret: SECRET, scheme: "standard" });
		expect(check(sign(new Date()))).toBe("valid");
		expect(check(sign(new Date(Date.now() - 400_000)))).toBe("too old");
		expect(check(sign(new Date(Date.now() + 400_000)))).toBe("too new");
	});

	/** Signed as the sender would, were that its id and its time. */
	const stamped = (id: string, timestamp: string) => {
		const key = Buffer.from(SECRET.replace("whsec_", ""), "base64");
		const signature = createHmac("sha256", key).update(`${id}.${timestamp}.hello`).digest("base64");
		return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
	};

	it.each(["", "x", "1e9", "-1775140200", "1775140200.5", " 1775140200", "0x69CE7A28", "9".repeat(13)])(
		"is whole seconds: %j is not, even if it is signed",
		(timestamp) => {
			expect(at(0, { headers: stamped("dlv_1", "1775140200") })).toBe("valid");
			expect(at(0, { headers: stamped("dlv_1", timestamp), toleranceSeconds: Number.POSITIVE_INFINITY })).toBe(
				"invalid",
			);
		},
	);

	it("cannot be moved by a dot: not into the id, nor into the body", () => {
		const { "webhook-signature": signature } = stamped("dlv_1", "1775140200");
		const moved = {
			"webhook-id": "dlv_1.1775140200",
			"webhook-timestamp": "1775140200",
			"webhook-signature": signature,
		};
		expect(at(0, { headers: stamped("dlv_1.2", "1775140200") })).toBe("invalid");
		expect(at(0, { headers: moved })).toBe("invalid");
	});
});

describe("the signatures of standard", () => {
	const check = (signature: string) => {
		const headers = { ...signed("hello", SECRET, "standard"), "webhook-signature": signature };
		return checkSignature({ body: "hello", headers, secret: SECRET, scheme: "standard", now: NOW });
	};
	const right = signed("hello", SECRET, "standard")["webhook-signature"] ?? "";
	const other = signed("hello", OTHER_SECRET, "standard")["webhook-signature"] ?? "";

	it("are several, of which one has to fit", () => {
		for (const several of [right, `${right} ${other}`, `${other} ${right}`, `v1a,${"A".repeat(86)}== ${right}`]) {
			expect(check(several)).toBe("valid");
		}
		for (const several of [
			other,
			`${other} ${other}`,
			right.slice(3),
			right.replace("v1,", "v1a,"),
			`x${right}`,
			`${right},`,
		]) {
			expect(check(several)).toBe("invalid");
		}
	});

	it("are looked at up to the hundredth, so that a header cannot keep a receiver busy", () => {
		expect(check(`${`${other} `.repeat(99)}${right}`)).toBe("valid");
		expect(check(`${`${other} `.repeat(100)}${right}`)).toBe("invalid");
		expect(check(`${" ".repeat(1_000_000)}${right}`)).toBe("invalid");
	});
});

describe("the body", () => {
	const bytes = new TextEncoder().encode("(hello)");
	const check = (body: unknown) =>
		verdictOf({ body, headers: { "x-rocky-signature": VECTOR }, secret: "key", scheme: "rocky" });

	it.each([
		["a text", "hello"],
		["a Buffer", Buffer.from("hello")],
		["a Uint8Array", new TextEncoder().encode("hello")],
		["a view of a part", bytes.subarray(1, 6)],
		["a DataView", new DataView(bytes.buffer, 1, 5)],
		["an ArrayBuffer", bytes.slice(1, 6).buffer],
		["an ArrayBuffer of another realm", runInNewContext("Uint8Array.of(104, 101, 108, 108, 111).buffer")],
		["a Uint8Array of another realm", runInNewContext("Uint8Array.of(104, 101, 108, 108, 111)")],
	])("may be %s", (_, body) => {
		expect(check(body)).toBe("valid");
	});

	it("is the UTF-8 of a text", () => {
		const headers = signed(new TextEncoder().encode("Größe ✓"), SECRET);
		expect(checkSignature({ body: "Größe ✓", headers, secret: SECRET })).toBe("valid");
	});

	it("may be empty, and is then signed like any other", () => {
		const headers = signed("", SECRET, "github");
		for (const body of ["", new Uint8Array(), new ArrayBuffer(0)]) {
			expect(checkSignature({ body, headers, secret: SECRET, scheme: "github" })).toBe("valid");
		}
	});

	it("is not valid where none came, even if the empty one is signed", () => {
		const headers = signed("", "key", "rocky");
		for (const body of [undefined, null, {}]) {
			expect(verdictOf({ body, headers, secret: "key" })).toBe("invalid");
			expect(verdictOf({ body, headers: signed("", "key", "token"), secret: "key", scheme: "token" })).toBe("invalid");
		}
	});
});

describe("an error of the call is a TypeError that names the option and quotes nothing", () => {
	const GIVEN = { body: "hello", headers: { "x-rocky-signature": VECTOR }, secret: "key" };

	it.each([
		[{ body: { event: "ping" } }, "body must be the exact bytes that were received"],
		[{ body: ["hello"] }, "body must be the exact bytes that were received"],
		[
			{ body: 5 },
			"body must be the exact bytes that were received (a Buffer, Uint8Array, ArrayBuffer or string), not parsed (got number)",
		],
		[{ headers: undefined }, "headers must be an object such as request.headers, or a Headers (got undefined)"],
		[{ headers: null }, "headers must be an object such as request.headers, or a Headers (got null)"],
		[
			{ headers: ["X-Rocky-Signature", VECTOR] },
			"headers must be an object such as request.headers, or a Headers (got array)",
		],
		[{ headers: VECTOR }, "headers must be an object such as request.headers, or a Headers (got string)"],
		[{ secret: undefined }, "secret must be a string or an array of strings (got undefined)"],
		[{ secret: Buffer.from("key") }, "secret must be a string or an array of strings (got object)"],
		[{ secret: ["key", undefined] }, "secret[1] must be a string (got undefined)"],
		[{ scheme: "sha1-of-hunter2" }, "scheme must be one of rocky, rocky_ingress, github, "],
		[{ scheme: "constructor" }, "scheme must be one of rocky, rocky_ingress, github, "],
		[{ scheme: null }, "scheme must be one of rocky, rocky_ingress, github, "],
		[{ scheme: ["rocky"] }, "(got array)"],
		[{ header: "" }, "header must be the name of a header (got string)"],
		[{ header: "x y" }, "header must be the name of a header (got string)"],
		[{ header: null }, "header must be the name of a header (got null)"],
		[{ toleranceSeconds: "300" }, "toleranceSeconds must be a number from 0 on (got string)"],
		[{ toleranceSeconds: Number.NaN }, "toleranceSeconds must be a number from 0 on (got number)"],
		[{ toleranceSeconds: -1 }, "toleranceSeconds must be a number from 0 on (got number)"],
		[{ now: 1775140200 }, "now must be a Date with a time (got number)"],
		[{ now: new Date(Number.NaN) }, "now must be a Date with a time (got object)"],
		[
			{ scheme: "standard", secret: "whsec_hunter2", headers: signed("hello", SECRET, "standard") },
			"secret is not valid for the scheme standard, which takes whsec_ and base64 of 24 to 64 bytes",
		],
		[
			{ scheme: "token", secret: "hunter2✓", headers: { "x-secret-token": "x" } },
			"secret has a character that is not allowed in headers",
		],
	])("%j", (wrong, message) => {
		for (const check of [verifySignature, checkSignature]) {
			const call = () => Reflect.apply(check, undefined, [{ ...GIVEN, ...wrong }]);
			expect(call).toThrow(TypeError);
			expect(call).toThrow(message);
			expect(call).not.toThrow("hunter2");
		}
	});

	it.each([undefined, null, 1, "x"])("no request at all: %j", (given) => {
		const call = () => Reflect.apply(verifySignature, undefined, [given]);
		expect(call).toThrow("its argument must be an object with body, headers and secret");
	});

	it("a forgotten option is not taken from what all objects have", () => {
		const polluted = { secret: "key", scheme: "token", header: "x-other", toleranceSeconds: 1e12, now: new Date(0) };
		const headers = signed("hello", SECRET, "standard");
		const old = { body: "hello", headers, secret: SECRET, scheme: "standard" };
		Object.assign(Object.prototype, polluted);
		try {
			expect(verdictOf(GIVEN)).toBe("valid");
			expect(verdictOf({ body: "hello", headers: GIVEN.headers })).toBe("TypeError");
			expect(verdictOf(old)).toBe("too old");
		} finally {
			for (const name of Object.keys(polluted)) Reflect.deleteProperty(Object.prototype, name);
		}
	});

	it("headers that no server gives are not signed", () => {
		const stamped = { ...signed("hello", SECRET, "standard"), "webhook-timestamp": 1775140200 };
		expect(verdictOf({ body: "hello", headers: stamped, secret: SECRET, scheme: "standard", now: NOW })).toBe(
			"invalid",
		);
		const map = new Map(Object.entries(GIVEN.headers));
		expect(verdictOf({ ...GIVEN, headers: { "x-rocky-signature": [5, {}] } })).toBe("invalid");
		expect(verdictOf({ ...GIVEN, headers: map, header: "other" })).toBe("missing");
	});
});

describe("what the senders' own libraries sign", () => {
	const now = new Date();

	it("by Standard Webhooks' is valid as standard, and changed it is what it is to them", () => {
		const key = fc
			.uint8Array({ minLength: 24, maxLength: 64 })
			.map((all) => `whsec_${Buffer.from(all).toString("base64")}`);
		const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,30}$/);
		const age = fc.oneof(fc.integer({ min: -240, max: 240 }), fc.constantFrom(-400, 400, 1e6));
		fc.assert(
			fc.property(key, id, fc.string(), age, fc.nat(), fc.boolean(), (secret, name, body, seconds, at, change) => {
				const theirs = new Webhook(secret);
				const time = new Date(now.getTime() - seconds * 1000);
				const signature = theirs.sign(name, time, body);
				const headers = {
					"webhook-id": name,
					"webhook-timestamp": String(Math.floor(time.getTime() / 1000)),
					"webhook-signature": change ? flip(signature, at) : signature,
				};
				const accepted = () => {
					try {
						theirs.verify(body, headers);
						return true;
					} catch (error) {
						// It parses what is rightly signed.
						return error instanceof SyntaxError;
					}
				};
				expect(verifySignature({ body, headers, secret, scheme: "standard" })).toBe(accepted());
			}),
		);
	});
});
