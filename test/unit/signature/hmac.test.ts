// HMAC-SHA256, judged by the vectors of RFC 4231 and by Node's own.
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { hmacSha256 } from "../../../src/signature/hmac.ts";

const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);

// https://www.rfc-editor.org/rfc/rfc4231#section-4, without the one that is cut
test.each([
	[filled(20, 0x0b), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
	["Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"],
	[filled(20, 0xaa), filled(50, 0xdd), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"],
	[
		filled(131, 0xaa),
		"Test Using Larger Than Block-Size Key - Hash Key First",
		"60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
	],
	[
		filled(131, 0xaa),
		"This is a test using a larger than block-size key and a larger than block-size data. " +
			"The key needs to be hashed before being used by the HMAC algorithm.",
		"9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
	],
])("vector %#", (key, data, expected) => {
	expect(hmacSha256(key)("hex", data)).toBe(expected);
});

test("is Node's, of any key and any parts, bytes and texts, again and again", () => {
	const data = fc.oneof(fc.string({ unit: "binary", maxLength: 200 }), fc.uint8Array({ maxLength: 200 }));
	fc.assert(
		fc.property(data, fc.array(fc.array(data, { maxLength: 3 }), { maxLength: 3 }), (key, all) => {
			const hmac = hmacSha256(key);
			for (const parts of all) {
				const expected = createHmac("sha256", key);
				for (const part of parts) expected.update(part);
				expect(hmac("base64", ...parts)).toBe(expected.digest("base64"));
			}
		}),
	);
});

test.each([21_000, 65_472, 65_473, 1_000_000])(
	"is Node's of %i bytes, and of as many characters of three",
	(length) => {
		const hmac = hmacSha256("key");
		for (const data of [filled(length, 7), "\u20ac".repeat(length)]) {
			expect(hmac("hex", "before", data)).toBe(createHmac("sha256", "key").update("before").update(data).digest("hex"));
		}
		expect(hmac("hex", "hello")).toBe("9307b3b915efb5171ff14d8cb55fbcc798c6c0ef1456d66ded1a6aa723a58b7b");
	},
);
