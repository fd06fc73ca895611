// "A preset in fifteen minutes" of CONTRIBUTING.md, followed word by word in a copy of the tree.
import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runProgram, workspace } from "../../helpers/runner.ts";

const ROOT = join(import.meta.dirname, "../../..");
const [preset = "", line = "", test = ""] = [
	...readFileSync(join(ROOT, "CONTRIBUTING.md"), "utf8").matchAll(/^```ts\n([\s\S]*?)^```/gm),
].map(([, block = ""]) => block);

it("gives a preset that compiles, is formatted, and passes its test", async () => {
	const copy = workspace();
	for (const name of ["src", "test", "scripts", "package.json", "tsconfig.json", "vitest.config.ts", "biome.json"])
		cpSync(join(ROOT, name), join(copy, name), { recursive: true });
	symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
	const registry = join(copy, "src/presets/registry.ts");
	const lines = readFileSync(registry, "utf8").trimEnd().split("\n");
	const place = lines.findIndex((other) => other.startsWith("export") && other > line.trimEnd());
	writeFileSync(registry, `${lines.toSpliced(place, 0, line.trimEnd()).join("\n")}\n`);
	writeFileSync(join(copy, "src/presets/pingboard.ts"), preset);
	writeFileSync(join(copy, "test/unit/presets/pingboard.test.ts"), test);

	const bin = (name: string) => join(ROOT, "node_modules/.bin", name);
	const { PATH = "", HOME = "" } = process.env;
	const run = async (name: string, ...args: readonly string[]) => {
		const { code, stdout, stderr } = await runProgram(bin(name), args, { cwd: copy, env: { PATH, HOME } });
		expect(code, stdout + stderr).toBe(0);
		return stdout;
	};
	await run("tsc", "-p", ".");
	execFileSync("git", ["init", "--quiet"], { cwd: copy });
	await run("biome", "check", "src/presets", "test/unit/presets/pingboard.test.ts");
	const said = await run("vitest", "run", "--project", "product", "test/unit/presets/pingboard.test.ts");
	expect(said).toMatch(/\n\d{2,} passed, 0 failed\n$/);
});
