// What others say acts as nothing, at a terminal and when it is printed again later.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { textsIn } from "../../helpers/echo.ts";
import { runAction, runCommand, runProgram, workspace } from "../../helpers/runner.ts";
import { carriedOut, commandIn, linesRead } from "../../helpers/runner-commands.ts";
import { startServer } from "../../helpers/server.ts";

const ESC = "\u001b";
const CONFIG = "pipeline-hooks.toml";

/** One byte of C1 in UTF-8, the strings that terminals know, and sequences that are only there once another is gone. */
const SEQUENCES = [
	`${ESC}[31mred${ESC}[0m`,
	`${ESC}]8;;https://evil.example${ESC}\\link${ESC}]8;;${ESC}\\`,
	`${ESC}]52;c;ZXZpbA==\u0007`,
	`${ESC}P1$r0m${ESC}\\dcs`,
	`${ESC}Xsos${ESC}\\${ESC}^pm${ESC}\\${ESC}_apc${ESC}\\`,
	"\u009b31mc1\u009d0;title\u009c\u0090dcs\u009c",
	`${ESC}${ESC}[0m[2Jnested${ESC}${ESC}]0;x\u0007]0;y\u0007`,
	`\u009b\u009b0m2J${ESC}\u009b0m[2J`,
	`${ESC}c${ESC}(0${ESC}=${ESC}7\u000e\u000f\b\u007f`,
	"\u202eright\u202c \u2066left\u2069 \u200e\u200f\u061c",
	`${ESC}]0;never ended`,
	`${ESC}[`,
];
const ACTING = /[^\P{Cc}\t\n\r]|\p{Bidi_Control}/u;

describe("fault 63: no terminal sequence from outside reaches a terminal, a pipe, a file or an output", () => {
	const text = SEQUENCES.map((sequence) => `before ${sequence} after`).join("\n");
	const error = SEQUENCES.join(" ");

	it("from a command, an answer or a context", async () => {
		const server = await startServer({ status: 400, body: error.slice(0, 150) });
		const config =
			`[[hook.webhooks.pipeline_error]]\nname = "receiver"\nurl = "${server.url}"\n` +
			'[[hook.pipeline_error]]\nname = "printer"\ncommand = "cat text; cat; cat text >&2; exit 1"\n';
		const folder = workspace({ [CONFIG]: config, text: `${text}\n` });
		const args = ["fire", "pipeline_error", "--error", error, "--context", JSON.stringify({ id: error })];
		const atTerminal = [process.execPath, join(process.cwd(), "dist/cli/index.js"), ...args].map(quoted).join(" ");
		const action = await runAction({
			inputs: { event: "pipeline_error", error, context: '{"id": "\\u001b[31m"}' },
			workspace: folder,
		});
		const env = { PATH: process.env["PATH"] ?? "", TERM: "xterm", HOME: folder };
		const runs = [
			action,
			await runCommand(args, { workspace: folder }),
			await runCommand([...args, "--json"], { workspace: folder }),
			await runCommand([...args, "--dry-run"], { workspace: folder }),
			await runProgram("script", ["-qec", atTerminal, "/dev/null"], { cwd: folder, env }),
		];
		for (const run of runs) {
			expect(run.stdout + run.stderr).not.toMatch(ACTING);
			expect(run.stdout + run.stderr).toContain("nested");
		}
		const { outputs, summary } = action;
		expect(Object.values(outputs).join("") + summary).not.toMatch(ACTING);
		expect(readFileSync(outputs["results-file"] ?? "", "utf8")).not.toMatch(ACTING);
	});
});

describe("fault 64: text that looks like a workflow command does not act as one when results, outputs or files are printed later", () => {
	const COMMANDS = ["::set-output name=result::passed", "##[add-mask]x"];

	it("with cat, by the echo of any shell, and when a value of the JSON is printed by itself", async () => {
		const reply = (reason: string) => ({ status: 200, body: JSON.stringify({ allow: false, reason }) });
		for (const command of COMMANDS) {
			const server = await startServer(reply(command), reply(`text\\n${command}`));
			const gate = (name: string) =>
				`[[hook.webhooks.pipeline_error]]\nname = "${name}"\nurl = "${server.url}"\non_failure = "warn"\n`;
			const config = `${gate("one")}${gate("##[group]two")}[[hook.pipeline_error]]\nname = "printer"\ncommand = "cat line; exit 1"\n`;
			const folder = workspace({ [CONFIG]: config.replaceAll('"warn"', '"abort"'), line: `${command}\n` });
			const inputs = { event: "pipeline_error", context: JSON.stringify({ id: command }) };
			const run = await runAction({ inputs, workspace: folder });
			const json = await runCommand(["fire", "pipeline_error", "--json"], { workspace: folder });
			const file = run.outputs["results-file"] ?? "";
			const printed = [
				readFileSync(file, "utf8"),
				run.summary,
				json.stdout,
				...Object.values(run.outputs).flatMap((value) => ["sh", "bash"].map((shell) => echoedBy(shell, value))),
				...[JSON.parse(readFileSync(file, "utf8")), JSON.parse(json.stdout), run.results].flatMap(textsIn),
			];
			expect(printed.length).toBeGreaterThan(15);
			for (const text of printed) {
				expect(carriedOut(text)).toEqual([]);
				expect(linesRead(text).flatMap((line) => commandIn(line) ?? [])).toEqual([]);
			}
		}
	});
});

function quoted(word: string): string {
	return `'${word.replaceAll("'", "'\\''")}'`;
}

function echoedBy(shell: string, value: string): string {
	return execFileSync(shell, ["-c", 'echo "$VALUE"'], { env: { ...process.env, VALUE: value }, encoding: "utf8" });
}
