// What a shell gate's end means: only an end by exit code 0 is a yes, and commands fail as they do in a workflow's step.
import { describe, expect, it } from "vitest";
import { runCommand, workspace } from "../../helpers/runner.ts";
import { fire } from "../../helpers/send.ts";

const DENIED = "the gate stopped the pipeline: ";

/** How the only hook of a config ended: `delivered`, or why it failed. */
async function endOf(config: string, file = "pipeline-hooks.toml", env: Readonly<Record<string, string>> = {}) {
	const folder = workspace({ [file]: config });
	const ran = await runCommand(["fire", "pipeline_start", "--json"], { workspace: folder, env });
	const { results } = JSON.parse(ran.stdout);
	return { code: ran.code, ended: results[0].error ?? results[0].status };
}

/** A gate with its command, which may have several lines. */
const gate = (command: string, more = "") =>
	`[[hook.pipeline_start]]\nname = "gate"\non_failure = "abort"\n${more}command = '''\n${command}'''\n`;

describe("fault 45: a hook that a signal ends has failed, and a gate denies", () => {
	it.each([
		["kill -34 $$", "ended by signal 34 (exit code 162)"],
		["kill -64 $$", "ended by signal 64 (exit code 192)"],
		["kill -KILL $$", "ended by SIGKILL (exit code 137)"],
		["echo asking; sh -c 'kill -34 $$'", /^ended by signal 34 \(exit code 162\); its last line: /],
		["exec sh -c 'kill -40 $$'", "ended by signal 40 (exit code 168)"],
		["kill -34 0; sleep 5", "ended by a signal"],
		["kill -34 $PPID; sleep 5", "ended by a signal"],
	])("%s", async (command, reason) => {
		const { code, ended } = await endOf(gate(command));
		expect(code).toBe(1);
		expect(ended).toEqual(typeof reason === "string" ? reason : expect.stringMatching(reason));
	});

	it("nobody else is asked: a fallback does not open what a signal closed", async () => {
		const fallback = '\n[[subscription]]\nname = "second"\ncommand = "exit 0"\n';
		const { code, ended } = await endOf(gate("kill -34 $$", 'fallback = "second"\n') + fallback);
		expect({ code, ended }).toEqual({ code: 1, ended: "ended by signal 34 (exit code 162)" });
	});

	it("that is said in the annotation of the step", async () => {
		const run = await fire(gate("echo frozen; kill -34 $$"));
		expect(run).toMatchObject({ code: 1, outputs: { result: "aborted" } });
		expect(run.annotations.map(({ message }) => message)).toEqual([
			`${DENIED}ended by signal 34 (exit code 162); its last line: frozen`,
		]);
	});
});

describe("fault 46: a command fails where it would fail in a step of a workflow", () => {
	it.each([
		["the first of two lines", "test ! -e pipeline-hooks.toml\necho looked", "", "exit code 1"],
		["the first of two on one line", "false; echo looked", "", "exit code 1"],
		["[[, which dash does not have", '[[ "$HOOK_EVENT" == other ]]\necho looked', "", /not found \(exit code 127\)$/],
		["a command in a substitution", "day=$(no-such-calendar)\necho $day", "", /not found \(exit code 127\)$/],
		["the left side of a pipe in bash", "false | cat\necho looked", 'shell = "bash"\n', "exit code 1"],
		["the first of two in bash", "false\necho looked", 'shell = "bash"\n', "exit code 1"],
		["[[ in bash", '[[ "$HOOK_EVENT" == other ]]\necho looked', 'shell = "bash"\n', "exit code 1"],
		[
			"a shell that is missing",
			"exit 0",
			'shell = "pwsh"\nenv = { PATH = "/nowhere" }\n',
			/^could not be started: pwsh was not found/,
		],
	])("%s", async (_, command, more, reason) => {
		const { code, ended } = await endOf(gate(command, more));
		expect(code).toBe(1);
		expect(ended).toEqual(typeof reason === "string" ? reason : expect.stringMatching(reason));
	});

	it.each([
		["what stands in a condition", "if grep -q x missing; then exit 1; fi\nfalse || true\n! false"],
		["the left side of a pipe in sh", "false | cat"],
		["what turns it off", "set +e\nfalse\ntrue"],
	])("and not for %s", async (_, command) => {
		expect(await endOf(gate(command))).toEqual({ code: 0, ended: "delivered" });
	});

	it("also by [defaults.shell], and in a rocky.toml", async () => {
		const defaults = '[defaults.shell]\nshell = "bash"\n';
		expect(await endOf(gate("false | cat") + defaults)).toEqual({ code: 1, ended: "exit code 1" });
		expect(await endOf(gate("false\ntrue"), "rocky.toml")).toEqual({ code: 1, ended: "exit code 1" });
	});
});
