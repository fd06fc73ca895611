// A workspace at the base commit, and paths of the config that lead elsewhere.
import { cpSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exposed, PATH, refused } from "../../helpers/exposed.ts";
import { repository } from "../../helpers/repository.ts";
import { workspace } from "../../helpers/runner.ts";

const TRUSTED = { code: 0, stderr: "", annotations: [], outputs: { result: "passed" } };

describe.each(["workflow_run", "issue_comment"])(
	"fault 39: on %s a checkout of the base commit is trusted as far as it is that commit",
	(event) => {
		it("runs its hooks without asking the API", async () => {
			const { api, fire, ran, sent } = await exposed();
			expect(await fire(event, { inputs: { "github-token": "" } })).toMatchObject(TRUSTED);
			expect([sent(), ran(), api.requests]).toEqual([["base"], ["base"], []]);
		});

		it("knows its config by another path and with the line ends of Windows", async () => {
			const { api, repo, fire, ran } = await exposed({ path: "a/b/hooks.toml" });
			repo.write({
				"a/b/hooks.toml": readFileSync(join(repo.folder, "a/b/hooks.toml"), "utf8").replaceAll("\n", "\r\n"),
			});
			for (const config of ["a/b/hooks.toml", "./a/../a/b/hooks.toml", join(repo.folder, "a/b/hooks.toml")]) {
				expect(await fire(event, { inputs: { config } })).toMatchObject(TRUSTED);
			}
			expect([ran(), api.requests]).toEqual([["base"], []]);
		});

		it("also where it is another user's, as in a container", async () => {
			const { api, fire } = await exposed();
			expect(await fire(event, { env: { GIT_TEST_ASSUME_DIFFERENT_OWNER: "1" } })).toMatchObject(TRUSTED);
			expect(api.requests).toEqual([]);
		});

		it("takes the commit's config where the file was changed, and refuses shell hooks", async () => {
			const { api, base, repo, strangers, fire, ran, sent } = await exposed();
			repo.write({ [PATH]: strangers });
			const why = `refused on ${event}: the config in the workspace is not that of ${base.slice(0, 7)}, so that `;
			expect(await fire(event)).toMatchObject(refused(why));
			expect([sent(), ran(), api.requests.length]).toEqual([["base"], [], 1]);
		});

		it("takes the commit's config where another was added that is looked for first", async () => {
			const { repo, strangers, fire, ran, sent } = await exposed({ path: "pipeline-hooks.toml" });
			repo.write({ [PATH]: strangers });
			expect(await fire(event)).toMatchObject(refused("the config in the workspace is not that of"));
			expect([sent(), ran()]).toEqual([["base"], []]);
		});

		it("tells of a config that neither the checkout nor the commit has", async () => {
			const { api, fire } = await exposed({ path: "other.toml" });
			const run = await fire(event);
			expect(run).toMatchObject({ code: 1, annotations: [{ message: expect.stringMatching(/^no config file in /) }] });
			expect(api.requests).toEqual([]);
		});
	},
);

it("fault 39: on pull_request_target a checkout counts for nothing, though it is of the base commit", async () => {
	const { api, fire, ran, sent } = await exposed();
	expect(await fire("pull_request_target")).toMatchObject(refused("the workspace may hold a stranger's code"));
	expect([sent(), ran(), api.requests.length]).toEqual([["base"], [], 1]);
});

describe("fault 39: a config by its path is the workspace's however it is spelt, and then the base commit's", () => {
	it("in another checkout below the workspace, which is not the base's", async () => {
		const { repo, strangers, fire, ran, sent } = await exposed();
		const theirs = repository();
		theirs.commit({ "hooks.toml": strangers });
		cpSync(theirs.folder, join(repo.folder, "pr"), { recursive: true });
		const run = await fire("workflow_run", { inputs: { config: "pr/hooks.toml" } });
		expect(run).toMatchObject({ code: 1, outputs: { result: "error" } });
		expect(run.annotations[0]?.message).toMatch(
			/^config file pr\/hooks.toml is not there; on workflow_run config files/,
		);
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
		expect(run.annotations[0]?.message).toMatch(/^config file hooks.toml is not there; on pull_request_target /);
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

	it("without git nothing is trusted", async () => {
		const { fire, ran, sent } = await exposed();
		const run = await fire("workflow_run", { env: { PATH: workspace() } });
		expect(run).toMatchObject(refused("the workspace is no checkout of"));
		expect([sent(), ran()]).toEqual([["base"], []]);
	});
});
