// What the proxy variables say: values that cannot be used, hosts that need no proxy, and a Node that cannot use any.
import { describe, expect, it } from "vitest";
import { inNetwork } from "../../helpers/network.ts";
import { delivered, failed, fire, send, webhook } from "../../helpers/send.ts";
import { startServer } from "../../helpers/server.ts";

const USERINFO = "runner:proxy-password";

describe("fault 24: a proxy variable that cannot be used fails the webhook at once, and nothing is sent directly instead", () => {
	const URL_WORDS = "its value is not a valid URL; write it as http://host:port";

	it.each([
		[`socks5://${USERINFO}@127.0.0.1:1080`, "the proxy must be http:// or https://"],
		[`http://${USERINFO}@:3128`, URL_WORDS],
		["http://", URL_WORDS],
		["http://runner:proxy-password%zz@127.0.0.1:1", "its user or password is not percent-encoded; write % as %25"],
	])("%s", async (value, problem) => {
		const url = "http://receiver.invalid";
		const run = await send(url, "allow_http = true\nretry_count = 2", { env: { http_proxy: value } });
		expect(run).toMatchObject(failed(`proxy (http_proxy): ${problem}`, 0));
		expect(run.log).not.toContain("proxy-password");
	});

	it.each(["", " ", "\n"])("but %j is no variable", async (value) => {
		const run = await send("http://receiver.invalid", "allow_http = true\nretry_count = 0", {
			env: { http_proxy: value },
		});
		expect(run).toMatchObject(failed("name not found"));
	});
});

describe("fault 57: an invalid proxy variable fails its hook according to its on_failure; the reason names the variable, never its value", () => {
	const VALUES = [
		`http://DOM\\${USERINFO}@proxy.test:3128`,
		`http://${USERINFO}@proxy.test:3128/path`,
		`http://${USERINFO}@proxy .test:3128`,
		`socks5://${USERINFO}@proxy.test:3128`,
		`http://${USERINFO}@proxy.test:99999`,
	];

	it.each(["warn", "ignore", "abort"])("%s", async (mode) => {
		const server = await startServer({ status: 200 });
		const hooks = `${webhook(server.url, "", "local")}${webhook("https://receiver.invalid", `on_failure = "${mode}"`)}`;
		const values = mode === "warn" ? VALUES : VALUES.slice(0, 1);
		for (const value of values) {
			const run = await fire(hooks, { env: { https_proxy: value, no_proxy: "" } });
			const told = `${run.log}${run.stderr}${run.summary}${JSON.stringify(run.results)}`;
			expect(told).toMatch(/proxy \(https_proxy\): (?:its value|its scheme|the proxy must)/);
			expect(told).not.toMatch(/proxy-password|proxy\.test|internal error/);
			const delivered = mode === "abort" ? "0" : "1";
			expect([run.code, run.outputs]).toMatchObject([mode === "abort" ? 1 : 0, { delivered, failed: "1" }]);
		}
	});
});

describe("fault 57: loopback never goes to a proxy, in any spelling", () => {
	it("whatever the environment names, and whatever is wrong with it", async () => {
		const proxy = await startServer({ status: 200, body: '{"allow": true}' });
		const server = await startServer({ status: 200 });
		const port = new URL(server.url).port;
		const spellings = ["127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433", "[::ffff:127.0.0.1]"];
		const hooks = spellings.map((host, n) =>
			webhook(
				`http://${host}:${port}/${n}`,
				'allow_http = true\non_failure = "abort"\nsecret = "gate-secret"\nsignature = "token"',
				`h${n}`,
			),
		);
		for (const value of [proxy.url, "socks5://nowhere"]) {
			const run = await fire(hooks.join(""), { env: { HTTP_PROXY: value, http_proxy: value, ALL_PROXY: value } });
			expect(run).toMatchObject({ annotations: [], outputs: { delivered: String(spellings.length) } });
		}
		expect(proxy.requests).toEqual([]);
		expect(new Set(server.requests.map(({ path }) => path)).size).toBe(spellings.length);
	});
});

describe("fault 24: NO_PROXY names the hosts that requests go to directly", () => {
	/** Whether the proxy is passed by, for this URL and this list. The unit tests have more of them. */
	const CASES: readonly (readonly [list: string, url: string, straight: boolean])[] = [
		[".example.test", "http://api.example.test", true],
		["other.test, api.example.test:80", "http://api.example.test", true],
		["192.0.2.20", "http://0xC0000214", true],
		["2001:DB8:0::20", "http://[2001:db8::20]", true],
		["ample.test", "http://api.example.test", false],
	];
	const names = { "api.example.test": [["192.0.2.20"]] };
	/** Answers 200 to whatever it is asked. */
	const PROXY = "192.0.2.99";

	inNetwork((fireThere) => {
		it.each(CASES)("%j and %s", async (list, url, straight) => {
			const env = { http_proxy: `http://${PROXY}`, NO_PROXY: list };
			const run = await fireThere(webhook(`${url}/in`, "allow_http = true"), { env, names });
			expect(run).toMatchObject({ ...delivered(), begun: 1, connections: [expect.any(String)] });
			expect(run.connections[0]?.startsWith(`${PROXY}:`)).toBe(!straight);
		});

		it("in lower case too, which goes first", async () => {
			const env = { HTTP_PROXY: `http://${PROXY}`, no_proxy: "api.example.test", NO_PROXY: "other.test" };
			const run = await fireThere(webhook("http://api.example.test", "allow_http = true"), { env, names });
			expect(run).toMatchObject({ ...delivered(), connections: ["192.0.2.20:80"] });
		});

		it("and of two webhooks each goes its way", async () => {
			const hooks = ["api.example.test", "192.0.2.30"].map((host) =>
				webhook(`http://${host}`, "allow_http = true", host),
			);
			const env = { HTTP_PROXY: `http://${PROXY}`, NO_PROXY: ".example.test" };
			const run = await fireThere(hooks.join(""), { env, names });
			expect(run).toMatchObject({ annotations: [], outputs: { delivered: "2" } });
			expect([...run.connections].sort()).toEqual(["192.0.2.20:80", `${PROXY}:80`]);
		});

		it("and what is sent straight is guarded", async () => {
			const env = { HTTP_PROXY: `http://${PROXY}`, NO_PROXY: "*" };
			const metadata = { "api.example.test": [["169.254.169.254"]] };
			const run = await fireThere(webhook("http://api.example.test", "allow_http = true"), { env, names: metadata });
			expect(run).toMatchObject(failed(/^the host's address 169\.254\.169\.254 is /));
			expect(run).toMatchObject({ begun: 0 });
		});
	});
});
