// `import`: webhooks of OpenMetadata, DataChonk and Rocky become a config that is valid and sends the same.
import { createHmac } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { USE_CASES } from "../helpers/openmetadata-webhooks.ts";
import { runCommand, workspace } from "../helpers/runner.ts";
import { type Received, startServer } from "../helpers/server.ts";

const TOML = "pipeline-hooks.toml";

async function importing(source: string, { file = "-", flags = [] as readonly string[], files = {} } = {}) {
	const folder = workspace(files);
	const ended = await runCommand(["import", file, ...flags], { workspace: folder, input: source });
	return { ...ended, folder };
}

/** What the import of all use cases writes, said once for all tests. */
let all: ReturnType<typeof importing> | undefined;

/** What the events send by the one hook of that name. */
async function sending(
	name: string,
	events: readonly object[],
	variables: Readonly<Record<string, string>> = {},
	more = "",
) {
	all ??= importing(JSON.stringify(USE_CASES));
	const imported = await all;
	expect(imported.code).toBe(0);
	const server = await startServer({ status: 202, body: '{"status": "success"}' });
	const hook = imported.stdout.split(/^(?=\[\[subscription\]\]$)/m).find((part) => part.includes(`"${name}"`)) ?? "";
	const config = `${hook}${more}`.replaceAll(/https:\/\/(?:api\.company\.com|events\.pagerduty\.com)/g, server.url);
	const lines = events.map((event) => JSON.stringify(event)).join("\n");
	const folder = workspace({ [TOML]: config, "events.jsonl": lines });
	const env = Object.fromEntries(
		Object.entries(variables).map(([name, value]) => [name, value.replace("URL", server.url)]),
	);
	const fired = await runCommand(["fire", "--events-file", "events.jsonl"], { workspace: folder, env });
	expect(fired).toMatchObject({ code: 0, stderr: "" });
	return { imported, requests: server.requests };
}

const entity = (type: string, name: string, more: object = {}) => ({ entity: { type, name, ...more } });
const changed = (field: string) => ({ changes: [{ field, old: [], new: ["new"] }] });
const bodies = (requests: readonly Received[]) => requests.map(({ body }) => JSON.parse(body));
const useCase = (name: string) => USE_CASES.find((one) => one.name === name) ?? {};

describe("the use cases of OpenMetadata's page, as they stand", () => {
	it("Slack notifications: tables that are created, or updated in three fields", async () => {
		const { imported, requests } = await sending(
			"SlackTableNotifications",
			[
				{ event: "entityCreated", ...entity("table", "orders") },
				{ event: "entityCreated", ...entity("topic", "clicks") },
				{ event: "entityUpdated", ...entity("table", "customers"), ...changed("tags") },
				{ event: "entityUpdated", ...entity("table", "customers"), ...changed("rows") },
			],
			{ SLACK_TABLE_NOTIFICATIONS_URL: "URL/slack" },
		);
		expect(requests.map(({ path }) => path)).toEqual(["/slack", "/slack"]);
		expect(bodies(requests).map(({ text }) => text)).toEqual([
			expect.stringContaining("created: orders"),
			expect.stringContaining("updated: customers"),
		]);
		expect(imported.stdout + imported.stderr).not.toContain("XXX");
	});

	it("data quality alerts: PagerDuty gets an alert of the tests that failed, in its own form", async () => {
		const result = { ...entity("testCase", "orders_not_null"), ...changed("testCaseResult") };
		const { imported, requests } = await sending(
			"QualityTestWebhook",
			[
				{ event: "entityUpdated", ...result, error: "12 nulls" },
				{ event: "entityUpdated", ...result },
				{ event: "entityUpdated", ...entity("testCase", "other"), ...changed("owner"), error: "no" },
			],
			{ QUALITY_TEST_WEBHOOK_ROUTING_KEY: "R0UTE", QUALITY_TEST_WEBHOOK_TOKEN: "YOUR_API_KEY" },
		);
		expect(requests).toEqual([
			expect.objectContaining({
				path: "/v2/enqueue",
				headers: expect.objectContaining({ authorization: "Token token=YOUR_API_KEY" }),
			}),
		]);
		expect(bodies(requests)).toEqual([
			expect.objectContaining({
				routing_key: "R0UTE",
				event_action: "trigger",
				payload: expect.objectContaining({ summary: expect.stringContaining("12 nulls") }),
			}),
		]);
		expect(imported.stdout + imported.stderr).not.toContain("YOUR_API_KEY");
		expect(imported.stderr).toContain("so the preset is pagerduty");
	});

	it("a custom application: signed lists of all that is created, updated and deleted", async () => {
		const { requests } = await sending(
			"CustomAppIntegration",
			[
				{ event: "entityCreated", ...entity("table", "a") },
				{ event: "entityUpdated", ...entity("topic", "b"), ...changed("rows") },
				{ event: "entitySoftDeleted", ...entity("table", "c") },
				{ event: "entityDeleted", ...entity("chart", "d") },
			],
			{ CUSTOM_APP_INTEGRATION_SECRET: "your-hmac-secret-key", CUSTOM_APP_INTEGRATION_TOKEN: "YOUR_TOKEN" },
		);
		const [request] = requests;
		expect(requests.length).toBe(1);
		const signature = createHmac("sha256", "your-hmac-secret-key")
			.update(request?.body ?? "")
			.digest("hex");
		expect(request).toMatchObject({
			path: "/metadata/webhook",
			headers: {
				authorization: "Bearer YOUR_TOKEN",
				"x-custom-header": "value",
				"x-openmetadata-signature": `sha256=${signature}`,
			},
		});
		expect(JSON.parse(request?.body ?? "")).toEqual(
			["entityCreated", "entityUpdated", "entityDeleted"].map((eventType) =>
				expect.objectContaining({ eventType, webhookName: "CustomAppIntegration" }),
			),
		);
	});

	it("Teams notifications: deletions, and policies whose rules changed; the retired address is told", async () => {
		const { imported, requests } = await sending(
			"MSTeamsAlerts",
			[
				{ event: "entityDeleted", ...entity("dashboard", "sales") },
				{ event: "entityDeleted", ...entity("chart", "sales") },
				{ event: "entityUpdated", ...entity("policy", "access"), ...changed("rules") },
				{ event: "entityUpdated", ...entity("policy", "access"), ...changed("owner") },
			],
			{ MS_TEAMS_ALERTS_URL: "URL/teams" },
		);
		expect(requests.map(({ path }) => path)).toEqual(["/teams", "/teams"]);
		expect(bodies(requests).map(({ type }) => type)).toEqual(["message", "message"]);
		for (const text of [imported.stdout, imported.stderr]) expect(text).toContain("outlook.office.com are retired");
	});

	it("owners and followers: a list of the changes, and a copy for each owner and follower whom the config knows", async () => {
		const { imported, requests } = await sending(
			"OwnerFollowerNotifications",
			[
				{
					event: "entityUpdated",
					...entity("table", "a", { owner: { type: "user", name: "ann" } }),
					followers: ["ben"],
					...changed("tier"),
				},
				{ event: "entityUpdated", ...entity("dashboard", "b"), ...changed("description") },
				{ event: "entityUpdated", ...entity("table", "c"), ...changed("rows") },
			],
			{ ANN_WEBHOOK: "URL/ann", BEN_WEBHOOK: "URL/ben" },
			'\n[people.ann]\nwebhook = "${ANN_WEBHOOK}"\n\n[people.ben]\nwebhook = "${BEN_WEBHOOK}"\n',
		);
		const sent = Object.fromEntries(requests.map(({ path, body }) => [path, JSON.parse(body)]));
		expect(Object.keys(sent).toSorted()).toEqual(["/ann", "/ben", "/notifications"]);
		expect(sent["/notifications"].map((one: { entity: { name: string } }) => one.entity.name)).toEqual(["a", "b"]);
		for (const path of ["/ann", "/ben"]) expect(sent[path].entity.name).toBe("a");
		expect(imported.stderr).toContain("add [people.<name>]");
	});

	it("one domain: three events make a message", async () => {
		const event = (name: string, domain: string) => {
			return { event: "entityCreated", ...entity("table", name, { domain: { type: "domain", name: domain } }) };
		};
		const events = ["a", "b", "c", "d"].map((name) => event(name, "Sales"));
		const { requests } = await sending("SalesDomainWebhook", [event("x", "Finance"), ...events], {
			SALES_DOMAIN_WEBHOOK_URL: "URL/sales",
		});
		expect(bodies(requests).map(({ text }) => text)).toEqual([
			expect.stringContaining("3 events"),
			expect.stringContaining("created: d"),
		]);
	});
});

test("all use cases in one list: the config, and what is said of it", async () => {
	const { code, stdout, stderr, folder } = await importing(JSON.stringify({ data: USE_CASES }));
	expect(code).toBe(0);
	expect(stdout).toMatchSnapshot();
	expect(stderr).toMatchSnapshot();
	const written = await runCommand(["import", "-", "--output", ".github/pipeline-hooks.toml"], {
		workspace: folder,
		input: JSON.stringify(USE_CASES),
	});
	expect(written).toMatchObject({ code: 0, stdout: "" });
	expect(readFileSync(join(folder, ".github/pipeline-hooks.toml"), "utf8")).toBe(stdout);
	const { stdout: shown } = await runCommand(["list", "--json"], { workspace: folder });
	const valid = await runCommand(["validate"], { workspace: folder });
	expect(valid).toMatchObject({
		code: 0,
		stderr: "",
		stdout: expect.stringContaining("is valid: 6 hooks on 3 events"),
	});
	expect(JSON.parse(shown).hooks.map(({ name }: { name: string }) => name)).toEqual(USE_CASES.map(({ name }) => name));
	const again = await runCommand(["import", "-", "--json"], { workspace: folder, input: JSON.stringify(USE_CASES) });
	expect(JSON.parse(again.stdout)).toMatchObject({
		config: stdout,
		variables: expect.arrayContaining([
			{ name: "MS_TEAMS_ALERTS_URL", from: "webhookConfig.endpoint of MSTeamsAlerts" },
		]),
	});
});

test("DataChonk's call, as its page has it", async () => {
	const body =
		'{\n"url": "https://your-server.com/webhooks/datachonk",\n"events": ["generation.completed", "push.completed"],\n"secret": "your-webhook-secret"\n}';
	const curl = `curl -X POST https://api.datachonk.io/v1/webhooks \\\n-H "Authorization: Bearer YOUR_API_KEY" \\\n-d '${body}'`;
	const [fromBody, fromCurl] = await Promise.all([importing(body), importing(curl)]);
	expect(fromCurl.stdout).toBe(fromBody.stdout);
	expect(fromBody).toMatchObject({ code: 0, stdout: expect.stringContaining('signature = "datachonk"') });
	expect(fromBody.stderr).toBe(
		"imported: 1 hook of DataChonk\nset these as secrets of the repository, and give them to the step in its env:\n" +
			"  gh secret set DATACHONK_SECRET  # secret of datachonk\n",
	);
	const server = await startServer({ status: 200, body: "ok" });
	const folder = workspace({ [TOML]: fromBody.stdout.replace("https://your-server.com", server.url) });
	const fire = ["fire", "generation.completed", "--context", '{"data": {"chonk_id": "chonk_456"}}'];
	const env = { DATACHONK_SECRET: "your-webhook-secret" };
	expect(await runCommand(fire, { workspace: folder, env })).toMatchObject({ code: 0, stderr: "" });
	const [request] = server.requests;
	const signature = createHmac("sha256", "your-webhook-secret")
		.update(request?.body ?? "")
		.digest("hex");
	expect(request).toMatchObject({
		path: "/webhooks/datachonk",
		headers: { "x-datachonk-signature": `sha256=${signature}` },
	});
});

const ROCKY = `[adapter.local]
type = "duckdb"

[[hook.on_pipeline_start]]
command    = "bash scripts/freeze.sh"
on_failure = "abort"

[hook.webhooks.on_pipeline_complete]
url         = "https://receiver.example.com/rocky"
secret      = "hunter2hunter2"
async       = true
retry_count = 3

[hook.webhooks.pipeline_error]
url           = "https://hooks.slack.com/services/T000/B000/XXXX"
preset        = "slack"
body_template = """
{
  "text": "{{event}}{{#if error}}: {{error}}{{/if}}"
}
"""

[hook.webhooks.materialize_error]
url           = "https://receiver.example.com/plain"
body_template = "{{pipeline}} failed"

[hook.webhooks.of_a_later_rocky]
url = "https://receiver.example.com/later"
`;

test("Rocky's hooks: the same events send the same from both files", async () => {
	const { code, stdout, stderr } = await importing("", { file: "rocky.toml", files: { "rocky.toml": ROCKY } });
	expect(code).toBe(0);
	expect(stdout).toMatchSnapshot();
	expect(stderr).toMatchSnapshot();
	const server = await startServer({ status: 200, body: "ok" });
	const here = (text: string) => text.replaceAll("https://receiver.example.com", server.url);
	const env = { PIPELINE_COMPLETE_SECRET: "hunter2hunter2", PIPELINE_ERROR_URL: `${server.url}/slack` };
	const theirs = here(ROCKY).replace("https://hooks.slack.com/services/T000/B000/XXXX", `${server.url}/slack`);
	const names = ["on_pipeline_start", "on_pipeline_complete", "on_pipeline_error", "on_materialize_error"];
	const events = names.map((event, index) => {
		const id = `evt_${index}`;
		return JSON.stringify({
			event,
			id,
			timestamp: "2026-04-02T14:30:00Z",
			run_id: "r",
			pipeline: "p",
			error: "no disk",
		});
	});
	const sent = async (name: string, text: string) => {
		const before = server.requests.length;
		const files = { [name]: text, "scripts/freeze.sh": "exit 0\n", "events.jsonl": events.join("\n") };
		const fired = await runCommand(["fire", "--events-file", "events.jsonl"], { workspace: workspace(files), env });
		expect(fired.code).toBe(0);
		return server.requests
			.slice(before)
			.map(({ path, body, headers }) => ({ path, body, signature: headers["x-rocky-signature"] }))
			.toSorted((a, b) => a.path.localeCompare(b.path));
	};
	const [first, second] = [await sent("rocky.toml", theirs), await sent(TOML, here(stdout))];
	expect(first.map(({ path }) => path)).toEqual(["/plain", "/rocky", "/slack"]);
	expect(second).toEqual(first);
});

describe("bad input", () => {
	it("is told, and nothing is written", async () => {
		const { code, stdout, stderr, folder } = await importing('{"name": "a"', { flags: ["--output", "new.toml"] });
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toMatch(/^error\[input\]: stdin:1:13: stdin ends too early\n {2}→ /);
		expect(existsSync(join(folder, "new.toml"))).toBe(false);
	});

	it("no file is overwritten without --force", async () => {
		const input = JSON.stringify(useCase("MSTeamsAlerts"));
		const folder = workspace({ [TOML]: "mine" });
		const args = ["import", "-", "--output", TOML];
		const refused = await runCommand(args, { workspace: folder, input });
		expect(refused).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("is there already") });
		expect(readFileSync(join(folder, TOML), "utf8")).toBe("mine");
		expect(await runCommand([...args, "--force"], { workspace: folder, input })).toMatchObject({ code: 0 });
		expect(readFileSync(join(folder, TOML), "utf8")).toContain("MSTeamsAlerts");
		const stray = await runCommand(["import", "-", "--force"], { workspace: folder, input });
		expect(stray).toMatchObject({ code: 2, stdout: "" });
	});
});

test("nothing of a secret is in the config or said, wherever it was", async () => {
	const secrets = {
		url: "https://example.com/hook?token=s3cr3t-in-query",
		userinfo: "https://me:s3cr3t-password@example.com/",
		slack: "https://hooks.slack.com/services/T000/B000/s3cr3t",
	};
	const webhooks = Object.entries(secrets).map(([name, endpoint]) => ({
		...useCase("CustomAppIntegration"),
		name,
		description: `Goes to ${secrets.slack}`,
		tags: [{ tagFQN: secrets.slack }],
		extension: { channel: secrets.slack, note: { of: [secrets.slack] } },
		webhookConfig: {
			endpoint,
			secretKey: "s3cr3t-key",
			headers: { Cookie: "s3cr3t-cookie", "X-Team": "data", "X-Note": secrets.slack, "X-Api-Key": "s3cr3t-api-key" },
		},
	}));
	const { code, stdout, stderr } = await importing(JSON.stringify(webhooks));
	expect(code).toBe(0);
	expect(stdout + stderr).not.toMatch(/s3cr3t/);
	expect(stdout).toContain('X-Team    = "data"');
	expect(stdout).toContain('X-Api-Key = "${URL_API_KEY}"');
});
