// Commands and configs at their worst: each is survived in bounded time and space, and told in one line.
import { describe, expect, it } from "vitest";
import { normalise, runAction, runCommand, workspace } from "../helpers/runner.ts";

describe("a command that", () => {
	const fire = (command: string, context: unknown = {}) =>
		runCommand(["fire", "pipeline_start", "--context", "-", "--json"], {
			workspace: workspace({
				"pipeline-hooks.toml": `[[hook.pipeline_start]]\ncommand = ${JSON.stringify(command)}\n`,
			}),
			input: JSON.stringify(context),
		});
	const large = { metadata: { large: "x".repeat(4 * 1024 * 1024) } };

	it.each([
		["leaves a large stdin unread", "true", "delivered"],
		["closes it at once", "exec <&-; sleep 0.1", "delivered"],
		["reads a little of it", "head -c 10 > /dev/null", "delivered"],
		["is ended by a signal", "kill -SEGV $$", "failed: ended by SIGSEGV"],
		["does not exist", "no-such-command-here", /^failed: .*not found \(exit code 127\)$/],
		["says its reason without a line end", "printf 'no reason' >&2; exit 9", "failed: no reason (exit code 9)"],
		["says it on stdout only", "echo; echo why; echo; exit 1", "failed: why (exit code 1)"],
		["says nothing", "exit 1", "failed: exit code 1"],
		[
			"says bytes that are no text",
			"printf '\\377\\376 caf\\303\\251' >&2; exit 1",
			"failed: \ufffd\ufffd café (exit code 1)",
		],
	])("%s", async (_, command, expected) => {
		const run = await fire(command, large);
		expect(run.code).toBe(0);
		const [{ status, error }] = JSON.parse(run.stdout).results;
		expect(error === undefined ? status : `${status}: ${error}`).toEqual(
			typeof expected === "string" ? expected : expect.stringMatching(expected),
		);
	});

	it("prints without end is shown up to 1 MiB", async () => {
		const run = await fire("yes '0123456789' | head -c 100000000; echo the last >&2; exit 1");
		expect(run.stderr.length).toBeGreaterThan(1024 * 1024);
		expect(run.stderr.length).toBeLessThan(1.5 * 1024 * 1024);
		expect(run.stderr).toContain("… the output is longer than 1 MiB, the rest is not shown");
		expect(JSON.parse(run.stdout)).toMatchObject({ results: [{ error: "the last (exit code 1)" }] });
	});

	it("prints one endless line is cut", async () => {
		const run = await fire("head -c 30000000 /dev/zero | tr '\\0' a");
		expect(run.stderr.length).toBeLessThan(10_000);
		expect(run.stderr).toContain("aaa…\n");
	});
});

describe("a config that", () => {
	const HOOK = '[[hook.pipeline_start]]\nname = "it"\ncommand = "echo ran"\n';
	const fire = async (config: string | Uint8Array) => {
		const start = performance.now();
		const run = await runAction({
			inputs: { event: "pipeline_start" },
			workspace: workspace({ "pipeline-hooks.toml": config }),
		});
		expect(performance.now() - start).toBeLessThan(8000);
		return run;
	};
	const ran = { code: 0, annotations: [], outputs: { result: "passed" } };

	it("begins with a byte order mark and ends its lines as Windows does", async () => {
		const run = await fire(`\ufeff# x\n${HOOK}on_failure = "warn"\n`.replaceAll("\n", "\r\n"));
		expect(run).toMatchObject(ran);
		expect(normalise(run.log)).toBe(
			"::group::it: echo ran\nran\n::endgroup::\n✓ it · TIME\npipeline_start: passed · 1 delivered, 0 failed, 0 skipped\n",
		);
		const wrong = await fire(`\ufeff# x\n${HOOK}on_failure = "wrn"\n`.replaceAll("\n", "\r\n"));
		expect(wrong.annotations[0]?.properties).toMatchObject({ line: "5", col: "1" });
	});

	it("has 10 000 hooks", async () => {
		const others = Array.from(
			{ length: 10_000 },
			(_, n) => `[[hook.webhooks.ping]]\nurl = "https://example.com/${n}"\n`,
		);
		expect(await fire(HOOK + others.join(""))).toMatchObject(ran);
	});

	it("has 9 MB of comments", async () => {
		expect(await fire(`${`# ${"x".repeat(98)}\n`.repeat(90_000)}${HOOK}`)).toMatchObject(ran);
	});

	it.each([
		["is larger than 10 MB", `${`# ${"x".repeat(98)}\n`.repeat(110_000)}${HOOK}`, /larger than 10485760 bytes/],
		[
			"nests a thousand tables",
			`${HOOK}x = ${"{a = ".repeat(1000)}1${"}".repeat(1000)}\n`,
			/unknown key "x"|nested too deeply/,
		],
		[
			"nests a thousand arrays",
			`${HOOK}env = ${"[".repeat(1000)}${"]".repeat(1000)}\n`,
			/nested too deeply|must be a table/,
		],
		["has a header of a thousand keys", `${HOOK}[${"a.".repeat(1000)}a]\nb = 1\n`, /unknown key/],
		["has a NUL", `${HOOK}env = { A = "\\u0000" }\n`, /NUL/],
		["has a NUL byte", `${HOOK}\u0000\n`, /./],
		["is binary", Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0xff, 0x00]), /not UTF-8/],
		["is UTF-16", Buffer.from(`\ufeff${HOOK}`, "utf16le"), /UTF-8/],
		["has __proto__ for a key", `${HOOK}[hook.__proto__]\nx = 1\n`, /__proto__ cannot be a key/],
	])("%s is a mistake, told in one line", async (_, config, message) => {
		const run = await fire(config);
		expect(run).toMatchObject({ code: 1, stderr: "", outputs: { result: "error" } });
		expect(run.annotations[0]?.message).toMatch(message);
		expect(run.annotations[0]?.message).not.toContain("internal error");
		expect(run.stdout.length).toBeLessThan(5000);
		expect(run.log).not.toContain("ran\n");
	});
});
