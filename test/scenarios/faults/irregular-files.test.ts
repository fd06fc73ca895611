// What is named as a file and is none: named pipes, devices, sockets, folders. Opening one may wait for ever.
import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { runAction, runCommand, workspace } from "../../helpers/runner.ts";
import { webhook } from "../../helpers/send.ts";
import { startServer } from "../../helpers/server.ts";

const KINDS = {
	pipe: "a named pipe",
	"link-to-pipe": "a named pipe",
	socket: "a socket",
	"link-to-device": "a device",
	"link-to-terminal": "a device",
};

async function irregular(config: string): Promise<string> {
	const folder = workspace({ "pipeline-hooks.toml": config });
	execFileSync("mkfifo", [join(folder, "pipe")]);
	mkdirSync(join(folder, "folder"));
	symlinkSync("pipe", join(folder, "link-to-pipe"));
	symlinkSync("/dev/zero", join(folder, "link-to-device"));
	symlinkSync("/dev/ptmx", join(folder, "link-to-terminal"));
	const socket = createServer().listen(join(folder, "socket"));
	await once(socket, "listening");
	onTestFinished(() => void socket.close());
	return folder;
}

describe("fault 62: a ca_file, config or events file that is not a regular file is refused, and not waited for", () => {
	it("as a ca_file, which fails its hook by its mode", async () => {
		const server = await startServer({ status: 200 });
		const names = [...Object.keys(KINDS), "folder"];
		const hooks = names.map((name) => webhook("https://receiver.invalid", `ca_file = "${name}"`, name));
		const folder = await irregular(`${hooks.join("")}${webhook(server.url, "", "fine")}`);
		const start = performance.now();
		const run = await runAction({ inputs: { event: "pipeline_start" }, workspace: folder });
		expect(performance.now() - start).toBeLessThan(5000);
		expect([run.code, run.outputs]).toMatchObject([0, { delivered: "1", failed: String(names.length) }]);
		for (const [name, what] of Object.entries(KINDS)) {
			expect(run.log).toContain(`ca_file ${name} cannot be read: is ${what}, not a regular file`);
		}
		expect(run.log).toContain("ca_file folder cannot be read: is a directory");
	});

	it("as a gate's ca_file, which denies", async () => {
		const folder = await irregular(webhook("https://receiver.invalid", 'ca_file = "pipe"\non_failure = "abort"'));
		const run = await runAction({ inputs: { event: "pipeline_start" }, workspace: folder });
		expect([run.code, run.outputs["result"]]).toEqual([1, "aborted"]);
	});

	it.each(Object.entries(KINDS))("as a config or an events file: %s", async (name, what) => {
		const folder = await irregular(webhook("http://127.0.0.1:1"));
		const start = performance.now();
		const [config, events] = await Promise.all([
			runCommand(["fire", "pipeline_start", "--config", name], { workspace: folder }),
			runCommand(["fire", "--events-file", name], { workspace: folder }),
		]);
		expect(performance.now() - start).toBeLessThan(5000);
		expect(config).toMatchObject({ code: 2, stderr: expect.stringContaining(`is ${what}, not a regular file`) });
		const told = `events-file ${name} cannot be read: it is a pipe, a device or a socket, not a regular file`;
		expect(events).toMatchObject({ code: 2, stderr: expect.stringContaining(told) });
	});

	it("as stdin, where a folder is not taken for an empty file", async () => {
		const folder = await irregular(webhook("http://127.0.0.1:1"));
		const cli = join(import.meta.dirname, "../../../dist/cli/index.js");
		const fire = (args: string) => {
			const script = `"$0" "$1" ${args} < folder 2>&1; echo "code $?"`;
			return promisify(execFile)("sh", ["-c", script, process.execPath, cli], { cwd: folder });
		};
		for (const args of ["fire --events-file -", "fire pipeline_start --context -"]) {
			const { stdout } = await fire(args);
			expect(stdout).toMatch(/^error\[\w+\]: .* cannot be read.*: it is a folder/);
			expect(stdout).toMatch(/code 2\n$/);
		}
	});

	it("but stdin is read as events from whatever it is", async () => {
		const server = await startServer({ status: 200 });
		const folder = await irregular(webhook(server.url));
		const shell = `printf '{"event": "pipeline_start"}\\n' | "$0" "$1" fire --events-file -`;
		const cli = join(import.meta.dirname, "../../../dist/cli/index.js");
		await promisify(execFile)("sh", ["-c", shell, process.execPath, cli], { cwd: folder });
		expect(server.requests.length).toBe(1);
	});
});
