// `pipeline-hooks/verify` as another project has it: packed, unpacked, imported by that name on every Node, type-checked.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, test } from "vitest";
import { SIGNATURES } from "../../src/signature/schemes.ts";
import { nodes } from "../helpers/nodes.ts";
import { BASE_ENV, runProgram, workspace } from "../helpers/runner.ts";
import { OTHER_SECRET, SECRET, signed } from "../helpers/signing.ts";

const ROOT = join(import.meta.dirname, "../..");
const MODULE = join(ROOT, "dist/verify");

/** Where the package lies as npm would install it. */
const INSTALLED = join(pack(), "package");

function pack(): string {
	const folder = mkdtempSync(join(tmpdir(), "packed-"));
	afterAll(() => rmSync(folder, { recursive: true, force: true }));
	const args = ["pack", "--offline", "--ignore-scripts", "--silent", "--pack-destination", folder];
	const name = execFileSync("npm", args, { cwd: ROOT, encoding: "utf8" }).trim();
	execFileSync("tar", ["-xzf", name], { cwd: folder });
	return folder;
}

/** A project with this package among its modules. */
function consumer(files: Readonly<Record<string, string>>): string {
	const folder = workspace({ "package.json": '{ "type": "module" }', ...files });
	mkdirSync(join(folder, "node_modules"));
	symlinkSync(INSTALLED, join(folder, "node_modules/pipeline-hooks"), "dir");
	return folder;
}

test("the package has what runs and its documentation, and no sources or tests", () => {
	const names = readdirSync(INSTALLED).sort();
	expect(names).toEqual(["LICENSE", "README.md", "dist", "docs", "package.json"]);
});

test("its files import each other and Node's own, nothing else", () => {
	const imported = readdirSync(MODULE)
		.filter((name) => /\.(js|cjs|d\.c?ts)$/.test(name))
		.flatMap((name) => [...readFileSync(join(MODULE, name), "utf8").matchAll(/(?:from |import\(|require\()"([^"]+)"/g)])
		.map(([, specifier]) => specifier);
	const own = imported.filter((specifier = "") => specifier.startsWith("./"));
	expect(own.length).toBeGreaterThan(3);
	for (const name of own) expect(existsSync(join(MODULE, name?.replace(/c?js$/, "js") ?? "")), name).toBe(true);
	const others = imported.filter((specifier = "") => !specifier.startsWith("./"));
	expect([...new Set(others)].sort()).toEqual(["node:crypto", "node:util"]);
});

describe.each(nodes().map(({ version, path }) => [version, path] as const))("on Node %s", (_, node) => {
	const RECEIVER = `const requests = JSON.parse(process.argv[2]);
const verdicts = requests.map(({ now, ...request }) => {
	const given = { ...request, now: new Date(now), body: Buffer.from(request.body) };
	return [request.scheme, verifySignature(given), checkSignature({ ...given, headers: new Headers(request.headers) })];
});
console.log(JSON.stringify(verdicts));
`;

	it.each([
		["imported", "receiver.js", 'import { checkSignature, verifySignature } from "pipeline-hooks/verify";'],
		["required", "receiver.cjs", 'const { checkSignature, verifySignature } = require("pipeline-hooks/verify");'],
	])("is %s by its name, and knows every scheme", async (_, file, first) => {
		const cwd = consumer({ [file]: `${first}\n${RECEIVER}` });
		const now = new Date();
		const requests = SIGNATURES.flatMap((scheme) =>
			[SECRET, OTHER_SECRET].map((secret) => ({
				scheme,
				secret,
				body: "Größe ✓",
				headers: signed("Größe ✓", SECRET, scheme, now),
				now,
			})),
		);
		const run = await runProgram(node, [file, JSON.stringify(requests)], { cwd, env: BASE_ENV });
		expect(run).toMatchObject({ code: 0, stderr: "" });
		expect(JSON.parse(run.stdout)).toEqual(
			SIGNATURES.flatMap((scheme) => [
				[scheme, true, "valid"],
				[scheme, false, "invalid"],
			]),
		);
	});

	it("works as a copy of its folder, with nothing installed", async () => {
		const cwd = workspace({
			"a.mjs": 'import { verifySignature } from "./verify/verify.js"; console.log(verifySignature.name);',
			"b.cjs": 'console.log(require("./verify/verify.cjs").verifySignature.name);',
		});
		cpSync(MODULE, join(cwd, "verify"), { recursive: true });
		for (const file of ["a.mjs", "b.cjs"]) {
			const run = await runProgram(node, [file], { cwd, env: BASE_ENV });
			expect(run).toMatchObject({ code: 0, stderr: "", stdout: "verifySignature\n" });
		}
	});

	it("exports nothing else of the package but its manifest", async () => {
		const cwd = consumer({
			"other.js": `const { default: manifest } = await import("pipeline-hooks/package.json", { with: { type: "json" } });
console.log(manifest.name);
for (const name of ["pipeline-hooks", "pipeline-hooks/dist/cli/index.js"]) await import(name).catch(({ code }) => console.log(code));
`,
		});
		const run = await runProgram(node, ["--no-warnings", "other.js"], { cwd, env: BASE_ENV });
		expect(run).toMatchObject({
			code: 0,
			stdout: "pipeline-hooks\nERR_PACKAGE_PATH_NOT_EXPORTED\nERR_PACKAGE_PATH_NOT_EXPORTED\n",
		});
	});
});

describe("to TypeScript", () => {
	const options = {
		strict: true,
		exactOptionalPropertyTypes: true,
		noEmit: true,
		skipLibCheck: false,
		target: "es2022",
	};
	const PLAIN = `import { checkSignature, type Signature, type SignatureVerdict, verifySignature } from "pipeline-hooks/verify";
const scheme: Signature = "standard";
const headers: Record<string, string | string[] | undefined> = { "webhook-id": ["x"], other: undefined };
const verdict: SignatureVerdict = checkSignature({ body: new Uint8Array(), headers, secret: ["a", "b"], scheme });
export const all: boolean[] = [
	verifySignature({ body: "", headers: {}, secret: "a" }),
	verifySignature({ body: "", headers, secret: "a", scheme, header: "X", toleranceSeconds: 1, now: new Date() }),
	verdict === "too old",
];
`;

	async function check(source: string, compilerOptions: object, file = "receiver.ts"): Promise<string> {
		const files = {
			[file]: source,
			"tsconfig.json": JSON.stringify({ compilerOptions, files: [file] }),
		};
		const run = await runProgram(join(ROOT, "node_modules/.bin/tsc"), ["-p", "."], {
			cwd: consumer(files),
			env: BASE_ENV,
		});
		return run.stdout + run.stderr;
	}

	const node16 = { ...options, module: "node16", moduleResolution: "node16", lib: ["es2022"], types: [] };

	it.each([
		["node16", node16, ""],
		["nodenext", { ...options, module: "nodenext", lib: ["es2022"], types: [] }, ""],
		[
			"a bundler, with the DOM's Headers",
			{ ...options, module: "esnext", moduleResolution: "bundler", lib: ["es2022", "dom"], types: [] },
			'verifySignature({ body: "", headers: new Request("x:").headers, secret: "a" });\n',
		],
	])("it has types that need nothing else, for %s", async (_, compilerOptions, more) => {
		expect(await check(PLAIN + more, compilerOptions)).toBe("");
	});

	it("it has them for CommonJS too", async () => {
		const wrong = 'verifySignature({ body: "", headers: {}, secret: 1 });\n';
		expect(await check(PLAIN, node16, "receiver.cts")).toBe("");
		expect(await check(PLAIN + wrong, node16, "receiver.cts")).toMatch(/^receiver\.cts\S+ error TS2322/);
	});

	it("it refuses what is no scheme, no header and no body", async () => {
		const wrong = `import { verifySignature } from "pipeline-hooks/verify";
verifySignature({ body: "", headers: {}, secret: "a", scheme: "sha1" });
verifySignature({ body: "", headers: { a: 1 }, secret: "a" });
verifySignature({ body: {}, headers: {}, secret: "a" });
verifySignature({ body: "", headers: {} });
`;
		const errors = await check(wrong, { ...options, module: "nodenext", lib: ["es2022"], types: [] });
		expect([...errors.matchAll(/^receiver\.ts[(:](\d)/gm)].map(([, line]) => line)).toEqual(["2", "3", "4", "5"]);
	});
});
