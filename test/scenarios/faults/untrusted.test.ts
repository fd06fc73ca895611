// Runs that a stranger can trigger: whose config counts, and whose code runs.
import { createServer } from "node:https";
import { describe, expect, it } from "vitest";
import { exposed, PATH } from "../../helpers/exposed.ts";
import { authority, listening } from "../../helpers/net.ts";
import { runCommand, workspace } from "../../helpers/runner.ts";
import { startServer } from "../../helpers/server.ts";

const WAY_OUT = "set allow-untrusted-shell: true if nothing in it comes from a pull request";

describe.each(["pull_request_target", "discussion_comment"])(
	"fault 39: on %s a stranger's checkout is not used: hooks come from the base commit, and shell hooks are refused",
	(event) => {
		it("sends what the base says, and runs nothing", async () => {
			const { base, api, checkOutForeign, fire, ran, sent } = await exposed();
			checkOutForeign();
			const run = await fire(event);
			const short = base.slice(0, 7);
			const reason = `refused on ${event}: the workspace may contain a stranger's code, and a shell hook would run it with this job's secrets; ${WAY_OUT}`;
			expect(run).toMatchObject({
				code: 0,
				stderr: "",
				annotations: [
					{
						kind: "warning",
						message: `the shell hook failed: ${reason}`,
						properties: { title: "check", file: PATH, line: "1" },
					},
				],
				outputs: { result: "warned", delivered: "1", failed: "1" },
				results: { results: [{ hook: "check", status: "failed", attempts: 0, error: reason }, { hook: "announce" }] },
			});
			expect(run.log).toContain(
				`on ${event} config files are read from acme/warehouse at ${short}, not from the workspace\n`,
			);
			expect(api.requests.map(({ path }) => decodeURIComponent(path))).toEqual([
				`/repos/acme/warehouse/contents/${PATH}?ref=${base}`,
			]);
			expect([sent(), ran()]).toEqual([["base"], []]);
		});

		it("runs the base's shell hooks where that is allowed, and still none of the checkout's", async () => {
			const { checkOutForeign, fire, ran, sent } = await exposed();
			checkOutForeign();
			const run = await fire(event, { inputs: { "allow-untrusted-shell": "true" } });
			expect(run).toMatchObject({ code: 0, annotations: [], outputs: { result: "passed", delivered: "2" } });
			expect([sent(), ran()]).toEqual([["base"], ["base"]]);
		});

		it("ends at a gate that it may not run", async () => {
			const { checkOutForeign, fire, ran, sent } = await exposed({ onFailure: "abort" });
			checkOutForeign();
			const run = await fire(event);
			expect(run).toMatchObject({ code: 1, outputs: { result: "aborted", failed: "1", skipped: "1" } });
			expect(run.annotations).toMatchObject([
				{ kind: "error", message: expect.stringContaining(`refused on ${event}`) },
			]);
			expect([sent(), ran()]).toEqual([[], []]);
		});

		it("says nothing of a hook whose failure is ignored", async () => {
			const { checkOutForeign, fire, ran } = await exposed({ onFailure: "ignore" });
			checkOutForeign();
			expect(await fire(event)).toMatchObject({ code: 0, annotations: [], outputs: { result: "passed", failed: "1" } });
			expect(ran()).toEqual([]);
		});

		it("shows in a dry run what would be refused", async () => {
			const { checkOutForeign, fire, ran, sent } = await exposed({ onFailure: "abort" });
			checkOutForeign();
			const run = await fire(event, { inputs: { "dry-run": "true" } });
			expect(run).toMatchObject({ code: 0, annotations: [], outputs: { result: "skipped", skipped: "2" } });
			expect(run.log).toContain(`would fail: refused on ${event}: `);
			expect([sent(), ran()]).toEqual([[], []]);
		});

		it("holds for the command, which takes the token from its environment", async () => {
			const { base, api, repo, checkOutForeign, ran, sent } = await exposed();
			checkOutForeign();
			const env = {
				GITHUB_ACTIONS: "true",
				GITHUB_API_URL: api.url,
				GITHUB_EVENT_NAME: event,
				GITHUB_REPOSITORY: "acme/warehouse",
				GITHUB_SHA: base,
				GITHUB_WORKSPACE: repo.folder,
				RAN: repo.folder,
			};
			const command = (more: object, ...flags: string[]) =>
				runCommand(["fire", "pipeline_start", ...flags], { workspace: repo.folder, env: { ...env, ...more } });
			const without = await command({});
			expect(without.code).toBe(2);
			expect(without.stderr).toContain("there is no token for GitHub's API");
			expect(without.stderr).toContain("GITHUB_TOKEN in its environment");
			expect(sent()).toEqual([]);
			const refused = await command({ GITHUB_TOKEN: "ghs_x" });
			expect(refused).toMatchObject({ code: 0 });
			expect(refused.stdout + refused.stderr).toContain(`refused on ${event}: `);
			expect([sent(), ran()]).toEqual([["base"], []]);
			expect(await command({ GITHUB_TOKEN: "ghs_x" }, "--allow-untrusted-shell")).toMatchObject({ code: 0 });
			expect(sent()).toEqual(["base", "base"]);
		});
	},
);

it("fault 39: flush refuses the shell hook that follows a batch, unless it is allowed", async () => {
	const receiver = await startServer({ status: 200 });
	const batch = `url = "${receiver.url}"\nbatch_size = 5\nthen = "note"\n`;
	const note = `[[subscription]]\nname = "note"\ncommand = "echo noted"\n`;
	const { base, api, repo } = await exposed({ files: { [PATH]: `[hook.webhooks.check_result]\n${batch}${note}` } });
	const env = {
		GITHUB_ACTIONS: "true",
		GITHUB_API_URL: api.url,
		GITHUB_EVENT_NAME: "issue_comment",
		GITHUB_REPOSITORY: "acme/warehouse",
		GITHUB_RUN_ID: "7",
		GITHUB_SHA: base,
		GITHUB_TOKEN: "ghs_x",
		RUNNER_TEMP: workspace(),
	};
	const command = (...args: string[]) => runCommand(args, { workspace: repo.folder, env });
	const fireAndFlush = async (...flags: string[]) => {
		await command("fire", "check_result");
		return (await command("flush", ...flags)).stdout;
	};
	expect(await fireAndFlush()).toContain("note: refused on issue_comment: ");
	expect(await fireAndFlush("--allow-untrusted-shell")).toContain("✓ note · ");
	expect(receiver.requests).toHaveLength(2);
});

it("fault 39: files that a config names come from the base commit too, so a stranger's ca_file is not trusted", async () => {
	const ours = authority();
	const theirs = authority();
	const tree = (url: string) => ({
		[PATH]: `[hook.webhooks.pipeline_start]\nurl = "${url}"\nca_file = "ca.pem"\nretry_count = 0\n`,
		"ca.pem": ours.cert.toString(),
	});
	for (const [issuer, expected] of [
		[ours, { result: "passed", delivered: "1" }],
		[theirs, { result: "warned", failed: "1" }],
	] as const) {
		const server = createServer(issuer.issue("IP:127.0.0.1"), (_, response) => response.end("ok"));
		await listening(server, async (port) => {
			const { repo, fire } = await exposed({ files: tree(`https://127.0.0.1:${port}`) });
			repo.commit({ "ca.pem": theirs.cert.toString() });
			expect((await fire("pull_request_target")).outputs).toMatchObject(expected);
		});
	}
});
