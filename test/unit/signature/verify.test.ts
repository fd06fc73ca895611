// Signatures as a receiver checks them, against what the sender makes: each scheme passes the same tests.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { headersOf, SCHEMES, SIGNATURES } from "../../../src/signature/schemes.ts";
import { signatureHeaders } from "../../../src/signature/sign.ts";
import { checkSignature, type SignedRequest, verifySignature } from "../../../src/signature/verify.ts";
import { NOW, OTHER_SECRET, SECRET, signed } from "../../helpers/signing.ts";

const VECTOR = "sha256=9307b3b915efb5171ff14d8cb55fbcc798c6c0ef1456d66ded1a6aa723a58b7b";

/** The text with one bit of one character changed: `at` counts bits from its start and wraps around. */
function flip(text: string, at: number): string {
	const place = Math.floor(at / 7) % text.length;
	return text.slice(0, place) + String.fromCharCode(text.charCodeAt(place) ^ (1 << (at % 7))) + text.slice(place + 1);
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

	it("takes a text for its UTF-8", () => {
		const headers = signed(new TextEncoder().encode("Größe ✓"), SECRET, scheme);
		expect(checkSignature(request("Größe ✓", { headers }))).toBe("valid");
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
			if (other.trim() !== SECRET) expect(checkSignature(request("hello", { secret: other }))).toBe("invalid");
		}
	});

	it("takes one of several secrets, wherever it stands", () => {
		for (const secrets of [[SECRET], [SECRET, "x"], ["x", "", SECRET], [OTHER_SECRET, SECRET]]) {
			expect(checkSignature(request("hello", { secret: secrets }))).toBe("valid");
		}
		for (const secrets of [[], [OTHER_SECRET], ["", " "], ["x"]]) {
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

	it("never throws, whatever is given, and validates none of it", () => {
		const odd = fc.oneof(
			fc.anything(),
			fc.constantFrom("", "\0", "\ud800", "é".repeat(36), "sha256=", "v1,", "v1", "v1,,"),
		);
		const keys = ["body", "headers", "secret", "scheme", "header", "toleranceSeconds", "now"] as const;
		fc.assert(
			fc.property(odd, fc.constantFrom(...keys), (value, key) => {
				const given: Record<string, unknown> = { ...request("hello"), [key]: value };
				const verdict: unknown = Reflect.apply(verifySignature, undefined, [given]);
				// Left out, these say the same; other tolerances and times are times.
				const silent = value === undefined || (value === null && key === "header");
				const harmless = silent || key === "toleranceSeconds" || key === "now" || key === "body";
				expect(typeof verdict).toBe("boolean");
				if (!harmless) expect(verdict).toBe(false);
			}),
		);
		for (const given of [undefined, null, 1, "x", [], {}]) {
			expect(Reflect.apply(verifySignature, undefined, [given])).toBe(false);
		}
	});

	it("refuses garbage for a header", () => {
		const own = signed("hello", SECRET, scheme);
		fc.assert(
			fc.property(fc.oneof(fc.string(), fc.constantFrom(VECTOR, `${VECTOR}0`)), fc.nat(2), (value, index) => {
				const names = headersOf(scheme);
				const name = names[index % names.length] ?? "";
				fc.pre(value !== own[name]);
				expect(verifySignature(request("hello", { headers: { ...own, [name]: value } }))).toBe(false);
			}),
		);
	});
});

describe("the scheme", () => {
	it("is rocky where none is given", () => {
		expect(verifySignature({ body: "hello", headers: { "x-rocky-signature": VECTOR }, secret: "key" })).toBe(true);
	});

	it("is no other one", () => {
		for (const [sender, receiver] of SIGNATURES.flatMap((a) => SIGNATURES.map((b) => [a, b] as const))) {
			const headers = signed("hello", SECRET, sender);
			const request: SignedRequest = { body: "hello", headers, secret: SECRET, scheme: receiver, now: NOW };
			expect(checkSignature(request)).toBe(sender === receiver ? "valid" : "missing");
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

	it("passes with no tolerance and at no time that are none", () => {
		expect(at(0, { toleranceSeconds: Number.NaN })).not.toBe("valid");
		expect(at(0, { toleranceSeconds: -1 })).not.toBe("valid");
		expect(at(0, { now: new Date(Number.NaN) })).not.toBe("valid");
	});

	it("is looked at after the signature, so that it is not told of a forged one", () => {
		expect(at(1000, { body: "other" })).toBe("invalid");
	});

	it("is the clock's where none is given", () => {
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
		const signature = SCHEMES.standard.value(SECRET, { body: "hello", id, timestamp }) ?? "";
		return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
	};

	it.each(["", "x", "1e9", "-1775140200", "1775140200.5", " 1775140200", "0x69CE7A28", "9".repeat(13)])(
		"is whole seconds: %j is none, even if it is signed",
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
});
