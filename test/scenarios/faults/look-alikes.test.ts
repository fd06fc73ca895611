// Runs and jobs that look alike: what hooks are told of them, which filters they pass, and which alerts they end.
import { describe, expect, it } from "vitest";
import { startApi } from "../../helpers/repository.ts";
import { type ActionGiven, runAction, workspace } from "../../helpers/runner.ts";
import { type Server, startServer } from "../../helpers/server.ts";

const PATH = ".github/pipeline-hooks.toml";
const SHA = "0123456789abcdef0123456789abcdef01234567";

/** A hook for all of it, one for our main only, and the services whose alerts have keys, each at a path of its name. */
const HOOKS = {
	facts: "",
	"only-main": 'filter = { include = ["branch:main"] }',
	pagerduty: 'preset = "pagerduty"\nrouting_key = "0123456789abcdef0123456789abcdef"',
	incident_io: 'preset = "incident_io"\ntoken = "tok_0123456789"',
	datadog: 'preset = "datadog"\napi_key = "0123456789abcdef0123456789abcdef"',
	google_chat: 'preset = "google_chat"',
} as const;

const config = ({ url }: Server) =>
	Object.entries(HOOKS)
		.map(([name, keys]) => `[[subscription]]\nevents = ["*"]\nurl = "${url}/${name}"\n${keys}\n`)
		.join("");

type Given = Partial<Pick<ActionGiven, "inputs" | "env" | "payload">>;

/** What one run sends: the facts of the CI, whether the filter on our main let it through, and the keys of its alerts. */
async function fire({ inputs, env, payload }: Given = {}) {
	const server = await startServer({ status: 202, body: '{"status": "success"}' });
	const toml = config(server);
	const api = await startApi(SHA, { [PATH]: toml });
	const run = await runAction({
		inputs: { event: "pipeline_complete", "github-token": "ghs_x", matrix: "null", ...inputs },
		workspace: workspace({ [PATH]: toml }),
		env: { GITHUB_API_URL: api.url, ...env },
		payload,
	});
	expect(run).toMatchObject({ code: 0, stderr: "", annotations: [] });
	const sent = (name: keyof typeof HOOKS) => {
		const found = server.requests.find(({ path }) => path.startsWith(`/${name}`));
		return found === undefined ? undefined : JSON.parse(found.body);
	};
	return {
		facts: sent("facts").ci,
		passesMain: sent("only-main") !== undefined,
		keys: [
			sent("pagerduty").dedup_key,
			sent("incident_io").deduplication_key,
			sent("datadog").aggregation_key,
			sent("google_chat").thread.threadKey,
		] as readonly string[],
	};
}

let first: ReturnType<typeof fire> | undefined;
/** What a run of ours sends, which all others are compared with. */
const ofOurs = () => {
	first ??= fire();
	return first;
};

const repo = (full_name: string) => ({ full_name, owner: { login: full_name.split("/")[0] } });
const OURS = repo("acme/warehouse");
const THEIRS = repo("stranger/warehouse");

const pull = (ref: string, head: ReturnType<typeof repo> | null) => ({
	pull_request: {
		number: 7,
		head: { ref, label: `${head?.owner.login ?? "stranger"}:${ref}`, sha: "b".repeat(40), repo: head },
		base: { ref: "main", repo: OURS },
	},
});
const followed = (head: ReturnType<typeof repo> | null) => ({
	workflow_run: {
		event: "pull_request",
		head_branch: "main",
		head_sha: "b".repeat(40),
		head_repository: head,
		repository: OURS,
	},
});

describe("fault 51: a fork's branch with the name of ours is shown with its owner, matches no filter on ours, and ends no alert of ours", () => {
	it.each([
		["pull_request", pull("main", THEIRS), { GITHUB_HEAD_REF: "main", GITHUB_REF_NAME: "7/merge" }],
		["pull_request_target", pull("main", THEIRS), { GITHUB_HEAD_REF: "main" }],
		["pull_request_review", pull("main", THEIRS), { GITHUB_REF_NAME: "7/merge" }],
		["pull_request_review_comment", pull("main", null), { GITHUB_REF_NAME: "7/merge" }],
		["workflow_run", followed(THEIRS), {}],
	])("%s", async (event, payload, env) => {
		const given = { env: { ...env, GITHUB_EVENT_NAME: event }, payload };
		const [ours, theirs] = await Promise.all([ofOurs(), fire(given)]);
		expect(ours).toMatchObject({ facts: { branch: "main" }, passesMain: true });
		expect(theirs.facts).toMatchObject({
			repository: "acme/warehouse",
			branch: "stranger:main",
			fork: true,
			commit: "b".repeat(40),
		});
		expect(theirs.passesMain).toBe(false);
		for (const [index, key] of theirs.keys.entries()) expect(key).not.toBe(ours.keys[index]);
	});

	it("a fork that is gone", async () => {
		const theirs = await fire({ env: { GITHUB_EVENT_NAME: "workflow_run" }, payload: followed(null) });
		expect(theirs).toMatchObject({ facts: { branch: "unknown:main", fork: true }, passesMain: false });
	});

	it("a payload that cannot be read", async () => {
		const theirs = await fire({ env: { GITHUB_EVENT_NAME: "pull_request", GITHUB_HEAD_REF: "main" }, payload: [] });
		expect(theirs).toMatchObject({ facts: { branch: "unknown:main", fork: true }, passesMain: false });
	});
});

describe("fault 51: a run that a stranger may have started is marked as such, and ends no alert of ours", () => {
	it.each([
		["a comment", "issue_comment", { issue: { number: 3 } }, "main"],
		[
			"what follows a comment",
			"workflow_run",
			{ workflow_run: { ...followed(OURS).workflow_run, event: "issue_comment" } },
			"main",
		],
		[
			"what follows another that follows",
			"workflow_run",
			{ workflow_run: { ...followed(OURS).workflow_run, event: "workflow_run" } },
			undefined,
		],
	])("%s", async (_, event, payload, branch) => {
		const [ours, theirs] = await Promise.all([ofOurs(), fire({ env: { GITHUB_EVENT_NAME: event }, payload })]);
		expect(ours.facts).not.toHaveProperty("stranger");
		expect(theirs.facts).toMatchObject({ stranger: true });
		expect([theirs.facts.branch, theirs.passesMain]).toEqual([branch, branch === "main"]);
		for (const [index, key] of theirs.keys.entries()) expect(key).not.toBe(ours.keys[index]);
	});
});

describe("fault 51: a tag, a merge queue, a review and a matrix are recognised, and have alert keys of their own", () => {
	it.each([
		["a tag", { env: { GITHUB_REF_TYPE: "tag" } }, { tag: "main" }, false],
		[
			"a merge queue",
			{
				env: { GITHUB_EVENT_NAME: "merge_group", GITHUB_REF_NAME: `gh-readonly-queue/main/pr-12-${SHA}` },
				payload: {
					merge_group: { head_ref: `refs/heads/gh-readonly-queue/main/pr-12-${SHA}`, base_ref: "refs/heads/main" },
				},
			},
			{ branch: "main", queue: true, pull_request: 12 },
			true,
		],
		[
			"a review",
			{
				env: { GITHUB_EVENT_NAME: "pull_request_review", GITHUB_REF_NAME: "7/merge" },
				payload: pull("feature/x", OURS),
			},
			{ branch: "feature/x", pull_request: 7 },
			false,
		],
		[
			"a matrix",
			{ inputs: { matrix: '{"region": {"name": "eu"}}' } },
			{ branch: "main", matrix: { region: { name: "eu" } } },
			true,
		],
		["a job", { env: { GITHUB_JOB: "deploy" } }, { branch: "main", job: "deploy" }, true],
		["a branch that is written like a key", { env: { GITHUB_REF_NAME: "main; pipeline=nightly" } }, {}, false],
	])("%s", async (name, given, facts, passesMain) => {
		const [ours, other] = await Promise.all([ofOurs(), fire(given)]);
		expect(other).toMatchObject({ facts, passesMain });
		if (name === "a tag") expect(other.facts).not.toHaveProperty("branch");
		expect(other.facts).not.toHaveProperty("fork");
		const alerts = (keys: readonly string[]) => keys.slice(0, 3);
		for (const [index, key] of alerts(other.keys).entries()) expect(key).not.toBe(ours.keys[index]);
	});
});

describe("fault 51: a re-run ends the alert of its first attempt, and a success the alert of the failure before it", () => {
	it("whatever run, attempt, commit and actor", async () => {
		const env = { GITHUB_RUN_ID: "43", GITHUB_RUN_ATTEMPT: "2", GITHUB_SHA: "c".repeat(40), GITHUB_ACTOR: "grace" };
		const again = { inputs: { event: "pipeline_error", error: "boom" }, env };
		const [ours, failed] = await Promise.all([ofOurs(), fire(again)]);
		expect(failed.keys.slice(0, 3)).toEqual(ours.keys.slice(0, 3));
	});

	it("but never the alert of another check, or of another entity by the same name", async () => {
		const check = (more: Readonly<Record<string, string>>) =>
			fire({ inputs: { event: "check_result", table: "orders", ...more } });
		const results = await Promise.all([
			check({ metadata: '{"check": "not_null"}' }),
			check({ metadata: '{"check": "unique"}' }),
			check({ context: '{"entity": {"type": "table", "name": "orders"}}' }),
			check({ context: '{"entity": {"type": "topic", "name": "orders"}}' }),
		]);
		for (const index of [0, 1, 2]) expect(new Set(results.map(({ keys }) => keys[index])).size).toBe(results.length);
	});
});

it("a matrix that is not a JSON object is an error that says what to give", async () => {
	const folder = workspace({ [PATH]: '[hook.ping]\ncommand = "true"\n' });
	for (const [matrix, what] of [
		["{", "is not JSON"],
		["[1]", "is JSON, but not an object"],
	] as const) {
		const run = await runAction({ inputs: { event: "ping", matrix }, workspace: folder });
		expect(run).toMatchObject({ code: 1, outputs: { result: "error" } });
		expect(run.annotations[0]?.message).toContain(`matrix: ${what}`);
		expect(run.annotations[0]?.message).toContain("or give `${{ toJSON(matrix) }}`");
	}
	const none = await runAction({ inputs: { event: "ping", matrix: "null" }, workspace: folder });
	expect(none.outputs).toMatchObject({ result: "passed" });
});

it("on Gitea and Forgejo the link leads to the page of the run, which goes by its number", async () => {
	const env = { GITEA_ACTIONS: "true", GITHUB_SERVER_URL: "https://git.example.org", GITHUB_RUN_NUMBER: "57" };
	const { facts } = await fire({ env });
	expect(facts.run_url).toBe("https://git.example.org/acme/warehouse/actions/runs/57");
});
