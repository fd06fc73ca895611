// The README's pictures are of the messages that are sent today.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { NAMES, PAGE, PICTURED, pictureOf, renderArgs, THEMES } from "../../scripts/pictured.ts";
import { runCommand, workspace } from "../helpers/runner.ts";

const ROOT = join(import.meta.dirname, "../..");
const README = readFileSync(join(ROOT, "README.md"), "utf8");
const page = readFileSync(join(ROOT, PAGE), "utf8");

test("`npm run picture` took them of the page that is rendered now", async () => {
	const folder = workspace({ "pipeline-hooks.toml": PICTURED.config });
	const run = await runCommand(renderArgs("page.html"), { workspace: folder, env: PICTURED.env });
	expect(run).toMatchObject({ code: 0, stderr: "" });
	expect(page, "run `npm run picture`").toBe(readFileSync(join(folder, "page.html"), "utf8"));
});

describe.each(NAMES.flatMap((name) => THEMES.map((theme) => pictureOf(name, theme))))("%s", (file) => {
	test("is a picture of 632 pixels in width, twice as fine, and small", () => {
		const png = readFileSync(join(ROOT, file));
		expect(png.subarray(1, 4).toString()).toBe("PNG");
		expect(png.readUInt32BE(16)).toBe(2 * 632);
		expect(png.length).toBeLessThan(200_000);
	});
});

test("the README says in words what its picture shows", () => {
	const [, alt = ""] = /<img [^>]*alt="([^"]*)"/.exec(README) ?? [];
	for (const words of ["nightly failed on main", "runbook", "owners", "traceback"]) expect(alt).toContain(words);
	for (const words of ["nightly failed on main", "Runbook", "data-platform", "customer_tier"])
		expect(page).toContain(words);
});
