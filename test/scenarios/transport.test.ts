// What a request is made of, over https but for loopback: method, headers, body.
import { describe, expect, it, test } from "vitest";
import { fire, send } from "../helpers/send.ts";
import { startServer } from "../helpers/server.ts";

describe("a request", () => {
	it.each(["POST", "PUT", "PATCH", "DELETE"])("by %s has its body", async (method) => {
		const server = await startServer({ status: 200 });
		await send(server.url, `method = "${method}"`);
		expect(server.requests[0]).toMatchObject({ method, body: expect.stringContaining('"event":"pipeline_start"') });
	});

	it("by GET has none, and its signature is that of nothing", async () => {
		const server = await startServer({ status: 200 });
		await send(server.url, 'method = "GET"\nsecret = "key of GET"');
		expect(server.requests[0]).toMatchObject({ method: "GET", body: "" });
		expect(server.requests[0]?.headers).not.toHaveProperty("content-length");
		expect(server.requests[0]?.headers["x-rocky-signature"]).toMatch(/^sha256=[0-9a-f]{64}$/);
	});

	it("has the hook's headers over those of the preset and the defaults, whatever their case", async () => {
		const server = await startServer({ status: 200 });
		const config = `[defaults.webhook.headers]
X-Team = "data"
x-zone = "eu"
[hook.webhooks.pipeline_start]
url = "${server.url}"
headers = { "USER-AGENT" = "mine/1", X-Zone = "us", "content-type" = "application/vnd.x+json" }
`;
		await fire(config);
		expect(server.requests[0]?.headers).toMatchObject({
			"user-agent": "mine/1",
			"x-team": "data",
			"x-zone": "us",
			"content-type": "application/vnd.x+json",
		});
	});

	it("of a form is percent-encoded, of plain text as it is", async () => {
		const server = await startServer({ status: 200 });
		await send(
			server.url,
			'headers = { Content-Type = "application/x-www-form-urlencoded" }\nbody_template = "e={{event}}&p={{pipeline}}&m={{metadata.m}}"',
		);
		await send(server.url, 'headers = { Content-Type = "text/plain" }\nbody_template = "{{event}} in <{{pipeline}}>"');
		expect(server.requests.map(({ body }) => body)).toEqual([
			"e=pipeline_start&p=nightly&m=",
			"pipeline_start in <nightly>",
		]);
	});
});

test("a body that is not JSON is not sent, and the template is to blame", async () => {
	const server = await startServer({ status: 200 });
	const run = await send(server.url, `body_template = '{"n": {{duration_ms}}}'`);
	expect(run.annotations[0]?.message).toContain("body_template: body is not JSON at line 1, column 7");
	expect(run.annotations[0]?.message).toContain("{{{duration_ms}}}");
	expect(server.requests).toEqual([]);
});
