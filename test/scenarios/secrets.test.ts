// No secret is shown anywhere: not in the log, annotations, outputs, files or the summary, whoever says it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { indented } from "../../src/lib/indent.ts";
import { runAction, runCommand, workspace } from "../helpers/runner.ts";
import { fire } from "../helpers/send.ts";
import { startServer } from "../helpers/server.ts";
import { shownBy } from "../helpers/shown.ts";

const ENV = {
	WEBHOOK_SECRET: "signing-secret-1234",
	URL_TOKEN: "T0123456789ABCDEFGH",
	API_TOKEN: "token with spaces/and+signs",
	HOOK_TOKEN: "token-of-the-hook",
	DEPLOY_KEY: "-----BEGIN KEY-----\nfirst-half-of-the-key\nsecond-half-of-the-key\n-----END KEY-----\n",
	BODY_TOKEN: 'quo"ted\\secret',
	COMMAND_PASSWORD: "password-of-the-command",
	REGION: "eu",
} as const;

/** Every line and spelling of the secrets. */
const SECRETS = [
	ENV.WEBHOOK_SECRET,
	ENV.URL_TOKEN,
	ENV.API_TOKEN,
	encodeURIComponent(ENV.API_TOKEN),
	ENV.HOOK_TOKEN,
	"first-half-of-the-key",
	"second-half-of-the-key",
	ENV.BODY_TOKEN,
	JSON.stringify(ENV.BODY_TOKEN).slice(1, -1),
	"literal-bearer-token",
	ENV.COMMAND_PASSWORD,
];

const config = (url: string) => `[[hook.webhooks.pipeline_error]]
name = "receiver"
url = "${url}/webhooks/\${URL_TOKEN}?token=\${API_TOKEN}&region=\${REGION}"
secret = "\${WEBHOOK_SECRET}"
headers = { Authorization = "Bearer literal-bearer-token", X-Region = "\${REGION}" }
body_template = """{"text": "{{event}}", "token": "\${BODY_TOKEN}"}"""
retry_count = 0

[[hook.pipeline_error]]
name = "printer"
command = "echo $COMMAND_PASSWORD; sh print.sh"
env = { HOOK_TOKEN = "\${HOOK_TOKEN}", DEPLOY_KEY = "\${DEPLOY_KEY}" }
`;

const PRINT = `printf '%s\\n' "$HOOK_TOKEN" "$DEPLOY_KEY" "$WEBHOOK_SECRET $URL_TOKEN" "$API_TOKEN" "$BODY_TOKEN"
echo "in ::error:: $HOOK_TOKEN"
echo "bye $HOOK_TOKEN" >&2
exit 1
`;

function expectNoneOf(secrets: readonly string[], shown: string): void {
	expect(secrets.filter((secret) => shown.includes(secret))).toEqual([]);
}

test("each secret is masked before the first other line, and shown nowhere; public words are not masked", async () => {
	const server = await startServer({ status: 200 });
	const run = await fire(config(server.url), { event: "pipeline_error", files: { "print.sh": PRINT }, env: ENV });
	const lines = run.stdout.split("\n");
	const firstOther = lines.findIndex((line) => !line.startsWith("::add-mask::"));
	expect(firstOther).toBeGreaterThan(0);
	expect(lines.slice(firstOther).filter((line) => line.startsWith("::add-mask::"))).toEqual([]);
	const { REGION, DEPLOY_KEY, ...whole } = ENV;
	expect(run.masks).toEqual(
		expect.arrayContaining([
			...Object.values(whole),
			DEPLOY_KEY,
			DEPLOY_KEY.trim(),
			"first-half-of-the-key",
			"second-half-of-the-key",
			"Bearer literal-bearer-token",
			`/webhooks/${ENV.URL_TOKEN}?token=${ENV.API_TOKEN}&region=eu`,
			`/webhooks/${ENV.URL_TOKEN}`,
		]),
	);
	for (const word of [REGION, "webhooks", "/webhooks", "region", new URL(server.url).host, server.url]) {
		expect(run.masks).not.toContain(word);
	}
	expect(server.requests[0]?.path).toContain(
		`/webhooks/${ENV.URL_TOKEN}?token=token%20with%20spaces/and+signs&region=eu`,
	);
	expect(server.requests[0]?.body).toBe(JSON.stringify({ text: "pipeline_error", token: ENV.BODY_TOKEN }));
	expect(run.annotations.map(({ message }) => message)).toEqual(["the shell hook failed: bye *** (exit code 1)"]);
	expect(run.log).toContain("\n***\n");
	expectNoneOf(SECRETS, shownBy(run));
});

it.each(["fire", "test", "render", "list", "validate"])("%s shows no secret at a terminal", async (command) => {
	const server = await startServer({ status: 400, body: SECRETS.join(" ") });
	const folder = workspace({ "pipeline-hooks.toml": config(server.url), "print.sh": PRINT });
	const args = command === "validate" ? [command] : [command, "pipeline_error"];
	for (const json of [[], ["--json"]]) {
		const run = await runCommand([...args, ...json], { workspace: folder, env: ENV });
		expect(run.code).toBe(0);
		expectNoneOf(SECRETS, run.stdout + run.stderr);
	}
});

test("short words that secrets happen to be are not blanked, and JSON stays JSON", async () => {
	const server = await startServer({ status: 200 });
	const folder = workspace({
		"pipeline-hooks.toml": `[hook.webhooks.pipeline_start]\nurl = "${server.url}"\nsecret = "\${S}"\nheaders = { X-Debug = "\${DEBUG}" }\n`,
	});
	for (const S of ["eu", "true", "1234", "body", "POST"]) {
		const run = await runCommand(["render", "pipeline_start", "--json"], {
			workspace: folder,
			env: { S, DEBUG: "true" },
		});
		expect(run.code).toBe(0);
		expect(JSON.parse(run.stdout)).toMatchObject({ messages: [{ kind: "webhook", body: expect.any(String) }] });
	}
});

test("a hook's environment has none of the runner's tokens, files and inputs, and has the event", async () => {
	const folder = workspace({
		"pipeline-hooks.toml": '[[hook.pipeline_error]]\ncommand = "env > env.txt"\nenv = { REGION = "eu" }\n',
	});
	await runAction({
		inputs: { event: "pipeline_error", error: "e", "run-id": "run_1", pipeline: "etl", context: '{"id": "evt_1"}' },
		workspace: folder,
		env: {
			ACTIONS_ID_TOKEN_REQUEST_URL: "https://token.example",
			ACTIONS_RESULTS_URL: "https://results.example",
			NODE_OPTIONS: "--no-deprecation",
			STATE_isPost: "true",
			GITHUB_TOKEN: "set-by-the-user",
			MINE: "stays",
		},
	});
	const env = Object.fromEntries(
		readFileSync(join(folder, "env.txt"), "utf8")
			.split("\n")
			.filter((line) => line.includes("="))
			.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
	);
	expect(env).toMatchObject({
		HOOK_EVENT: "pipeline_error",
		HOOK_RUN_ID: "run_1",
		HOOK_PIPELINE: "etl",
		HOOK_STATUS: "failure",
		HOOK_ID: "evt_1",
		REGION: "eu",
		MINE: "stays",
		GITHUB_TOKEN: "set-by-the-user",
		GITHUB_REPOSITORY: "acme/warehouse",
	});
	const withheld = /^(ACTIONS_|INPUT_|STATE_|NODE_OPTIONS$|GITHUB_(ENV|PATH|OUTPUT|STATE|STEP_SUMMARY)$)/;
	expect(Object.keys(env).filter((name) => withheld.test(name))).toEqual([]);
});

describe("a dry run", () => {
	const inputs = {
		event: "pipeline_error",
		error: "no disk",
		context: '{"id": "evt_fixed", "timestamp": "2026-04-02T14:30:00Z"}',
	};

	it("shows the very message that is then sent, but for secrets and the signature, and sends nothing", async () => {
		const server = await startServer({ status: 200, body: "ok" });
		const presets = ["generic", "slack", "teams"].map(
			(preset) =>
				`[[hook.webhooks.pipeline_error]]\nname = "${preset}"\nurl = "${server.url}/${preset}"\npreset = "${preset}"\n`,
		);
		const folder = workspace({
			"pipeline-hooks.toml": config(server.url) + presets.join(""),
			"print.sh": "cat > stdin.json",
		});
		const dry = await runAction({ inputs: { ...inputs, "dry-run": "true" }, workspace: folder, env: ENV });
		expect(dry).toMatchObject({ code: 0, annotations: [], outputs: { result: "skipped", skipped: "5" } });
		expect(server.requests).toEqual([]);
		expectNoneOf(SECRETS, shownBy(dry));

		const sent = await runAction({ inputs, workspace: folder, env: ENV });
		expect(sent).toMatchObject({ code: 0, outputs: { result: "passed" } });
		const shown = groupsOf(dry.log);
		expect([...shown.keys()]).toEqual(
			["printer", "receiver", "generic", "slack", "teams"].map((name) => `${name}: dry run`),
		);
		expect(shown.get("printer: dry run")).toEqual([
			"$ echo $COMMAND_PASSWORD; sh print.sh",
			"",
			...indented(readFileSync(join(folder, "stdin.json"), "utf8")).split("\n"),
		]);
		for (const name of ["receiver", "generic", "slack", "teams"]) {
			const request = server.requests.find(({ path }) =>
				path.startsWith(name === "receiver" ? "/webhooks" : `/${name}`),
			);
			const [first, ...lines] = shown.get(`${name}: dry run`) ?? [];
			expect(first).toBe(`POST ${server.url}/…`);
			const gap = lines.indexOf("");
			const headers = lines.slice(0, gap).map((line) => line.split(": ").map((part) => part.toLowerCase()));
			const {
				host,
				connection,
				"content-length": length,
				"accept-encoding": encoding,
				...own
			} = request?.headers ?? {};
			expect(host, "what the connection adds").toBe(new URL(server.url).host);
			const expected = Object.entries(own).map(([header, value]) => {
				if (header === "x-rocky-signature") return [header, "(made when sent)"];
				return [header, header === "authorization" ? "***" : value.toLowerCase()];
			});
			expect(headers).toEqual(expected);
			const body = request?.body.replace(JSON.stringify(ENV.BODY_TOKEN).slice(1, -1), "***") ?? "";
			const expectedLines = indented(body).split("\n");
			expect(lines.slice(gap + 1, gap + 1 + expectedLines.length)).toEqual(expectedLines);
			expect(lines[gap + 1 + expectedLines.length]).toMatch(/^size: /);
		}
	});

	it("says what would fail, and fails nothing", async () => {
		const run = await fire(config("https://example.com").replace("retry_count = 0", 'on_failure = "abort"'), {
			inputs: { ...inputs, "dry-run": "true" },
		});
		expect(run).toMatchObject({ code: 0, annotations: [], outputs: { result: "skipped" } });
		expect(run.log).toContain("would fail: variable URL_TOKEN is unset or empty");
	});
});

/** The lines of each log group by its title. */
function groupsOf(log: string): ReadonlyMap<string, readonly string[]> {
	const groups = new Map<string, string[]>();
	let open: string[] | undefined;
	for (const line of log.split("\n")) {
		const title = /^::group::(.*)$/.exec(line)?.[1];
		if (title !== undefined) {
			open = [];
			groups.set(title, open);
		} else if (line === "::endgroup::") open = undefined;
		else open?.push(line);
	}
	return groups;
}
