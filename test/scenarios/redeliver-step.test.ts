// The workflows of docs/records.md, run for real: what a job could not deliver is sent by a later one, from where it was left.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { blocks } from "../helpers/pages.ts";
import { runAction, workspace } from "../helpers/runner.ts";
import { startServer } from "../helpers/server.ts";
import { runWorkflow } from "../helpers/workflow.ts";

vi.setConfig({ testTimeout: 60_000 });

const workflows = blocks("docs/records.md", "yaml");
const [PUSHING = "", REDELIVERING = "", LEAVING = "", STORING = ""] = workflows;

/** The config of the page, with a receiver of the test, and what makes a delivery due at once. */
const configFor = (url: string, repository: string) => `[store]
kind = "git"
url = "${repository}"
schedule = ["1s"]
[[subscription]]
name = "chat"
events = ["pipeline_error", "pipeline_complete"]
preset = "slack"
url = "${url}"
retry_count = 0
`;

/** A receiver, a bare repository, and a checkout whose load fails. */
async function place() {
	const server = await startServer({ status: 503 }, { status: 200, body: "ok" });
	const repository = join(workspace(), "repository.git");
	execFileSync("git", ["init", "--quiet", "--bare", repository]);
	const folder = workspace({ "pipeline-hooks.toml": configFor(server.url, repository), "load.sh": "exit 1" });
	execFileSync("chmod", ["+x", join(folder, "load.sh")]);
	const refs = () =>
		execFileSync("git", ["-C", repository, "for-each-ref"], { encoding: "utf8" }).split("\n").length - 1;
	const run = (workflow: string) => runWorkflow({ workflow, workspace: folder, secrets: {} });
	const due = () => new Promise((resolve) => setTimeout(resolve, 1100));
	return { server, folder, refs, run, due };
}

const idsOf = (requests: readonly { readonly headers: Record<string, unknown> }[]) =>
	requests.map(({ headers }) => headers["x-rocky-delivery"]);

it("in the repository", async () => {
	const { server, refs, run, due } = await place();
	const [, lifecycle] = await run(PUSHING);
	expect(lifecycle?.post?.summary).toMatch(/503[^|]*tried again by .*redeliver/);
	expect(refs()).toBe(1);
	await due();
	const [, redelivered] = await run(REDELIVERING);
	expect(redelivered?.action).toMatchObject({ code: 0, outputs: { result: "passed", delivered: "1" } });
	expect(refs()).toBe(0);
	const [first, second, ...more] = idsOf(server.requests);
	expect([second, more]).toEqual([first, []]);
});

it("sends the one message whose id begins so, and fails where none does", async () => {
	const { server, folder, run } = await place();
	await run(PUSHING);
	const [id = ""] = idsOf(server.requests);
	const redeliver = (begins: string) =>
		runAction({
			script: join(import.meta.dirname, "../../redeliver/main.cjs"),
			inputs: { id: begins },
			workspace: folder,
		});
	const none = await redeliver("dlv_zzzz");
	expect(none).toMatchObject({ code: 1, outputs: { result: "error" } });
	expect(none.annotations[0]?.message).toContain('id: no stored delivery has the id "dlv_zzzz"');
	expect(await redeliver(String(id).slice(0, 12))).toMatchObject({ code: 0, outputs: { delivered: "1" } });
	expect(idsOf(server.requests)).toEqual([id, id]);
});

it("without the right to write", async () => {
	const { server, folder, refs, run, due } = await place();
	const [, , tell] = await run(LEAVING);
	expect(tell?.action?.outputs["result"]).toBe("warned");
	expect(refs()).toBe(0);
	mkdirSync(join(folder, "left"));
	cpSync(tell?.outputs["results-file"] ?? "", join(folder, "left", "results.json"));
	await due();
	const [, redelivered] = await run(STORING);
	expect(redelivered?.action).toMatchObject({ code: 0, outputs: { result: "passed", delivered: "1" } });
	expect(refs()).toBe(0);
	const [first, second, ...more] = idsOf(server.requests);
	expect([second, more]).toEqual([first, []]);
});

it("has nothing to do where no run has left anything", async () => {
	const { server, run } = await place();
	const [, redelivered] = await run(STORING);
	expect(redelivered?.action).toMatchObject({ code: 0, outputs: { result: "skipped", delivered: "0" } });
	expect(server.requests).toEqual([]);
});
