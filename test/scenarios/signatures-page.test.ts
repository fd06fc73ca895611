// docs/signatures.md, tried: its receivers, its commands and its tables.
import { execFileSync } from "node:child_process";
import { chmodSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { SCHEMES, SIGNATURES } from "../../src/signature/schemes.ts";
import { blocks, page, ROOT } from "../helpers/pages.ts";
import { BASE_ENV, runCommand, runProgram, workspace } from "../helpers/runner.ts";
import { cli } from "../helpers/send.ts";
import { type Received, startServer } from "../helpers/server.ts";
import { OTHER_SECRET, SECRET } from "../helpers/signing.ts";

const NAME = "docs/signatures.md";
const PAGE = page(NAME);

async function deliver(scheme: string, secret = SECRET): Promise<Received> {
	const server = await startServer({ status: 200 });
	const config = `[hook.webhooks.ping]\nurl = "${server.url}"\nsecret = "\${S}"\nsignature = "${scheme}"\n`;
	const args = ["fire", "ping", "--error", "Größe ✓\u2028"];
	await cli(args, config, { env: { S: secret } });
	const [request] = server.requests;
	if (request === undefined) throw new Error("nothing was sent");
	return request;
}

/** A program with the packages of this repository, this one among them, and the command on its path. */
function project(files: Readonly<Record<string, string>>): string {
	const shim = `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, "dist/cli/index.js")}" "$@"\n`;
	const folder = workspace({
		"package.json": '{ "type": "module" }',
		"node_modules/.bin/pipeline-hooks": shim,
		...files,
	});
	chmodSync(join(folder, "node_modules/.bin/pipeline-hooks"), 0o755);
	symlinkSync(ROOT, join(folder, "node_modules/pipeline-hooks"), "dir");
	symlinkSync(join(ROOT, "node_modules/standardwebhooks"), join(folder, "node_modules/standardwebhooks"), "dir");
	symlinkSync(join(ROOT, "node_modules/@octokit"), join(folder, "node_modules/@octokit"), "dir");
	return folder;
}

describe("the receivers accept what is signed here, and nothing else", () => {
	const [alone = "", ...javascript] = blocks(NAME, "js");
	const [python = "", standard = ""] = blocks(NAME, "python");
	test("there are four in JavaScript", () => expect(javascript.length).toBe(3));

	test("without a library, in JavaScript and in Python", async () => {
		const { body, headers } = await deliver("rocky");
		const header = headers["x-rocky-signature"] ?? "";
		const file = join(workspace({ "verify.mjs": alone }), "verify.mjs");
		const { isSigned }: { isSigned: (body: Buffer, header: string | undefined, secret: string) => boolean } =
			await import(pathToFileURL(file).href);
		expect(isSigned(Buffer.from(body), header, SECRET)).toBe(true);
		expect(isSigned(Buffer.from(`${body} `), header, SECRET)).toBe(false);
		expect(isSigned(Buffer.from(body), header, OTHER_SECRET)).toBe(false);
		expect(isSigned(Buffer.from(body), undefined, SECRET)).toBe(false);

		const code = `${python}
import sys
body, header, secret = sys.stdin.buffer.read(), *sys.argv[1:]
print(*[is_signed(*all, secret) for all in [(body, header), (body + b" ", header), (body, ""), (body, None), (body, "\u00e9")]])`;
		const printed = execFileSync("python3", ["-c", code, header, SECRET], { input: body, encoding: "utf8" });
		expect(printed.trim()).toBe("True False False False False");
	});

	test.each([
		[0, "standard"],
		[1, "github"],
		[2, "standard"],
	])("in JavaScript, number %i: %s", async (index, scheme) => {
		const folder = project({
			"receiver.js": javascript[index] ?? "",
			"main.js": `import { readFileSync } from "node:fs";
import { isSigned } from "./receiver.js";
const { body, headers, secret } = JSON.parse(readFileSync(0, "utf8"));
const request = { headers };
const all = [[body, request], [body + " ", request], [body, { headers: {} }]];
const answers = await Promise.all(all.map(async ([text, request]) => {
	try { return await isSigned(Buffer.from(text), request, secret); } catch { return false; }
}));
console.log(JSON.stringify(answers));
`,
		});
		const { body, headers } = await deliver(scheme);
		const answers = async (secret: string) => {
			const env = { ...BASE_ENV, WEBHOOK_SECRET_OLD: secret };
			const input = JSON.stringify({ body, headers, secret });
			const run = await runProgram(process.execPath, ["main.js"], { cwd: folder, env, input });
			expect(run.stderr).toBe("");
			return JSON.parse(run.stdout);
		};
		expect(await answers(SECRET)).toEqual([true, false, false]);
		expect(await answers(OTHER_SECRET)).toEqual([false, false, false]);
	});

	test("of standard, in Python", async () => {
		const code = `${standard}
import json, sys
given = json.load(sys.stdin)
body, headers = given["body"].encode(), given["headers"]
at = lambda time: dict(headers, **{"webhook-timestamp": time})
old = at(str(int(headers["webhook-timestamp"]) - 301))
odd = dict(headers, **{"webhook-signature": "v1,\u00e9"})
print([is_signed(*all) for all in [
    (body, headers, given["secret"]), (body, headers, given["other"]), (body + b" ", headers, given["secret"]),
    (body, {}, given["secret"]), (body, old, given["secret"]), (body, odd, given["secret"]),
    (body, at("\u00b2"), given["secret"]), (body, at("9" * 5000), given["secret"])]])`;
		const { body, headers } = await deliver("standard");
		const input = JSON.stringify({ body, headers, secret: SECRET, other: OTHER_SECRET });
		const answers = execFileSync("python3", ["-c", code], { input, encoding: "utf8" });
		expect(JSON.parse(answers.toLowerCase())).toEqual([true, ...Array(7).fill(false)]);
	});
});

describe("the commands", () => {
	const [make = "", verify = "", listen = "", ...others] = blocks(NAME, "sh");
	const shell = (code: string, folder: string, env: Readonly<Record<string, string>> = {}) => {
		const path = [join(folder, "node_modules/.bin"), BASE_ENV["PATH"]].join(delimiter);
		return runProgram("sh", ["-ec", code], { cwd: folder, env: { ...BASE_ENV, ...env, PATH: path } });
	};

	test("are three", () => expect(others).toEqual([]));

	test("make a secret that signs", async () => {
		const made = await shell(make, project({}));
		expect(made).toMatchObject({ code: 0, stderr: "", stdout: expect.stringMatching(/^whsec_\S{44}\n$/) });
		expect((await deliver("standard", made.stdout)).headers["webhook-signature"]).toMatch(/^v1,/);
	});

	test("verify, and print what is shown", async () => {
		const run = await shell(verify, project({}));
		expect(run).toMatchObject({ code: 0, stderr: "", stdout: blocks(NAME, "text")[0] });
	});

	test("verify by the example of the help", async () => {
		const folder = project({ "body.json": "hello" });
		const { stdout } = await runCommand(["verify", "--help"], { workspace: folder });
		const [, example = ""] = /\nExample:\n {2}\$ (.*)\n/.exec(stdout) ?? [];
		const env = { WEBHOOK_SECRET: "key", SIGNATURE: /sha256=\S{64}/.exec(PAGE)?.[0] ?? "" };
		const out = "valid: the body of 5 bytes is signed as github\n";
		expect(await shell(example, folder, env)).toMatchObject({ code: 0, stderr: "", stdout: out });
	});

	test("listen, and say that what was sent is signed", async () => {
		const config = '[hook.webhooks.ping]\nurl = "${URL}"\nsecret = "${WEBHOOK_SECRET}"\nsignature = "standard"\n';
		// Where it listens is known once it says so.
		const code = `: > said
${listen.trim()} 2> said &
until grep -q listening said; do sleep 0.1; done
URL=$(grep -o 'http://[^ ]*' said) pipeline-hooks fire ping > sent
wait`;
		const run = await shell(code, project({ "pipeline-hooks.toml": config }), { WEBHOOK_SECRET: SECRET });
		expect(run).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("✓ signature valid") });
	});
});

describe("the tables", () => {
	test("have every scheme with its header", () => {
		const rows = [...PAGE.matchAll(/^\| `(\w+)` \| `([\w-]+)` \|/gm)].map(([, scheme, header]) => [scheme, header]);
		expect(rows).toEqual(SIGNATURES.map((scheme) => [scheme, SCHEMES[scheme].header]));
	});

	test("have every option of verify", async () => {
		const { stdout } = await runCommand(["verify", "--help"], { workspace: workspace() });
		const options = [...stdout.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, name = ""]) => name);
		expect(options.length).toBeGreaterThan(5);
		for (const name of options) expect(PAGE).toContain(`| \`${name}\` |`);
	});
});
