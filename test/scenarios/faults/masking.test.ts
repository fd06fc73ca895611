// Secrets in what others say: found in every encoding in linear time, and nothing but secrets.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runAction, runCommand, workspace } from "../../helpers/runner.ts";
import { startServer } from "../../helpers/server.ts";
import { shownBy } from "../../helpers/shown.ts";

const KEY = `-----BEGIN RSA PRIVATE KEY-----\n${"b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ\n".repeat(20)}-----END RSA PRIVATE KEY-----\n`;
const CONFIG = "pipeline-hooks.toml";

describe("fault 53: thousands of escapes beside a secret with spaces are masked in bounded time, and a signal is still handled", () => {
	const escapes = ["%5c", "\\u005c", "&#92;", "%255c"].map((each) => each.repeat(4000));
	const text = escapes.map((each) => `-----BEGIN${each}`).join(" ");

	it("in an error, a command's output, and an answer that quotes a secret in between", async () => {
		const server = await startServer({ status: 400, body: `${JSON.stringify(KEY)} ${text}` });
		const config =
			`[[hook.webhooks.pipeline_error]]\nname = "receiver"\nurl = "${server.url}/x"\nsecret = "\${DEPLOY_KEY}"\n` +
			'[[hook.pipeline_error]]\nname = "printer"\ncommand = "cat text; cat; exit 1"\nenv = { DEPLOY_KEY = "${DEPLOY_KEY}" }\n';
		const began = performance.now();
		const run = await runAction({
			inputs: { event: "pipeline_error", error: `${text} ${encodeURIComponent(KEY)}` },
			workspace: workspace({ [CONFIG]: config, text: `${text}\n${encodeURIComponent(JSON.stringify(KEY))}\n` }),
			env: { DEPLOY_KEY: KEY },
		});
		expect(performance.now() - began).toBeLessThan(15_000);
		expect(run).toMatchObject({ code: 0, stderr: "", outputs: { failed: "2" } });
		expect(run.log).toContain("***");
		expect(shownBy(run)).not.toContain("b3BlbnNzaC1rZXkt");
	});

	it("while a command floods its output with them", async () => {
		const server = await startServer({ status: 200 });
		const flood = `while :; do cat text; done & curl -s "${server.url}"; wait`;
		const started = new Promise<void>((resolve) => {
			const poll = setInterval(() => {
				if (server.requests.length === 0) return;
				clearInterval(poll);
				resolve();
			}, 20);
		});
		const began = performance.now();
		const run = await runCommand(["fire", "pipeline_error"], {
			workspace: workspace({
				[CONFIG]: `[[hook.pipeline_error]]\ncommand = '''${flood}'''\nenv = { DEPLOY_KEY = "\${DEPLOY_KEY}" }\n`,
				text: `${text}\n`,
			}),
			env: { DEPLOY_KEY: KEY },
			cancel: started,
		});
		expect(run).toMatchObject({ code: 1 });
		expect(performance.now() - began).toBeLessThan(15_000);
	});
});

describe("fault 54: part of a secret is not shown either, whoever truncated it", () => {
	const ZAP = "/hooks/catch/8812345/bzq91xk/?code=s3cr3t9";
	const TOKEN = "tok_4f9a-77c1-e02d-5b18";

	it("as the path and query of a URL on a page for 404, and in parts of them", async () => {
		const server = await startServer((request, response) => {
			const parts = ["8812345", "/bzq91xk/", "code=s3cr3t9"];
			response.writeHead(404).end(`Cannot POST ${request.url}\n${encodeURIComponent(request.url ?? "")} ${parts}`);
		});
		const run = await runAction({
			inputs: { event: "pipeline_error" },
			workspace: workspace({
				[CONFIG]: '[[hook.webhooks.pipeline_error]]\nname = "zap"\nurl = "${ZAP_URL}"\nretry_count = 0\n',
			}),
			env: { ZAP_URL: server.url + ZAP },
		});
		expect(server.requests[0]?.path).toBe(ZAP);
		expect(run.annotations[0]?.message).toBe(
			"the webhook failed: 404 Not Found: Cannot POST *** *** ***,/***/,code=***",
		);
		for (const part of ["8812345", "bzq91xk", "s3cr3t9"]) expect(shownBy(run)).not.toContain(part);
		expect(run.masks).toContain(ZAP);
		for (const word of ["hooks", "catch", "/hooks"]) expect(run.masks).not.toContain(word);
	});

	it("where a receiver, a command or our own limits have cut it", async () => {
		const cuts = [10, 14, 18].flatMap((at) => [
			...["…", "...", " [...]", "'... 14 more characters"].map((cut) => `${TOKEN.slice(0, at)}${cut}`),
			`…${TOKEN.slice(at - 6)}`,
			`...${encodeURIComponent(TOKEN.slice(at - 6))}`,
		]);
		const server = await startServer({ status: 400, body: cuts.join(" | ") });
		const config =
			`[[hook.webhooks.pipeline_error]]\nname = "receiver"\nurl = "${server.url}"\nsecret = "\${TOKEN}"\n` +
			'[[hook.pipeline_error]]\nname = "printer"\ncommand = "cat cuts; exit 1"\n';
		// Lines that end in the secret at the limit of a line, of what is shown of one, and of a reason.
		const ends = [64 * 1024, 4096, 500].map((limit) => `${"x".repeat(limit - 9)}${TOKEN}${"y".repeat(100)}`);
		const run = await runAction({
			inputs: { event: "pipeline_error" },
			workspace: workspace({ [CONFIG]: config, cuts: `${[...cuts, ...ends].join("\n")}\n` }),
			env: { TOKEN },
		});
		expect(run).toMatchObject({ outputs: { failed: "2" } });
		expect(run.log).toContain("\n***…\n");
		const shown = shownBy(run);
		for (let at = 0; at + 6 <= TOKEN.length; at++) expect(shown).not.toContain(TOKEN.slice(at, at + 6));
	});
});

describe("fault 55: a token of the run inside a context is neither sent nor shown", () => {
	const TOKEN = `ghs_${"a1b2c3d4".repeat(4)}`;
	const metadata = JSON.stringify({
		token: TOKEN,
		event: { [TOKEN]: [`Bearer ${TOKEN}`, encodeURIComponent(`x ${TOKEN}`)] },
		ref: "refs/heads/main",
	});

	it("in bodies, headers, keys of alerts, templates and on stdin, but where the config puts it", async () => {
		const server = await startServer({ status: 202, body: '{"status": "success"}' });
		const config = [
			`[[hook.webhooks.pipeline_error]]\nname = "generic"\nurl = "${server.url}/generic"\nheaders = { Authorization = "Bearer \${GITHUB_TOKEN}" }\n`,
			`[[hook.webhooks.pipeline_error]]\nname = "slack"\npreset = "slack"\nurl = "${server.url}/slack"\n`,
			`[[hook.webhooks.pipeline_error]]\nname = "pagerduty"\npreset = "pagerduty"\nurl = "${server.url}/pagerduty"\nrouting_key = "\${ROUTING_KEY}"\n`,
			`[[hook.webhooks.pipeline_error]]\nname = "template"\nurl = "${server.url}/template"\nbody_template = '{"all": {{{metadata}}}, "own": "\${GITHUB_TOKEN}"}'\n`,
			'[[hook.pipeline_error]]\nname = "stdin"\ncommand = "cat > stdin.json"\n',
		].join("");
		const folder = workspace({ [CONFIG]: config });
		const run = await runAction({
			inputs: { event: "pipeline_error", error: `401 for ${TOKEN}`, metadata, "github-token": TOKEN },
			workspace: folder,
			env: { GITHUB_TOKEN: TOKEN, ROUTING_KEY: "R0UT1NG-KEY" },
		});
		expect(run).toMatchObject({ outputs: { result: expect.stringMatching(/passed|warned/) } });
		const at = (path: string) => server.requests.find((request) => request.path === path);
		const [generic, slack, pagerduty, template] = ["/generic", "/slack", "/pagerduty", "/template"].map(at);
		const stdin = readFileSync(join(folder, "stdin.json"), "utf8");
		const mustLack = [generic?.body, slack?.body, pagerduty?.body, stdin];
		for (const sent of mustLack) {
			expect(sent).toContain("***");
			expect(sent).not.toContain(TOKEN.slice(0, 12));
		}
		expect(JSON.parse(stdin)).toMatchObject({
			error: "401 for ***",
			metadata: { token: "***", event: { "***": ["***", "x%20***"] }, ref: "refs/heads/main" },
		});
		expect(JSON.parse(pagerduty?.body ?? "")).toMatchObject({ routing_key: "R0UT1NG-KEY" });
		expect(generic?.headers["authorization"]).toBe(`Bearer ${TOKEN}`);
		expect(JSON.parse(template?.body ?? "")).toMatchObject({ all: { token: "***" }, own: TOKEN });
		expect(run.log).toContain(
			"the context has secrets of this run, and hooks get *** in their place: error, metadata.token, ",
		);
		expect(shownBy(run)).not.toContain(TOKEN.slice(0, 12));
	});

	it("in Rocky's config, whose metadata bring the routing key of PagerDuty", async () => {
		const server = await startServer({ status: 202, body: '{"status": "success"}' });
		const config = `[[hook.webhooks.on_pipeline_error]]\npreset = "pagerduty"\nurl = "${server.url}/v2/enqueue"\n`;
		const run = await runAction({
			inputs: { event: "pipeline_error", metadata: JSON.stringify({ token: TOKEN, routing_key: "R0UT1NG-KEY" }) },
			workspace: workspace({ "rocky.toml": config }),
			env: { GITHUB_TOKEN: TOKEN },
		});
		expect(JSON.parse(server.requests[0]?.body ?? "")).toMatchObject({ routing_key: "R0UT1NG-KEY" });
		expect(server.requests[0]?.body).not.toContain(TOKEN);
		expect(shownBy(run)).not.toContain("R0UT1NG");
	});

	it("in an events file, and in what is held for a batch", async () => {
		const server = await startServer({ status: 200 });
		const config = `[[hook.webhooks.check_result]]\nname = "batch"\nurl = "${server.url}"\nbatch_size = 3\n`;
		const line = JSON.stringify({ event: "check_result", metadata: { token: TOKEN } });
		const folder = workspace({ [CONFIG]: config, "events.jsonl": `${line}\n${line}\n` });
		const given = { workspace: folder, env: { GITHUB_TOKEN: TOKEN, RUNNER_TEMP: workspace() } };
		const fired = await runAction({ inputs: { "events-file": "events.jsonl" }, ...given });
		await runAction({ inputs: { event: "check_result", metadata: JSON.stringify({ token: TOKEN }) }, ...given });
		const flushed = await runAction({ inputs: { flush: "true" }, ...given });
		expect(server.requests).toHaveLength(2);
		for (const { body } of server.requests) {
			expect(body).toContain('"token":"***"');
			expect(body).not.toContain(TOKEN);
		}
		expect(fired.log.match(/the context has secrets/g)).toHaveLength(1);
		expect(shownBy(fired) + shownBy(flushed)).not.toContain(TOKEN);
	});
});

describe("fault 56: ordinary words in variables are shown and sent as they are", () => {
	it("but for what a name or a place tells to be secret", async () => {
		const server = await startServer({ status: 400, body: "no eu-central-1 for acme/data-warehouse" });
		// The path of the webhook, which says nothing of it.
		const link = "https://app.example.com/services/data-warehouse/v1/7";
		const words = { AWS_REGION: "eu-central-1", IMAGE: "ghcr.io/acme/loader:2026-04-02.7", TEAM: "data-warehouse" };
		const config =
			`[[hook.webhooks.pipeline_complete]]\nname = "receiver"\nurl = "${server.url}/services/\${TEAM}/v1"\n` +
			'headers = { X-Region = "${AWS_REGION}" }\nretry_count = 0\n' +
			'[[hook.pipeline_complete]]\nname = "printer"\ncommand = "echo $REGION $IMAGE $DB_PASSWORD; tee stdin.json"\n' +
			'env = { REGION = "${AWS_REGION}", IMAGE = "${IMAGE}", DB_PASSWORD = "${DB}" }\n';
		const folder = workspace({ [CONFIG]: config });
		const run = await runAction({
			inputs: { event: "pipeline_complete", metadata: JSON.stringify({ region: words.AWS_REGION, link }) },
			workspace: folder,
			env: { ...words, DB: "hunter2" },
		});
		expect(run.masks).not.toEqual(expect.arrayContaining([words.AWS_REGION]));
		for (const word of [...Object.values(words), "services"]) expect(run.masks).not.toContain(word);
		expect(run.log).toContain(`${words.AWS_REGION} ${words.IMAGE} ***\n`);
		expect(run.log).toContain('"region":"eu-central-1"');
		expect(run.annotations[0]?.message).toContain("no eu-central-1 for acme/data-warehouse");
		expect(run.masks).toContain("hunter2");
		expect(JSON.parse(readFileSync(join(folder, "stdin.json"), "utf8"))).toMatchObject({ metadata: { link } });
	});
});
