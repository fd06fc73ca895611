// URLs of NATS: which are some, what is made of them, and that a refusal quotes none of them.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkUrl } from "../../../src/net/url.ts";

const PUBLIC = { allowHttp: false, allowPrivate: true };

const href = (text: string, more = {}) => {
	const checked = checkUrl(text, { ...PUBLIC, ...more });
	return "url" in checked ? checked.url.href : checked.problem;
};

describe("a URL of NATS", () => {
	it.each([
		["nats://127.0.0.1:4222/ci.events", "nats://127.0.0.1:4222/ci.events"],
		["nats://localhost/ci", "nats://localhost:4222/ci"],
		["nats://[::1]:80/ci.events-2_b", "nats://[::1]:80/ci.events-2_b"],
		["nats://127.1:443/ci", "nats://127.0.0.1:443/ci"],
		["tls://localhost/ci", "tls://localhost:4222/ci"],
		[" NATS://NATS.Example.COM/Ci.Events\n", "tls://nats.example.com:4222/Ci.Events"],
		["nats://us%40er:p%3Ass@nats.example.com:1/ci", "tls://us%40er:p%3Ass@nats.example.com:1/ci"],
		["tls://t0ken@münchen.example/ci", "tls://t0ken@xn--mnchen-3ya.example:4222/ci"],
		["nats://user:a:b@localhost/ci", "nats://user:a%3Ab@localhost:4222/ci"],
	])("%j is %s: encrypted but to this machine", (text, expected) => {
		expect(href(text)).toBe(expected);
	});

	it("may go without TLS where that is allowed", () => {
		expect(href("nats://nats.example.com/ci", { allowHttp: true })).toBe("nats://nats.example.com:4222/ci");
		expect(href("tls://nats.example.com/ci", { allowHttp: true })).toBe("tls://nats.example.com:4222/ci");
	});

	it.each([
		["nats://", "is not a NATS URL"],
		["nats:localhost/ci", "is not a NATS URL"],
		["nats:///ci", "is not a NATS URL"],
		["nats://a b/ci", "is not a NATS URL"],
		["nats://localhost:99999/ci", "is not a NATS URL"],
		["nats://localhost\\ci", "is not a NATS URL"],
		["nats://localhost?ci", "is not a NATS URL"],
		["nats://one:4222,two:4222/ci", "names several servers"],
		["nats://localhost", "has no subject"],
		["nats://localhost/", "has no subject"],
		["nats://user:100%@localhost/ci", "has a user or password that is not percent-encoded properly"],
		["nats://169.254.169.254/ci", "has an address of a cloud's metadata service"],
		["nats://0xA9FEA9FE/ci", "has an address of a cloud's metadata service"],
		["tls://[fe80::1]/ci", "has a link-local address"],
	])("%j %s", (text, problem) => {
		expect(href(text)).toBe(problem);
	});

	it.each([
		"ci.*",
		"ci.>",
		"ci..x",
		".ci",
		"ci.",
		"ci/x",
		"ci?x",
		"ci#x",
		"a%20b",
		"ci.%2A",
		"$JS.API.STREAM.DELETE.CI",
	])("has no subject %s", (subject) => {
		expect(href(`nats://localhost/${subject}`)).toBe("has a subject that nothing can be published to");
	});

	it.each(["_INBOX.a", "_INBOX", "_INBOX_user.a"])("has no subject %s, which is NATS's own", (subject) => {
		expect(href(`nats://localhost/${subject}`)).toBe("has a subject that nothing can be published to");
	});

	it("is refused where private addresses are", () => {
		expect(href("nats://127.0.0.1/ci", { allowPrivate: false })).toBe("has a loopback address");
	});

	it("has a subject as it is written, or is refused without being quoted", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary", minLength: 1 }), (subject) => {
				const checked = checkUrl(`nats://user:XYZ123XYZ@localhost/${subject}`, PUBLIC);
				if ("url" in checked) expect(checked.url.pathname).toBe(`/${subject.trim()}`);
				else expect(JSON.stringify(checked)).not.toContain("XYZ123XYZ");
			}),
		);
	});
});
