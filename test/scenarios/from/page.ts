// A page of docs/from: its configs, files, commands and requests, and what it takes to try them.
import { chmodSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { blocks as blocksOf, page, ROOT } from "../../helpers/pages.ts";
import { BASE_ENV, type Ended, runProgram, workspace } from "../../helpers/runner.ts";
import type { Received, Server } from "../../helpers/server.ts";

/** The pages that set steps of a workflow side by side. */
export const STEP_PAGES: readonly string[] = ["curl.md", "slack-github-action.md", "pagerduty-action.md"];

/** The names of the other pages, such as `rocky.md`. */
export const PAGES: readonly string[] = readdirSync(join(ROOT, "docs/from")).filter(
	(name) => name.endsWith(".md") && !STEP_PAGES.includes(name),
);

export const pageText = (name: string) => page(`docs/from/${name}`);

/** The fenced blocks in one language, in their order. */
export function blocks(name: string, language: string): readonly string[] {
	return blocksOf(`docs/from/${name}`, language);
}

/** The block after the sentence that names the file first. */
export function fileOf(name: string, file: string): string {
	const text = pageText(name);
	const [, content] = /\n```\w+\n([\s\S]*?)\n```/.exec(text.slice(text.indexOf(`\`${file}\``))) ?? [];
	if (content === undefined) throw new Error(`${name} has no ${file}`);
	return `${content}\n`;
}

/** What the page's configs read from the environment; the secrets are those that the page names. */
export function environment(name: string, { url }: Pick<Server, "url">): Readonly<Record<string, string>> {
	const named = pageText(name).matchAll(/\b([A-Z_]+_(?:SECRET|TOKEN))=([\w-]+)/g);
	const secrets = Object.fromEntries([...named].map(([, name = "", value = ""]) => [name, value]));
	return { ...secrets, SLACK_WEBHOOK_URL: `${url}/slack` };
}

/** A folder with the page's config and files. The config's receiver is the server. */
export function folderOf(name: string, config: string, { url }: Pick<Server, "url">): string {
	const text = pageText(name);
	const named = ["event.json", "snapshot.json", "events.jsonl", "webhook.json"].filter((file) =>
		text.includes(`\`${file}\``),
	);
	const [request = ""] = blocks(name, "http");
	return workspace({
		[name === "rocky.md" && config.includes("[adapter") ? "rocky.toml" : "pipeline-hooks.toml"]: config.replaceAll(
			"https://receiver.example.com",
			url,
		),
		...Object.fromEntries(named.map((file) => [file, fileOf(name, file)])),
		"body.json": parseRequest(request).body,
		"scripts/freeze.sh": "exit 0\n",
	});
}

/** Runs a block of commands in a folder, as a shell where `pipeline-hooks` is installed does. */
export function runShell(code: string, folder: string, env: Readonly<Record<string, string>>): Promise<Ended> {
	const shim = join(folder, ".bin/pipeline-hooks");
	mkdirSync(dirname(shim), { recursive: true });
	writeFileSync(shim, `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, "dist/cli/index.js")}" "$@"\n`);
	chmodSync(shim, 0o755);
	const path = [dirname(shim), BASE_ENV["PATH"]].join(delimiter);
	return runProgram("sh", ["-ec", code], { cwd: folder, env: { ...BASE_ENV, ...env, PATH: path } });
}

/** A request as a page shows it. */
export interface Shown {
	/** `POST /path`. */
	readonly target: string;
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
}

/** What HTTP itself adds, and differs from run to run. */
const OF_HTTP = ["host", "content-length", "connection"];

export function parseRequest(block: string): Shown {
	const [head = "", body = ""] = block.trimEnd().split("\n\n");
	const [first = "", ...lines] = head.split("\n");
	const headers = lines.map((line) => /^([^:]+): (.*)$/.exec(line) ?? []);
	return {
		target: first.replace(/ HTTP\/1\.1$/, ""),
		headers: settle(Object.fromEntries(headers.map(([, name = "", value = ""]) => [name.toLowerCase(), value]))),
		body,
	};
}

export function shown({ method, path, headers, body }: Received): Shown {
	const kept = Object.entries(headers).filter(([name]) => !OF_HTTP.includes(name));
	return { target: `${method} ${path}`, headers: settle(Object.fromEntries(kept)), body };
}

/** The version is another one with each release. */
function settle(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
	const agent = headers["user-agent"]?.replace(/^pipeline-hooks\/\d+\.\d+\.\d+$/, "pipeline-hooks/VERSION");
	return agent === undefined ? headers : { ...headers, "user-agent": agent };
}
