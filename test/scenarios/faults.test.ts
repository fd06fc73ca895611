// Configs at their worst: each is survived in bounded time and space, and told in one line.
import { describe, expect, it } from "vitest";
import { normalise, runAction, workspace } from "../helpers/runner.ts";

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
