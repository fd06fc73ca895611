// Which texts are URLs that a webhook may be sent to, and that a refusal quotes none of them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkUrl } from "../../../src/net/url.ts";

const problem = (text: string, allowHttp = false) => {
	const checked = checkUrl(text, { allowHttp, allowPrivate: true });
	return "problem" in checked ? checked.problem : undefined;
};

describe("checkUrl", () => {
	it.each([
		"https://example.com/hook?token=x#y",
		"https://user:password@example.com:8443/",
		"HTTPS://EXAMPLE.COM",
		"http://localhost:8080/",
		"http://127.0.0.1/",
		"http://127.1.2.3:1/",
		"http://[::1]:9/",
		"https://münchen.example/",
	])("takes %s", (text) => {
		expect(problem(text)).toBeUndefined();
	});

	it("trims the white space that secrets often end in", () => {
		expect(checkUrl(" https://example.com/x\r\n", { allowHttp: false, allowPrivate: true })).toMatchObject({
			url: { href: "https://example.com/x" },
		});
	});

	it.each([
		["", "is empty"],
		[" \n", "is empty"],
		["https://exa\nmple.com/", "has a line break or control character in it"],
		["https://example.com/\0", "has a line break or control character in it"],
		["file:///etc/passwd", "has the scheme file"],
		["FTP://example.com", "has the scheme ftp"],
		["hooks.example.com/x", "is not an https URL"],
		["https:example.com", "is not an https URL"],
		["https://", "is not an https URL"],
		["https:///path", "is not an https URL"],
		["https://a b/", "is not an https URL"],
		["https://example.com:99999/", "is not an https URL"],
		["secret-token:abc", "is not an https URL"],
		["javascript:alert(1)", "is not an https URL"],
	])("refuses %j", (text, expected) => {
		expect(problem(text)).toBe(expected);
	});

	it.each([
		"http://example.com/",
		"http://127.0.0.1.example.com/",
		"http://localhost.example.com/",
		"http://10.0.0.1/",
	])("refuses plain http to %s unless it is allowed", (text) => {
		expect(problem(text)).toBe("would be sent over http, without encryption");
		expect(problem(text, true)).toBeUndefined();
	});

	it.each([
		["https://169.254.169.254/latest", "has an address of a cloud's metadata service", "no webhook is sent there"],
		["https://0xA9FEA9FE/", "has an address of a cloud's metadata service", "no webhook is sent there"],
		["https://[fe80::1]/", "has a link-local address", "no webhook is sent there"],
		["https://[::]/", "has an unspecified address", "no webhook is sent there"],
	])("refuses %s, whatever is allowed", (text, expected, remedy) => {
		for (const allowPrivate of [true, false]) {
			expect(checkUrl(text, { allowHttp: true, allowPrivate })).toEqual({
				problem: expected,
				remedy: expect.stringContaining(remedy),
			});
		}
	});

	it.each(["https://10.0.0.1/", "http://127.0.0.1:8080/", "https://[::1]/", "https://[fd00::1]/"])(
		"refuses %s where private addresses are not allowed",
		(text) => {
			expect(problem(text, true)).toBeUndefined();
			expect(checkUrl(text, { allowHttp: true, allowPrivate: false })).toMatchObject({
				problem: expect.stringMatching(/^has a (private|loopback) address$/),
				remedy: "give a public address, or set allow_private = true",
			});
		},
	);

	it("refuses a user or password that cannot be decoded", () => {
		expect(problem("https://user:100%@example.com/")).toContain("not percent-encoded properly");
		expect(problem("https://%ff@example.com/")).toContain("not percent-encoded properly");
		expect(problem("https://us%40er:p%3Ass@example.com/")).toBeUndefined();
	});

	it("sees loopback in any spelling of its address", () => {
		expect(problem("http://0x7f.1/")).toBeUndefined();
	});

	it("never quotes what it refuses", () => {
		fc.assert(
			fc.property(
				fc.constantFrom("", "ftp://", "http://", "https://"),
				fc.stringMatching(/^[A-Z0-9]{8,20}$/),
				(a, b) => {
					const checked = checkUrl(`${a}${b} ${b}`, { allowHttp: false, allowPrivate: true });
					expect(JSON.stringify("problem" in checked ? checked : {})).not.toContain(b);
				},
			),
		);
	});
});
