// What the value of a proxy variable means.
import { expect, test } from "vitest";
import { parseProxy } from "../../../src/net/proxy-url.ts";

test.each([
	["http://proxy.example:3128", "http://proxy.example:3128/"],
	["proxy.example:3128", "http://proxy.example:3128/"],
	[" https://proxy.example/ \n", "https://proxy.example/"],
	["HTTP://user:p%40ss@proxy.example:8080", "http://user:p%40ss@proxy.example:8080/"],
	["user:pw@proxy.example:8080", "http://user:pw@proxy.example:8080/"],
	["[::1]:3128", "http://[::1]:3128/"],
])("%j is %s", (value, href) => {
	expect(parseProxy(value)).toMatchObject({ url: { href } });
});

test.each([
	["socks5://127.0.0.1:1080", "only http:// and https:// proxies are spoken to"],
	["http://", "its value is not a URL"],
	["a b", "its value is not a URL"],
	["proxy.example:99999", "its value is not a URL"],
	["http://user:%zz@proxy.example", "its user or password is not percent-encoded properly"],
])("%j is none", (value, problem) => {
	expect(parseProxy(value)).toEqual({ problem });
});
