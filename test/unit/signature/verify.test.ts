// Signatures as a receiver checks them, against what the sender makes.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { signatureHeaders } from "../../../src/signature/sign.ts";
import { checkSignature, verifySignature } from "../../../src/signature/verify.ts";

const VECTOR = "sha256=9307b3b915efb5171ff14d8cb55fbcc798c6c0ef1456d66ded1a6aa723a58b7b";

describe("verifySignature", () => {
	it.each(["X-Rocky-Signature", "x-rocky-signature", "X-ROCKY-SIGNATURE"])("accepts the known vector in %s", (name) => {
		expect(verifySignature({ body: "hello", headers: { [name]: VECTOR }, secret: "key" })).toBe(true);
	});

	it("accepts what the sender signs, whatever the bytes and the secret", () => {
		fc.assert(
			fc.property(
				fc.uint8Array(),
				fc.string().filter((secret) => secret.trim() !== ""),
				(body, secret) => {
					const headers = signatureHeaders("rocky", secret.trim(), body);
					// A secret pasted with a line end is trimmed by the sender, so it must be here.
					expect(verifySignature({ body, headers, secret: `${secret}\n` })).toBe(true);
				},
			),
		);
	});

	it("refuses every other body, and every other secret", () => {
		fc.assert(
			fc.property(fc.uint8Array(), fc.uint8Array(), (body, other) => {
				const headers = signatureHeaders("rocky", "key", body);
				const same = Buffer.compare(body, other) === 0;
				expect(verifySignature({ body: other, headers, secret: "key" })).toBe(same);
				expect(verifySignature({ body, headers, secret: "kez" })).toBe(false);
			}),
		);
	});

	it("refuses garbage without throwing", () => {
		const garbage = fc.oneof(
			fc.string(),
			fc.constantFrom(
				"",
				"\0",
				"\ud800",
				"é".repeat(36),
				"sha256=",
				VECTOR.slice(7),
				`${VECTOR}0`,
				VECTOR.slice(0, -1),
				VECTOR.replace("256", "512"),
			),
		);
		fc.assert(
			fc.property(garbage, (value) => {
				const headers = { "x-rocky-signature": value, "x-other": undefined };
				expect(verifySignature({ body: "hello", headers, secret: "key" })).toBe(false);
			}),
		);
	});

	it("validates nothing with an empty secret", () => {
		const headers = signatureHeaders("rocky", "", new TextEncoder().encode("hello"));
		expect(verifySignature({ body: "hello", headers, secret: "" })).toBe(false);
		expect(verifySignature({ body: "hello", headers, secret: " \n" })).toBe(false);
	});

	it("is not talked into a valid one by a second header", () => {
		const headers = { "X-Rocky-Signature": VECTOR, "x-rocky-signature": "sha256=0" };
		expect(verifySignature({ body: "hello", headers, secret: "key" })).toBe(false);
	});
});

describe("checkSignature", () => {
	it("tells a wrong signature from none", () => {
		expect(checkSignature({ body: "", headers: {}, secret: "key" })).toBe("missing");
		expect(checkSignature({ body: "", headers: { "x-rocky-signature": undefined }, secret: "key" })).toBe("missing");
		expect(checkSignature({ body: "", headers: { "x-rocky-signature": "" }, secret: "key" })).toBe("invalid");
	});
});
