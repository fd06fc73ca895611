// Of all that is written to GitHub's runner, it takes for commands what was meant as one, and nothing else.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { stripTerminal } from "../../../src/lib/text.ts";
import type { Outcome } from "../../../src/model/delivery.ts";
import { annotationsOf } from "../../../src/report/annotations.ts";
import { githubReporter } from "../../../src/report/github.ts";
import type { Reporter } from "../../../src/report/report.ts";
import { terminalReporter } from "../../../src/report/terminal.ts";
import { commandName as name, commandText as text } from "../../helpers/command-text.ts";
import { fakeFiles } from "../../helpers/fakes.ts";
import { delivery, event, reportOf, shellHook, webhook } from "../../helpers/make.ts";
import { commandIn, linesRead, type RunnerCommand } from "../../helpers/runner-commands.ts";

const place = fc.record({
	file: name,
	line: fc.integer({ min: 1, max: 999 }),
	column: fc.integer({ min: 1, max: 99 }),
});
const outcome: fc.Arbitrary<Outcome> = fc
	.record({
		status: fc.constantFrom<Outcome["status"]>("delivered", "failed", "skipped"),
		onFailure: fc.constantFrom("abort", "warn", "ignore"),
		hookName: name,
		shell: fc.boolean(),
		place,
		reason: text,
		target: text,
		notes: fc.array(text, { maxLength: 2 }),
		withheld: fc.boolean(),
	})
	.map(({ status, onFailure, hookName, shell, reason, target, notes, withheld, ...more }) => ({
		delivery: delivery((shell ? shellHook : webhook)({ name: hookName, onFailure, place: more.place })),
		status,
		reason,
		target,
		notes,
		attempts: [{ durationMs: 1 }],
		durationMs: 1,
		...(withheld && status === "skipped" ? { skipCause: "secrets_withheld" } : {}),
	}));

/** What is done with a reporter, and the commands that it is meant to write. */
interface Step {
	readonly run: (reporter: Reporter) => void;
	readonly meant: readonly Partial<RunnerCommand>[];
}

const step: fc.Arbitrary<Step> = fc.oneof(
	text.map((line): Step => ({ run: ({ log }) => log.info(line), meant: [] })),
	text.map(
		(line): Step => ({ run: ({ log }) => log.debug(line), meant: [{ name: "debug", data: stripTerminal(line) }] }),
	),
	fc.tuple(text, fc.array(text, { maxLength: 3 })).map(
		([title, lines]): Step => ({
			run: ({ log }) => {
				const write = log.openGroup(title);
				for (const line of lines) write(line);
				log.closeGroup();
			},
			meant: [{ name: "group" }, { name: "endgroup" }],
		}),
	),
	outcome.map((of): Step => {
		const quiet = of.status === "failed" && of.delivery.hook.onFailure === "ignore";
		return { run: (reporter) => reporter.outcome(of), meant: quiet ? [{ name: "debug" }] : [] };
	}),
	fc.tuple(outcome, text, text).map(
		([{ delivery }, body, note]): Step => ({
			run: (reporter) => {
				const headers = { "X-A": note };
				reporter.preview(delivery, {
					kind: "webhook",
					method: "POST",
					target: note,
					headers,
					body,
					notes: [note],
					placeholders: [note],
					sizes: [{ of: note, size: 1, unit: "bytes", most: 0 }],
				});
				reporter.preview(delivery, { kind: "shell", command: body, stdin: note, placeholders: [] });
				reporter.preview(delivery, { kind: "problem", target: body, reason: note });
			},
			meant: [1, 2, 3].flatMap(() => [{ name: "group" }, { name: "endgroup" }]),
		}),
	),
);

const folders: string[] = [];

afterEach(() => {
	vi.restoreAllMocks();
	vi.unstubAllEnvs();
	for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** The runner trims the last property at its end, whichever it is; a name may end with a space once it is neutralised. */
function trimmed(properties: Readonly<Record<string, string>>) {
	return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, value.trimEnd()]));
}

/** A reporter, and the commands that the runner finds in what it wrote. */
function watched() {
	const folder = mkdtempSync(join(tmpdir(), "commands-"));
	folders.push(folder);
	vi.stubEnv("GITHUB_OUTPUT", join(folder, "output"));
	writeFileSync(join(folder, "output"), "");
	let written = "";
	vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
		written += String(chunk);
		return true;
	});
	const files = { ...fakeFiles(), append: async () => {} };
	const found = () => {
		vi.mocked(process.stdout.write).mockRestore();
		return linesRead(written).flatMap((line) => {
			const command = commandIn(line);
			return command === undefined ? [] : [{ ...command, properties: trimmed(command.properties) }];
		});
	};
	return { reporter: githubReporter({ GITHUB_STEP_SUMMARY: "/summary" }, files), found };
}

describe("the runner", () => {
	it("finds in the report of any run the commands that it holds, and no other", async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(step, { maxLength: 4 }),
				fc.array(outcome, { maxLength: 4 }),
				fc.array(fc.record({ code: fc.constant("not_held" as const), message: text, remedy: text, place }), {
					maxLength: 2,
				}),
				name,
				async (steps, outcomes, warnings, configFile) => {
					const of = event("pipeline_error", { pipeline: "x" });
					const report = reportOf(of, outcomes, { warnings, configFile });
					const { reporter, found } = watched();
					for (const { run } of steps) run(reporter);
					await reporter.finish(report);
					const annotations = annotationsOf(report, stripTerminal).map(({ kind, message, place }) => ({
						name: kind,
						data: message,
						properties: trimmed(
							Object.fromEntries(
								Object.entries({
									title: place.title,
									file: place.file,
									line: place.startLine,
									col: place.startColumn,
								}).flatMap(([key, value]) => (value === undefined || value === "" ? [] : [[key, String(value)]])),
							),
						),
					}));
					expect(found()).toMatchObject([...steps.flatMap(({ meant }) => meant), ...annotations]);
				},
			),
			{ numRuns: 200 },
		);
	});

	it("finds in the report of any mistakes one error each", async () => {
		const problem = fc.record({
			code: fc.constant("config_value" as const),
			message: text,
			remedy: text,
			place,
			frame: text,
		});
		await fc.assert(
			fc.asyncProperty(problem, fc.array(problem, { maxLength: 4 }), async (first, rest) => {
				const { reporter, found } = watched();
				await reporter.reject([first, ...rest]);
				expect(found()).toMatchObject([first, ...rest].map(() => ({ name: "error" })));
			}),
			{ numRuns: 100 },
		);
	});
});

describe("the command, which may run in a step of a workflow", () => {
	it("writes no command to either stream", async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(step, { maxLength: 4 }),
				outcome,
				fc.boolean(),
				text,
				async (steps, of, json, message) => {
					const written: string[] = [];
					const write = (line: string) => written.push(line);
					const reporter = terminalReporter({ out: write, err: write, env: {}, known: [] }, json);
					for (const { run } of steps) run(reporter);
					const at = { file: "hooks.toml", line: 1, column: 1 };
					const warnings = [{ code: "not_held", message, remedy: message, place: at }] as const;
					await reporter.finish(reportOf(event(), [of], { warnings, configFile: message, dryRun: true }));
					const problem = { code: "input", message, remedy: message, frame: message } as const;
					await reporter.reject([problem]);
					await reporter.fail(problem);
					for (const line of linesRead(written.join("\n"))) expect(commandIn(line)).toBeUndefined();
				},
			),
			{ numRuns: 200 },
		);
	});
});
