// docs/managing.md, tried: what its config shows, and whom its hooks reach.
import { describe, expect, test } from "vitest";
import { blocks } from "../helpers/pages.ts";
import { runOnTerminal } from "../helpers/pty.ts";
import { repository, startApi } from "../helpers/repository.ts";
import { runAction, runCommand, workspace } from "../helpers/runner.ts";
import { startServer } from "../helpers/server.ts";

const PAGE = "docs/managing.md";
const [CONFIG = "", WITH_PEOPLE = ""] = blocks(PAGE, "toml");
const FILE = "pipeline-hooks.toml";

const list = (...args: readonly string[]) =>
	runCommand(["list", ...args], { workspace: workspace({ [FILE]: CONFIG }) });

test("list shows what the page says", async () => {
	const { code, stdout } = await list();
	expect({ code, stdout }).toEqual({ code: 0, stdout: blocks(PAGE, "text")[0] });
});

test("list shows all that a hook is known by", async () => {
	const { stdout } = await list("catalog");
	expect(stdout).toContain(`catalog
  owner        mallory
  team         data-platform
  domain       Sales
  tags         catalog
  runbook      https://wiki.example.com/catalog
  custom       {"cost_center":4711,"since":"2026-01-02","reviewers":["jane","joe"]}
  events       pipeline_error
`);
	const { hook } = JSON.parse((await list("tell-slack", "--json")).stdout);
	expect(hook).toMatchObject({
		name: "tell-slack",
		display_name: "Failures of the nightly load",
		tags: ["tier1", "nightly"],
		runbook: "https://wiki.example.com/pipelines",
	});
});

test.each([
	[["--tag", "tier*", "--team", "data-platform"], ["tell-slack"]],
	[["--owner", "mallory"], ["catalog"]],
	[["pipeline_error", "--tag", "catalog"], ["catalog"]],
	[["--tag", "tier"], []],
	[
		["--owner", "*"],
		["tell-slack", "catalog"],
	],
])("list %j has %j", async (args, names) => {
	const { hooks } = JSON.parse((await list(...args, "--json")).stdout);
	expect(hooks.map(({ name }: { name: string }) => name)).toEqual(names);
});

test("a list that is narrowed to nothing says so", async () => {
	expect((await list("--tag", "tier")).stdout).toBe(`${FILE} has no hooks with that tag\n`);
});

test("a secret that is longer than a line of the terminal is hidden whole", async () => {
	const secret = "x9y8z7w6".repeat(20);
	const config = CONFIG.replace("cost_center = 4711", `api_token = "${secret}"`).replace(
		"Tells #data-alerts",
		`Mind ${secret}, and tell #data-alerts`,
	);
	const folder = workspace({ [FILE]: config });
	for (const args of [["list"], ["list", "catalog"], ["list", "tell-slack"]]) {
		expect((await runOnTerminal(args, folder)).stdout).not.toContain("x9y8");
	}
});

test("a flag that narrows a list is refused beside the name of a hook", async () => {
	const { code, stdout, stderr } = await list("catalog", "--tag", "nope");
	expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
	expect(stderr).toContain("--tag narrows a list of hooks, and one hook is named");
});

test("a failed hook names its owner and its runbook, and its message links to the runbook", async () => {
	const slack = await startServer({ status: 200, body: "ok" });
	const catalog = await startServer({ status: 400, body: "no" });
	const run = await runAction({
		inputs: { event: "pipeline_error" },
		workspace: workspace({ [FILE]: CONFIG.replace("https://catalog.example.com", catalog.url) }),
		env: { SLACK_WEBHOOK_URL: slack.url },
	});
	const help = "owner mallory, team data-platform, runbook https://wiki.example.com/catalog";
	expect(run.annotations).toMatchObject([{ kind: "warning", message: expect.stringContaining(`: no (${help})`) }]);
	expect(run.summary).toContain("owner mallory, team data-platform");
	expect(slack.requests[0]?.body).toContain("<https://wiki.example.com/pipelines|Runbook>");
});

describe("people", () => {
	const CODEOWNERS = "* @joe\n/models/ @acme/data\n";

	/** Fires an event at the page's config; Slack and Joe are receivers of their own. */
	async function fire(event: string, context: object, env: Readonly<Record<string, string>> = {}) {
		const slack = await startServer({ status: 200, body: "ok" });
		const joe = await startServer({ status: 200, body: "ok" });
		const run = await runAction({
			inputs: { event, context: JSON.stringify(context) },
			workspace: workspace({
				[FILE]: WITH_PEOPLE.replaceAll(/^(?=preset)/gm, "retry_count = 0\n"),
				".github/CODEOWNERS": CODEOWNERS,
			}),
			env: { SLACK_WEBHOOK_URL: slack.url, JOE_WEBHOOK: `${joe.url}/services/s3cret-of-joe`, ...env },
		});
		return { run, slack: slack.requests, joe: joe.requests };
	}
	const mentions = (body = "") => body.match(/<[@!][^>]*>/g)?.join(" ") ?? "";

	test.each([
		["the author, and the hook's owner", "jane-doe", {}, "<@U012AB3CD> <@U045EF6GH>"],
		[
			"the owners of a file",
			"jane-doe",
			{ metadata: { path: "models/orders.sql" } },
			"<@U012AB3CD> <!subteam^S0789IJKL>",
		],
		["the owners of the event", "octocat", { owners: ["Jane@example.com"] }, "<@U012AB3CD>"],
	])("mentions %s", async (_, actor, context, mentioned) => {
		const { run, slack } = await fire("pipeline_error", context, { GITHUB_ACTOR: actor });
		expect(run).toMatchObject({ code: 0, annotations: [], outputs: { result: "passed", delivered: "1" } });
		expect(mentions(JSON.parse(slack[0]?.body ?? "{}").text)).toBe(mentioned);
		const left = "mention @author left out: octocat is not among the people";
		expect(run.stdout.includes(left)).toBe(actor === "octocat");
	});

	test("sends a copy to each owner who has a webhook, and mentions the others", async () => {
		const { run, slack, joe } = await fire("check_result", { owners: ["joe", "jane"] });
		expect(run.results).toMatchObject({ results: [{ hook: "quality" }, { hook: "quality (joe)" }] });
		expect([slack.length, joe.length]).toEqual([1, 1]);
		expect(mentions(slack[0]?.body)).toContain("<@U012AB3CD>");
		expect(mentions(slack[0]?.body)).not.toContain("U045EF6GH");
		const ids = [...slack, ...joe].map(({ headers }) => headers["x-rocky-delivery"]);
		expect(new Set(ids).size).toBe(2);
		expect(run.log + run.summary + JSON.stringify(run.outputs)).not.toContain("s3cret-of-joe");
		expect((await fire("check_result", { owners: ["jane"] })).joe).toEqual([]);
	});

	test.each([
		["is not set", "", "variable JOE_WEBHOOK is unset or empty; set it in the step's env"],
		["refuses", "http://127.0.0.1:1/services/s3cret-of-joe", "connection refused"],
	])("whose webhook %s get no copy, and the hook is delivered all the same", async (_, url, reason) => {
		const { run, slack } = await fire("check_result", { owners: ["joe"] }, { JOE_WEBHOOK: url });
		expect(run).toMatchObject({ code: 0, outputs: { result: "warned", delivered: "1", failed: "1" } });
		expect(run.annotations).toMatchObject([{ kind: "warning", properties: { title: "quality (joe)" } }]);
		expect(run.annotations[0]?.message).toContain(reason);
		expect(run.log + run.summary + JSON.stringify(run.outputs)).not.toContain("s3cret-of-joe");
		expect(slack).toHaveLength(1);
	});

	test("are told of before a test reaches them", async () => {
		const folder = workspace({ [FILE]: WITH_PEOPLE });
		const { stderr } = await runCommand(["test", "check_result", "--context", '{"owners": ["joe"]}'], {
			workspace: folder,
		});
		expect(stderr).toBe(
			"this test would reach people: quality may mention owners; quality (joe) goes to the webhook of joe\n",
		);
	});

	test("own a file by the base commit's CODEOWNERS, where a stranger may have written the workspace", async () => {
		const slack = await startServer({ status: 200, body: "ok" });
		const tree = { [FILE]: WITH_PEOPLE, ".github/CODEOWNERS": CODEOWNERS };
		const repo = repository();
		const base = repo.commit(tree);
		const api = await startApi(base, tree);
		repo.commit({ ".github/CODEOWNERS": "* jane@example.com\n" });
		const run = await runAction({
			workspace: repo.folder,
			inputs: {
				event: "pipeline_error",
				context: '{"metadata": {"path": "models/orders.sql"}}',
				"github-token": "ghs_token-of-the-run",
			},
			env: {
				GITHUB_EVENT_NAME: "pull_request_target",
				GITHUB_SHA: base,
				GITHUB_API_URL: api.url,
				SLACK_WEBHOOK_URL: slack.url,
				JOE_WEBHOOK: "http://127.0.0.1:1/",
			},
		});
		expect(run).toMatchObject({ code: 0, outputs: { result: "passed" } });
		expect(mentions(JSON.parse(slack.requests[0]?.body ?? "{}").text)).toBe("<!subteam^S0789IJKL>");
	});

	test("are not shown as hooks", async () => {
		const folder = workspace({ [FILE]: WITH_PEOPLE });
		const { hooks } = JSON.parse((await runCommand(["list", "--json"], { workspace: folder })).stdout);
		expect(hooks.map(({ name }: { name: string }) => name)).toEqual(["alerts", "quality"]);
		const { stdout } = await runCommand(["validate"], { workspace: folder });
		const { hook } = JSON.parse((await runCommand(["list", "quality", "--json"], { workspace: folder })).stdout);
		expect(hook).toMatchObject({ name: "quality", send_to: ["owners"] });
		expect(stdout).toBe(
			`${FILE} is valid: 2 hooks on 2 events\n  \${JOE_WEBHOOK} is not set here\n  \${SLACK_WEBHOOK_URL} is not set here\n`,
		);
	});
});

describe("mute", () => {
	const GATE = '[[hook.pipeline_error]]\nname = "freeze-gate"\ncommand = "true"\non_failure = "abort"\n';
	const MUTED = {
		PIPELINE_HOOKS_MUTE: "tell-* until 2099-12-01T08:00Z, freeze-gate until 2099-12-01, catalog until 2020-01-01, x",
	};

	test("skips what a muted hook would send, says so, and asks the gates", async () => {
		const slack = await startServer({ status: 200, body: "ok" });
		const catalog = await startServer({ status: 200, body: "ok" });
		const config = GATE + CONFIG.replace("https://catalog.example.com", catalog.url);
		const env = { SLACK_WEBHOOK_URL: slack.url, ...MUTED };
		const run = await runAction({ inputs: { event: "pipeline_error" }, workspace: workspace({ [FILE]: config }), env });
		const reason = "muted until 2099-12-01T08:00Z by PIPELINE_HOOKS_MUTE";
		expect(run).toMatchObject({ code: 0, outputs: { result: "passed", delivered: "2", skipped: "1" } });
		expect(run.results).toMatchObject({
			results: expect.arrayContaining([
				expect.objectContaining({ hook: "tell-slack", status: "skipped", error: reason }),
			]),
		});
		expect(run.stdout).toContain(`tell-slack → http://127.0.0.1:${new URL(slack.url).port}/… · skipped: ${reason}`);
		expect(run.summary).toContain("muted until 2099-12-01T08");
		expect([slack.requests.length, catalog.requests.length]).toEqual([0, 1]);
		expect(run.annotations.map(({ kind, message, properties }) => [kind, message.split(";")[0], properties])).toEqual([
			["warning", 'PIPELINE_HOOKS_MUTE: "freeze-gate" is a gate, and gates are never muted', {}],
			["warning", 'PIPELINE_HOOKS_MUTE: "x" does not say until when', {}],
		]);
	});

	test("holds nothing for the batches of a muted hook", async () => {
		const config =
			'[[hook.webhooks.after_materialize]]\nname = "tell-all"\nurl = "http://127.0.0.1:1/"\nbatch_size = 5\n';
		const run = await runAction({
			inputs: { event: "after_materialize" },
			workspace: workspace({ [FILE]: config }),
			env: { PIPELINE_HOOKS_MUTE: "tell-all until 2099-12-01" },
		});
		expect(run).toMatchObject({ code: 0, annotations: [], outputs: { result: "skipped", held: "0", skipped: "1" } });
	});

	test("is shown by list and by a dry run", async () => {
		const folder = workspace({ [FILE]: CONFIG });
		const run = async (...args: readonly string[]) => runCommand(args, { workspace: folder, env: MUTED });
		expect((await run("list")).stdout).toContain("– tell-slack: muted until 2099-12-01T08:00Z · Failures of");
		const { hooks } = JSON.parse((await run("list", "--json")).stdout);
		expect(hooks.map((hook: { muted_until?: string }) => hook.muted_until)).toEqual([
			"2099-12-01T08:00:00.000Z",
			undefined,
		]);
		expect((await run("render", "pipeline_error")).stdout).toContain(
			"muted until 2099-12-01T08:00Z by PIPELINE_HOOKS_MUTE",
		);
	});
});
