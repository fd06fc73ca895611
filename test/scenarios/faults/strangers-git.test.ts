// A workspace with a stranger's .git, beside a real git: no program may run in it, on GitHub or outside CI.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exposed, PATH, refused } from "../../helpers/exposed.ts";
import { marked, settings } from "../../helpers/hostile-git.ts";
import { repository, writeTree } from "../../helpers/repository.ts";
import { runCommand, workspace } from "../../helpers/runner.ts";

const KINDS = ["a .git folder", "a .git file that names a folder", "a .git folder with a commondir"] as const;
const EVENTS = ["workflow_run", "discussion_comment", "pull_request_target"];

/** Puts the stranger's git beside their config. `head` is what HEAD says. */
function stranger(kind: (typeof KINDS)[number], folder: string, head: string, touch: (name: string) => string): void {
	const shared = {
		"objects/info/x": "",
		"refs/x": "",
		config: settings(touch),
		"hooks/post-checkout": `#!/bin/sh\n${touch("hook")}\n`,
		"info/attributes": "* filter=x\n",
	};
	const below = (name: string, files: Readonly<Record<string, string>>) =>
		Object.fromEntries(Object.entries(files).map(([path, text]) => [`${name}/${path}`, text]));
	const trees = {
		"a .git folder": below(".git", { ...shared, HEAD: head }),
		"a .git file that names a folder": { ".git": "gitdir: theirs\n", ...below("theirs", { ...shared, HEAD: head }) },
		"a .git folder with a commondir": {
			...below(".git", { HEAD: head, commondir: "../shared\n" }),
			...below("shared", shared),
		},
	};
	writeTree(folder, { ...trees[kind], ".gitattributes": "* filter=x\n" });
}

it("the settings of these scenarios do run programs where git is asked", () => {
	const { touch, ran, ask } = marked();
	const folder = workspace({ x: "x" });
	stranger("a .git folder", folder, `${"0123456789".repeat(4)}\n`, touch);
	expect(() => ask(folder, "cat-file", "commit", "HEAD")).toThrow();
	expect(() => ask(folder, "status")).toThrow();
	expect(ran()).toEqual(expect.arrayContaining(["alias"]));
});

describe.each(KINDS.map((kind, n) => [kind, EVENTS[n] ?? ""] as const))("with %s", (kind, event) => {
	it("fault 49: a stranger's git settings run no program, and the base commit's config is used", async () => {
		const stage = await exposed();
		const { env, touch, ran } = marked();
		const folder = workspace({ [PATH]: stage.strangers });
		stranger(kind, folder, `${stage.base}\n`, touch);
		const run = await stage.fire(event, { workspace: folder, env });
		expect(run).toMatchObject(refused(`refused on ${event}: the workspace may contain a stranger's code`));
		expect([stage.sent(), stage.ran(), ran()]).toEqual([["base"], [], []]);
	});

	it("fault 49: nor does the command run a program in a stranger's git folder, though it reads branch and repository there", async () => {
		const { env, touch, ran } = marked();
		const folder = workspace({ "pipeline-hooks.toml": '[hook.webhooks.ping]\nurl = "http://127.0.0.1:9"\n' });
		stranger(kind, folder, "ref: refs/heads/feature/x\n", touch);
		const { code, stdout, stderr } = await runCommand(["render", "ping"], { workspace: folder, env });
		expect([code, stderr]).toEqual([0, ""]);
		expect(stdout).toMatch(/"repository": "acme\/warehouse",\s*"branch": "feature\/x"/);
		expect(stdout).not.toContain("hunter2");
		expect(ran()).toEqual([]);
	});
});

describe("fault 49: an archive of a pull request, unpacked where nothing was checked out, is not taken for the base commit", () => {
	it.each([
		[
			"the base's whole repository",
			(from: string, folder: string) => cpSync(from, join(folder, ".git"), { recursive: true }),
		],
		["a bare one", (from: string, folder: string) => cpSync(from, folder, { recursive: true })],
	])("with %s in it", async (_, unpack) => {
		const stage = await exposed();
		const folder = workspace({ [PATH]: stage.strangers });
		unpack(join(stage.repo.folder, ".git"), folder);
		expect(await stage.fire("workflow_run", { workspace: folder })).toMatchObject(refused("refused on workflow_run: "));
		expect([stage.sent(), stage.ran(), stage.api.requests.length]).toEqual([["base"], [], 1]);
	});
});

it("fault 49: git is not run in the workspace on a trusted event either", async () => {
	const { env, touch, ran } = marked();
	const stage = await exposed();
	const { folder, git } = repository();
	writeTree(folder, { ".git/config": settings(touch), [PATH]: '[hook.pipeline_start]\ncommand = "true"\n' });
	expect(git).toBeDefined();
	expect(await stage.fire("push", { workspace: folder, env })).toMatchObject({
		code: 0,
		outputs: { result: "passed" },
	});
	expect(ran()).toEqual([]);
	expect(existsSync(join(folder, ".git"))).toBe(true);
});

it("fault 49: a named pipe in place of a file in .git is not waited for", async () => {
	const folder = workspace({ "pipeline-hooks.toml": '[hook.ping]\ncommand = "true"\n', ".git/config": "" });
	execFileSync("mkfifo", [join(folder, ".git/HEAD")]);
	expect(await runCommand(["fire", "ping"], { workspace: folder })).toMatchObject({ code: 0, stderr: "" });
});
