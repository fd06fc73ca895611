// The demo, as a newcomer starts it: the committed bundle in an empty place, on every Node at hand.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { nodes } from "../helpers/nodes.ts";
import { runProgram, workspace } from "../helpers/runner.ts";

const ROOT = join(import.meta.dirname, "../..");

const versions = nodes().map(({ version, path }) => [version, path] as const);

test.each(versions)("on Node %s, with nothing installed and no network to lean on", async (_, node) => {
	const folder = workspace();
	cpSync(join(ROOT, "dist"), join(folder, "dist"), { recursive: true });
	cpSync(join(ROOT, "package.json"), join(folder, "package.json"));
	const env = { PATH: process.env["PATH"] ?? "", HTTPS_PROXY: "http://127.0.0.1:9", HTTP_PROXY: "http://127.0.0.1:9" };
	const run = await runProgram(node, ["dist/cli/index.js", "demo"], { cwd: folder, env });
	expect(run.stderr).toBe("");
	expect(run.code).toBe(0);
	expect(run.stdout).toContain("✓ Every signature was valid, and everything ended as it should.");
	const lines = run.stdout.split("\n");
	expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
	expect(lines.length).toBeLessThanOrEqual(75);
	for (const service of ["Slack", "Teams", "PagerDuty", "Datadog", "Audit"]) {
		expect(run.stdout).toMatch(new RegExp(`^ {2}${service} +\\S+ +[0-9a-f]{7} +[0-9, ]+ +✓ `, "m"));
	}
	expect(run.stdout).toMatch(/^ {2}Slack .* 503, 200 /m);
});
