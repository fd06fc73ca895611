// GitHub's facts, from its environment and its real event payloads.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { github } from "../../../src/ci/github.ts";
import { readCi } from "../../../src/ci/index.ts";
import type { Env, Files } from "../../../src/ports.ts";

const require = createRequire(import.meta.url);
const examples: { name: string; examples: Record<string, unknown>[] }[] = require("@octokit/webhooks-examples");
const example = (name: string, accepts: (payload: Record<string, unknown>) => boolean = () => true) =>
	examples.find((entry) => entry.name === name)?.examples.find(accepts);

const ENV: Env = {
	GITHUB_ACTIONS: "true",
	GITHUB_EVENT_NAME: "push",
	GITHUB_EVENT_PATH: "/event.json",
	GITHUB_REPOSITORY: "acme/warehouse",
	GITHUB_REF_NAME: "main",
	GITHUB_REF_TYPE: "branch",
	GITHUB_SHA: "a".repeat(40),
	GITHUB_ACTOR: "octocat",
	GITHUB_WORKFLOW: "nightly",
	GITHUB_JOB: "load",
	GITHUB_RUN_ID: "42",
	GITHUB_RUN_ATTEMPT: "1",
	GITHUB_SERVER_URL: "https://github.com",
	GITHUB_WORKSPACE: "/work",
};

function filesWith(payload: unknown): Files & { readonly reads: string[] } {
	const reads: string[] = [];
	const bytes = new TextEncoder().encode(typeof payload === "string" ? payload : JSON.stringify(payload));
	return {
		reads,
		read: async (path) => {
			reads.push(path);
			return { kind: "file", bytes };
		},
		stream: async function* () {},
		write: async () => {},
		append: async () => {},
		real: async (path) => path,
	};
}

const read = (env: Env, files: Files) =>
	readCi({ env, files, ask: async () => undefined, cwd: "/elsewhere", now: new Date(0) });

describe("github", () => {
	test("a push tells everything by the environment, and the payload is not even read", async () => {
		const files = filesWith({});
		expect(await read(ENV, files)).toEqual({
			facts: {
				provider: "github",
				repository: "acme/warehouse",
				branch: "main",
				commit: "a".repeat(40),
				actor: "octocat",
				workflow: "nightly",
				job: "load",
				attempt: 1,
				run_url: "https://github.com/acme/warehouse/actions/runs/42",
			},
			runId: "42-1",
			pipeline: "nightly",
			workspace: "/work",
			secretsWithheld: false,
		});
		expect(files.reads).toEqual([]);
	});

	test("a second attempt has its own run id and address", async () => {
		const run = await read({ ...ENV, GITHUB_RUN_ATTEMPT: "3" }, filesWith({}));
		expect(run.runId).toBe("42-3");
		expect(run.facts.run_url).toBe("https://github.com/acme/warehouse/actions/runs/42/attempts/3");
	});

	test("a tag is no branch", async () => {
		const run = await read({ ...ENV, GITHUB_REF_TYPE: "tag", GITHUB_REF_NAME: "v1" }, filesWith({}));
		expect(run.facts.branch).toBeUndefined();
	});

	test("a pull request's branch and commit are the head's, not the merge commit's", async () => {
		const payload = example("pull_request");
		const env = { ...ENV, GITHUB_EVENT_NAME: "pull_request", GITHUB_HEAD_REF: "changes", GITHUB_REF_NAME: "2/merge" };
		const run = await read(env, filesWith(payload));
		expect(run.facts).toMatchObject({
			branch: "changes",
			commit: JSON.parse(JSON.stringify(payload)).pull_request.head.sha,
		});
		expect(run.secretsWithheld).toBe(false);
	});

	test("a workflow_run's branch and commit are those of the run that it follows", async () => {
		const payload = example("workflow_run");
		const run = await read({ ...ENV, GITHUB_EVENT_NAME: "workflow_run" }, filesWith(payload));
		const source = JSON.parse(JSON.stringify(payload)).workflow_run;
		expect(run.facts).toMatchObject({ branch: source.head_branch, commit: source.head_sha });
	});

	describe("secrets are withheld", () => {
		const fork = JSON.parse(JSON.stringify(example("pull_request")));
		fork.pull_request.head.repo.full_name = "stranger/warehouse";
		const deleted = JSON.parse(JSON.stringify(fork));
		deleted.pull_request.head.repo = null;
		const dependabot = JSON.parse(JSON.stringify(example("pull_request")));
		dependabot.pull_request.user.login = "dependabot[bot]";
		test.each([
			["pull_request from a fork", "pull_request", fork, {}, true],
			["pull_request from a fork deleted since", "pull_request", deleted, {}, true],
			["pull_request_review from a fork", "pull_request_review", fork, {}, true],
			["pull_request_target from a fork", "pull_request_target", fork, {}, false],
			["push by Dependabot", "push", {}, { GITHUB_ACTOR: "dependabot[bot]" }, false],
			[
				"pull_request by Dependabot",
				"pull_request",
				example("pull_request"),
				{ GITHUB_ACTOR: "dependabot[bot]" },
				true,
			],
			["pull_request of Dependabot by nobody known", "pull_request", dependabot, { GITHUB_ACTOR: undefined }, true],
			["pull_request of Dependabot, run again by a person", "pull_request", dependabot, {}, false],
			["pull_request of the same repository", "pull_request", example("pull_request"), {}, false],
		] as const)("%s", async (_, GITHUB_EVENT_NAME, payload, more, withheld) => {
			const run = await read({ ...ENV, ...more, GITHUB_EVENT_NAME }, filesWith(payload));
			expect(run.secretsWithheld).toBe(withheld);
		});
	});

	test.each([
		["pull_request_target", { event: "pull_request_target", checkoutCounts: false }],
		["workflow_run", { event: "workflow_run", checkoutCounts: true }],
		["issue_comment", { event: "issue_comment", checkoutCounts: true }],
		["pull_request", undefined],
		["push", undefined],
		["toString", undefined],
		["", undefined],
	])("what anybody can trigger with secrets: %s", async (GITHUB_EVENT_NAME, exposure) => {
		expect((await read({ ...ENV, GITHUB_EVENT_NAME }, filesWith({}))).exposure).toEqual(exposure);
	});

	test.each(["not json", "[]", '{"pull_request": 7}'])("a payload that is %s takes nothing down", async (payload) => {
		const run = await read({ ...ENV, GITHUB_EVENT_NAME: "pull_request", GITHUB_HEAD_REF: "b" }, filesWith(payload));
		expect(run.facts).toMatchObject({ branch: "b", commit: "a".repeat(40) });
	});

	test("an almost empty environment gives what there is", async () => {
		expect(github.detect({ GITHUB_ACTIONS: "false" })).toBe(false);
		const run = await read({ GITHUB_ACTIONS: "true" }, filesWith({}));
		expect(run).toMatchObject({
			facts: { provider: "github", attempt: 1 },
			workspace: "/elsewhere",
			secretsWithheld: false,
		});
	});

	test("the examples are the real ones", () => {
		expect(readFileSync(require.resolve("@octokit/webhooks-examples")).length).toBeGreaterThan(100_000);
	});
});
