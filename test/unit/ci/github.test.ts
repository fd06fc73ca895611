// GitHub's facts, from its environment and its real event payloads.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { github } from "../../../src/ci/github.ts";
import { readCi } from "../../../src/ci/index.ts";
import type { Env } from "../../../src/lib/env.ts";
import type { Files } from "../../../src/ports.ts";
import { fakeFiles } from "../../helpers/fakes.ts";

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

const filesWith = (payload: unknown) =>
	fakeFiles({ "/event.json": typeof payload === "string" ? payload : JSON.stringify(payload) });

const read = (env: Env, files: Files) => readCi({ env, files, cwd: "/elsewhere", now: new Date(0) });

/** The facts of a run on an event of that name. */
const factsOf = async (GITHUB_EVENT_NAME: string, payload: unknown, more: Env = {}) =>
	(await read({ ...ENV, ...more, GITHUB_EVENT_NAME }, filesWith(payload))).facts;

describe("github", () => {
	test("a schedule tells everything by the environment, and the payload is not even read", async () => {
		const files = filesWith({});
		expect(await read({ ...ENV, GITHUB_EVENT_NAME: "schedule" }, files)).toEqual({
			facts: {
				provider: "github",
				repository: "acme/warehouse",
				branch: "main",
				commit: "a".repeat(40),
				actor: "octocat",
				trigger: "schedule",
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
		const facts = await factsOf("push", {}, { GITHUB_REF_TYPE: "tag", GITHUB_REF_NAME: "v1" });
		expect(facts).toMatchObject({ tag: "v1" });
		expect(facts.branch).toBeUndefined();
	});

	test("a pull request's branch and commit are the head's, not the merge commit's", async () => {
		const payload = example("pull_request");
		const env = { ...ENV, GITHUB_EVENT_NAME: "pull_request", GITHUB_HEAD_REF: "changes", GITHUB_REF_NAME: "2/merge" };
		const run = await read(env, filesWith(payload));
		expect(run.facts).toMatchObject({
			branch: "changes",
			pull_request_title: "Update the README with new information.",
			commit: JSON.parse(JSON.stringify(payload)).pull_request.head.sha,
		});
		expect(run.secretsWithheld).toBe(false);
	});

	test.each([
		["pull_request", {}],
		["pull_request_target", { GITHUB_REF_NAME: "main" }],
		["pull_request_review", { GITHUB_HEAD_REF: "" }],
		["pull_request_review_comment", { GITHUB_HEAD_REF: "" }],
		["an_event_of_tomorrow", { GITHUB_HEAD_REF: "" }],
	])("a fork's branch is told with its owner, and never looks like ours: %s", async (GITHUB_EVENT_NAME, more) => {
		const pull = (head: object) => ({
			pull_request: {
				number: 7,
				head: { ref: "main", sha: "b", ...head },
				base: { repo: { full_name: "acme/warehouse" } },
			},
		});
		const facts = (head: object) => factsOf(GITHUB_EVENT_NAME, pull(head), { GITHUB_HEAD_REF: "main", ...more });
		const owner = { login: "stranger" };
		const theirs = { branch: "stranger:main", fork: true, pull_request: 7, commit: "b" };
		expect(await facts({ user: owner, repo: { full_name: "stranger/warehouse", owner } })).toMatchObject(theirs);
		expect(await facts({ repo: { full_name: "stranger/warehouse", owner } })).toMatchObject(theirs);
		expect(await facts({ user: null, repo: null, label: "stranger:main" })).toMatchObject(theirs);
		expect(await facts({ user: null, repo: null, label: "main" })).toMatchObject({ ...theirs, branch: "unknown:main" });
		const ours = await facts({ user: { login: "acme" }, label: "acme:main", repo: { full_name: "acme/warehouse" } });
		expect(ours).toMatchObject({ branch: "main", pull_request: 7 });
		expect(ours).not.toHaveProperty("fork");
	});

	test("a merge queue's branch is the one that is merged into", async () => {
		const ref = "refs/heads/gh-readonly-queue/release/1.x/pr-12-0123456789abcdef0123456789abcdef01234567";
		const queued = { branch: "release/1.x", queue: true, pull_request: 12 };
		expect(await factsOf("merge_group", { merge_group: { head_ref: ref } })).toMatchObject(queued);
		expect(await factsOf("merge_group", "not json", { GITHUB_REF: ref })).toMatchObject(queued);
		const unknown = await factsOf("merge_group", {}, { GITHUB_REF: "refs/heads/main" });
		expect([unknown.queue, unknown.branch]).toEqual([true, undefined]);
		const following = (head: string) => ({
			workflow_run: {
				event: "merge_group",
				head_branch: ref.replace("refs/heads/", ""),
				head_repository: { full_name: head, owner: { login: "x" } },
				repository: { full_name: "acme/warehouse" },
			},
		});
		expect(await factsOf("workflow_run", following("acme/warehouse"))).toMatchObject(queued);
		const fork = await factsOf("workflow_run", following("x/warehouse"));
		expect([fork.fork, fork.queue]).toEqual([true, undefined]);
	});

	test("a workflow_run tells of a fork, one that is gone, and of the only pull request", async () => {
		const facts = (run: object, more: object = {}) =>
			factsOf("workflow_run", { workflow_run: { head_branch: "main", ...run }, ...more });
		const repository = { full_name: "acme/warehouse" };
		const stranger = { full_name: "stranger/warehouse", owner: { login: "stranger" } };
		const theirs = { branch: "stranger:main", fork: true };
		expect(await facts({ head_repository: stranger, repository })).toMatchObject(theirs);
		const nobodys = { branch: "unknown:main", fork: true };
		expect(await facts({ head_repository: null }, { repository })).toMatchObject(nobodys);
		const pulls = { event: "pull_request", pull_requests: [{ number: 5 }] };
		const ours = await facts({ head_repository: repository, ...pulls }, { repository });
		expect(ours).toMatchObject({ branch: "main", pull_request: 5 });
		expect(ours).not.toHaveProperty("fork");
		for (const other of [{ event: "push" }, { pull_requests: [{ number: 5 }, { number: 6 }] }]) {
			const told = await facts({ head_repository: repository, repository, ...pulls, ...other });
			expect(told).not.toHaveProperty("pull_request");
		}
	});

	test.each([
		["push", { branch: "main" }],
		["pull_request_target", { branch: "main" }],
		["release", { tag: "main" }],
		["issue_comment", { branch: "main", stranger: true }],
		["workflow_run", { stranger: true }],
		["an_event_of_tomorrow", { branch: "main", stranger: true }],
	])("a workflow_run that follows a run on %s of this repository", async (event, told) => {
		const repository = { full_name: "acme/warehouse" };
		const run = { event, head_branch: "main", head_repository: repository, repository };
		const { branch, tag, stranger, fork } = await factsOf("workflow_run", { workflow_run: run });
		expect({ branch, tag, stranger, fork }).toEqual({ branch: undefined, tag: undefined, fork: undefined, ...told });
	});

	test.each(["issue_comment", "issues", "check_suite", "watch", "an_event_of_tomorrow"])(
		"a run that anyone can start says so: %s",
		async (name) => {
			expect(await factsOf(name, {})).toMatchObject({ branch: "main", stranger: true });
		},
	);

	test("no example of GitHub's makes reading fail, or gives a branch of ours to a fork", async () => {
		for (const { name, examples: payloads } of examples) {
			for (const payload of payloads) {
				const facts = await factsOf(name, payload);
				expect(facts.branch ?? facts.tag, name).toEqual(expect.any(String));
				expect(facts.fork, name).toBeUndefined();
			}
		}
	});

	test("a comment on a pull request is a run of the default branch, with the number", async () => {
		const on = (issue: object) => factsOf("issue_comment", { issue });
		const title = "Load orders";
		const told = { branch: "main", pull_request: 5, pull_request_title: title };
		expect(await on({ number: 5, title, pull_request: {} })).toMatchObject(told);
		const bare = await on({ number: 5, title });
		expect(bare).not.toHaveProperty("pull_request");
		expect(bare).not.toHaveProperty("pull_request_title");
	});

	test.each([
		["Gitea", { GITEA_ACTIONS: "true" }],
		["Forgejo", { GITEA_ACTIONS: "true", FORGEJO_ACTIONS: "true" }],
		["Forgejo alone", { FORGEJO_ACTIONS: "true" }],
	])("%s's page of a run goes by its number", async (_, more) => {
		const env = { GITHUB_RUN_NUMBER: "57", GITHUB_RUN_ATTEMPT: "2", GITHUB_SERVER_URL: "https://g.example/" };
		const sources = { files: filesWith({}), cwd: "/", now: new Date(0), jobId: "7" };
		const { facts } = await readCi({ ...sources, env: { ...ENV, ...env, ...more } });
		expect(facts.run_url).toBe("https://g.example/acme/warehouse/actions/runs/57");
		expect(facts, "its jobs are counted, so an id leads nowhere").not.toHaveProperty("job_url");
	});

	test("the page of a job goes by the id of its check run, whatever the attempt", async () => {
		const env = { ...ENV, GITHUB_RUN_ATTEMPT: "2", GITHUB_SERVER_URL: "https://ghes.example/" };
		const urlOf = async (jobId: string | undefined) => {
			const { facts } = await readCi({ env, files: filesWith({}), cwd: "/", now: new Date(0), jobId });
			return facts.job_url;
		};
		expect(await urlOf("51725241954")).toBe("https://ghes.example/acme/warehouse/actions/runs/42/job/51725241954");
		for (const id of [undefined, "", "null", "1.5E+16", "-1", "7/../../..", "٧"])
			expect(await urlOf(id)).toBeUndefined();
	});

	test("the values of a matrix come from outside of the environment", async () => {
		const run = await readCi({ env: ENV, files: filesWith({}), cwd: "/", now: new Date(0), matrix: { os: "linux" } });
		expect(run.facts.matrix).toEqual({ os: "linux" });
	});

	test("a workflow_run's branch and commit are those of the run that it follows", async () => {
		const payload = example("workflow_run");
		const source = JSON.parse(JSON.stringify(payload)).workflow_run;
		expect(await factsOf("workflow_run", payload)).toMatchObject({
			branch: source.head_branch,
			commit: source.head_sha,
		});
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
			...["push", "create", "delete", "deployment", "deployment_status", "pull_request_target", "issue_comment"].map(
				(event) => [`${event} by Dependabot`, event, {}, { GITHUB_ACTOR: "dependabot[bot]" }, true] as const,
			),
			["workflow_run after Dependabot", "workflow_run", {}, { GITHUB_ACTOR: "dependabot[bot]" }, false],
			[
				"push by Dependabot, run again by a person",
				"push",
				{},
				{ GITHUB_ACTOR: "dependabot[bot]", GITHUB_TRIGGERING_ACTOR: "octocat" },
				true,
			],
			["push by a person, run again by Dependabot", "push", {}, { GITHUB_TRIGGERING_ACTOR: "dependabot[bot]" }, false],
			[
				"pull_request by Dependabot",
				"pull_request",
				example("pull_request"),
				{ GITHUB_ACTOR: "dependabot[bot]" },
				true,
			],
			["pull_request of Dependabot by nobody known", "pull_request", dependabot, { GITHUB_ACTOR: undefined }, true],
			["pull_request of Dependabot, to which a person has pushed", "pull_request", dependabot, {}, false],
			["pull_request of the same repository", "pull_request", example("pull_request"), {}, false],
		] as const)("%s", async (_, GITHUB_EVENT_NAME, payload, more, withheld) => {
			const run = await read({ ...ENV, ...more, GITHUB_EVENT_NAME }, filesWith(payload));
			expect(run.secretsWithheld).toBe(withheld);
		});
	});

	test.each([
		...["create", "delete", "deployment", "merge_group", "pull_request", "pull_request_review", "push", "release"],
		...["pull_request_review_comment", "repository_dispatch", "schedule", "workflow_dispatch"],
	])("a run on %s is trusted", async (GITHUB_EVENT_NAME) => {
		expect((await read({ ...ENV, GITHUB_EVENT_NAME }, filesWith({}))).untrusted).toBeUndefined();
	});

	test.each([
		...["pull_request_target", "workflow_run", "issue_comment", "issues", "discussion", "discussion_comment", "fork"],
		...["check_run", "check_suite", "deployment_status", "registry_package", "page_build", "gollum", "watch", "status"],
		...["workflow_call", "toString", "PUSH", "push ", "an_event_of_tomorrow"],
	])("a run on %s is not", async (event) => {
		expect((await read({ ...ENV, GITHUB_EVENT_NAME: event }, filesWith({}))).untrusted).toEqual({ event });
	});

	test.each([{ GITHUB_EVENT_NAME: "" }, { GITHUB_EVENT_NAME: undefined }])("nor is one on %j", async (given) => {
		expect((await read({ ...ENV, ...given }, filesWith({}))).untrusted).toEqual({ event: "an event without a name" });
	});

	test.each(["not json", "[]", '{"pull_request": 7}'])("a payload that is %s takes nothing down", async (payload) => {
		expect(await factsOf("pull_request", payload, { GITHUB_HEAD_REF: "b" })).toMatchObject({
			branch: "unknown:b",
			fork: true,
			commit: "a".repeat(40),
		});
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
