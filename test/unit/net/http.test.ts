// Which transport a request takes, and what happens where the second one cannot be loaded.
import { describe, expect, it } from "vitest";
import { http } from "../../../src/net/http.ts";
import { answer, fakeHttp } from "../../helpers/fakes.ts";
import { requestTo } from "../../helpers/request.ts";

const unloadable = () => Promise.reject(new Error("no such thing on this Node"));
const never = new AbortController().signal;
const single = requestTo("https://example.com/");
const pooled = requestTo("https://example.com/", { connections: "pooled" });
const proxy = { url: new URL("http://user:secret@127.0.0.1:3128"), variable: "HTTPS_PROXY" };
const proxied = requestTo("https://example.com/", { proxy });

describe("transports", () => {
	it("loads the second one once, and only for proxies and kept connections", async () => {
		let loads = 0;
		const [direct, other] = [fakeHttp(answer(200)), fakeHttp(answer(202))];
		const both = http(
			direct,
			async () => {
				loads += 1;
				return other;
			},
			unloadable,
		);
		expect(await both.send(single, never)).toMatchObject({ status: 200 });
		expect(loads).toBe(0);
		const results = await Promise.all([both.send(proxied, never), both.send(pooled, never)]);
		expect(results).toMatchObject([{ status: 202 }, { status: 202 }]);
		expect(await both.send(pooled, never)).toMatchObject({ status: 202 });
		expect([loads, direct.requests.length, other.requests.length]).toEqual([1, 1, 3]);
	});

	it("where it cannot be loaded, proxies fail with a reason, and all else goes on connections of its own", async () => {
		const direct = fakeHttp(answer(200));
		const both = http(direct, unloadable, unloadable);
		expect(await both.send(proxied, never)).toEqual({
			kind: "failure",
			cause: "proxy",
			detail: `proxy (HTTPS_PROXY): Node ${process.version} cannot load dist/undici, which sends through proxies`,
		});
		expect(await both.send(pooled, never)).toMatchObject({ status: 200 });
		expect(direct.requests).toEqual([pooled]);
		both.close();
	});

	it.each([single, pooled, proxied])("refuses an address that nothing is sent to: $connections, $proxy", async (to) => {
		const transport = fakeHttp(answer(200));
		const both = http(
			transport,
			async () => transport,
			async () => transport,
		);
		for (const more of [
			{ url: new URL("https://169.254.169.254/") },
			{ url: new URL("https://10.0.0.1/"), allowPrivate: false },
			{ url: new URL("nats://169.254.169.254:4222/ci.events") },
			{ url: new URL("tls://[::1]:4222/ci.events"), allowPrivate: false },
		]) {
			expect(await both.send({ ...to, ...more }, never)).toMatchObject({ cause: "forbidden" });
		}
		expect(transport.requests).toEqual([]);
	});

	it("publishes on NATS with the third one, loaded once, and says where it cannot be loaded", async () => {
		let loads = 0;
		const [direct, nats] = [fakeHttp(answer(202)), fakeHttp(answer(200))];
		const all = http(direct, unloadable, async () => {
			loads += 1;
			return nats;
		});
		const published = requestTo("tls://nats.example.com:4222/ci.events");
		await Promise.all([all.send(published, never), all.send({ ...published, connections: "pooled" }, never)]);
		expect([loads, direct.requests.length, nats.requests.length]).toEqual([1, 0, 2]);
		expect(await http(direct, unloadable, unloadable).send(published, never)).toEqual({
			kind: "failure",
			cause: "invalid",
			detail: `Node ${process.version} cannot load dist/nats, which publishes on NATS`,
		});
	});
});
