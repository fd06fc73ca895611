// Signatures, judged by the published vector and by another implementation.
import { verify } from "@octokit/webhooks-methods";
import fc from "fast-check";
import { expect, test } from "vitest";
import { signatureHeaders } from "../../../src/signature/sign.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

test("the documented vector", () => {
	expect(signatureHeaders("rocky", "key", bytes("hello"))).toEqual({
		"X-Rocky-Signature": "sha256=9307b3b915efb5171ff14d8cb55fbcc798c6c0ef1456d66ded1a6aa723a58b7b",
	});
});

test("@octokit/webhooks-methods verifies any body, and refuses it changed", async () => {
	const text = fc.string({ unit: "grapheme", minLength: 1 });
	await fc.assert(
		fc.asyncProperty(text, text, async (secret, body) => {
			const header = signatureHeaders("rocky", secret, bytes(body))["X-Rocky-Signature"] ?? "";
			expect(await verify(secret, body, header)).toBe(true);
			expect(await verify(secret, `${body}x`, header)).toBe(false);
		}),
		{ numRuns: 50 },
	);
});
