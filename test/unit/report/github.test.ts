// What the action's reporter writes for the runner to read.
import { afterEach, expect, test, vi } from "vitest";
import { nodeFiles } from "../../../src/entry/node.ts";
import { githubReporter } from "../../../src/report/github.ts";

afterEach(() => {
	vi.restoreAllMocks();
});

/** The line that opens a group of this title, once `secrets` are known. */
function groupLine(title: string, secrets: readonly string[]): string {
	const written: string[] = [];
	const { log } = githubReporter({}, nodeFiles);
	vi.spyOn(process.stdout, "write").mockImplementation((text) => {
		written.push(String(text));
		return true;
	});
	log.protect(secrets);
	log.openGroup(title);
	log.closeGroup();
	return written.find((text) => text.startsWith("::group::"))?.trimEnd() ?? "";
}

test("a group's title shows no secret", () => {
	expect(groupLine("deploy $ curl -H 'Key: s3cret-key'", ["s3cret-key"])).toBe("::group::deploy $ curl -H 'Key: ***'");
});

test("a group's title is one line of at most 200 characters", () => {
	expect(groupLine(`first\nsecond ${"é".repeat(300)}`, [])).toBe(`::group::first second ${"é".repeat(186)}…`);
});

test("a group's title that is cut within a secret shows no half of it", () => {
	const line = groupLine(`${"x".repeat(190)} s3cret-key-that-is-long`, ["s3cret-key-that-is-long"]);
	expect(line).toBe(`::group::${"x".repeat(190)} ***`);
});
