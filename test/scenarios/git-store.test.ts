// Records in refs of the repository, by the built action: many jobs at once, a token that may not push, and no git.
import { createServer } from "node:http";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { startGitServer } from "../helpers/git-http.ts";
import { gitIn } from "../helpers/git-records.ts";
import { githubGit } from "../helpers/github-git.ts";
import { started } from "../helpers/net.ts";
import { runAction, runCommand, workspace } from "../helpers/runner.ts";
import { startServer } from "../helpers/server.ts";

vi.setConfig({ testTimeout: 60_000 });

const TOKEN = "ghs_0123456789abcdefghijklmnopqrstuvwxyz";
const AUTHORIZATION = `Basic ${Buffer.from(`x-access-token:${TOKEN}`).toString("base64")}`;

const configFor = (receiver: string, more = "") => `[store]
kind = "git"
schedule = ["1s"]
${more}
[hook.webhooks.pipeline_error]
name = "tell"
url = "${receiver}"
retry_count = 0
`;

/** A folder with an empty repository of that name. */
function repositoryIn(name: string): { readonly root: string; readonly repository: string } {
	const root = workspace();
	const repository = join(root, name);
	gitIn(root, ["init", "-q", "--bare", repository]);
	gitIn(repository, ["config", "http.receivepack", "true"]);
	return { root, repository };
}

const fail = (folder: string, more: { env?: Record<string, string>; token?: string } = {}) =>
	runAction({
		workspace: folder,
		inputs: {
			event: "pipeline_error",
			error: "no disk",
			...(more.token !== undefined && { "github-token": more.token }),
		},
		env: more.env ?? {},
	});

const refsOf = (repository: string) =>
	gitIn(repository, ["for-each-ref", "--format=%(refname)"]).split("\n").filter(Boolean);

it("has what eight jobs put away at once, and gives it to one later run", async () => {
	let isDown = true;
	const receiver = await startServer((_, response) => response.writeHead(isDown ? 503 : 200).end());
	const { repository } = repositoryIn("remote.git");
	const folder = workspace({ "pipeline-hooks.toml": configFor(receiver.url, `url = "${repository}"`) });
	const jobs = await Promise.all(Array.from({ length: 8 }, () => fail(folder)));
	expect(jobs.flatMap(({ annotations }) => annotations.filter(({ message }) => message.includes("store")))).toEqual([]);
	expect(refsOf(repository).length).toBe(8);
	isDown = false;
	const ids = () => receiver.requests.map(({ headers }) => headers["x-rocky-delivery"]);
	const put = ids();
	expect(new Set(put).size).toBe(8);
	const { code } = await runCommand(["redeliver", "--all"], { workspace: folder });
	expect(code).toBe(0);
	expect(ids().slice(8).toSorted()).toEqual(put.toSorted());
	expect(refsOf(repository)).toEqual([]);
});

it("is told in a warning, without the token, when the token may not push", async () => {
	const receiver = await startServer({ status: 503 });
	const { root } = repositoryIn("acme/warehouse");
	const server = await startGitServer(root, AUTHORIZATION, ({ url }) =>
		url?.includes("receive-pack") ? 403 : undefined,
	);
	const folder = workspace({ "pipeline-hooks.toml": configFor(receiver.url) });
	const env = { GITHUB_SERVER_URL: server.url, GIT_SSL_CAINFO: server.ca };
	const run = await fail(folder, { env, token: TOKEN });
	expect(run.annotations.map(({ message }) => message)).toContainEqual(
		expect.stringContaining(
			`${server.url}/acme/warehouse may not be used with this token (403): the job needs \`permissions: contents: write\``,
		),
	);
	expect(`${run.log}${run.stderr}${run.summary}`).not.toMatch(/ghs_|eC1hY2Nlc3/);
	expect(run.outputs["result"]).toBe("warned");
});

it("is asked through GitHub's API by a job that has no git", async () => {
	const receiver = await startServer({ status: 503 });
	const { repository } = repositoryIn("remote.git");
	const api = await started(createServer(githubGit(repository, TOKEN, "acme/warehouse")));
	const folder = workspace({ "pipeline-hooks.toml": configFor(receiver.url) });
	const run = await fail(folder, { env: { PATH: folder, GITHUB_API_URL: api }, token: TOKEN });
	expect(run.outputs["result"]).toBe("warned");
	expect(refsOf(repository)).toEqual([expect.stringMatching(/^refs\/pipeline-hooks\/v1\/[0-9a-f]{32}$/)]);
});
