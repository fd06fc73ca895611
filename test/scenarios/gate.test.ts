// A gate stops the pipeline: exactly one annotation, at its line, and nothing is announced.
import { expect, test } from "vitest";
import { runAction, workspace } from "../helpers/runner.ts";
import { startServer } from "../helpers/server.ts";

test("a gate that prints workflow commands and then denies on stderr", async () => {
	const server = await startServer({ status: 200 });
	const folder = workspace({
		".github/pipeline-hooks.toml": [
			"# announce, and ask before",
			`[hook.webhooks.pipeline_start]`,
			`url = "${server.url}/announce"`,
			"",
			"[[hook.pipeline_start]]",
			'name = "freeze-gate"',
			'command = "sh gate.sh"',
			'on_failure = "abort"',
		].join("\n"),
		"gate.sh": [
			"cat > /dev/null",
			"echo '::error::not from us'",
			"printf '  ::set-output name=result::passed\\r::warning::again\\n'",
			"echo 'text ##[error]old style'",
			"echo '::stop-commands::pause'",
			"echo 'frozen until Monday 08:00' >&2",
			"exit 7",
		].join("\n"),
	});
	const run = await runAction({ inputs: { event: "pipeline_start" }, workspace: folder });
	expect(run.code).toBe(1);
	expect(run.annotations).toEqual([
		{
			kind: "error",
			properties: { title: "freeze-gate", file: ".github/pipeline-hooks.toml", line: "5" },
			message: "the gate stopped the pipeline: frozen until Monday 08:00 (exit code 7)",
		},
	]);
	expect(run.commands.map((line) => line.replace(/::.*/s, (text) => text.split("::")[1] ?? ""))).toEqual([
		"group",
		"endgroup",
		"error title=freeze-gate,file=.github/pipeline-hooks.toml,line=5",
	]);
	expect(server.requests).toEqual([]);
	expect(run.outputs).toMatchObject({ result: "aborted", delivered: "0", failed: "1", skipped: "1" });
});
