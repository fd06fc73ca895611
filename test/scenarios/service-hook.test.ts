// A service hook through dist: the resource of the context, or the workflow run that GitHub's API answers.
import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { JSON_TYPE, refusal } from "../helpers/repository.ts";
import { cli, fire as fireAt } from "../helpers/send.ts";
import { type Reply, startServer } from "../helpers/server.ts";

const RUN = {
	id: 1_234_567_890,
	name: "nightly",
	status: "in_progress",
	conclusion: null,
	actor: { login: "öctocat" },
};
const SECRET = "s3cret-of-the-hook";

async function fire(reply: Reply, more: { readonly inputs?: Record<string, string>; readonly event?: string } = {}) {
	const receiver = await startServer({ status: 200 });
	const api = await startServer(reply);
	const run = await fireAt(
		`[[subscription]]
events    = ["job.*"]
name      = "etl"
url       = "${receiver.url}/hooks"
preset    = "service_hook"
secret    = "\${HOOK_SECRET}"
signature = "service_hook"

[hook.pipeline_start]
command = "true"
`,
		{
			event: more.event ?? "job.completed",
			inputs: { "github-token": "ghs_token-of-the-run", ...more.inputs },
			env: { GITHUB_API_URL: api.url, HOOK_SECRET: SECRET },
		},
	);
	return { run, sent: receiver.requests, asked: api.requests.map(({ method, path }) => `${method} ${path}`) };
}

const answer: Reply = { status: 200, body: JSON.stringify(RUN, null, 1), headers: JSON_TYPE };

test("the workflow run is read with the token and posted, signed without a prefix", async () => {
	const { run, sent, asked } = await fire(answer);
	expect(run).toMatchObject({ code: 0, stderr: "", outputs: { result: "passed", delivered: "1" } });
	expect(asked).toEqual([expect.stringMatching(/^GET \/repos\/acme\/warehouse\/actions\/runs\/\d+$/)]);
	expect(sent.map(({ body }) => body)).toEqual([JSON.stringify(RUN)]);
	const signature = createHmac("sha256", SECRET).update(JSON.stringify(RUN)).digest("hex");
	expect(sent[0]?.headers["x-hook-signature"]).toBe(signature);
});

test("a resource of the context is posted as it is, and nobody is asked", async () => {
	const resource = { id: 304, status: "completed", progress: 0.5, note: "größer" };
	const { run, sent, asked } = await fire(answer, { inputs: { context: JSON.stringify({ resource }) } });
	expect(run).toMatchObject({ code: 0, outputs: { delivered: "1" } });
	expect(sent.map(({ body }) => body)).toEqual([JSON.stringify(resource)]);
	expect(asked).toEqual([]);
});

test("a run that cannot be read fails the hook with why and what to do, and nothing is posted", async () => {
	const { run, sent, asked } = await fire(refusal(403, "Resource not accessible by integration"));
	expect(run).toMatchObject({ code: 0, outputs: { result: "warned", failed: "1" } });
	expect(sent).toEqual([]);
	expect(asked).toHaveLength(1);
	expect(run.annotations).toMatchObject([
		{
			kind: "warning",
			message: expect.stringContaining(
				"the event has no resource to post; GitHub's API responded with 403: Resource not accessible by integration; " +
					"give the job `permissions: actions: read`",
			),
		},
	]);
});

test("an event that meets no service hook asks nobody", async () => {
	const { run, asked } = await fire(answer, { event: "pipeline_start" });
	expect(run).toMatchObject({ code: 0, outputs: { result: "passed" } });
	expect(asked).toEqual([]);
});

test("test and ping reach it: the one with a made-up resource, the other with its context", async () => {
	const { url, requests } = await startServer({ status: 200 });
	const config = `[[subscription]]\nname = "etl"\nurl = "${url}"\nevents = ["job", "cluster"]\npreset = "service_hook"\n`;
	expect(await cli(["test", "job.failed"], config)).toMatchObject({ code: 0 });
	expect(await cli(["test", "ping", "--hook", "etl"], config)).toMatchObject({ code: 0 });
	const [job, ping] = requests.map(({ body }) => JSON.parse(body));
	expect(job).toEqual({ id: 1, status: "failed", test: true });
	expect(ping).toMatchObject({ event: "ping", metadata: { test: true } });
	const run = await cli(["render", "job.failed"], config);
	expect(run.stdout + run.stderr).toMatch(/^made up: .*, resource$/m);
	// What is fired is never made up.
	const fired = await cli(["fire", "job.failed"], config);
	expect(fired.stdout + fired.stderr).toContain("the event has no resource to post");
	expect(requests).toHaveLength(2);
});
