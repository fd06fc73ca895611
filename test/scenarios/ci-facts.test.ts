// What a message may say of the run: who wrote the commit, what started it and where its job is, whatever strangers wrote.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type ActionGiven, runAction, workspace } from "../helpers/runner.ts";
import { startServer } from "../helpers/server.ts";
import { shownBy } from "../helpers/shown.ts";

const TOKEN = "ghs_0123456789abcdefghij";
const SHA = "0123456789abcdef0123456789abcdef01234567";
const JOB_URL = "https://github.com/acme/warehouse/actions/runs/42/job/51725241954";

const push = (message: string, name = "Ada") => ({ head_commit: { id: SHA, message, author: { name } } });

const run = (folder: string, inputs: Record<string, string>, more: Partial<ActionGiven> = {}) =>
	runAction({ inputs: { "job-id": "51725241954", ...inputs }, workspace: folder, ...more });

describe("the facts of the run", () => {
	test("are in templates and in filters as the others are", async () => {
		const server = await startServer({ status: 200 }, { status: 200 });
		const hook = (name: string, filter: string) =>
			[
				"[[hook.webhooks.pipeline_complete]]",
				`name = "${name}"\nurl = "${server.url}/${name}"\nfilter = { include = [${filter}] }`,
				`body_template = '{"text": "{{ci.commit_message}} by {{ci.commit_author}}, {{ci.trigger}}, {{ci.job_url}}"}'\n`,
			].join("\n");
		const config = [
			hook("loads", '"trigger:push", "commit_message:Load *"'),
			hook("drops", '"ci.commit_message:Drop *"'),
			hook("nights", '"trigger:schedule"'),
		].join("");
		const folder = workspace({ "pipeline-hooks.toml": config });
		const fired = await run(folder, { event: "pipeline_complete" }, { payload: push('Load "orders"\n\nNightly.') });
		expect(fired).toMatchObject({ code: 0, annotations: [], outputs: { delivered: "1" } });
		expect(server.requests.map(({ path, body }) => [path, JSON.parse(body)])).toEqual([
			["/loads", { text: `Load "orders" by Ada, push, ${JOB_URL}` }],
		]);
	});

	test("are held with an event, and sent as they were", async () => {
		const server = await startServer({ status: 200 });
		const config = `[[hook.webhooks.check_result]]\nname = "batch"\nurl = "${server.url}"\nbatch_size = 9\n`;
		const folder = workspace({ "pipeline-hooks.toml": config });
		const env = { RUNNER_TEMP: workspace() };
		const payload = push(`Load orders with ${TOKEN}`);
		// Only the later step knows the secret.
		await run(folder, { event: "check_result" }, { env, payload });
		await run(folder, { flush: "true", "job-id": "1" }, { env: { ...env, GITHUB_TOKEN: TOKEN } });
		const [{ body } = { body: "" }] = server.requests;
		expect(JSON.parse(body).events[0].ci).toMatchObject({ commit_message: "Load orders with ***", job_url: JOB_URL });
	});

	test("have no link to the job where the runner gives none, and say so to who debugs", async () => {
		const folder = workspace({ "pipeline-hooks.toml": '[hook.pipeline_start]\ncommand = "cat > context.json"\n' });
		const given = await run(folder, { event: "pipeline_start", "job-id": "null" });
		expect(given.annotations).toEqual([]);
		expect(given.commands).toContain('::debug::job-id: "null" gives no link to the job on this runner');
		expect(JSON.parse(readFileSync(join(folder, "context.json"), "utf8")).ci).not.toHaveProperty("job_url");
		const empty = await run(folder, { event: "pipeline_start", "job-id": "" });
		expect(empty.stdout).not.toContain("job-id");
	});
});

test("what a stranger wrote is text: no key, no command, no markup, and no way out for a secret", async () => {
	const slack = await startServer({ status: 200, body: "ok" });
	const pagerduty = await startServer({ status: 202, body: '{"status": "success"}' });
	const config = [
		`[[hook.webhooks.pipeline_error]]\nname = "slack"\npreset = "slack"\nurl = "${slack.url}"\n`,
		`body_template = '{"text": "{{ci.commit_message}} {{ci.pull_request_title}}"}'\n`,
		`[[hook.webhooks.pipeline_error]]\nname = "pages"\npreset = "pagerduty"\nurl = "${pagerduty.url}"\n`,
		`routing_key = "\${ROUTING_KEY}"\n`,
		'[[hook.pipeline_error]]\nname = "stdin"\ncommand = "cat > seen.json; cat seen.json"\n',
	].join("");
	const hostile = `<!channel> ::error::x ##[error]y {{event}} \${ROUTING_KEY} ${TOKEN}`;
	const keyOf = async (title: string) => {
		const folder = workspace({ "pipeline-hooks.toml": config });
		const repo = { full_name: "acme/warehouse" };
		const pull = { number: 7, title, head: { ref: "changes", sha: SHA, repo }, base: { repo } };
		const fired = await run(
			folder,
			{ event: "pipeline_error", error: "no disk" },
			{
				payload: { pull_request: pull },
				env: { GITHUB_EVENT_NAME: "pull_request", GITHUB_TOKEN: TOKEN, ROUTING_KEY: "R0UT1NG-KEY" },
			},
		);
		expect(fired).toMatchObject({ code: 0, outputs: { delivered: "3" } });
		expect(shownBy(fired)).not.toContain(TOKEN);
		expect(fired.commands.filter((command) => /error/.test(command))).toEqual([]);
		const seen = JSON.parse(readFileSync(join(folder, "seen.json"), "utf8"));
		const [message = "", page = ""] = [slack, pagerduty].map(({ requests }) => requests.at(-1)?.body);
		expect(message + page).not.toContain(TOKEN);
		return { key: JSON.parse(page).dedup_key, text: JSON.parse(message).text, title: seen.ci.pull_request_title };
	};
	const plain = await keyOf("Load orders");
	const odd = await keyOf(hostile);
	expect(odd.key).toBe(plain.key);
	expect(odd.title).toBe(hostile.replace(TOKEN, "***"));
	expect(odd.text).toContain("&lt;!channel&gt;");
	expect(odd.text).not.toContain("R0UT1NG");
});
