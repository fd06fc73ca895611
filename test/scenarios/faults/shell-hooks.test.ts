// Shell hooks at their worst: what they do to their streams and their processes.
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { STUBBORN, shell, uniqueMark } from "../../helpers/cancel.ts";
import { peakMemory } from "../../helpers/memory.ts";
import { processesMarked } from "../../helpers/processes.ts";
import { cli, fire } from "../../helpers/send.ts";

vi.setConfig({ testTimeout: 30_000 });

const GATE = 'on_failure = "abort"\n';

/** Bytes for what is shown, as long as it waits to be read, and for what has not been collected yet. */
const ROOM = 120 * 1024 * 1024;

/** Fires pipeline_start at one shell hook. */
function run(command: string, more = "", mark = "none", started: (pid: number) => void = () => {}) {
	return fire(shell("h", command, mark, more), { files: { "stubborn.sh": STUBBORN }, started });
}

/** For `toMatchObject`: the hook was delivered, or failed for this reason and is told as a warning. */
function ended(reason?: string | RegExp): object {
	if (reason === undefined) return { code: 0, annotations: [], results: { results: [{ status: "delivered" }] } };
	const error = typeof reason === "string" ? reason : expect.stringMatching(reason);
	return { code: 0, annotations: [{ kind: "warning" }], results: { results: [{ status: "failed", error }] } };
}

/** Runs a hook, and looks all the while how much memory the action needs. */
async function measured(command: string) {
	let pid = 0;
	let isOver = false;
	const running = run(command, "", "none", (started) => {
		pid = started;
	}).finally(() => {
		isOver = true;
	});
	let peak = 0;
	while (!isOver) {
		try {
			peak = Math.max(peak, peakMemory(pid) || 0);
		} catch {
			// It has just ended.
		}
		await sleep(20);
	}
	return { ...(await running), peak };
}

describe("fault 36: a shell hook may abandon, close or flood its streams: its output is bounded, in constant memory", () => {
	const withContext = async (command: string) => {
		const ran = await cli(
			["fire", "pipeline_start", "--context", "-", "--json"],
			`[hook.pipeline_start]\ncommand = ${JSON.stringify(command)}\n`,
			{ input: JSON.stringify({ metadata: { large: "x".repeat(1024 * 1024) } }) },
		);
		const [{ status, error }] = JSON.parse(ran.stdout).results;
		return { code: ran.code, shown: ran.stderr, became: error === undefined ? status : `${status}: ${error}` };
	};

	it.each([
		["leaves a megabyte of stdin unread", "true", "delivered"],
		["closes its stdin at once", "exec <&-; sleep 0.1", "delivered"],
		["reads a little of its stdin", "head -c 10 > /dev/null", "delivered"],
		["reads all of its stdin", '[ "$(wc -c)" -gt 1048576 ]', "delivered"],
		["closes its stdout and stderr", "exec >&- 2>&-; sleep 0.1; exit 4", "failed: exit code 4"],
		["says its reason without a line end", "printf 'no reason' >&2; exit 9", "failed: no reason (exit code 9)"],
		["says it on stdout only", "echo; echo why; echo; exit 1", "failed: why (exit code 1)"],
		["says nothing", "exit 1", "failed: exit code 1"],
		[
			"says bytes that are no text",
			"printf '\\377\\376 caf\\303\\251' >&2; exit 1",
			"failed: \ufffd\ufffd café (exit code 1)",
		],
		["does not exist", "no-such-command-here", /^failed: .*not found \(exit code 127\)$/],
	])("one that %s", async (_, command, expected) => {
		const { code, became } = await withContext(command);
		expect(code).toBe(0);
		expect(became).toEqual(typeof expected === "string" ? expected : expect.stringMatching(expected));
	});

	it("one that prints without end, through the command, beside JSON", async () => {
		const { shown, became } = await withContext("yes '0123456789' | head -c 100000000; echo the last >&2; exit 1");
		expect(became).toBe("failed: the last (exit code 1)");
		expect(shown).toContain("… the output is longer than 1 MiB, the rest is not shown\n");
		expect(shown.length).toBeGreaterThan(1024 * 1024);
		expect(shown.length).toBeLessThan(1.5 * 1024 * 1024);
	});

	it("one that prints one endless line, through the command, beside JSON", async () => {
		const { shown } = await withContext("head -c 30000000 /dev/zero | tr '\\0' a");
		expect(shown).toContain("aaa…\n");
		expect(shown.length).toBeLessThan(10_000);
	});

	let usual: number | undefined;
	/** Bytes that an action needs besides what any run of a hook does. */
	const beyondUsual = async (peak: number) => {
		usual ??= (await measured("sleep 0.1")).peak;
		return peak - usual;
	};

	it.each([
		["300 MB of lines", "yes 'a line as logs have them' | head -c 300000000", "1 MiB"],
		["200 MB of the shortest lines", "yes | head -c 200000000", "100000 lines"],
		["200 MB of blank lines", "yes '' | head -c 100000000 & yes '' | head -c 100000000 >&2; wait", "lines"],
		["200 MB without a line end", "head -c 200000000 /dev/zero | tr '\\0' a", undefined],
	])("one that prints %s", async (_, command, limit) => {
		const ran = await measured(`${command}; echo; echo the last; exit 3`);
		expect(ran).toMatchObject(ended("the last (exit code 3)"));
		expect(await beyondUsual(ran.peak)).toBeLessThan(ROOM);
		expect(ran.elapsedMs).toBeLessThan(20_000);
		expect(ran.stdout.length).toBeLessThan(1.2 * 1024 * 1024);
		if (limit === undefined) expect(ran.log).toContain("aaa…\nthe last\n");
		else expect(ran.log).toMatch(new RegExp(`… the output is longer than .*${limit}, the rest is not shown\n`));
	});

	it("one that prints a line of 100 MB, and then its reason", async () => {
		const ran = await measured("head -c 100000000 /dev/zero | tr '\\0' a >&2; echo >&2; echo why >&2; exit 1");
		expect(ran).toMatchObject(ended("why (exit code 1)"));
		expect(await beyondUsual(ran.peak)).toBeLessThan(ROOM);
		expect(ran.stdout.length).toBeLessThan(10_000);
	});

	it("one that prints up to 1 MiB of lines, of which none is lost", async () => {
		const ran = await run("seq -f '%09.0f' 100000");
		expect(ran).toMatchObject(ended());
		expect(ran.log.match(/^\d{9}$/gm)).toHaveLength(100_000);
	});
});

describe("fault 36: a shell hook ends with its whole process group, whatever that does, and how it ended is reported", () => {
	it.each([
		["SEGV", 139],
		["KILL", 137],
		["USR1", 138],
	])("one that ends by SIG%s", async (name, code) => {
		const reason = `ended by SIG${name} (exit code ${code}); its last line: halfway`;
		expect(await run(`echo halfway; kill -${name} $$; sleep 1`)).toMatchObject(ended(reason));
	});

	it("one that ends its own group by a signal, to which the action does not belong", async () => {
		expect(await run("sleep 30 & kill -TERM 0; wait")).toMatchObject(ended("ended by SIGTERM (exit code 143)"));
	});

	it.each([
		["ends by itself", "sleep 30 &", 2000],
		["ignores SIGTERM", "sh stubborn.sh begun & until [ -e begun ]; do sleep 0.02; done;", 5000],
	])("one that leaves a grandchild that holds stdout open and %s", async (_, command, limit) => {
		const mark = uniqueMark();
		const ran = await run(`${command} echo left`, "", mark);
		expect(ran).toMatchObject(ended());
		expect(ran.elapsedMs).toBeLessThan(limit);
		expect(processesMarked(mark)).toEqual([]);
	});

	it("one that leaves a session of its own that holds stdout open: that gets away, but is not waited for", async () => {
		const mark = uniqueMark();
		onTestFinished(() => vi.waitFor(() => expect(processesMarked(mark)).toEqual([]), { timeout: 5000 }));
		const ran = await run("setsid sleep 2 & echo left; sleep 0.1", "", mark);
		expect(ran).toMatchObject(ended());
		expect(ran.log).toContain("left\n");
		expect(processesMarked(mark)).toHaveLength(1);
	});

	it("one past its timeout, also where SIGTERM does nothing: SIGKILL comes two seconds later", async () => {
		const endsAtTimeout = async (command: string, least: number, most: number) => {
			const mark = uniqueMark();
			const ran = await run(command, "timeout_ms = 300\n", mark);
			expect(ran, command).toMatchObject(ended("not finished within 300 ms; its last line: waiting"));
			expect(ran.elapsedMs).toBeGreaterThan(least);
			expect(ran.elapsedMs).toBeLessThan(most);
			expect(processesMarked(mark)).toEqual([]);
		};
		await Promise.all([
			endsAtTimeout("sh -c 'sleep 30' & echo waiting; sleep 30", 300, 2000),
			endsAtTimeout("sh stubborn.sh a & echo waiting; sh stubborn.sh b", 2300, 4500),
			endsAtTimeout("echo waiting; kill -STOP $$; sleep 30", 2300, 4500),
		]);
	});

	it("a gate past its timeout, which is no yes", async () => {
		expect(await run("sleep 30", `${GATE}timeout_ms = 100\n`)).toMatchObject({
			code: 1,
			annotations: [{ kind: "error", message: "the gate stopped the pipeline: not finished within 100 ms" }],
		});
	});
});
