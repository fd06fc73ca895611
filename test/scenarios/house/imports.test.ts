// Data flows one way: `npm run lint` refuses an import that goes up, a cycle, and the outside world in the wrong place.
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** Files that break one rule each, and what the linter says of them. */
const BROKEN = {
	"src/lib/up.ts": { code: 'import "../model/event.ts";', says: "src/lib/up.ts:2 imports src/model/event.ts" },
	"src/net/side.ts": {
		code: 'export * from "../shell/lines.ts";',
		says: "src/net/side.ts:2 imports src/shell/lines.ts",
	},
	"src/run/entry.ts": { code: 'void import("../action.ts");', says: "src/run/entry.ts:2 imports src/action.ts" },
	"src/new/file.ts": { code: "export {};", says: "src/new/file.ts is in no folder" },
	"src/plan/one.ts": { code: 'import type { Two } from "./two.ts";\nexport type One = Two;', says: "noImportCycles" },
	"src/plan/two.ts": { code: 'import type { One } from "./one.ts";\nexport type Two = One;', says: "noImportCycles" },
	"src/run/socket.ts": { code: 'import "node:https";', says: "Sockets belong to net/" },
	"src/commands/child.ts": { code: 'import "node:child_process";', says: "child processes to shell/" },
	"src/net/undici-private.ts": { code: 'import "undici/lib/core/request.js";', says: "public interface" },
	"src/report/octokit.ts": { code: 'import "@actions/github";', says: "They belong to entry/github-api.ts" },
	"src/report/core.ts": { code: 'import "@actions/core";', says: "It belongs to action.ts" },
	"src/run/environment.ts": { code: "process.env.HOME;", says: "noProcessEnv" },
	"src/entry/process.ts": { code: 'import "node:process";', says: "The entries read the environment" },
	"src/deliver/fetch.ts": { code: 'void fetch("https://example.com");', says: "triples the start-up" },
	"src/config/console.ts": { code: 'console.log("x");', says: "noConsole" },
} as const;

let scratch: string;
let said: string;

beforeAll(async () => {
	scratch = await mkdtemp(join(tmpdir(), "pipeline-hooks-imports-"));
	for (const name of ["src", "scripts", "biome.json", "package.json"]) {
		await cp(name, join(scratch, name), { recursive: true });
	}
	await symlink(resolve("node_modules"), join(scratch, "node_modules"));
	for (const [file, { code }] of Object.entries(BROKEN)) {
		await mkdir(dirname(join(scratch, file)), { recursive: true });
		await writeFile(join(scratch, file), `// A file that breaks a rule.\n${code}\n`);
	}
	const biome = ["lint", "--vcs-enabled=false", "--max-diagnostics=none", "src"];
	said = await outputOf("node_modules/.bin/biome", biome);
	said += await outputOf(process.execPath, ["scripts/ranks.ts"]);
});

afterAll(() => rm(scratch, { recursive: true, force: true }));

/** What a program says that must fail. */
function outputOf(program: string, args: readonly string[]): Promise<string> {
	return new Promise((done, failed) => {
		execFile(program, args, { cwd: scratch, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
			if (error === null) failed(new Error(`${program} found nothing`));
			else done(`${stdout}${stderr}`);
		});
	});
}

describe.each(Object.entries(BROKEN))("%s", (file, { says }) => {
	it(`is refused: ${says}`, () => {
		const about = said.split(/\n(?=src\/)/).filter((part) => part.startsWith(file));
		expect(about.join("\n")).toContain(says);
	});
});

it("refuses nothing else", () => {
	const named = said.match(/^src\/[\w./-]+\.ts/gm) ?? [];
	expect([...new Set(named)].sort()).toEqual(Object.keys(BROKEN).sort());
});
