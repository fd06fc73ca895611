// A workspace on an untrusted event: what is checked out there does not count, and paths of the config that lead elsewhere.
import { cpSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exposed, PATH, refused } from "../../helpers/exposed.ts";
import { repository } from "../../helpers/repository.ts";
import { workspace } from "../../helpers/runner.ts";

it("fault 39: on workflow_run the checkout is not used, even if it is the base commit", async () => {
	const { api, fire, ran, sent } = await exposed();
	expect(await fire("workflow_run")).toMatchObject(refused("the workspace may contain a stranger's code"));
	expect([sent(), ran(), api.requests.length]).toEqual([["base"], [], 1]);
});

describe("fault 39: a config path that leads into the workspace, in any spelling, is read from the base commit", () => {
	it("in another checkout below the workspace, which is not the base's", async () => {
		const { repo, strangers, fire, ran, sent } = await exposed();
		const theirs = repository();
		theirs.commit({ "hooks.toml": strangers });
		cpSync(theirs.folder, join(repo.folder, "pr"), { recursive: true });
		const run = await fire("workflow_run", { inputs: { config: "pr/hooks.toml" } });
		expect(run).toMatchObject({ code: 1, outputs: { result: "error" } });
		expect(run.annotations[0]?.message).toMatch(/^config file pr\/hooks.toml not found; on workflow_run config files/);
		expect([sent(), ran()]).toEqual([[], []]);
	});

	it("absolute, through its parent, and through another name of the workspace", async () => {
		const { repo, checkOutForeign, fire, ran, sent } = await exposed();
		checkOutForeign();
		const alias = join(workspace(), "alias");
		symlinkSync(repo.folder, alias);
		const configs = [join(repo.folder, PATH), `x/../${PATH}`, join(alias, PATH)];
		for (const config of configs) {
			expect(await fire("pull_request_target", { inputs: { config } })).toMatchObject(
				refused("refused on pull_request"),
			);
		}
		expect([sent(), ran()]).toEqual([configs.map(() => "base"), []]);
	});

	it("by a link of the stranger's that leads out of it", async () => {
		const { repo, strangers, fire, sent } = await exposed();
		const outside = workspace({ "hooks.toml": strangers });
		symlinkSync(join(outside, "hooks.toml"), join(repo.folder, "hooks.toml"));
		const run = await fire("pull_request_target", { inputs: { config: "hooks.toml" } });
		expect(run.annotations[0]?.message).toMatch(/^config file hooks.toml not found; on pull_request_target /);
		expect(sent()).toEqual([]);
	});

	it("and one outside of it is the workflow's own: it is read, and shell hooks are refused all the same", async () => {
		const { api, repo, checkOutForeign, fire, ran, sent } = await exposed();
		const outside = workspace({ "hooks.toml": readFileSync(join(repo.folder, PATH)) });
		checkOutForeign();
		const run = await fire("pull_request_target", { inputs: { config: join(outside, "hooks.toml") } });
		expect(run).toMatchObject(refused("refused on pull_request_target"));
		expect([sent(), ran(), api.requests]).toEqual([["base"], [], []]);
	});
});
