// Which proxy the environment names for a URL, what its value may be, and which hosts go straight.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Env } from "../../../src/lib/env.ts";
import { proxyFor } from "../../../src/net/proxy.ts";

const found = (url: string, env: Env) => proxyFor(new URL(url), env) ?? { variable: undefined };
const asked = (url: string, env: Env) => {
	const proxy = found(url, env);
	return "problem" in proxy ? proxy.problem : proxy.variable;
};

describe("the variable", () => {
	test.each([
		["https://example.com/", { HTTPS_PROXY: "p" }, "HTTPS_PROXY"],
		["https://example.com/", { https_proxy: "p", HTTPS_PROXY: "q", ALL_PROXY: "r" }, "https_proxy"],
		["https://example.com/", { HTTP_PROXY: "p", http_proxy: "p" }, undefined],
		["http://example.com/", { HTTP_PROXY: "p", HTTPS_PROXY: "q" }, "HTTP_PROXY"],
		["http://example.com/", { http_proxy: "p" }, "http_proxy"],
		["https://example.com/", { all_proxy: "p", ALL_PROXY: "q" }, "all_proxy"],
		["http://example.com/", { HTTP_PROXY: "p", ALL_PROXY: "q" }, "HTTP_PROXY"],
		["http://example.com/", { http_proxy: " ", ALL_PROXY: "p" }, "ALL_PROXY"],
		["http://example.com/", {}, undefined],
	])("for %s with %j is %s", (url, env, variable) => {
		expect(asked(url, env)).toBe(variable);
	});
});

describe("NO_PROXY", () => {
	test.each([
		["example.com", "https://example.com/", true],
		["example.com", "https://hooks.example.com/", true],
		["example.com", "https://badexample.com/", false],
		["example.com", "https://example.com.evil.test/", false],
		["hooks.example.com", "https://example.com/", false],
		[".example.com", "https://hooks.example.com/", true],
		["*.example.com", "https://hooks.example.com/", true],
		[".example.com", "https://badexample.com/", false],
		["EXAMPLE.com", "https://Example.COM/", true],
		["example.com", "https://hooks.example.com./", true],
		["example.com.", "https://hooks.example.com/", true],
		["bücher.example", "https://www.xn--bcher-kva.example/", true],
		[":443", "https://example.com./", false],
		["*.", "https://example.com./", false],
		["*", "https://example.com/", true],
		["other.test, example.com", "https://example.com/", true],
		["other.test example.com", "https://example.com/", true],
		["", "https://example.com/", false],
		[" , ", "https://example.com/", false],
		["example.com:8443", "https://example.com:8443/", true],
		["example.com:8443", "https://example.com/", false],
		["example.com:443", "https://example.com/", true],
		["example.com:443", "http://example.com/", false],
		["example.com:80", "http://hooks.example.com/", true],
		["10.0.0.1", "http://10.0.0.1:8080/", true],
		["10.0.0.1", "http://10.0.0.10/", false],
		["0.0.1", "http://10.0.0.1/", false],
		["fd00::1", "http://[fd00::1]/", true],
		["fd00::1", "http://[fd00::1]:8080/", true],
		["fd00::1", "http://[fd00::2]/", false],
		["[fd00::1]", "http://[fd00::1]:8080/", true],
		["[fd00::1]:8080", "http://[fd00::1]:8080/", true],
		["[fd00::1]:8080", "http://[fd00::1]/", false],
		["fd00::80", "http://[fd00::80]/", true],
		["10.0.0.0/8", "http://10.1.2.3:8080/", true],
		["10.0.0.0/8", "http://11.1.2.3/", false],
		["10.0.0.0/8", "http://10.example.com/", false],
		["10.0.0.0/33", "http://10.0.0.0/", false],
		["fd00::/8", "http://[fd12::1]/", true],
		["fd00::/8", "http://10.0.0.1/", false],
		["example.com/8", "http://example.com/", false],
		["FD00:0:0::0080", "http://[fd00::80]/", true],
		["[fd00:0::80]:443", "https://[fd00::80]/", true],
		[":::", "http://[fd00::80]/", false],
	])("%j exempts %s: %s", (exempt, url, covered) => {
		const variable = covered ? undefined : "ALL_PROXY";
		expect(asked(url, { ALL_PROXY: "p", NO_PROXY: exempt })).toBe(variable);
	});

	test("counts in lower case before it does in upper case, unless that is empty", () => {
		const env = { ALL_PROXY: "p", NO_PROXY: "example.com" };
		expect(asked("https://example.com/", { ...env, no_proxy: "other.test" })).toBe("ALL_PROXY");
		expect(asked("https://other.test/", { ...env, no_proxy: "other.test" })).toBeUndefined();
		expect(asked("https://example.com/", { ...env, no_proxy: "" })).toBeUndefined();
	});
});

describe("this machine", () => {
	const everywhere = { http_proxy: "http://p", https_proxy: "http://p", all_proxy: "http://p" };

	test.each([
		"http://localhost/",
		"https://LOCALHOST.:8443/",
		"http://app.localhost/",
		"http://localhost.localdomain/",
		"http://ip6-localhost/",
		"http://ip6-loopback/",
		"http://127.0.0.1/",
		"http://127.9.9.9/",
		"http://127.1/",
		"http://0x7f000001/",
		"http://2130706433/",
		"http://0177.0.0.1/",
		"http://127.0.0.1./",
		"http://[::1]/",
		"http://[0:0:0:0:0:0:0:1]/",
		"http://[::ffff:127.0.0.1]/",
		"http://[::ffff:7f00:1]/",
	])("is never asked through a proxy: %s", (url) => {
		expect(proxyFor(new URL(url), everywhere)).toBeUndefined();
		// Whatever is wrong with the value.
		expect(proxyFor(new URL(url), { all_proxy: "socks5://p" })).toBeUndefined();
	});

	test.each(["http://localhost.example.com/", "http://notlocalhost/", "http://128.0.0.1/", "http://[::2]/"])(
		"is not %s",
		(url) => expect(asked(url, everywhere)).toBe("http_proxy"),
	);
});

describe("the value", () => {
	test.each([
		["http://proxy.example:3128", "http://proxy.example:3128/"],
		["proxy.example:3128", "http://proxy.example:3128/"],
		[" https://proxy.example/ \n", "https://proxy.example/"],
		["HTTP://user:p%40ss@proxy.example:8080", "http://user:p%40ss@proxy.example:8080/"],
		["http://DOM%5Cuser:pw@proxy.example:8080", "http://DOM%5Cuser:pw@proxy.example:8080/"],
		["http://me@corp.example:pw@proxy.example:8080", "http://me%40corp.example:pw@proxy.example:8080/"],
		["user:pw@proxy.example:8080", "http://user:pw@proxy.example:8080/"],
		["[::1]:3128", "http://[::1]:3128/"],
	])("%j is %s", (value, href) => {
		expect(found("http://example.com", { http_proxy: value })).toMatchObject({ url: { href }, variable: "http_proxy" });
	});

	const URL_WORDS = "its value is not a valid URL; write it as http://host:port";
	const MORE_WORDS = /^its value has more than a host and a port; /;

	test.each([
		["socks5://127.0.0.1:1080", "the proxy must be http:// or https://"],
		["ftp://proxy.example", "the proxy must be http:// or https://"],
		["http://DOM\\user:pw@proxy.example:1", "its value has a backslash; write that of a domain user as %5C"],
		["DOM\\user:pw@proxy.example:1", /backslash/],
		["http:\\\\proxy.example", /backslash/],
		['"http://proxy.example:3128"', "its value is in quotes; remove them"],
		["'proxy.example:3128'", "its value is in quotes; remove them"],
		['http://proxy.example"', "its value is in quotes; remove them"],
		["http://proxy.example:3128/path", MORE_WORDS],
		["http://proxy.example:3128//", MORE_WORDS],
		["http://proxy.example?query", MORE_WORDS],
		["http://proxy.example#fragment", MORE_WORDS],
		["http://user:p/w@proxy.example", MORE_WORDS],
		["http://user:p#w@proxy.example", MORE_WORDS],
		["http:///proxy.example", MORE_WORDS],
		["http:proxy.example", URL_WORDS],
		["http://a b", "its value has white space in it"],
		["http://proxy.example\nhttp://other.example", "its value has white space in it"],
		["http://pro\0xy.example", "its value has white space in it"],
		["http://", URL_WORDS],
		["http://:3128", URL_WORDS],
		["http://user:pw@", URL_WORDS],
		["proxy.example:99999", URL_WORDS],
		["proxy.example:0", URL_WORDS],
		["proxy.example:port", URL_WORDS],
		["proxy.example:1,other.example:2", URL_WORDS],
		["proxy.example,other.example", URL_WORDS],
		["http=proxy.example;https=other.example", URL_WORDS],
		["${PROXY}", URL_WORDS],
		["http://user:%zz@proxy.example", "its user or password is not percent-encoded; write % as %25"],
	])("%j is not usable", (value, problem) => {
		const told = asked("http://example.com", { http_proxy: value });
		expect(told).toMatch(/^proxy \(http_proxy\): /);
		expect(told?.slice("proxy (http_proxy): ".length)).toMatch(problem);
	});

	test("is never thrown for and never quoted, whatever it is, and names the host that it says", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 12 }), (text) => {
				const proxy = found("http://example.com", { http_proxy: `http://user:${text}@proxy.example:3128` });
				if ("problem" in proxy) expect(proxy.problem).not.toContain(`:${text}@`);
				else expect(proxy).toMatchObject({ url: { host: "proxy.example:3128", username: "user" } });
			}),
		);
	});
});
