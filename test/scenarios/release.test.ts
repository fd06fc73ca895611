// The files of a release, made as the workflow makes them: the archive runs where nothing is installed.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VERSION } from "../../src/lib/version.ts";
import { blocks, ROOT } from "../helpers/pages.ts";
import { BASE_ENV, type Ended, runProgram, workspace } from "../helpers/runner.ts";
import { startServer } from "../helpers/server.ts";

const ARCHIVE = `pipeline-hooks-v${VERSION}.tar.gz`;
const CHANGELOG = `# Changelog

## [Unreleased]

## [${VERSION}] - 2026-01-01

### Added

- Everything.

## [0.0.1] - 2025-01-01

- Nothing.
`;

/** A copy of what a release is made of. */
function checkout(changelog = CHANGELOG, folder = workspace()): string {
	writeFileSync(join(folder, "CHANGELOG.md"), changelog);
	for (const name of ["package.json", "package-lock.json", "LICENSE", "dist"])
		cpSync(join(ROOT, name), join(folder, name), { recursive: true });
	return folder;
}

function release(folder: string, tag = `v${VERSION}`): Promise<Ended> {
	const script = join(ROOT, "scripts/release.ts");
	return runProgram(process.execPath, [script, tag, "release"], { cwd: folder, env: BASE_ENV });
}

/** A checkout with its release, which no test changes. */
const RELEASED = mkdtempSync(join(tmpdir(), "release-"));
beforeAll(async () => {
	expect(await release(checkout(CHANGELOG, RELEASED))).toMatchObject({ code: 0, stderr: "" });
}, 60_000);
afterAll(() => rmSync(RELEASED, { recursive: true, force: true }));

describe("a release", () => {
	it("has the archive with its checksum, a bill of materials, and notes from the changelog", async () => {
		const files = join(RELEASED, "release");
		expect(readdirSync(files).toSorted()).toEqual(["SHA256SUMS", "notes.md", ARCHIVE, "sbom.cdx.json"]);
		expect(execFileSync("sha256sum", ["-c", "SHA256SUMS"], { cwd: files, encoding: "utf8" })).toBe(`${ARCHIVE}: OK\n`);
		expect(readFileSync(join(files, "notes.md"), "utf8")).toBe("### Added\n\n- Everything.\n\n");
		const bill = JSON.parse(readFileSync(join(files, "sbom.cdx.json"), "utf8"));
		const names = bill.components.map(({ name }: { readonly name: string }) => name);
		expect(names).toEqual(expect.arrayContaining(["commander", "smol-toml", "undici"]));
		expect(names).not.toContain("vitest");
	});

	it("is the same bytes each time", async () => {
		const folder = checkout();
		await release(folder);
		const bytesIn = (where: string) => readFileSync(join(where, "release/SHA256SUMS"), "utf8");
		expect(bytesIn(folder)).toBe(bytesIn(RELEASED));
	});

	it("unpacks to a command that works through a link, with all that it loads", async () => {
		const server = await startServer({ status: 200 });
		const home = workspace({
			"pipeline-hooks.toml": `[hook.webhooks.ping]\nurl = "${server.url}"\n`,
			"events.jsonl": '{"event": "ping"}\n',
		});
		execFileSync("tar", ["-xzf", join(RELEASED, "release", ARCHIVE)], { cwd: home });
		symlinkSync("pipeline-hooks/dist/cli/index.js", join(home, "command"));
		const run = (...args: readonly string[]) =>
			runProgram(process.execPath, [join(home, "command"), ...args], { cwd: home, env: BASE_ENV });
		expect(await run("--version")).toMatchObject({ code: 0, stdout: `${VERSION}\n` });
		// A page and files of events have bundles of their own.
		expect(await run("render", "ping", "--html", "page.html")).toMatchObject({ code: 0, stderr: "" });
		expect(readFileSync(join(home, "page.html"), "utf8")).toContain("<h1>ping</h1>");
		expect(await run("fire", "--events-file", "events.jsonl")).toMatchObject({ code: 0 });
		expect(server.requests).toHaveLength(1);
	});

	it("has one file that works by itself, but for proxies", async () => {
		const server = await startServer({ status: 200 });
		const home = workspace({
			"pipeline-hooks.toml": `[[hook.webhooks.ping]]
url = "${server.url}"
[[hook.webhooks.ping]]
url = "http://receiver.test/"
allow_http = true
`,
		});
		cpSync(join(ROOT, "dist/cli/index.js"), join(home, "pipeline-hooks.cjs"));
		const env = { ...BASE_ENV, HTTP_PROXY: "http://127.0.0.1:9" };
		const run = await runProgram(process.execPath, ["pipeline-hooks.cjs", "fire", "ping"], { cwd: home, env });
		expect(run.stdout).toContain("cannot load dist/undici, which sends through proxies");
		expect(run.stdout).toContain("1 delivered, 1 failed");
		const args = ["pipeline-hooks.cjs", "render", "ping", "--html", "page.html"];
		const page = await runProgram(process.execPath, args, { cwd: home, env });
		expect(page).toMatchObject({ code: 2, stderr: expect.stringContaining("dist/page/index.js does not exist") });
		expect(server.requests).toHaveLength(1);
	});

	it("is installed by the README's commands", async () => {
		const commands = blocks("README.md", "sh").find((block) => block.includes("tar -xzf")) ?? "";
		expect(commands).toContain(`/releases/download/v${VERSION}`);
		const home = workspace({
			"bin/curl": `#!/bin/sh
for word; do case "$word" in https://*) cp "${RELEASED}/release/\${word##*/}" . ;; esac; done
`,
		});
		chmodSync(join(home, "bin/curl"), 0o755);
		const PATH = [join(home, "bin"), join(home, ".local/bin"), dirname(process.execPath), BASE_ENV["PATH"]].join(
			delimiter,
		);
		const code = `${commands}\npipeline-hooks --version`;
		const run = await runProgram("sh", ["-ec", code], { cwd: home, env: { HOME: home, PATH } });
		expect(run).toMatchObject({ code: 0, stdout: `${ARCHIVE}: OK\n${VERSION}\n`, stderr: "" });
	});

	it.each([
		["a tag of another version", "v9.9.9", CHANGELOG, "the tag v9.9.9 is not the version of package.json"],
		["a version without notes", `v${VERSION}`, "# Changelog\n", "CHANGELOG.md has no section"],
	])("is not made of %s", async (_, tag, changelog, message) => {
		const { code, stderr } = await release(checkout(changelog), tag);
		expect(code).toBe(1);
		expect(stderr).toContain(message);
	});
});
