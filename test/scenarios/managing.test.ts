// docs/managing.md, tried: what its config shows, and whom its hooks reach.
import { expect, test } from "vitest";
import { blocks } from "../helpers/pages.ts";
import { runAction, runCommand, workspace } from "../helpers/runner.ts";
import { startServer } from "../helpers/server.ts";

const PAGE = "docs/managing.md";
const [CONFIG = ""] = blocks(PAGE, "toml");
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
