// The runner's own files in trouble, and mistakes that try to act as commands.
import { expect, test } from "vitest";
import { runAction, runCommand, workspace } from "../helpers/runner.ts";

const HOOK = '[hook.ping]\nname = "it"\ncommand = "echo ran"\n';

test("outputs that cannot be written are said once, and what has passed has passed", async () => {
	const run = await runAction({
		inputs: { event: "ping" },
		workspace: workspace({ "pipeline-hooks.toml": HOOK }),
		env: { GITHUB_OUTPUT: "/nowhere/output", RUNNER_TEMP: "" },
	});
	expect(run).toMatchObject({ code: 0, stderr: "" });
	expect(run.annotations).toEqual([
		{
			kind: "warning",
			properties: {},
			message: "the outputs could not be written: Missing file at path: /nowhere/output",
		},
	]);
	expect(run.summary).toContain("1 delivered");
});

test("a folder for temporary files in which nothing can be made is said once, and the run ends", async () => {
	const run = await runAction({
		inputs: { event: "ping" },
		workspace: workspace({ "pipeline-hooks.toml": HOOK }),
		env: { RUNNER_TEMP: "/proc/nope" },
	});
	expect(run).toMatchObject({ code: 0, stderr: "", outputs: { result: "passed" } });
	expect(run.annotations).toMatchObject([
		{ kind: "warning", message: expect.stringMatching(/^the results file could not be written: /) },
	]);
	expect(run.summary).toContain("1 delivered");
});

test.each([
	["fire", "ping", "--context", '{"a\\n::error::x\\u001b[31m": 1}'],
	["fire", "ping", "--config", "x\n::error::y"],
	["fire", "ping\n::error::z"],
	["fire", "--x\n::error::y"],
])("%j says what is wrong, and none of it acts as a command", async (...args) => {
	const run = await runCommand(args, { workspace: workspace({ "pipeline-hooks.toml": HOOK }) });
	expect(run.code).toBe(2);
	expect(run.stderr).toMatch(/^error\[\w+\]: /);
	expect(run.stdout + run.stderr).not.toMatch(/^\s*::/m);
	expect(run.stdout + run.stderr).not.toContain("\u001b");
});

test("a key of a megabyte is told in a line", async () => {
	const context = JSON.stringify({ ["k".repeat(1_000_000)]: 1 });
	const run = await runCommand(["fire", "ping", "--context", "-"], { workspace: workspace(), input: context });
	expect(run.code).toBe(2);
	expect(run.stderr.length).toBeLessThan(500);
});
