// Signals at every moment of a run: it ends in time, leaves nothing behind, and tells what was not delivered.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, vi } from "vitest";
import { cancelled, ENTRIES, heedsSignals, type Signals, STUBBORN, shell, uniqueMark } from "../../helpers/cancel.ts";
import { inNetwork } from "../../helpers/network.ts";
import { processesMarked } from "../../helpers/processes.ts";
import { type Ended, runAction, runCommand, type runProgram, workspace } from "../../helpers/runner.ts";
import { webhook } from "../../helpers/send.ts";
import { startServer } from "../../helpers/server.ts";

// So that what takes too long fails by its own measure.
vi.setConfig({ testTimeout: 15_000 });

const GATE = 'on_failure = "abort"';

/** Waits until something is so. */
const until = (isSo: () => boolean) => vi.waitFor(() => expect(isSo()).toBe(true), { timeout: 5000, interval: 10 });

/** Waits until a command has begun to read. */
const reading = async (pid: number) => {
	await until(() => heedsSignals(pid));
	await sleep(200);
};

/** A server that takes requests and never answers. */
const startHanging = () => startServer(() => {});

describe("fault 32: a signal ends a run within 7 s, whatever is in flight, and what was not delivered is reported", () => {
	it.each(["action", "command"] as const)(
		"of the %s, with POSTs that hang and a grandchild that ignores SIGTERM",
		async (entry) => {
			await Promise.all((["SIGINT", "SIGTERM", "SIGHUP"] as const).map((signal) => endsAll(signal, entry)));
		},
	);

	async function endsAll(signal: NodeJS.Signals, entry: keyof typeof ENTRIES): Promise<void> {
		const mark = uniqueMark();
		const server = await startHanging();
		const posts = ["one", "two", "three", "unsent"].map((name) => webhook(server.url, "", name));
		const folder = workspace({
			"pipeline-hooks.toml": [
				"[defaults]\nconcurrency = 3\n",
				shell("stubborn", "sh stubborn.sh begun & echo waiting; wait", mark),
				shell("unbegun", "touch unbegun", mark),
				...posts,
			].join(""),
			"stubborn.sh": STUBBORN,
		});
		const run = await cancelled(
			(started) => ENTRIES[entry](folder, { started }),
			() => until(() => existsSync(join(folder, "begun")) && server.requests.length === 3),
			[signal],
		);
		expect(processesMarked(mark)).toEqual([]);
		expect(run.took).toBeGreaterThan(1900);
		expect(run, `${signal} to the ${entry}`).toMatchObject({ code: 1, signal: null });
		const rows = [
			{ hook: "stubborn", status: "failed", attempts: 1, error: "cancelled; its last line: waiting" },
			...["one", "two", "three"].map((hook) => ({ hook, status: "failed", attempts: 1, error: "cancelled" })),
			...["unbegun", "unsent"].map((hook) => ({
				hook,
				status: "skipped",
				attempts: 0,
				error: "cancelled before it began",
			})),
		];
		expect(run.document).toMatchObject({ result: "warned", results: rows });
		expect(existsSync(join(folder, "unbegun"))).toBe(false);
		expect(server.requests).toHaveLength(3);
		if (run.written === undefined) return;
		const { outputs, summary } = run.written;
		expect(outputs).toMatchObject({ delivered: "0", failed: "4", skipped: "2" });
		const file = JSON.parse(readFileSync(outputs["results-file"] ?? "", "utf8"));
		expect(file).toMatchObject({ results: rows });
		for (const { hook, error } of rows) {
			expect(summary).toMatch(new RegExp(`^\\|.*\\| ${hook} \\|.*${error.replace(/[;:]/g, ".*")}`, "m"));
		}
	}

	it("with forty POSTs under way, on the transport for many", async () => {
		const server = await startHanging();
		const posts = Array.from({ length: 41 }, (_, n) => webhook(server.url, "", `post-${n}`));
		const folder = workspace({ "pipeline-hooks.toml": `[defaults]\nconcurrency = 40\n${posts.join("")}` });
		const run = await cancelled(
			(started) => ENTRIES.action(folder, { started }),
			() => until(() => server.requests.length === 40),
		);
		expect(run.took).toBeLessThan(1500);
		expect(run).toMatchObject({ code: 1, written: { outputs: { delivered: "0", failed: "40", skipped: "1" } } });
		expect(server.requests).toHaveLength(40);
	});

	it.each<[string, (url: string, mark: string) => string]>([
		["a shell gate", (_, mark) => shell("gate", "touch begun; sleep 30", mark, GATE)],
		["a webhook gate", (url) => webhook(url, GATE, "gate")],
	])("with %s under way, which has then not said yes", async (_, gate) => {
		const mark = uniqueMark();
		const server = await startHanging();
		const others = shell("other", "touch other", mark) + webhook(server.url, "", "announce");
		const folder = workspace({
			"pipeline-hooks.toml": others + gate(server.url, mark) + shell("next", "touch next", mark, GATE),
		});
		const run = await cancelled(
			(started) => ENTRIES.action(folder, { started }),
			() => until(() => existsSync(join(folder, "begun")) || server.requests.length === 1),
		);
		expect(run.took).toBeLessThan(1500);
		expect(processesMarked(mark)).toEqual([]);
		expect(run).toMatchObject({ code: 1, written: { annotations: [{ kind: "error" }] } });
		const skipped = { status: "skipped", error: "cancelled before it began" };
		expect(run.document).toMatchObject({
			result: "aborted",
			results: [
				{ hook: "gate", status: "failed", error: "cancelled" },
				{ hook: "other", ...skipped },
				{ hook: "announce", ...skipped },
				{ hook: "next", ...skipped },
			],
		});
		expect(existsSync(join(folder, "other")) || existsSync(join(folder, "next"))).toBe(false);
	});

	it.each([
		["a webhook", "", "warned"],
		["a webhook gate", GATE, "aborted"],
	])("with %s waiting between attempts, whose last failure is told", async (_, more, result) => {
		const server = await startServer({ status: 503, headers: { "Retry-After": "30" } });
		const folder = workspace({ "pipeline-hooks.toml": webhook(server.url, more) });
		const run = await cancelled(
			(started) => ENTRIES.action(folder, { started }),
			// The wait begins once the answer has been read.
			() => until(() => server.requests.length === 1).then(() => sleep(200)),
		);
		expect(run.took).toBeLessThan(1500);
		const error = "cancelled; before that: 503 Service Unavailable";
		expect(run).toMatchObject({ code: 1, document: { result, results: [{ status: "failed", attempts: 1, error }] } });
		expect(server.requests).toHaveLength(1);
	});

	it("while GitHub's API is asked for the config and does not answer", async () => {
		const api = await startHanging();
		const run = await cancelled(
			(started) =>
				runAction({
					inputs: { event: "pipeline_start", "github-token": "ghs_x" },
					workspace: workspace(),
					env: { GITHUB_API_URL: api.url },
					started,
				}),
			() => until(() => api.requests.length === 1),
		);
		expect(run.took).toBeLessThan(2500);
		expect(run).toMatchObject({ code: 1, outputs: { result: "error", delivered: "0", failed: "0" } });
		expect(run.annotations).toEqual([
			expect.objectContaining({ message: "cancelled before anything was run [cancelled]" }),
		]);
		expect(run.summary).toContain("cancelled before anything was run");
	});

	it("while the command reads its stdin, which does not end", async () => {
		const folder = workspace({ "pipeline-hooks.toml": shell("it", "touch ran", "none") });
		const run = await cancelled(
			(started) =>
				runCommand(["fire", "pipeline_start", "--context", "-"], {
					workspace: folder,
					started,
					run: (program, args, given) => runOpen(program, args, given, ["pipe", "ignore"]),
				}),
			reading,
		);
		expect(run.took).toBeLessThan(1500);
		expect(run).toMatchObject({ code: 1, stderr: "error[cancelled]: cancelled before anything was run\n" });
		expect(existsSync(join(folder, "ran"))).toBe(false);
	});

	it("while nobody reads its stdout", async () => {
		const mark = uniqueMark();
		const flood = "yes 'a line of some length' | head -c 900000; touch flooded; sleep 30";
		const folder = workspace({ "pipeline-hooks.toml": shell("flood", flood, mark) });
		const run = await cancelled(
			(started) =>
				runAction({
					inputs: { event: "pipeline_start" },
					workspace: folder,
					started,
					run: (program, args, given) => runOpen(program, args, given, ["ignore", "pipe"]),
				}),
			() => until(() => existsSync(join(folder, "flooded"))),
		);
		expect(run.took).toBeLessThan(2500);
		expect(processesMarked(mark)).toEqual([]);
		expect(run).toMatchObject({ code: 1, signal: null, outputs: { failed: "1" } });
		expect(run.results).toMatchObject({ results: [{ hook: "flood", status: "failed" }] });
		expect(run.summary).toContain("flood");
		expect(run.stderr).toBe("pipeline-hooks: cancelled; something still hung and was abandoned\n");
	});

	inNetwork((fireThere) => {
		it("while a name is looked up and nobody answers, for which Node itself would wait", async () => {
			const mark = uniqueMark();
			const config =
				webhook("http://silent.test/", "allow_http = true") +
				// A command's parent is its outer shell, whose parent is the action.
				shell("cancels", "sleep 0.3; kill -INT $(cut -d' ' -f4 /proc/$PPID/stat); sleep 30", mark);
			const env = { RES_OPTIONS: "timeout:20 attempts:1" };
			const run = await fireThere(config, { names: { "silent.test": [] }, env });
			expect(run.elapsedMs).toBeLessThan(3500);
			expect(processesMarked(mark)).toEqual([]);
			expect([run.code, run.signal]).toEqual([null, "SIGKILL"]);
			expect(run.stderr).toBe("pipeline-hooks: cancelled; something still hung and was abandoned\n");
			expect(run.outputs).toMatchObject({ failed: "2" });
			expect(run.summary).toContain("cancelled");
		});
	});

	it.each<[keyof typeof ENTRIES, Signals]>([
		["action", ["SIGINT", 700, "SIGTERM"]],
		["command", ["SIGINT", 700, "SIGINT"]],
	])(
		"of the %s: a later signal kills the commands at once, and loses nothing of the report",
		async (entry, signals) => {
			const mark = uniqueMark();
			const folder = workspace({
				"pipeline-hooks.toml":
					shell("stubborn", "sh stubborn.sh begun & sh stubborn.sh begun", mark) + shell("unbegun", "true", mark),
				"stubborn.sh": STUBBORN,
			});
			const run = await cancelled(
				(started) => ENTRIES[entry](folder, { started }),
				() => until(() => existsSync(join(folder, "begun"))),
				signals,
			);
			expect(run.took).toBeLessThan(1700);
			expect(processesMarked(mark)).toEqual([]);
			expect(run).toMatchObject({ code: 1, signal: null });
			expect(run.document).toMatchObject({
				results: [
					{ hook: "stubborn", status: "failed", error: "cancelled" },
					{ hook: "unbegun", status: "skipped", error: "cancelled before it began" },
				],
			});
		},
	);

	it("a signal that comes twice, as from a terminal and npm, still lets a command clean up", async () => {
		const mark = uniqueMark();
		const command = "trap 'sleep 0.3; touch cleaned; exit' TERM; touch begun; sleep 30 & wait";
		const folder = workspace({ "pipeline-hooks.toml": shell("careful", command, mark) });
		const run = await cancelled(
			(started) => ENTRIES.command(folder, { started }),
			() => until(() => existsSync(join(folder, "begun"))),
			["SIGINT", "SIGINT", 10, "SIGINT"],
		);
		expect(existsSync(join(folder, "cleaned"))).toBe(true);
		expect(processesMarked(mark)).toEqual([]);
		expect(run).toMatchObject({ code: 1, document: { results: [{ status: "failed" }] } });
	});
});

it.each([
	["is how listen ends, and so a success", ["listen", "--port", "0"], "listening on ", 1000, 0],
	["ends the demo, which then has not gone as it must", ["demo"], "Run 1", 2000, 1],
])("Ctrl-C %s", async (_, command, words, limit, code) => {
	let said = "";
	const heard = (text: string) => {
		said += text;
	};
	const run = await cancelled(
		(started) =>
			runCommand(command, {
				workspace: workspace(),
				started,
				run: (program, args, given) => runOpen(program, args, given, ["ignore", "pipe"], heard),
			}),
		() => until(() => said.includes(words)),
	);
	expect(run.took).toBeLessThan(limit);
	expect(run).toMatchObject({ code, signal: null });
});

/** {@link runProgram} with a stdin that stays open, and with a stdout that nobody reads but `onText`. */
function runOpen(
	program: string,
	args: readonly string[],
	{ cwd, env, started }: Parameters<typeof runProgram>[2],
	[stdin, stdout]: readonly ["pipe" | "ignore", "pipe" | "ignore"],
	onText?: (text: string) => void,
): Promise<Ended> {
	return new Promise((resolve, reject) => {
		const child = spawn(program, args, { cwd, env, stdio: [stdin, stdout, "pipe"] });
		if (child.pid !== undefined) started?.(child.pid);
		let stderr = "";
		child.stderr?.setEncoding("utf8").on("data", (text: string) => {
			stderr += text;
			onText?.(text);
		});
		if (onText !== undefined) child.stdout?.setEncoding("utf8").on("data", onText);
		child.on("error", reject);
		child.on("exit", (code, signal) => resolve({ code, signal, stdout: "", stderr }));
	});
}
