// What is true of the whole tree: it is linted, it type-checks, and dist/ is what the sources give.
import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { expect, it } from "vitest";

interface Run {
	readonly passed: boolean;
	readonly output: string;
}

function npmRun(script: string): Promise<Run> {
	return new Promise((done) => {
		execFile("npm", ["run", "--silent", script], { maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
			done({ passed: error === null, output: `${stdout}${stderr}` });
		});
	});
}

it("runs on the Node of the action", () => {
	expect(process.version).toMatch(/^v24\./);
});

it.concurrent.each(["lint", "typecheck", "check:dist"])("npm run %s", async (script) => {
	const { passed, output } = await npmRun(script);
	expect(passed, output).toBe(true);
});

it("keeps what every run of the action loads below 400 kB", () => {
	expect(statSync("dist/action/index.js").size).toBeLessThan(400_000);
});
