// Finding the config file on a real disk, reading its bytes, and what TOML itself does not take.
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadConfig } from "../../../src/config/load.ts";
import { nodeFiles } from "../../../src/entry/node.ts";
import { type Problem, UserError } from "../../../src/model/problem.ts";
import { onlyProblem, parse, problemsOf } from "../../helpers/parse.ts";
import { unprivileged } from "../../helpers/unprivileged.ts";

const HOOK = '[[hook.ping]]\ncommand = "x"\n';

let workspace: string;
beforeEach(async () => {
	workspace = await mkdtemp(join(tmpdir(), "hooks-load-"));
});
afterEach(() => rm(workspace, { recursive: true, force: true }));

async function put(file: string, content: string | Uint8Array): Promise<string> {
	const path = join(workspace, file);
	await mkdir(dirname(path), { recursive: true });
	await writeFile(path, content);
	return path;
}

const load = (config?: string) => loadConfig({ workspace, config, warnHidden: true }, nodeFiles);

async function problemOf(config?: string): Promise<Problem> {
	const error = await load(config).then(
		() => undefined,
		(reason: unknown) => reason,
	);
	if (!(error instanceof UserError)) throw new Error("expected a UserError", { cause: error });
	return error.problems[0];
}

describe("loadConfig", () => {
	it("takes the first of the usual files", async () => {
		await put("rocky.toml", '[hook.on_ping]\ncommand = "x"\n[adapter]\n');
		expect((await load()).file).toBe("rocky.toml");
		await put("pipeline-hooks.toml", HOOK);
		expect((await load(" ")).file).toBe("pipeline-hooks.toml");
		await put(".github/pipeline-hooks.toml", HOOK);
		expect((await load("")).file).toBe(".github/pipeline-hooks.toml");
	});

	it("takes no later file where an earlier one is a link that leads nowhere: its gates would not be asked", async () => {
		await put("pipeline-hooks.toml", HOOK);
		await mkdir(join(workspace, ".github"));
		await symlink("nothing", join(workspace, ".github/pipeline-hooks.toml"));
		expect(await problemOf()).toMatchObject({
			code: "config_unreadable",
			message: "config file .github/pipeline-hooks.toml cannot be read: is a symbolic link that leads nowhere",
		});
	});

	it("takes the file that is named, from the workspace or anywhere, and nothing else", async () => {
		await put("pipeline-hooks.toml", HOOK);
		const path = await put("deep/own.toml", HOOK);
		expect((await load("deep/../deep/own.toml")).file).toBe("deep/own.toml");
		expect((await load(path)).file).toBe("deep/own.toml");
		expect(
			(await loadConfig({ workspace: join(workspace, "other"), config: path, warnHidden: true }, nodeFiles)).file,
		).toBe(path);
		expect(await problemOf("missing.toml")).toMatchObject({
			code: "config_missing",
			message: `config file missing.toml not found in ${workspace}`,
			remedy: expect.stringContaining("actions/checkout"),
		});
	});

	it("reads a file of that name as Rocky's, wherever it is", async () => {
		const path = await put("deep/rocky.toml", '[adapter]\n[[hook.on_ping]]\ncommand = "x"\n');
		expect((await load(path)).hooks).toHaveLength(1);
		await put("deep/not-rocky.toml", '[adapter]\n[[hook.on_ping]]\ncommand = "x"\n');
		expect(await problemOf("deep/not-rocky.toml")).toMatchObject({ message: 'unknown key "adapter"' });
	});

	it("says where it looked when there is none, and what to do", async () => {
		const problem = await problemOf();
		expect(problem.code).toBe("config_missing");
		for (const file of [".github/pipeline-hooks.toml", "pipeline-hooks.toml", "rocky.toml"]) {
			expect(problem.message).toContain(file);
		}
		expect(problem.remedy).toContain("actions/checkout");
	});

	it.each([
		["pipeline-hooks.yml", "it is YAML: write it as TOML into .github/pipeline-hooks.toml"],
		[".github/pipeline-hooks.yaml", "it is YAML: write it as TOML into .github/pipeline-hooks.toml"],
		["pipeline-hooks.json", "it is JSON: write it as TOML into .github/pipeline-hooks.toml"],
		[".github/workflows/pipeline-hooks.toml", "rename it to .github/pipeline-hooks.toml"],
		["pipeline_hooks.toml", "rename it to .github/pipeline-hooks.toml"],
	])("says of %s that it is not read, if there is nothing else", async (name, remedy) => {
		await put(name, "hook:\n");
		expect(await problemOf()).toMatchObject({
			code: "config_missing",
			message: expect.stringMatching(`rocky.toml; ${name} is not read$`),
			remedy,
		});
		await put("rocky.toml", '[[hook.on_ping]]\ncommand = "x"\n');
		expect((await load()).file).toBe("rocky.toml");
	});

	it("says of a file with another extension than the one that is named that it is not read", async () => {
		await put("deep/own.yml", "hook:\n");
		const problem = await problemOf("deep/own.toml");
		expect(problem.message).toContain("config file deep/own.toml not found in");
		expect(problem.message).toMatch(/; deep\/own\.yml is not read$/);
		expect(problem.remedy).toBe("it is YAML: write it as TOML into deep/own.toml");
	});

	it.each([
		["hooks.yml", "hook:\n  pipeline_error:\n    - command: x\n", "YAML", 1],
		["hooks.yaml", "# hooks\n\n---\nhook:\n", "YAML", 3],
		["hooks.toml", "hook:\n  pipeline_error:\n", "YAML", 1],
		["hooks.toml", "- command: x\n", "YAML", 1],
		["hooks.json", '{"hook": {}}', "JSON", 1],
		["hooks.toml", '\n{\n  "hook": {}\n}', "JSON", 2],
		["hooks.yml", "'x\n", "YAML", 1],
	])("says of %s what it is: %j", async (name, text, format, line) => {
		await put(name, text);
		expect(await problemOf(name)).toMatchObject({
			code: "config_syntax",
			message: `${name} is ${format}, and a config is TOML`,
			place: { file: name, line, column: 1 },
		});
	});

	it("takes TOML whatever its file is called, and its errors for its own", async () => {
		await put("hooks.yml", HOOK);
		expect((await load("hooks.yml")).hooks).toHaveLength(1);
		await put("hooks.yml", `name: x\n${HOOK}`);
		expect((await problemOf("hooks.yml")).message).toMatch(/^hooks\.yml is not valid TOML/);
	});

	it("stops at a file that is there and cannot be read", async () => {
		await put("rocky.toml", HOOK);
		await mkdir(join(workspace, "pipeline-hooks.toml"));
		expect(await problemOf()).toMatchObject({
			code: "config_unreadable",
			message: "config file pipeline-hooks.toml cannot be read: is a directory",
		});
	});

	it("says when it may not read it", async () => {
		await chmod(await put("pipeline-hooks.toml", HOOK), 0o000);
		await chmod(workspace, 0o755);
		expect(await unprivileged(problemOf)).toMatchObject({
			code: "config_unreadable",
			message: expect.stringContaining("permission denied"),
		});
	});

	it("reads up to 10 MB", async () => {
		const filler = `#${"x".repeat(1022)}\n`.repeat(10 * 1024 - 1);
		await put("pipeline-hooks.toml", HOOK + filler);
		expect((await load()).hooks).toHaveLength(1);
		await put("pipeline-hooks.toml", HOOK + filler + filler);
		expect(await problemOf()).toMatchObject({ code: "config_unreadable", message: expect.stringContaining("larger") });
	});

	it.each([
		["items", `x = [\n${"1,\n".repeat(2_000_000)}]\n`, 1_999_998],
		["tables", "[x]\n".repeat(2_000_000), 1_999_999],
		["parts of a key", `${"a.".repeat(2_000_000)}a = 1\n`, 3],
	])("refuses too many %s at the first one", async (_, more, line) => {
		await put("pipeline-hooks.toml", HOOK + more);
		expect(await problemOf()).toMatchObject({
			code: "config_shape",
			message: "pipeline-hooks.toml has more than 2000000 keys and values",
			remedy: "keep only what its hooks need",
			place: { file: "pipeline-hooks.toml", line },
		});
	});
});

describe("the bytes of a config", () => {
	it.each([
		["a byte order mark", `\uFEFF${HOOK}`],
		["CRLF", HOOK.replaceAll("\n", "\r\n")],
		["no line end at the end", HOOK.trimEnd()],
	])("may have %s", async (_, text) => {
		await put("pipeline-hooks.toml", text);
		const { hooks } = await load();
		expect(hooks).toMatchObject([{ command: "x", place: { line: 1, column: 1 } }]);
	});

	it.each([
		[
			"is not UTF-8 text",
			Buffer.concat([Buffer.from(`${HOOK}# \uFFFDä`), Buffer.from([0xe9]), Buffer.from("\n")]),
			3,
			5,
		],
		["is not UTF-8 text", Buffer.concat([Buffer.from("\uFEFF# "), Buffer.from([0xff])]), 1, 3],
		["is not UTF-8 text", Buffer.concat([Buffer.from("# "), Buffer.from([0xe2, 0x82])]), 1, 3],
		["is UTF-16, not UTF-8", Buffer.from(`\uFEFF${HOOK}`, "utf16le"), 1, 1],
		["has a NUL byte in it", Buffer.from(`${HOOK}\0`), 3, 1],
		["has a NUL byte in it", Buffer.from(`\uFEFF[[hook.ping]]\n# a\0`), 2, 4],
	])("cannot be text that %s", async (what, bytes, line, column) => {
		await put("pipeline-hooks.toml", bytes);
		expect(await problemOf()).toMatchObject({
			code: "config_syntax",
			message: `pipeline-hooks.toml ${what}`,
			remedy: "save the file as plain UTF-8 text",
			place: { file: "pipeline-hooks.toml", line, column },
		});
	});

	it("may hold the replacement character itself", async () => {
		await put("pipeline-hooks.toml", `${HOOK}name = "\uFFFD"\n`);
		expect((await load()).hooks[0]?.name).toBe("\uFFFD");
	});
});

describe("a config without hooks", () => {
	it.each([
		["", "is empty"],
		["# nothing\n\n", "is empty"],
		["[defaults]\nconcurrency = 3\n", "has no hooks"],
		["[hook]\n", "has no hooks"],
		["hook.ping = []\n", "has no hooks"],
		["[event.deploy]\n", "has no hooks"],
	])("is an error: %j", (source, what) => {
		const problem = onlyProblem(source);
		expect(problem).toMatchObject({ code: "config_shape", message: `hooks.toml ${what}` });
		expect(problem.remedy).toContain("[[hook.");
	});
});

describe("invalid TOML", () => {
	const syntax = (source: string) => {
		const problem = onlyProblem(source);
		expect(problem.code).toBe("config_syntax");
		expect(problem.frame).toContain(`> ${problem.place?.line} |`);
		const message = problem.message.replace("hooks.toml is not valid TOML: ", "");
		return `${problem.place?.line}:${problem.place?.column} ${message}`;
	};

	it.each([
		['[[hook.ping]]\ncommand = "x', "2:11 a string is not closed"],
		["[[hook.ping]]\ncommand = ", "2:11 the value is missing or is not a TOML value"],
		["[[hook.ping]]\ncommand = echo", "2:11 the value is missing or is not a TOML value"],
		['[[hook.ping]]\ncommand = "a" b', "2:15 there is more on the line after the value"],
		["[[hook.ping]]\ncommand", "2:1 the line is not a key with a value"],
		['[[hook.ping]]\ncommand = "\\d"', "2:13 a backslash begins an escape that TOML does not know"],
		['[[hook.ping]]\ncommand = "a\nb"', "2:13 a string has a control character or a line break in it"],
		['[[hook.ping]]\nenv = { A = "b",', "2:7 an inline table is not closed"],
		["[[hook.ping]]\ncommand = [1,", "2:11 an array is not closed"],
		["[[hook.ping]]\na/b = 1", "2:2 a key has a character that needs quotes"],
		["[[hook.ping]]\ncommand = [1 2]", "2:14 a comma or a closing bracket is missing"],
		["[[hook.ping]", "1:13 a header is not closed"],
		["[hook.ping", "1:2 a header is not closed"],
		['[hook.ping\ncommand = "x"', "1:11 a header is not closed"],
		['[[hook.ping]]\nenabled\ncommand = "x"', "2:8 the line is not a key with a value"],
		[`hook = ${"[".repeat(2000)}`, "1:1008 the tables and arrays are nested too deeply"],
		['[[hook.ping]]\r\ncommand = "x\r\n', "2:13 a string has a control character or a line break in it"],
	])("is told at its place: %j", (source, expected) => {
		expect(syntax(source)).toBe(expected);
	});

	it.each([
		["hook.webhooks.ping", "[[hook.webhooks.ping]]"],
		['hook.webhooks."job.failed"', '[[hook.webhooks."job.failed"]]'],
		["hooks.ping", "[[hooks.ping]]"],
	])("says how to write a second [%s]", (key, remedy) => {
		for (const second of [`[${key}]`, `[[${key}]]`, `  [ ${key} ] # again`]) {
			const source = `[${key}]\nurl = "S3CRET"\n\n${second}\nurl = "S3CRET2"\n`;
			const problem = onlyProblem(source);
			expect(problem.message).toBe(`hooks.toml is not valid TOML: [${key}] is defined twice`);
			expect(problem.remedy).toContain(remedy);
			expect(problem.place).toMatchObject({ line: 4, column: second.indexOf("[") + 1 });
			expect(JSON.stringify(problem)).not.toContain("S3CRET");
		}
	});

	it.each([
		["[defaults]\n[defaults]", "[defaults] is defined twice", "merge the two tables into one", 2],
		["[hook.webhooks]\n[hook.webhooks]", "[hook.webhooks] is defined twice", "merge the two tables into one", 2],
		[
			"[hook.webhooks.ping]\n[[hook.webhooks]]",
			"[hook.webhooks] is defined twice",
			"an event's name is missing: write [[hook.webhooks.<event>]]",
			2,
		],
		["[hook.ping]\n[[ hook ]]", "[hook] is defined twice", "an event's name is missing: write [[hook.<event>]]", 2],
		["[hook.ping.env]\n[hook.ping.env]", "[hook.ping.env] is defined twice", "merge the two tables into one", 2],
		["[hook.ping]\nname = 1\nname = 2", "name is defined twice", "keep one of the two", 3],
		["hook.ping.env = { A = 1, A = 2 }", "A is defined twice", "keep one of the two", 1],
	])("says what is there twice in %j", (source, message, remedy, line) => {
		expect(onlyProblem(source)).toMatchObject({
			message: `hooks.toml is not valid TOML: ${message}`,
			remedy,
			place: { line },
		});
	});

	it.each(["[[hook.job.*]]", "[hook.webhooks.pipeline_*]", " [[ hook.phase:quality ]]"])(
		"says how a header takes what needs quotes: %s",
		(header) => {
			const problem = onlyProblem(`[[hook.ping]]\ncommand = "x"\n${header}\ncommand = "x"`);
			expect(problem.message).toContain("a key has a character that needs quotes");
			expect(problem.remedy).toBe('put the name in quotes, as in [[hook."job.*"]]');
			expect(onlyProblem("[[hook.ping]]\na/b = 1").remedy).toBe('write it as "the key" = value');
		},
	);

	it("shows no secret, whatever it is that goes wrong beside it", () => {
		const cases = [
			'[[hook.webhooks.ping]]\nsecret = "S3CRET\n',
			'[[hook.webhooks.ping]]\nsecret = S3CRET\nurl = "https://S3CRET"\n',
			'[[hook.webhooks.ping]]\nsecret = "S3CRET" S3CRET\n',
			'[[hook.webhooks.ping]]\nheaders = { Authorization = "S3CRET", "a }\n',
			"[[hook.webhooks.ping]]\nsecret = '''\nS3CRET\n",
			'[[hook.webhooks.ping]]\nurl = "\\qS3CRET"\n',
		];
		for (const source of cases) {
			const problems = problemsOf(source);
			expect(problems).toHaveLength(1);
			expect(JSON.stringify(problems)).not.toContain("S3CRET");
		}
	});

	it("takes a byte order mark at the start", () => {
		expect(parse(`\uFEFF${HOOK}`).hooks).toHaveLength(1);
	});
});
