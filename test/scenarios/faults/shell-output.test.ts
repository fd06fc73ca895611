// What shell hooks print in order to be obeyed by the runner.
import { describe, expect, it } from "vitest";
import { runAction, runCommand, workspace } from "../../helpers/runner.ts";
import { COMMAND_NAMES, carriedOut } from "../../helpers/runner-commands.ts";
import { cli } from "../../helpers/send.ts";

const ESC = "\u001b";

/** What may stand before a command, or in the middle of its mark, as the runner or a terminal passes over it. */
const BEFORE = [
	"",
	"  ",
	"\t",
	"\u000b",
	"\f",
	"\r",
	"progress 10%\r",
	"\u0085",
	"\u00a0",
	"\u2028",
	"\u2029",
	"\u3000",
	"\ufeff",
	"\u200b",
	"\u00ad",
	"\u0000",
	"\u0001\u007f",
	`${ESC}[0m`,
	` ${ESC}[31m${ESC}[0m `,
	`${ESC}]8;;https://example.invalid${ESC}\\`,
	`${ESC}[`,
];
const WITHIN = [`${ESC}[0m`, "\u200b", "\u00ad", "\u0000", `${ESC}]0;title\u0007`, "\r", "\u2028"];

/** One of these is worth something, whatever it is put before: a property, a value, capitals. */
const SPELLINGS = COMMAND_NAMES.flatMap((name) => [
	`${name} name=result,file=x::passed`,
	`${name.toUpperCase()}::passed`,
]);

const V2 = SPELLINGS.flatMap((spelling) => BEFORE.map((before) => `${before}::${spelling}`));
const V1 = COMMAND_NAMES.flatMap((name) => BEFORE.map((before) => `${before}##[${name} name=result;x=y]passed`));
const SPLIT = COMMAND_NAMES.flatMap((name) =>
	WITHIN.flatMap((within) => [
		`:${within}:${name}::passed`,
		`#${within}#[${name}]passed`,
		`##${within}[${name}]passed`,
		`text ##${within}${within}[${name}]passed`,
	]),
);
const STOPS = ["::stop-commands::pause", "##[stop-commands]pause", "::pause::", "##[pause]"];
const PAYLOAD = [...V2, ...V1, ...SPLIT, ...STOPS];

/** Prints all of it on both streams with every kind of line end, then on a line that stderr had begun, then unended. */
const HOOK = `
cat lf crlf cr
cat lf crlf cr >&2
printf 'a line begun' >&2; cat lf; printf 'and ended\\n' >&2
printf 'begun'; cat lf >&2; printf '::error::of one line\\n'
# ::error::of the command itself
printf '::set-output name=result::passed'
printf '  ::warning::the reason ##[error]too' >&2
exit 1
`;

const files = {
	lf: `${PAYLOAD.join("\n")}\n`,
	crlf: `${PAYLOAD.join("\r\n")}\r\n`,
	cr: `${PAYLOAD.join("\r")}\r`,
	"pipeline-hooks.toml": `[hook.pipeline_start]\nname = "h"\ncommand = '''${HOOK}'''\n`,
};

describe("fault 37: no workflow command that a shell hook prints takes effect, in any spelling", () => {
	it("which are obeyed where nothing stands in their way", () => {
		for (const name of COMMAND_NAMES) {
			if (name === "stop-commands") continue;
			expect(carriedOut(`  ::${name} a=b::c\n`)).toEqual([`${name} c`]);
			expect(carriedOut(`\u0085::${name.toUpperCase()}::c\r`)).toEqual([`${name} c`]);
			expect(carriedOut(`text ##[${name} a=b]c\r\n`)).toEqual([`${name} c`]);
		}
		expect(carriedOut("::stop-commands::x\n::error::unheard\n::x::\n::error::heard")).toEqual([
			"stop-commands x",
			"x ",
			"error heard",
		]);
	});

	it("in the action's log, where only our own do", async () => {
		const run = await runAction({ inputs: { event: "pipeline_start" }, workspace: workspace(files) });
		expect(run).toMatchObject({ code: 0, outputs: { result: "warned" } });
		expect(run.masks).not.toContain("passed");
		const [title] = HOOK.trim().split("\n");
		const masks = run.masks.map((mask) => `add-mask ${mask}`);
		expect(carriedOut(run.stdout)).toEqual([
			...masks,
			expect.stringContaining(`group h: ${title}`),
			"endgroup ",
			"warning the shell hook failed: ::warning::the reason ##[error]too (exit code 1)",
		]);
		expect(carriedOut(run.stderr)).toEqual([]);
		// Still there to be read, and the more so for being harmless.
		for (const name of COMMAND_NAMES) expect(run.log).toMatch(new RegExp(`::${name}::passed`, "i"));
	});

	it.each([
		["stdout", []],
		["stderr, beside JSON", ["--json"]],
	])("in the command's log on %s, where a step may run it", async (_, flags) => {
		const run = await runCommand(["fire", "pipeline_start", ...flags], { workspace: workspace(files) });
		expect(run.code).toBe(0);
		expect(carriedOut(run.stdout)).toEqual([]);
		expect(carriedOut(run.stderr)).toEqual([]);
		expect((run.stdout + run.stderr).length).toBeGreaterThan(100_000);
	});

	it("in what a dry run shows of the command", async () => {
		const run = await runCommand(["fire", "pipeline_start", "--dry-run"], { workspace: workspace(files) });
		expect(run.code).toBe(0);
		expect(carriedOut(run.stdout + run.stderr)).toEqual([]);
	});
});

describe("a config's own words", () => {
	const config = `[hook.ping]\nname = "::error::x"\ncommand = "##[error]y"\n`;

	it.each([[["list"]], [["list", "--json"]], [["validate"]], [["render", "ping"]], [["fire", "ping", "--json"]]])(
		"act as no workflow command in the output of %j",
		async (args) => {
			const run = await cli(args, config);
			expect(run.code).toBe(0);
			expect(carriedOut(run.stdout + run.stderr)).toEqual([]);
		},
	);

	it("are the same words in JSON", async () => {
		const run = await cli(["list", "--json"], config);
		expect(JSON.parse(run.stdout)).toMatchObject({ hooks: [{ name: "::error::x", target: "##[error]y" }] });
	});
});
