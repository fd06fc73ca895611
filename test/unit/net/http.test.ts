// Which transport a request takes, and what happens where the second one is not to be had.
import { describe, expect, it } from "vitest";
import { routedHttp } from "../../../src/net/http.ts";
import type { HttpRequest, Route } from "../../../src/ports.ts";
import { answer, fakeHttp } from "../../helpers/fakes.ts";

const never = new AbortController().signal;
const bulk: Route = { kind: "bulk" };
const proxied: Route = { kind: "proxied", proxy: "http://user:secret@127.0.0.1:3128", variable: "HTTPS_PROXY" };

function requestBy(route: Route, url = "https://example.com/"): HttpRequest {
	const rest = {
		headers: {},
		body: undefined,
		timeoutMs: 1,
		answerLimit: 1,
		allowPrivate: true,
		authorities: undefined,
	};
	return { ...rest, method: "GET", url: new URL(url), route };
}

describe("routes", () => {
	it("loads the second transport once, and only for proxies and in bulk", async () => {
		let loads = 0;
		const [direct, other] = [fakeHttp(answer(200)), fakeHttp(answer(202))];
		const http = routedHttp(direct, async () => {
			loads += 1;
			return other;
		});
		expect(await http.send(requestBy({ kind: "direct" }), never)).toMatchObject({ status: 200 });
		expect(await http.send(requestBy({ kind: "pooled" }), never)).toMatchObject({ status: 200 });
		expect(loads).toBe(0);
		const both = await Promise.all([http.send(requestBy(proxied), never), http.send(requestBy(bulk), never)]);
		expect(both).toMatchObject([{ status: 202 }, { status: 202 }]);
		expect(await http.send(requestBy(bulk), never)).toMatchObject({ status: 202 });
		expect([loads, direct.requests.length, other.requests.length]).toEqual([1, 2, 3]);
	});

	it("where it cannot be loaded, proxies fail with a reason, and what goes in bulk is pooled", async () => {
		const direct = fakeHttp(answer(200));
		const http = routedHttp(direct, () => Promise.reject(new Error("no such thing on this Node")));
		expect(await http.send(requestBy(proxied), never)).toEqual({
			kind: "fault",
			fault: "proxy",
			detail: `proxy (HTTPS_PROXY): what sends through proxies cannot be loaded by Node ${process.version}`,
		});
		expect(await http.send(requestBy(bulk), never)).toMatchObject({ status: 200 });
		expect(direct.requests).toMatchObject([{ route: { kind: "pooled" } }]);
		http.close();
	});

	it.each<Route>([{ kind: "direct" }, { kind: "pooled" }, bulk, proxied])(
		"an address that nothing is sent to is refused on every route: %j",
		async (route) => {
			const transport = fakeHttp(answer(200));
			const http = routedHttp(transport, async () => transport);
			const request = requestBy(route, "https://169.254.169.254/");
			expect(await http.send(request, never)).toMatchObject({ fault: "forbidden" });
			expect(await http.send({ ...requestBy(route, "https://10.0.0.1/"), allowPrivate: false }, never)).toMatchObject({
				fault: "forbidden",
			});
			expect(transport.requests).toEqual([]);
		},
	);
});
