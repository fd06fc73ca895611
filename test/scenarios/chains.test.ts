// Fallbacks and followers, through the built action and command against real servers.
import { describe, expect, it } from "vitest";
import { runAction, workspace } from "../helpers/runner.ts";
import { cli } from "../helpers/send.ts";
import { type Reply, startServer } from "../helpers/server.ts";

const config = (url: string) => `
[[hook.webhooks.pipeline_error]]
name = "pager"
url = "${url}/pager"
retry_count = 1
retry_delay_ms = 1
fallback = "mail"
then = "note"
on_failure = "warn"

[[subscription]]
name = "mail"
url = "${url}/mail"
retry_delay_ms = 1

[[subscription]]
name = "note"
command = "cat > note.json; echo noted"
`;

async function setUp(down: readonly string[], text = config) {
	const byPath: Reply = (request, response) => {
		response.writeHead(down.includes(request.url ?? "") ? 503 : 200).end();
	};
	const server = await startServer(byPath);
	const folder = workspace({ "pipeline-hooks.toml": text(server.url) });
	const run = await runAction({ inputs: { event: "pipeline_error" }, workspace: folder });
	return { run, paths: server.requests.map(({ path }) => path), requests: server.requests, folder };
}

describe("a chain", () => {
	it("goes its usual way: the follower runs after the success, and the fallback not at all", async () => {
		const { run, paths } = await setUp([]);
		expect(paths).toEqual(["/pager"]);
		expect(run.outputs).toMatchObject({ result: "passed", delivered: "2" });
		expect(run.log).toContain("noted");
	});

	it("fault 22: after its last attempt at a receiver that always responds 503, the fallback fires once", async () => {
		const { run, paths, requests } = await setUp(["/pager"]);
		expect(paths).toEqual(["/pager", "/pager", "/mail"]);
		expect(new Set(requests.map(({ headers }) => headers["x-rocky-delivery"])).size).toBe(1);
		expect(run.outputs).toMatchObject({ result: "passed", delivered: "2", failed: "0" });
		expect(run.results).toMatchObject({
			results: [{ hook: "pager", status: "delivered", via: "mail", attempts: 3, http_status: 200 }, { hook: "note" }],
		});
		expect(run.log).toMatch(/⚠ pager → .* · via fallback mail · 200 · 3 attempts · .*; note: pager itself failed: 503/);
		expect(run.summary).toMatch(
			/^### ⚠️ 2 hooks succeeded, 1 by a fallback$[\s\S]*\| ⚠️ \| pager \| .*via fallback mail; pager itself failed&#58; 503/m,
		);
		// The hook has failed all the same, and the next time the fallback may fail too.
		expect(run.annotations).toEqual([
			{
				kind: "warning",
				properties: { title: "pager", file: "pipeline-hooks.toml", line: "2" },
				message: "the webhook failed, and its fallback mail took over: 503 Service Unavailable, after 2 attempts",
			},
		]);
	});

	it("in which a fallback takes over for a failure that is ignored says so in its line alone", async () => {
		const ignoring = (url: string) => config(url).replace('on_failure = "warn"', 'on_failure = "ignore"');
		const { run } = await setUp(["/pager"], ignoring);
		expect(run.annotations).toEqual([]);
		expect(run.log).toMatch(/✓ pager → .* · via fallback mail/);
		expect(run.summary).toMatch(/^### ✅ 2 hooks succeeded$/m);
	});

	it("in which a fallback answers for a gate warns that the gate gave no answer", async () => {
		const gated = (url: string) => config(url).replace('on_failure = "warn"', 'on_failure = "abort"');
		const { run } = await setUp(["/pager"], gated);
		expect(run.outputs["result"]).toBe("passed");
		expect(run.annotations.map(({ kind, message }) => [kind, message])).toEqual([
			[
				"warning",
				"the gate gave no answer, and its fallback mail took over: 503 Service Unavailable, after 2 attempts",
			],
		]);
	});

	it("that a filter ends says so where the follower would have been", async () => {
		const filtered = (url: string) => `${config(url)}filter = { include = ["branch:release/*"] }\n`;
		const { run } = await setUp([], filtered);
		expect(run.outputs).toMatchObject({ result: "passed", delivered: "1" });
		expect(run.log).toContain("– note · not fired: its filter requires branch:release/*\n");
		const failing = await setUp(["/pager", "/mail"], filtered);
		expect(failing.run.log).not.toContain("– note");
	});

	it("in which nothing succeeds fails once, with all the reasons, and says what was not reached", async () => {
		const { run, paths } = await setUp(["/pager", "/mail"]);
		expect(paths.filter((path) => path === "/mail")).toHaveLength(4);
		expect(run.outputs).toMatchObject({ result: "warned", failed: "1", skipped: "1" });
		expect(run.annotations.map(({ message }) => message)).toEqual([
			"the webhook failed: 503 Service Unavailable, after 2 attempts; fallback mail: 503 Service Unavailable, after 4 attempts",
		]);
		expect(run.log).toContain("– note · skipped: pager, which it follows, failed");
	});

	it("fault 42: a chain that leads back to itself is refused before anything runs, with its path and place", async () => {
		const circle = (url: string) => config(url).replace('name = "mail"', 'name = "mail"\nfallback = "pager"');
		const { code, stderr } = await cli(["fire", "pipeline_error"], circle("http://127.0.0.1:1"));
		expect([code, stderr]).toEqual([
			2,
			expect.stringMatching(/pipeline-hooks\.toml:\d+:\d+: .*(pager → mail → pager|mail → pager → mail)/),
		]);
	});
});
