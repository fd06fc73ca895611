// Settings of a git repository that run programs, and a way to see whether any was run.
import { execFileSync } from "node:child_process";
import { chmodSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BASE_ENV, workspace } from "./runner.ts";

/** A folder for marks, with a `git` in it that marks each call and then is the real one. */
export function marked() {
	const marks = workspace();
	const bin = workspace();
	const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8", env: BASE_ENV }).trim();
	writeFileSync(join(bin, "git"), `#!/bin/sh\ntouch '${join(marks, "git")}'\nexec '${real}' "$@"\n`);
	chmodSync(join(bin, "git"), 0o755);
	return {
		env: { PATH: `${bin}:${BASE_ENV["PATH"]}`, DEPLOY_TOKEN: "tok-0123456789abcdef" },
		touch: (name: string) => `touch '${join(marks, name)}'`,
		ran: () => readdirSync(marks).sort(),
		/** As the real git, which proves that the settings do run programs. */
		ask: (folder: string, ...args: readonly string[]) =>
			execFileSync(real, args, { cwd: folder, env: { ...BASE_ENV, GIT_CONFIG_NOSYSTEM: "1" }, stdio: "ignore" }),
	};
}

/** Settings that run a program by each way that git knows without a hook's own file. */
export function settings(touch: (name: string) => string): string {
	const quoted = (name: string) => `"${touch(name)}; false"`;
	return `[core]
	repositoryformatversion = 1
	bare = false
	fsmonitor = ${quoted("fsmonitor")}
	hooksPath = hooks
	sshCommand = ${quoted("ssh")}
	pager = ${quoted("pager")}
	alternateRefsCommand = ${quoted("alternates")}
[alias]
	remote-foo = "!${touch("alias")}; false"
	rev-parse = "!${touch("alias")}"
[credential]
	helper = "!${touch("credential")}"
[filter "x"]
	smudge = ${quoted("filter")}
	clean = ${quoted("filter")}
[extensions]
	partialClone = theirs
[remote "theirs"]
	url = foo::bar
	promisor = true
	uploadpack = ${quoted("uploadpack")}
[remote "origin"]
	url = https://user:hunter2@git.example.com/acme/warehouse.git
[protocol]
	allow = always
[protocol "foo"]
	allow = always
`;
}
