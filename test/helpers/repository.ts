// A real git repository, and GitHub's API for one of its commits.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { BASE_ENV, workspace } from "./runner.ts";
import { type Reply, type Server, startServer } from "./server.ts";

export type Tree = Readonly<Record<string, string>>;

export interface Repository {
	readonly folder: string;
	/** Runs git in it; what it says, trimmed. */
	readonly git: (...args: readonly string[]) => string;
	/** Writes files without committing them. */
	readonly write: (files: Tree) => void;
	/** Commits these files on top of HEAD and leaves them checked out; the commit's id. */
	readonly commit: (files: Tree) => string;
}

/** A new repository; gone after the test. Nothing of the machine's own git settings counts. */
export function repository(...options: readonly string[]): Repository {
	const folder = workspace();
	const env = { ...BASE_ENV, GIT_CONFIG_GLOBAL: "", GIT_CONFIG_NOSYSTEM: "1" };
	const identity = ["-c", "user.name=t", "-c", "user.email=t@t.invalid", "-c", "commit.gpgsign=false"];
	const git: Repository["git"] = (...args) =>
		execFileSync("git", [...identity, ...args], { cwd: folder, env, encoding: "utf8", stdio: "pipe" }).trim();
	git("init", "-q", "-b", "main", ...options);
	const write = (files: Tree) => writeTree(folder, files);
	const commit = (files: Tree) => {
		write(files);
		git("add", "-A");
		git("commit", "-q", "--allow-empty", "-m", "x");
		return git("rev-parse", "HEAD");
	};
	return { folder, git, write, commit };
}

/** Writes files below a folder that is there. */
export function writeTree(folder: string, files: Tree): void {
	for (const [name, text] of Object.entries(files)) {
		mkdirSync(dirname(join(folder, name)), { recursive: true });
		writeFileSync(join(folder, name), text);
	}
}

/** Answers for the files of acme/warehouse at one commit as https://docs.github.com/en/rest/repos/contents does. */
export function startApi(commit: string, files: Tree): Promise<Server> {
	return startServer((request, response) => {
		const { pathname, searchParams } = new URL(request.url ?? "", "http://api.invalid");
		const name = decodeURIComponent(pathname).replace("/repos/acme/warehouse/contents/", "");
		const text = searchParams.get("ref") === commit ? files[name] : undefined;
		if (text === undefined) response.writeHead(404, JSON_TYPE).end('{"message": "Not Found"}');
		else response.writeHead(200, RAW_TYPE).end(text);
	});
}

/** An answer of the API that is a mistake. */
export function refusal(status: number, message: string): Reply {
	return { status, body: JSON.stringify({ message }), headers: JSON_TYPE };
}

export const JSON_TYPE = { "content-type": "application/json; charset=utf-8" };
export const RAW_TYPE = { "content-type": "application/vnd.github.raw+json; charset=utf-8" };
