// A job that has checked nothing out: the config is read from the repository by GitHub's API.
import { expect, test } from "vitest";
import { runAction, workspace } from "../helpers/runner.ts";
import { startServer } from "../helpers/server.ts";

const SHA = "0123456789abcdef0123456789abcdef01234567";
const RAW = { "content-type": "application/vnd.github.raw+json; charset=utf-8" };

test("the config of the run's commit is read with the token, and its hooks run", async () => {
	const receiver = await startServer({ status: 200 });
	const config = `[hook.webhooks.pipeline_error]\nurl = "${receiver.url}/hook"\n`;
	const api = await startServer(
		{ status: 404, body: "{}", headers: { "content-type": "application/json" } },
		{ status: 200, body: config, headers: RAW },
	);
	const run = await runAction({
		inputs: { event: "pipeline_error", "github-token": "ghs_token-of-the-run" },
		workspace: workspace(),
		env: { GITHUB_API_URL: api.url },
	});
	expect(run.stderr).toBe("");
	expect(run.outputs).toMatchObject({ result: "passed", delivered: "1" });
	expect(api.requests.map(({ method, path }) => `${method} ${decodeURIComponent(path)}`)).toEqual([
		`GET /repos/acme/warehouse/contents/.github/pipeline-hooks.toml?ref=${SHA}`,
		`GET /repos/acme/warehouse/contents/pipeline-hooks.toml?ref=${SHA}`,
	]);
	expect(api.requests[0]?.headers["authorization"]).toBe("token ghs_token-of-the-run");
	expect(receiver.requests).toHaveLength(1);
	expect(JSON.stringify(receiver.requests)).not.toContain("ghs_token");
});

test("a config that is there is read where it is, and one outside of the workspace is nothing for the API", async () => {
	const api = await startServer({ status: 404, body: "{}", headers: { "content-type": "application/json" } });
	const given = (config: string, folder: string) =>
		runAction({
			inputs: { event: "ping", "github-token": "ghs_x", config },
			workspace: folder,
			env: { GITHUB_API_URL: api.url },
		});
	const hook = '[hook.ping]\ncommand = "echo ran"\n';
	const elsewhere = workspace({ "hooks.toml": hook });
	expect((await given("", workspace({ "pipeline-hooks.toml": hook }))).outputs).toMatchObject({ result: "passed" });
	expect((await given(`${elsewhere}/hooks.toml`, workspace())).outputs).toMatchObject({ result: "passed" });
	expect((await given(`${elsewhere}/other.toml`, workspace())).annotations[0]?.message).toContain("not found");
	expect(api.requests).toEqual([]);
});

test("an API that refuses is told, with what to do", async () => {
	const api = await startServer({
		status: 403,
		body: '{"message": "Resource not accessible by integration"}',
		headers: { "content-type": "application/json" },
	});
	const run = await runAction({
		inputs: { event: "pipeline_error", "github-token": "ghs_x" },
		workspace: workspace(),
		env: { GITHUB_API_URL: api.url },
	});
	expect(run.code).toBe(1);
	expect(run.annotations).toEqual([
		expect.objectContaining({
			kind: "error",
			message: expect.stringMatching(
				/ cannot be read: GitHub's API responded with 403: Resource not accessible by integration; run actions\/checkout before/,
			),
		}),
	]);
	expect(run.outputs).toMatchObject({ result: "error" });
});

test("in a checkout, and without a token, the API is not asked", async () => {
	const api = await startServer({ status: 200, body: "", headers: RAW });
	const env = { GITHUB_API_URL: api.url };
	const checkout = workspace({ ".git/HEAD": "ref: refs/heads/main\n" });
	const inputs = { event: "pipeline_error" };
	for (const run of [
		await runAction({ inputs: { ...inputs, "github-token": "ghs_x" }, workspace: checkout, env }),
		await runAction({ inputs, workspace: workspace(), env }),
	]) {
		expect(run.code).toBe(1);
		expect(run.annotations[0]?.message).toMatch(
			/^no config file in .*looked for .github\/pipeline-hooks.toml, pipeline-hooks.toml, rocky.toml; create/,
		);
	}
	expect(api.requests).toEqual([]);
});
