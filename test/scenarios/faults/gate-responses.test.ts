// What a webhook gate makes of a response: a yes only by proof, and an explicit no is final whatever its status.
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { delivered, denied, fire, send, webhook } from "../../helpers/send.ts";
import { type Reply, startServer } from "../../helpers/server.ts";

const GATE = 'on_failure = "abort"\n';
const MUST = '; a gate must respond with {"allow": true}';
const JSON_TYPE = { "Content-Type": "application/json" };

/** Fires a gate at a server that always answers this. */
async function ask(reply: Reply, more = "") {
	const server = await startServer(reply);
	const run = await send(server.url, GATE + more);
	return { run, asked: server.requests.length };
}

describe("fault 47: a gate's response that is partial, compressed or an HTML page denies", () => {
	it.each<[string, Reply, string]>([
		["206", { status: 206, headers: JSON_TYPE, body: '{"allow": true}' }, "is partial (Partial Content)"],
		[
			"gzip",
			(_, response) =>
				response.writeHead(200, { ...JSON_TYPE, "Content-Encoding": "gzip" }).end(gzipSync('{"allow": true}')),
			"is compressed, although no compression was requested",
		],
		[
			"a login page",
			{ status: 200, headers: { "Content-Type": "text/html; charset=utf-8" }, body: "Please sign in" },
			"is an HTML page (a login page?)",
		],
	])("%s", async (_, reply, problem) => {
		const { run, asked } = await ask(reply);
		const status = problem.includes("Partial") ? 206 : 200;
		expect(run).toMatchObject(denied(`denied: ${status}, but the response ${problem}${MUST}`));
		expect(asked).toBe(1);
	});
});

describe("fault 48: a gate's JSON that is not an object with one true allow denies, and an explicit no is final", () => {
	it.each([
		["[]", "but the response is a list, not a JSON object"],
		['{"allow": false, "allow": true}', 'and the response has "allow" more than once'],
		['{"Allow": true}', 'and the response has "Allow" instead of "allow"'],
		['{"result": {"allow": false}}', 'and the response has "allow" only below another key'],
	])("%j", async (body, problem) => {
		const { run } = await ask({ status: 200, body });
		expect(run).toMatchObject(denied(`denied: 200, ${problem}${MUST}`));
	});

	it("a yes is a yes: an object, behind a byte order mark and white space too", async () => {
		for (const body of ['\ufeff\n{"allow": true}', '{"stored": true}']) {
			expect((await ask({ status: 200, body })).run).toMatchObject(delivered());
		}
	});

	it("require_allow takes nothing for a yes but an allow that is true", async () => {
		const strict = "require_allow = true\n";
		const reason = `denied: 200, but the response has no "allow", and require_allow is set${MUST}`;
		expect((await ask({ status: 200, body: "ok" }, strict)).run).toMatchObject(denied(reason));
		expect((await ask({ status: 200, body: '{"allow": true}' }, strict)).run).toMatchObject(delivered());
	});

	it.each([302, 429, 503])("a no with status %i: no retry, no fallback, and its reason is told", async (status) => {
		const no = {
			status,
			headers: { ...JSON_TYPE, "Retry-After": "1" },
			body: '{"allow": false, "reason": "frozen"}',
		};
		const gate = await startServer(no);
		const second = await startServer({ status: 200, body: '{"allow": true}' });
		const config =
			webhook(gate.url, `${GATE}retry_count = 2\nfallback = "second"\n`) +
			`[[subscription]]\nname = "second"\nurl = "${second.url}"\n`;
		expect(await fire(config)).toMatchObject(denied("frozen"));
		expect([gate.requests.length, second.requests.length]).toEqual([1, 0]);
	});

	it("a 503 that says nothing is tried again, and a fallback has to prove its yes by the same rules", async () => {
		const said = async (body: string) => {
			const gate = await startServer({ status: 503, headers: JSON_TYPE, body: '{"error": "busy"}' });
			const second = await startServer({ status: 200, body });
			const config =
				webhook(gate.url, `${GATE}retry_count = 1\nfallback = "second"\nrequire_allow = true\n`) +
				`[[subscription]]\nname = "second"\nurl = "${second.url}"\n`;
			const { outputs } = await fire(config);
			return [outputs["result"], gate.requests.length, second.requests.length];
		};
		expect(await said('{"allow": true}')).toEqual(["passed", 2, 1]);
		expect(await said("ok")).toEqual(["aborted", 2, 1]);
	});
});
