// Which proxy the environment names for a URL, and which hosts NO_PROXY exempts from it.
import { describe, expect, test } from "vitest";
import { proxiedRoute, proxyVariable } from "../../../src/net/route.ts";
import type { Env } from "../../../src/ports.ts";

const asked = (url: string, env: Env) => proxyVariable(new URL(url), env);

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
		["::1", "http://[::1]/", true],
		["::1", "http://[::1]:8080/", true],
		["::1", "http://[::2]/", false],
		["[::1]", "http://[::1]:8080/", true],
		["[::1]:8080", "http://[::1]:8080/", true],
		["[::1]:8080", "http://[::1]/", false],
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

describe("the route", () => {
	const url = new URL("https://example.com/");

	test("is none of a proxy where the environment names none for the URL", () => {
		expect(proxiedRoute(url, {})).toBeUndefined();
		expect(proxiedRoute(url, { HTTPS_PROXY: "p", NO_PROXY: "example.com" })).toBeUndefined();
	});

	test("is through the proxy that the environment names", () => {
		const route = { kind: "proxied", proxy: "http://p:1", variable: "HTTPS_PROXY" };
		expect(proxiedRoute(url, { HTTPS_PROXY: "http://p:1" })).toEqual(route);
	});
});
