// Which events are trusted: those on the list, and no other.
import { expect, it } from "vitest";
import { exposed, refused } from "../../helpers/exposed.ts";
import { JSON_TYPE } from "../../helpers/repository.ts";
import { startServer } from "../../helpers/server.ts";

it("fault 50: an event that is not on the list of trusted events uses the base commit's config and runs no shell hook", async () => {
	const stage = await exposed();
	stage.checkOutForeign();
	const events = [
		...[
			"discussion",
			"discussion_comment",
			"issue_comment",
			"issues",
			"pull_request_target",
			"workflow_run",
			"check_run",
			"deployment_status",
			"registry_package",
			"workflow_call",
		],
		...["pull_request_of_tomorrow", "PUSH", ""],
	];
	const runs = await Promise.all(events.map((event) => stage.fire(event)));
	for (const [index, run] of runs.entries()) {
		expect(run).toMatchObject(refused(`refused on ${events[index] || "an event without a name"}: `));
	}
	expect([stage.sent(), stage.ran()]).toEqual([events.map(() => "base"), []]);
});

it("fault 50: a trusted event uses the config in the checkout and runs its shell hooks", async () => {
	const events = [
		...["create", "delete", "deployment", "merge_group", "pull_request", "pull_request_review", "push", "release"],
		...["pull_request_review_comment", "repository_dispatch", "schedule", "workflow_dispatch"],
	];
	const stage = await exposed();
	const runs = await Promise.all(events.map((event) => stage.fire(event)));
	for (const [index, run] of runs.entries()) {
		expect(run, events[index]).toMatchObject({ code: 0, annotations: [], outputs: { result: "passed" } });
	}
	expect([stage.sent(), stage.ran(), stage.api.requests]).toEqual([events.map(() => "base"), ["base"], []]);
});

it("fault 50: on a Gitea or Forgejo runner the same events are trusted, and its API provides the base commit's config", async () => {
	const stage = await exposed();
	stage.checkOutForeign();
	const config = `[hook.webhooks.pipeline_start]\nurl = "${stage.receiver.url}/gitea"\n`;
	const api = await startServer(({ url }, response) => {
		const isThere = url?.includes("/api/v1/repos/acme/warehouse/contents/pipeline-hooks.toml?") ?? false;
		const entry = { type: "file", encoding: "base64", content: Buffer.from(config).toString("base64") };
		response.writeHead(isThere ? 200 : 404, JSON_TYPE).end(JSON.stringify(isThere ? entry : { message: "not found" }));
	});
	const env = { GITEA_ACTIONS: "true", FORGEJO_ACTIONS: "true", GITHUB_API_URL: `${api.url}/api/v1` };
	const run = await stage.fire("issue_comment", { env });
	expect(run).toMatchObject({ code: 0, annotations: [], outputs: { result: "passed", delivered: "1" } });
	expect([stage.sent(), stage.ran()]).toEqual([["gitea"], []]);
});
