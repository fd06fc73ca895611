// One step of a workflow as the runner starts it: a folder with its config, and the environment.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What the webhooks are signed with. */
export const SECRET = "whsec_0123456789abcdef0123456789abcdef";

/** A webhook with everything that a typical step uses: a secret to mask, a header, a template. */
export const WEBHOOK = `
[hook.webhooks.pipeline_complete]
url = "\${WEBHOOK_URL}"
secret = "\${WEBHOOK_SECRET}"
headers = { "X-Team" = "data" }
body_template = """{ "text": "{{pipeline}} {{event}}: {{metadata.tables_copied}} tables in {{duration_ms}} ms{{#if error}}: {{error}}{{/if}}", "run": "{{run_id}}" }"""
`;

/** A shell hook that reads the event and says one line. */
export const SHELL_HOOK = `
[[hook.pipeline_complete]]
command = "cat >/dev/null; echo done"
`;

/** A step ready to be run, any number of times. */
export interface Workload {
	readonly cwd: string;
	/** The whole environment. */
	readonly env: Readonly<Record<string, string>>;
	/** What the runs until now have appended to the files of the outputs and of the summary. */
	readonly written: () => { readonly outputs: string; readonly summary: string };
	readonly remove: () => void;
}

/** Prepares a step that sends to `url`; `extra` goes into its environment. */
export function createWorkload(config: string, url: string, extra: Readonly<Record<string, string>> = {}): Workload {
	const folder = mkdtempSync(join(tmpdir(), "bench-"));
	const file = (name: string) => join(folder, name);
	mkdirSync(file("workspace/.github"), { recursive: true });
	writeFileSync(file("workspace/.github/pipeline-hooks.toml"), config);
	writeFileSync(file("event.json"), JSON.stringify({ ref: "refs/heads/main", repository: { full_name: "acme/dwh" } }));
	for (const name of ["output", "summary", "env", "path", "state"]) writeFileSync(file(name), "");
	return {
		cwd: file("workspace"),
		env: {
			PATH: process.env["PATH"] ?? "",
			HOME: tmpdir(),
			CI: "true",
			GITHUB_ACTIONS: "true",
			GITHUB_ACTOR: "octocat",
			GITHUB_EVENT_NAME: "push",
			GITHUB_EVENT_PATH: file("event.json"),
			GITHUB_JOB: "load",
			GITHUB_REF_NAME: "main",
			GITHUB_REF_TYPE: "branch",
			GITHUB_REPOSITORY: "acme/dwh",
			GITHUB_RUN_ATTEMPT: "1",
			GITHUB_RUN_ID: "42",
			GITHUB_SERVER_URL: "https://github.com",
			GITHUB_SHA: "0123456789abcdef0123456789abcdef01234567",
			GITHUB_WORKFLOW: "nightly",
			GITHUB_WORKSPACE: file("workspace"),
			GITHUB_ENV: file("env"),
			GITHUB_OUTPUT: file("output"),
			GITHUB_PATH: file("path"),
			GITHUB_STATE: file("state"),
			GITHUB_STEP_SUMMARY: file("summary"),
			RUNNER_TEMP: folder,
			INPUT_EVENT: "pipeline_complete",
			"INPUT_DURATION-MS": "45200",
			INPUT_METADATA: '{"tables_copied": 20}',
			WEBHOOK_URL: url,
			WEBHOOK_SECRET: SECRET,
			...extra,
		},
		written: () => ({
			outputs: readFileSync(file("output"), "utf8"),
			summary: readFileSync(file("summary"), "utf8"),
		}),
		remove: () => rmSync(folder, { recursive: true }),
	};
}
