// The last lines of a test run: what was counted, and which packages the skipped tests need.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runProgram, workspace } from "../../helpers/runner.ts";

const ROOT = join(import.meta.dirname, "../../..");

const TESTS = `describe.skip("a proxy (needs squid)", () => {
	it("asks for a password", () => {});
	it("tunnels", () => {});
});
it.skip("a clock that jumps (needs libfaketime)", () => {});
it.skip("later", () => {});
it("passes", () => {});
`;

async function lastLines(env: Readonly<Record<string, string>>): Promise<{ code: number | null; text: string }> {
	const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
	const reporter = join(ROOT, "test/helpers/reporter.ts");
	const args = [vitest, "run", "--globals", "--reporter", reporter];
	const { PATH = "" } = process.env;
	const cwd = workspace({ "some.test.js": TESTS });
	const { code, stdout } = await runProgram(process.execPath, args, { cwd, env: { PATH, ...env } });
	return { code, text: stdout };
}

it("names each missing package and how many tests need it", async () => {
	expect(await lastLines({})).toEqual({
		code: 0,
		text: `Some tests need Debian packages that are missing here; .ci/run installs them:
  libfaketime: 1 skipped
  squid: 2 skipped
1 passed, 0 failed, 4 skipped
`,
	});
});

it("counts tests that did not run as failed on CI", async () => {
	const { code, text } = await lastLines({ CI: "true" });
	expect(code).toBe(1);
	expect(text).toContain("skipped, which fails on CI: some.test.js: later\n");
	expect(text).toMatch(/\n1 passed, 4 failed\n$/);
});

it("finds the package in the title of every test that may be left out", () => {
	const files = globSync("test/**/*.ts", { cwd: ROOT, exclude: ["test/scenarios/house/**"] });
	const sources = files.map((file) => readFileSync(join(ROOT, file), "utf8"));
	const titles = sources.flatMap((source) =>
		[...source.matchAll(/\bskipIf\([^\n]*?\)\(\s*["'`]([^\n]*)/g)].map(([, title = ""]) => title),
	);
	expect(titles.length).toBeGreaterThan(10);
	expect(titles.filter((title) => !/\(needs [^)]+\)/.test(title))).toEqual([]);
});
