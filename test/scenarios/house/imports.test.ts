// The linter keeps the house in order: who may import whom, and where the outside world may be touched.
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

interface Rule {
	readonly allowed: readonly string[];
	readonly forbidden: readonly string[];
}

const SOCKETS = ["node:http", "node:https", "node:net", "node:tls", "node:dns", "node:child_process", "undici"];
const PACKAGES = ["@actions/core", "@actions/github"];
const OUTSIDE = [...SOCKETS, ...PACKAGES, "node:process"];

const LEAVES = [
	"../event/event.ts",
	"../secrets/mask.ts",
	"../signature/schemes.ts",
	"../template/template.ts",
	"../config/hook.ts",
	"../config/interpolate.ts",
	"../presets/preset.ts",
	"../delivery.ts",
	"../errors.ts",
	"../json.ts",
	"../ports.ts",
	"../suggest.ts",
];
const NET = ["../net/url.ts", "../net/http.ts"];
const UPPER = [
	"../action.ts",
	"../cli.ts",
	"../fire/fire.ts",
	"../node.ts",
	"../commands/demo.ts",
	"../config/load.ts",
	"../presets/slack.ts",
	"../shell/shell.ts",
];

/** What a folder may not import when it imports leaves only, besides its own files. */
function except(own: string): readonly string[] {
	return ["ci", "deliver", "plan", "report"].filter((folder) => folder !== own).map((folder) => `../${folder}/x.ts`);
}

function sameFolder(paths: readonly string[]): readonly string[] {
	return paths.map((path) => path.replace("../", "./"));
}

const RULES: Readonly<Record<string, Rule>> = {
	"src/plan/x.ts": { allowed: ["./own.ts", ...LEAVES], forbidden: [...UPPER, ...except("plan"), ...OUTSIDE] },
	"src/presets/x.ts": { allowed: ["./own.ts", ...LEAVES], forbidden: [...UPPER, ...except(""), ...OUTSIDE] },
	"src/deliver/x.ts": {
		allowed: ["./own.ts", ...LEAVES, ...NET],
		forbidden: [...UPPER, ...except("deliver"), ...OUTSIDE],
	},
	"src/ci/x.ts": { allowed: ["./own.ts", ...LEAVES], forbidden: [...UPPER, ...except("ci"), ...OUTSIDE] },
	"src/report/x.ts": { allowed: ["./own.ts", ...LEAVES], forbidden: [...UPPER, ...except("report"), ...OUTSIDE] },
	"src/event/x.ts": { allowed: ["./own.ts", ...LEAVES], forbidden: [...UPPER, ...except(""), ...OUTSIDE] },
	"src/secrets/x.ts": { allowed: ["./own.ts", ...LEAVES], forbidden: [...UPPER, ...except(""), ...OUTSIDE] },
	"src/signature/x.ts": { allowed: ["./own.ts", ...LEAVES], forbidden: [...UPPER, ...except(""), ...OUTSIDE] },
	"src/template/x.ts": { allowed: ["./own.ts", ...LEAVES], forbidden: [...UPPER, ...except(""), ...OUTSIDE] },
	"src/config/x.ts": {
		allowed: ["./own.ts", ...LEAVES, "../presets/index.ts", "../net/url.ts"],
		forbidden: ["../fire/fire.ts", "../node.ts", "../net/http.ts", ...except(""), ...OUTSIDE],
	},
	"src/config/hook.ts": {
		allowed: ["./interpolate.ts", ...LEAVES],
		forbidden: ["./load.ts", ...UPPER, ...except(""), ...OUTSIDE],
	},
	"src/presets/preset.ts": { allowed: LEAVES, forbidden: ["./slack.ts", ...UPPER, ...except(""), ...OUTSIDE] },
	"src/json.ts": {
		allowed: sameFolder(LEAVES),
		forbidden: [...sameFolder([...UPPER, ...except("")]), ...OUTSIDE],
	},
	"src/fire/x.ts": {
		allowed: ["./own.ts", ...LEAVES, ...except(""), "../config/load.ts", "../outbox/held.ts", "../inputs.ts"],
		forbidden: ["../action.ts", "../node.ts", "../commands/demo.ts", "../presets/slack.ts", ...OUTSIDE],
	},
	"src/net/x.ts": {
		allowed: ["./own.ts", ...LEAVES, ...SOCKETS],
		forbidden: [...UPPER, ...except(""), ...PACKAGES, "node:process", "undici/lib/dispatcher/client.js"],
	},
	"src/shell/x.ts": {
		allowed: ["./own.ts", ...LEAVES, ...SOCKETS],
		forbidden: [...UPPER, ...except(""), ...PACKAGES, "node:process"],
	},
	"src/report/github.ts": {
		allowed: [...LEAVES, "@actions/core"],
		forbidden: [...UPPER, ...SOCKETS, "@actions/github", "node:process"],
	},
	"src/node.ts": {
		allowed: ["./net/http.ts", ...SOCKETS],
		forbidden: ["./action.ts", "./cli.ts", ...PACKAGES, "node:process"],
	},
	"src/github-api.ts": {
		allowed: ["@actions/github", "./json.ts"],
		forbidden: ["./cli.ts", "@actions/core", ...SOCKETS],
	},
	"src/commands/demo.ts": { allowed: ["../fire/fire.ts", "../node.ts"], forbidden: ["../cli.ts", ...OUTSIDE] },
	"src/commands/listen.ts": { allowed: ["../fire/fire.ts", ...SOCKETS], forbidden: ["../cli.ts", ...PACKAGES] },
	"src/receiver/x.ts": { allowed: SOCKETS, forbidden: ["../cli.ts", ...PACKAGES] },
	"src/inputs.ts": { allowed: sameFolder(LEAVES), forbidden: ["./action.ts", "./cli.ts", ...OUTSIDE] },
	"src/action.ts": { allowed: ["./fire/fire.ts", "./node.ts", "@actions/core"], forbidden: ["./cli.ts", ...SOCKETS] },
	"src/cli.ts": {
		allowed: ["./fire/fire.ts", "./commands/demo.ts"],
		forbidden: ["./action.ts", ...SOCKETS, ...PACKAGES],
	},
};

/** Uses of globals, each with the rule that forbids it nearly everywhere and the files where it is allowed. */
const GLOBALS = [
	{ code: "process.env.HOME;", rule: "lint/style/noProcessEnv", allowed: ["src/action.ts", "src/cli.ts"] },
	{ code: 'fetch("https://example.com");', rule: "lint/style/noRestrictedGlobals", allowed: [] },
	{ code: 'console.log("x");', rule: "lint/suspicious/noConsole", allowed: [] },
];

interface Diagnostic {
	readonly category: string;
	readonly location: { readonly path: string; readonly start: { readonly line: number } };
}

let scratch: string;
let diagnostics: readonly Diagnostic[];

beforeAll(async () => {
	scratch = await mkdtemp(join(tmpdir(), "pipeline-hooks-imports-"));
	await copyFile("biome.json", join(scratch, "biome.json"));
	for (const [file, { allowed, forbidden }] of Object.entries(RULES)) {
		const imports = [...forbidden, ...allowed].map((specifier) => `import "${specifier}";`);
		const path = join(scratch, file);
		await mkdir(dirname(path), { recursive: true });
		await writeFile(path, [...imports, ...GLOBALS.map(({ code }) => code), ""].join("\n"));
	}
	diagnostics = await lint(scratch);
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

function lint(directory: string): Promise<readonly Diagnostic[]> {
	const biome = resolve("node_modules/.bin/biome");
	const args = ["lint", "--vcs-enabled=false", "--reporter=json", "--max-diagnostics=none", "src"];
	return new Promise((done, failed) => {
		execFile(biome, args, { cwd: directory, maxBuffer: 2 ** 26 }, (error, stdout) => {
			if (stdout === "") return failed(error);
			const report: { readonly diagnostics: readonly Diagnostic[] } = JSON.parse(stdout);
			done(report.diagnostics);
		});
	});
}

/** The lines of a file, counted from 1, where a rule fires. */
function linesWith(rule: string, file: string): readonly number[] {
	return diagnostics
		.filter(({ category, location }) => category === rule && location.path === file)
		.map(({ location }) => location.start.line)
		.sort((a, b) => a - b);
}

describe.each(Object.entries(RULES))("%s", (file, { allowed, forbidden }) => {
	const imports = [...forbidden, ...allowed];

	it("may import what its place allows and nothing else", () => {
		const refused = linesWith("lint/style/noRestrictedImports", file).map((line) => imports[line - 1]);
		expect(refused).toEqual(forbidden);
	});

	it.each(GLOBALS)("$rule", ({ code, rule, allowed: files }) => {
		const line = imports.length + 1 + GLOBALS.findIndex((global) => global.code === code);
		expect(linesWith(rule, file)).toEqual(files.includes(file) ? [] : [line]);
	});
});
