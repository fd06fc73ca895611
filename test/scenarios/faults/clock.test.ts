// The wall clock jumps while deliveries wait and commands run: time that counts is taken from a clock that only passes.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { jumpingClock, withoutFaketime } from "../../helpers/faketime.ts";
import { runAction, workspace } from "../../helpers/runner.ts";
import { webhook } from "../../helpers/send.ts";
import { type Reply, startServer } from "../../helpers/server.ts";

const DAY_S = 24 * 60 * 60;
const YEAR_S = 365 * DAY_S;

/** Fires pipeline_start under a clock of its own; `elapsedMs` is the time that really passed. */
async function fire(config: string, env: Readonly<Record<string, string>>) {
	const folder = workspace({ "pipeline-hooks.toml": config });
	const start = performance.now();
	const run = await runAction({ inputs: { event: "pipeline_start" }, workspace: folder, env });
	return { ...run, folder, elapsedMs: Math.ceil(performance.now() - start) };
}

/** What the results say of each delivery, none longer than the whole run. */
function durations({ outputs, elapsedMs }: Awaited<ReturnType<typeof fire>>): readonly number[] {
	const { results }: { readonly results: readonly { readonly duration_ms: number }[] } = JSON.parse(
		outputs["results"] ?? "",
	);
	for (const { duration_ms } of results) expect(duration_ms).toBeLessThanOrEqual(elapsedMs);
	return results.map(({ duration_ms }) => duration_ms);
}

/** Runs a body with a jump back and one forward, at once. */
const each = (body: (offset: number) => Promise<void>) => Promise.all([-DAY_S, YEAR_S].map(body));

describe("fault 41: jumps of the wall clock change no wait, timeout, deadline or duration", () => {
	it.skipIf(withoutFaketime)("while a webhook waits between attempts (needs libfaketime)", async () => {
		const clock = jumpingClock();
		// A date is by the receiver's clock, which tells its time in the response.
		const busyAfter = (offset: number): Reply => {
			return (_, response) => {
				clock.jump(offset);
				const date = new Date(Math.ceil(Date.now() / 1000 + 1) * 1000).toUTCString();
				response.writeHead(503, { "Retry-After": date }).end();
				setTimeout(() => clock.jump(-offset), 300);
			};
		};
		const server = await startServer(busyAfter(-DAY_S), busyAfter(YEAR_S), { status: 200 });
		const run = await fire(webhook(server.url), clock.env);
		expect(run).toMatchObject({ code: 0, stderr: "", annotations: [], outputs: { result: "passed" } });
		const waits = [...run.log.matchAll(/the next in (\d+) ms/g)].map(([, ms]) => Number(ms));
		expect(waits.length).toBe(2);
		for (const wait of waits) expect(wait).toBeGreaterThan(500);
		for (const wait of waits) expect(wait).toBeLessThanOrEqual(2000);
		const [duration = 0] = durations(run);
		expect(duration).toBeGreaterThanOrEqual(waits.reduce((sum, wait) => sum + wait) - 10);
		expect(run.elapsedMs).toBeLessThan(8000);
	});

	it.skipIf(withoutFaketime)("while a webhook is tried until its deadline (needs libfaketime)", async () => {
		await each(async (offset) => {
			const clock = jumpingClock();
			const server = await startServer((_, response) => {
				clock.jump(offset);
				response.writeHead(503, { "Retry-After": "0.2" }).end();
			});
			const run = await fire(webhook(server.url, "retry_count = 1000\ndeadline_ms = 1500"), clock.env);
			expect(run.annotations.map(({ message }) => message)).toEqual([expect.stringContaining("deadline of 1500 ms")]);
			const [duration = 0] = durations(run);
			expect(duration).toBeGreaterThanOrEqual(1290);
			expect(duration).toBeLessThan(2500);
		});
	});

	it.skipIf(withoutFaketime)("while an attempt hangs (needs libfaketime)", async () => {
		await each(async (offset) => {
			const clock = jumpingClock();
			const server = await startServer(() => clock.jump(offset));
			const run = await fire(webhook(server.url, "retry_count = 0\ntimeout_ms = 700"), clock.env);
			expect(run.annotations.map(({ message }) => message)).toEqual(["the webhook failed: no response within 700 ms"]);
			const [duration = 0] = durations(run);
			expect(duration).toBeGreaterThanOrEqual(690);
		});
	});

	it.skipIf(withoutFaketime)("while commands run, which turn it themselves (needs libfaketime)", async () => {
		const clock = jumpingClock();
		const turn = (seconds: number) =>
			`echo ${seconds < 0 ? "" : "+"}${seconds} > ${clock.file}.next && mv ${clock.file}.next ${clock.file}`;
		const hooks = [
			`${turn(-DAY_S)}; sleep 0.3; ${turn(YEAR_S)}; sleep 0.3; date -u +%s > after`,
			`${turn(-DAY_S)}; sleep 30`,
			`${turn(YEAR_S)}; sleep 0.3`,
		];
		const tables = hooks.map(
			(command) => `[[hook.pipeline_start]]\ncommand = ${JSON.stringify(command)}\ntimeout_ms = 1000\n`,
		);
		const run = await fire(tables.join(""), clock.env);
		expect(run).toMatchObject({ code: 0, stderr: "", outputs: { result: "warned", delivered: "2", failed: "1" } });
		expect(run.annotations.map(({ message }) => message)).toEqual([
			"the shell hook failed: not finished within 1000 ms",
		]);
		const [ended = 0, first = 0, last = 0] = durations(run);
		expect([ended >= 990, ended < 4000, first >= 600, first < 1000, last >= 300, last < 1000]).not.toContain(false);
		const after = Number(readFileSync(join(run.folder, "after"), "utf8"));
		expect(Math.abs(after - (Date.now() / 1000 + YEAR_S))).toBeLessThan(60);
	});

	it.skipIf(withoutFaketime)(
		"and the clock that jumps is the one that events are dated by (needs libfaketime)",
		async () => {
			await each(async (offset) => {
				const clock = jumpingClock();
				clock.jump(offset);
				const server = await startServer({ status: 200 });
				await fire(webhook(server.url), clock.env);
				const { timestamp } = JSON.parse(server.requests[0]?.body ?? "");
				expect(Math.abs(Date.parse(timestamp) - clock.now().getTime())).toBeLessThan(60_000);
			});
		},
	);
});
