// A webhook that fails, is told to wait and then succeeds: everything that anyone gets to see of it, and who verifies it.
import { readFileSync } from "node:fs";
import { verify } from "@octokit/webhooks-methods";
import { expect, test } from "vitest";
import { normalise, runAction, runCommand, workspace } from "../helpers/runner.ts";
import { fire } from "../helpers/send.ts";
import { startServer } from "../helpers/server.ts";

const SECRET = "a secret for both sides";

const receiver = (url: string) => `
[[hook.webhooks.pipeline_complete]]
name = "receiver"
url = "${url}/in"
secret = "\${WEBHOOK_SECRET}"
headers = { X-Team = "data" }
retry_delay_ms = 100
`;

test("503, then 429 with Retry-After, then 200: three identical bodies, one id, three valid signatures", async () => {
	const server = await startServer(
		{ status: 503, body: "down for a moment" },
		{ status: 429, headers: { "Retry-After": "1" } },
		{ status: 200, body: "thanks" },
	);
	const folder = workspace({ "pipeline-hooks.toml": receiver(server.url) });
	const start = performance.now();
	const run = await runAction({
		inputs: {
			event: "pipeline_complete",
			table: "orders",
			"duration-ms": "45200",
			metadata: "tables_copied=20\nsource=kafka",
		},
		workspace: folder,
		env: { WEBHOOK_SECRET: SECRET },
	});
	expect(performance.now() - start).toBeGreaterThan(1000);
	expect(run).toMatchObject({ code: 0, stderr: "", annotations: [] });

	expect(normalise(run.stdout)).toBe(
		[
			`::add-mask::${SECRET}`,
			"::add-mask::runtime-token-of-the-runner",
			"receiver: attempt 1 of 4 failed: 503 Service Unavailable: down for a moment; the next in TIME",
			"receiver: 429 Too Many Requests; deliveries to http://127.0.0.1:PORT/… wait for 1 s",
			"✓ receiver → http://127.0.0.1:PORT/… · 200 · 3 attempts · TIME",
			"pipeline_complete: passed · 1 delivered, 0 failed, 0 skipped",
			"",
		].join("\n"),
	);

	const [first, second, third] = server.requests;
	if (first === undefined || second === undefined || third === undefined) throw new Error("fewer than three requests");
	expect(server.requests.length).toBe(3);
	expect(second).toEqual(first);
	expect(third).toEqual(first);
	expect(await Promise.all(server.requests.map((request) => signedWith(SECRET, request)))).toEqual([true, true, true]);
	expect(await signedWith("another secret", first)).toBe(false);

	expect({ ...first, raw: undefined, body: normalise(first.body) }).toEqual({
		method: "POST",
		path: "/in",
		headers: {
			host: new URL(server.url).host,
			connection: "close",
			"accept-encoding": "identity",
			"content-length": String(first.raw.byteLength),
			"content-type": "application/json",
			"user-agent": expect.stringMatching(/^pipeline-hooks\/\d+\.\d+\.\d+$/),
			"x-team": "data",
			"x-rocky-event": "pipeline_complete",
			"x-rocky-delivery": expect.stringMatching(/^dlv_[0-9a-f]{32}$/),
			"x-rocky-signature": expect.stringMatching(/^sha256=[0-9a-f]{64}$/),
		},
		raw: undefined,
		body:
			'{"id":"evt_ID","event":"pipeline_complete","run_id":"42-1","pipeline":"nightly","timestamp":"NOW",' +
			'"status":"success","table":"orders","duration_ms":0,"metadata":{"tables_copied":"20","source":"kafka"},' +
			'"ci":{"provider":"github","repository":"acme/warehouse","branch":"main",' +
			'"commit":"0123456789abcdef0123456789abcdef01234567","actor":"octocat","trigger":"push","workflow":"nightly",' +
			'"job":"load","attempt":1,"run_url":"https://github.com/acme/warehouse/actions/runs/42"}}',
	});
	expect(JSON.parse(first.body)).toMatchObject({ duration_ms: 45200 });

	const document = {
		result: "passed",
		event: "pipeline_complete",
		event_id: "evt_ID",
		truncated: false,
		results: [
			{
				hook: "receiver",
				kind: "webhook",
				target: "http://127.0.0.1:PORT/…",
				status: "delivered",
				attempts: 3,
				duration_ms: 0,
				http_status: 200,
			},
		],
	};
	const { results, "results-file": file, "event-id": id, ...counts } = run.outputs;
	expect(counts).toEqual({ result: "passed", delivered: "1", failed: "0", skipped: "0", held: "0" });
	expect(JSON.parse(first.body)).toMatchObject({ id });
	expect(normalise(results ?? "")).toBe(JSON.stringify(document));
	expect(normalise(readFileSync(file ?? "", "utf8"))).toBe(`${JSON.stringify(document, undefined, "\t")}\n`);
	expect(normalise(run.summary)).toBe(
		[
			"### ✅ 1 hook succeeded",
			"",
			"✅ nightly succeeded on main · `pipeline_complete` · pipeline nightly, run 42-1: 1 delivered, 0 failed, 0 skipped.",
			"",
			"| | Hook | Target | Attempts | Time | Detail |",
			"|---|---|---|--:|--:|---|",
			"| ✅ | receiver | http&#58;//127.0.0.1&#58;PORT/… | 3 | TIME | 200 |",
			"",
			"",
		].join("\n"),
	);
});

test("two hooks on one URL have delivery ids of their own, which stay the same for the same event", async () => {
	const server = await startServer({ status: 200 });
	const archive = `[[hook.webhooks.pipeline_complete]]\nname = "archive"\nurl = "${server.url}/in"\n`;
	const folder = workspace({ "pipeline-hooks.toml": receiver(server.url) + archive });
	const again = () =>
		runCommand(["fire", "pipeline_complete", "--context", '{"id": "evt_of_mine"}'], {
			workspace: folder,
			env: { WEBHOOK_SECRET: SECRET },
		});
	expect([(await again()).code, (await again()).code]).toEqual([0, 0]);
	const ids = (signed: boolean) =>
		server.requests
			.filter(({ headers }) => (headers["x-rocky-signature"] !== undefined) === signed)
			.map(({ headers }) => headers["x-rocky-delivery"]);
	expect([ids(true).length, ids(false).length]).toEqual([2, 2]);
	expect([new Set(ids(true)).size, new Set(ids(false)).size]).toEqual([1, 1]);
	expect(ids(true)[0]).not.toBe(ids(false)[0]);
});

test("summary = false leaves the job summary alone", async () => {
	const run = await fire('[[hook.pipeline_start]]\ncommand = "true"', { inputs: { summary: "false" } });
	expect(run).toMatchObject({ code: 0, summary: "", outputs: { result: "passed" } });
});

function signedWith(
	secret: string,
	{ raw, headers }: { raw: Buffer; headers: Readonly<Record<string, string>> },
): Promise<boolean> {
	return verify(secret, raw.toString("utf8"), headers["x-rocky-signature"] ?? "");
}
