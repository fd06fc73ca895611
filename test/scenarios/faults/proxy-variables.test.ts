// What the proxy variables say: values that cannot be used, hosts that need no proxy, and a Node that cannot use any.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { inNetwork } from "../../helpers/network.ts";
import { nodes } from "../../helpers/nodes.ts";
import { BASE_ENV, runProgram, workspace } from "../../helpers/runner.ts";
import { delivered, failed, send, webhook } from "../../helpers/send.ts";
import { startServer } from "../../helpers/server.ts";

const USERINFO = "runner:proxy-password";

describe("fault 24: a proxy variable that cannot be used fails the webhook at once, and nothing goes straight instead", () => {
	it.each([
		[`socks5://${USERINFO}@127.0.0.1:1080`, "only http:// and https:// proxies are spoken to"],
		[`ftp://${USERINFO}@127.0.0.1`, "only http:// and https:// proxies are spoken to"],
		[`http://${USERINFO}@:3128`, "its value is not a URL"],
		[`http://${USERINFO}@127.0.0.1:99999`, "its value is not a URL"],
		["http://", "its value is not a URL"],
		["http://runner:proxy-password%zz@127.0.0.1:1", "its user or password is not percent-encoded properly"],
	])("%s", async (value, problem) => {
		const server = await startServer({ status: 200 });
		const run = await send(server.url, "retry_count = 2", { env: { http_proxy: value } });
		expect(run).toMatchObject(failed(`proxy (http_proxy): ${problem}`));
		expect(run.log).not.toContain("proxy-password");
		expect(server.requests).toEqual([]);
	});

	it.each(["", " ", "\n"])("but %j is no variable", async (value) => {
		const server = await startServer({ status: 200 });
		expect(await send(server.url, "", { env: { http_proxy: value } })).toMatchObject(delivered());
	});
});

describe("fault 24: NO_PROXY names the hosts that are sent to straight", () => {
	/** Whether the proxy is passed by, for this URL and this list. The unit tests have more of them. */
	const CASES: readonly (readonly [list: string, url: string, straight: boolean])[] = [
		["*", "http://api.example.test", true],
		["api.example.test", "http://api.example.test", true],
		["api.example.test", "http://API.example.test", true],
		["example.test", "http://api.example.test", true],
		[".example.test", "http://api.example.test", true],
		["other.test, api.example.test", "http://api.example.test", true],
		["api.example.test:80", "http://api.example.test", true],
		["192.0.2.20", "http://0xC0000214", true],
		["*.example.test", "http://api.example.test", true],
		["2001:db8::20", "http://[2001:db8::20]", true],
		["[2001:db8::20]", "http://[2001:db8::20]", true],
		["[2001:db8::20]:80", "http://[2001:db8::20]", true],
		["2001:DB8:0::20", "http://[2001:db8::20]", true],
		["localhost,127.0.0.1", "http://localhost", true],
		["", "http://api.example.test", false],
		["ample.test", "http://api.example.test", false],
		["api.example.test:80", "http://api.example.test:443", false],
		["0.2.20", "http://192.0.2.20", false],
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

describe("fault 24: on an older Node proxies are used as well, and so are kept connections", () => {
	const cli = join(import.meta.dirname, "../../../dist/cli/index.js");
	const fireOn = (node: string, config: string, env: Readonly<Record<string, string>>) => {
		const cwd = workspace({ "pipeline-hooks.toml": config });
		return runProgram(node, [cli, "fire", "pipeline_start", "--json"], { cwd, env: { ...BASE_ENV, ...env } });
	};

	for (const { version, path } of nodes()) {
		it(`Node ${version}, through a proxy`, async () => {
			const server = await startServer({ status: 200 });
			const proxy = await startServer({ status: 200 });
			const run = await fireOn(path, webhook(server.url, "retry_count = 2"), { http_proxy: proxy.url });
			expect(run.code).toBe(0);
			const { results }: { results: readonly unknown[] } = JSON.parse(run.stdout);
			expect(results).toMatchObject([{ status: "delivered" }]);
			expect(proxy.requests.length).toBe(1);
			expect(server.requests).toEqual([]);
		});

		it(`Node ${version}, with 40 webhooks that need no proxy`, async () => {
			const server = await startServer({ status: 200 });
			const hooks = Array.from({ length: 40 }, (_, n) => webhook(server.url, "", `h${n}`)).join("");
			const run = await fireOn(path, hooks, { http_proxy: "http://127.0.0.1:1", no_proxy: "127.0.0.1" });
			expect(JSON.parse(run.stdout)).toMatchObject({ result: "passed" });
			expect(server.requests.length).toBe(40);
		});
	}
});
