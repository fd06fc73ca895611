// Pull requests whose runs get no secrets: what needs one is skipped, and no gate opens for want of it.
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { exposed, PATH } from "../../helpers/exposed.ts";
import { fire as fireAt } from "../../helpers/send.ts";
import { type Server, startServer } from "../../helpers/server.ts";

const require = createRequire(import.meta.url);
const examples: { name: string; examples: unknown[] }[] = require("@octokit/webhooks-examples");

interface Pull {
	readonly pull_request: { head: { repo: { full_name: string } | null } };
}

/** GitHub's own example of an event, of a branch of the same repository. */
function example(name: string): Pull {
	const [first] = examples.find((entry) => entry.name === name)?.examples ?? [];
	return JSON.parse(JSON.stringify(first));
}

function ofFork(name: string): Pull {
	const payload = example(name);
	payload.pull_request.head.repo = { full_name: "stranger/Hello-World" };
	return payload;
}

function ofDeletedFork(name: string): Pull {
	const payload = example(name);
	payload.pull_request.head.repo = null;
	return payload;
}

const REASON = (variable: string) =>
	`variable ${variable} is unset or empty: GitHub withholds secrets from pull requests from forks and from runs by Dependabot`;

const notice = (title: string, variable: string) => ({
	kind: "notice",
	message: `skipped: ${REASON(variable)}`,
	properties: { title, file: "pipeline-hooks.toml" },
});

/** Three hooks that need a secret, and one of each kind that needs none; `gate` is a further table. */
const config = ({ url }: Server, gate = "") => `
[[hook.webhooks.pipeline_start]]
name = "slack"
url = "\${SLACK_WEBHOOK_URL}"
preset = "slack"

[[hook.webhooks.pipeline_start]]
name = "audit"
url = "${url}/audit"
secret = "\${WEBHOOK_SECRET}"

[[hook.pipeline_start]]
name = "upload"
command = "touch ran-upload"
env = { TOKEN = "\${UPLOAD_TOKEN}" }

[[hook.webhooks.pipeline_start]]
name = "open"
url = "${url}/open"

[[hook.pipeline_start]]
name = "lint"
command = "true"
${gate}`;

/** As GitHub hands on a secret that there is not: as an empty variable. */
const ABSENT = { SLACK_WEBHOOK_URL: "", WEBHOOK_SECRET: "", UPLOAD_TOKEN: "" };

async function fire(event: string, payload: Pull, more: Readonly<Record<string, string>>, gate?: string) {
	const server = await startServer({ status: 200 });
	const run = await fireAt(config(server, gate), {
		env: { GITHUB_EVENT_NAME: event, ...ABSENT, ...more },
		payload,
	});
	return { run, sent: server.requests.map(({ path }) => path) };
}

const DEPENDABOT = { GITHUB_ACTOR: "dependabot[bot]" };

const WITHHOLDING = [
	["pull_request from a fork", "pull_request", ofFork("pull_request"), {}],
	["pull_request from a fork that is gone", "pull_request", ofDeletedFork("pull_request"), {}],
	["pull_request by Dependabot", "pull_request", example("pull_request"), DEPENDABOT],
	["pull_request_review on a fork's", "pull_request_review", ofFork("pull_request_review"), {}],
	["pull_request_review_comment on a fork's", "pull_request_review_comment", ofFork("pull_request_review_comment"), {}],
] as const;

describe("fault 40: if secrets are withheld, hooks that need them do not run, a notice says so, and a gate fails", () => {
	describe.each(WITHHOLDING)("on a %s", (_, event, payload, env) => {
		it("skips what needs a secret, and runs the rest", async () => {
			const { run, sent } = await fire(event, payload, env);
			expect(run).toMatchObject({
				code: 0,
				stderr: "",
				annotations: [
					notice("slack", "SLACK_WEBHOOK_URL"),
					notice("audit", "WEBHOOK_SECRET"),
					notice("upload", "UPLOAD_TOKEN"),
				],
				outputs: { result: "passed", delivered: "2", failed: "0", skipped: "3" },
			});
			expect(sent).toEqual(["/open"]);
		});

		it.each([
			["webhook", `[[hook.webhooks.pipeline_start]]\nname = "gate"\nurl = "\${GATE_URL}"\non_failure = "abort"\n`],
			[
				"shell",
				`[[hook.pipeline_start]]\nname = "gate"\ncommand = "true"\nenv = { T = "\${GATE_URL}" }\non_failure = "abort"\n`,
			],
		])("fails a %s gate for want of one, and nothing else is begun", async (_kind, gate) => {
			const { run, sent } = await fire(event, payload, { ...env, GATE_URL: "" }, gate);
			expect(run).toMatchObject({
				code: 1,
				annotations: [{ kind: "error", properties: { title: "gate" } }],
				outputs: { result: "aborted", delivered: "0", failed: "1", skipped: "5" },
			});
			expect(run.annotations[0]?.message).toMatch(
				/^the gate stopped the pipeline: variable GATE_URL is unset or empty/,
			);
			expect(sent).toEqual([]);
		});
	});
});

it("fault 40: if secrets are not withheld, a hook whose secret is unset fails, and the reason says so", async () => {
	const { run, sent } = await fire("pull_request", example("pull_request"), {});
	expect(run).toMatchObject({ code: 0, outputs: { result: "warned", delivered: "2", failed: "3", skipped: "0" } });
	expect(run.annotations.map(({ kind }) => kind)).toEqual(["warning", "warning", "warning"]);
	expect(sent).toEqual(["/open"]);
});

describe("fault 66: Dependabot's runs get no secrets on any event except workflow_run, and hooks that need one are skipped with a notice", () => {
	it.each(["push", "create", "delete", "deployment"])("%s", async (event) => {
		const { run, sent } = await fire(event, example("pull_request"), {
			...DEPENDABOT,
			GITHUB_TRIGGERING_ACTOR: "octocat",
		});
		expect(run).toMatchObject({ code: 0, outputs: { result: "passed", delivered: "2", failed: "0", skipped: "3" } });
		expect(run.annotations.map(({ kind }) => kind)).toEqual(["notice", "notice", "notice"]);
		expect(sent).toEqual(["/open"]);
	});

	it.each(["deployment_status", "pull_request_target"])("%s, where the config is the base's", async (event) => {
		const stage = await exposed({
			files: { [PATH]: '[[hook.webhooks.pipeline_start]]\nname = "slack"\nurl = "${SLACK_WEBHOOK_URL}"\n' },
		});
		const run = await stage.fire(event, { env: { ...DEPENDABOT, ...ABSENT } });
		expect(run).toMatchObject({
			code: 0,
			annotations: [{ kind: "notice" }],
			outputs: { result: "skipped", skipped: "1" },
		});
	});

	it("but not where a person's run is run again by Dependabot, nor after one of Dependabot's, which gets them", async () => {
		const person = await fire("push", example("pull_request"), { GITHUB_TRIGGERING_ACTOR: "dependabot[bot]" });
		expect(person.run.outputs).toMatchObject({ result: "warned", failed: "3", skipped: "0" });
		const stage = await exposed({
			files: { [PATH]: '[[hook.webhooks.pipeline_start]]\nname = "slack"\nurl = "${SLACK_WEBHOOK_URL}"\n' },
		});
		const run = await stage.fire("workflow_run", { env: { ...DEPENDABOT, ...ABSENT } });
		expect(run).toMatchObject({
			code: 0,
			annotations: [{ kind: "warning" }],
			outputs: { result: "warned", failed: "1" },
		});
	});
});
