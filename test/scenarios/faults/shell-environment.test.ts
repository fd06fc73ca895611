// What shell hooks look for in their environment.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runAction, workspace } from "../../helpers/runner.ts";
import { fire } from "../../helpers/send.ts";

/** The command files of the runner, https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands. */
const COMMAND_FILES = ["GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STATE", "GITHUB_STEP_SUMMARY"] as const;

/** What the runner gives to an action, or to one of some of its steps, and to nothing else. */
const OURS: Readonly<Record<string, string>> = {
	ACTIONS_RUNTIME_TOKEN: "withheld-runtime-token",
	ACTIONS_RUNTIME_URL: "https://withheld.invalid/runtime",
	ACTIONS_RESULTS_URL: "https://withheld.invalid/results",
	ACTIONS_CACHE_URL: "https://withheld.invalid/cache",
	ACTIONS_ID_TOKEN_REQUEST_TOKEN: "withheld-id-token",
	ACTIONS_ID_TOKEN_REQUEST_URL: "https://withheld.invalid/id",
	actions_runtime_token: "withheld-in-small-letters",
	"INPUT_GITHUB-TOKEN": "withheld-github-token",
	INPUT_CONTEXT: '{"metadata": {"note": "withheld-context"}}',
	STATE_pid: "withheld-state",
	NODE_OPTIONS: "--no-warnings",
};

/*
 * What this does not give: hooks run as the same user as this process, and so do the runner and all the steps. Such a
 * process can read /proc/<pid>/environ and the memory of any other, and find the command files in the runner's folder;
 * on GitHub's own machines it may even become root. Nothing that a program can do to itself prevents it. So no hook
 * gets a token by chance or by habit, and none by printing its environment; one that is out for it is not stopped.
 */
describe("fault 38: a shell hook gets neither the runner's tokens nor its command files", () => {
	it("in its environment, or that of what it starts", async () => {
		const folder = workspace({
			"pipeline-hooks.toml": `[hook.pipeline_start]\nname = "h"\ncommand = "env > direct; sh -c 'sh -c env' > nested"\n`,
		});
		const run = await runAction({
			inputs: { event: "pipeline_start" },
			workspace: folder,
			env: { ...OURS, GITHUB_TOKEN: "ghs_given-by-the-user", OTHER: "other" },
		});
		expect(run).toMatchObject({ code: 0, outputs: { result: "passed" } });
		for (const file of ["direct", "nested"]) {
			const env = readFileSync(join(folder, file), "utf8");
			const names = env.split("\n").map((line) => line.split("=", 1)[0]);
			expect(names).toEqual(
				expect.arrayContaining(["PATH", "GITHUB_REPOSITORY", "GITHUB_TOKEN", "OTHER", "HOOK_EVENT"]),
			);
			for (const name of [...Object.keys(OURS), ...COMMAND_FILES]) expect(names).not.toContain(name);
			expect(env).not.toMatch(/withheld/);
		}
	});

	it("to read or to write, by their names", async () => {
		const script = [
			...COMMAND_FILES.map((name) => `echo "stolen=${name}" >> "$${name}"`),
			"echo <$ACTIONS_RUNTIME_TOKEN.$ACTIONS_ID_TOKEN_REQUEST_TOKEN.$ACTIONS_ID_TOKEN_REQUEST_URL.$INPUT_CONTEXT>",
			"true",
		].join("\n");
		const files = Object.fromEntries(COMMAND_FILES.map((name) => [`files/${name}`, ""]));
		const folder = workspace({
			...files,
			"hook.sh": script.replace("echo <", "echo '<'").replace("T>", "T'>'"),
			"pipeline-hooks.toml": `[hook.pipeline_start]\nname = "h"\ncommand = "sh hook.sh"\n`,
		});
		const paths = Object.fromEntries(COMMAND_FILES.map((name) => [name, join(folder, "files", name)]));
		const run = await runAction({ inputs: { event: "pipeline_start" }, workspace: folder, env: { ...OURS, ...paths } });
		expect(run).toMatchObject({ code: 0, stderr: "" });
		expect(run.log).toContain("<...>\n");
		for (const name of COMMAND_FILES) expect(readFileSync(join(folder, "files", name), "utf8")).not.toContain("stolen");
		for (const name of ["GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE"]) {
			expect(readFileSync(join(folder, "files", name), "utf8")).toBe("");
		}
	});

	it("also where Node itself would obey them: a hook in Node is not told how to run", async () => {
		const run = await fire(
			`[hook.pipeline_start]\nname = "h"\ncommand = '"$NODE" -p "typeof process.env.NODE_OPTIONS"'\nenv = { NODE = "${process.execPath}" }\n`,
			{ env: OURS },
		);
		expect(run.log).toContain("\nundefined\n");
	});

	it("unless its own `env` gives it one, which is the user's word", async () => {
		const folder = workspace({
			"pipeline-hooks.toml": `[hook.pipeline_start]\nname = "h"\ncommand = "env > direct"\nenv = { ACTIONS_CACHE_URL = "\${ACTIONS_CACHE_URL}" }\n`,
		});
		await runAction({ inputs: { event: "pipeline_start" }, workspace: folder, env: OURS });
		const env = readFileSync(join(folder, "direct"), "utf8");
		expect(env.match(/^.*withheld.*$/gm)).toEqual(["ACTIONS_CACHE_URL=https://withheld.invalid/cache"]);
	});
});
