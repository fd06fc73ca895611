// Receivers that take only so much: what one delivery is told holds for all of them, and for nobody else.
import { describe, expect, it } from "vitest";
import { runAction, workspace } from "../../helpers/runner.ts";
import { fire, webhook } from "../../helpers/send.ts";
import { type Reply, startServer } from "../../helpers/server.ts";

const EVENT = '{"event": "pipeline_start"}\n';

/** Fires so many events of a file, all at once if the config allows it. */
async function fireMany(count: number, config: string, cancel?: Promise<unknown>) {
	const folder = workspace({ "pipeline-hooks.toml": config, "e.jsonl": EVENT.repeat(count) });
	const start = performance.now();
	const inputs = { event: "", "events-file": "e.jsonl" };
	const run = await runAction({ inputs, workspace: folder, ...(cancel === undefined ? {} : { cancel }) });
	const results = resultsOf(run.results);
	return { ...run, results, elapsedMs: performance.now() - start };
}

interface Result {
	readonly status: string;
	readonly attempts: number;
	readonly error: string;
}

function resultsOf(results: unknown): readonly Result[] {
	return (results as { readonly results: readonly Result[] }).results;
}

/** Takes one request in so many milliseconds. `early` are requests long after a refusal, but before the time it named. */
function onePer(ms: number, refuse: (waitMs: number) => Exclude<Reply, (...args: never) => void>, body = "") {
	const early: number[] = [];
	const times: number[] = [];
	let last = Number.NEGATIVE_INFINITY;
	let refusedAt = Number.NEGATIVE_INFINITY;
	const reply: Reply = (_, response) => {
		const now = performance.now();
		times.push(now);
		// What was on its way when the receiver refused is not to blame.
		if (now > refusedAt + ms / 2 && now < refusedAt + ms - 5) early.push(now - refusedAt);
		if (now - last >= ms) {
			last = now;
			response.end(body);
			return;
		}
		refusedAt = now;
		const { status, headers, body: why } = refuse(ms);
		response.writeHead(status, headers).end(why);
	};
	return { reply, early, times };
}

const retryAfter = (ms: number) => ({ status: 429, headers: { "Retry-After": String(ms / 1000) } });

describe("fault 59: twelve events at once to a receiver that takes one at a time all arrive, and none before its time", () => {
	it("that it names in Discord's way, without a retry", async () => {
		const limited = onePer(
			200,
			(ms) => ({ status: 429, body: JSON.stringify({ message: "limited", retry_after: ms / 1000, global: false }) }),
			'{"id": "1"}',
		);
		const server = await startServer(limited.reply);
		const run = await fireMany(12, webhook(`${server.url}/api/webhooks/1/x`, 'preset = "discord"\nretry_count = 0'));
		expect(run.outputs).toMatchObject({ result: "passed", delivered: "12", failed: "0" });
		expect(limited.early).toEqual([]);
		expect(server.requests.length).toBeLessThan(45);
		expect(run.results.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(server.requests.length);
		// Said once, however many wait.
		expect(run.log.match(/^r: .*; deliveries to http:\/\/127\.0\.0\.1:\d+\/… wait for 200 ms$/gm)).toHaveLength(1);
	});

	it("that eight hooks share, a gate, a fallback and what follows among them", async () => {
		const limited = onePer(300, retryAfter);
		const server = await startServer(limited.reply);
		const keys = (n: number) => ({ 0: 'on_failure = "abort"', 1: 'fallback = "h2"', 3: 'then = ["last"]' })[n] ?? "";
		const hooks = Array.from({ length: 7 }, (_, n) => webhook(server.url, `retry_count = 0\n${keys(n)}`, `h${n}`));
		const last = `[[subscription]]\nname = "last"\nurl = "${server.url}"\nretry_count = 0\n`;
		const run = await fire(hooks.join("") + last);
		expect(run.outputs).toMatchObject({ result: "passed", delivered: "8", failed: "0" });
		expect(limited.early).toEqual([]);
	});

	it("which it may write as a date, in whole seconds of a clock that is wrong", async () => {
		const written = (ms: number) => new Date(Date.now() - 3_600_000 + ms).toUTCString();
		const limited = onePer(300, (ms) => ({ status: 429, headers: { Date: written(0), "Retry-After": written(ms) } }));
		const server = await startServer(limited.reply);
		const run = await fireMany(5, webhook(server.url, "retry_count = 0"));
		expect(run.outputs).toMatchObject({ result: "passed", delivered: "5", failed: "0" });
	});

	it("which a 503 may name as well", async () => {
		let isDown = true;
		const times: number[] = [];
		const server = await startServer((_, response) => {
			times.push(performance.now());
			if (isDown) response.writeHead(503, { "Retry-After": "1" });
			isDown = false;
			response.end();
		});
		const run = await fireMany(5, `defaults.concurrency = 1\n${webhook(server.url, "retry_count = 1")}`);
		expect(run.outputs).toMatchObject({ delivered: "5" });
		expect(times.slice(1).every((time) => time - (times[0] ?? 0) > 995)).toBe(true);
	});
});

describe("fault 59: a receiver that responds 429 without a time gets half as many requests at once until it accepts them", () => {
	it("and all arrive", async () => {
		let inFlight = 0;
		const seen: number[] = [];
		const server = await startServer((_, response) => {
			inFlight++;
			seen.push(inFlight);
			const status = inFlight > 3 ? 429 : 200;
			setTimeout(() => {
				inFlight--;
				response.writeHead(status).end();
			}, 30);
		});
		const run = await fireMany(60, webhook(server.url, "retry_count = 5\nretry_delay_ms = 20"));
		expect(run.outputs).toMatchObject({ delivered: "60", failed: "0" });
		expect(Math.max(...seen.slice(0, 20))).toBeGreaterThan(10);
		expect(Math.max(...seen.slice(30))).toBeLessThanOrEqual(5);
		expect(server.requests.length).toBeLessThan(110);
	});
});

describe("fault 59: a receiver whose deliveries have to wait delays no other receiver", () => {
	it("however few slots there are", async () => {
		const arrived: string[] = [];
		const server = await startServer((request, response) => {
			arrived.push(request.url ?? "");
			const isFirst = arrived.filter((path) => path === "/slow").length === 1;
			if (request.url === "/slow" && isFirst) response.writeHead(429, { "Retry-After": "1" });
			response.end();
		});
		const slow = Array.from({ length: 6 }, (_, n) => webhook(`${server.url}/slow`, "", `slow-${n}`)).join("");
		const run = await fire(`defaults.concurrency = 1\n${slow}${webhook(`${server.url}/other`, "", "other")}`);
		expect(run.outputs).toMatchObject({ delivered: "7", failed: "0" });
		expect(arrived).toEqual(["/slow", "/other", ...Array(6).fill("/slow")]);
	});
});

describe("fault 59: waiting for a receiver ends at the deadline", () => {
	it("after one deadline in all where it refuses everything", async () => {
		const server = await startServer(retryAfter(200));
		const run = await fireMany(1000, webhook(server.url, "deadline_ms = 1500"));
		expect(run.outputs).toMatchObject({ result: "warned", delivered: "0", failed: "1000" });
		expect(run.elapsedMs).toBeLessThan(8000);
		expect(server.requests.length).toBeLessThan(60);
		const reasons = new Set(run.results.filter(({ attempts }) => attempts === 0).map(({ error }) => error));
		for (const reason of reasons) {
			expect(reason).toMatch(
				/^not sent: an earlier delivery failed \(429 Too Many Requests\), and the receiver has accepted nothing for \d+ m?s(?: and asks for \d+ ms more)?$/,
			);
		}
		expect(reasons.size).toBeGreaterThan(0);
	});

	it("at once where the time that it names lies past the deadline, and a gate is not passed", async () => {
		const server = await startServer({ status: 429, headers: { "Retry-After": "3600" } });
		const gate = webhook(server.url, 'on_failure = "abort"\nfilter = { include = ["metadata.gate:yes"] }', "gate");
		const config = `defaults.concurrency = 1\n${webhook(server.url)}${gate}`;
		const gated = '{"event": "pipeline_start", "metadata": {"gate": "yes"}}\n';
		const run = await fire(config, {
			event: "",
			inputs: { "events-file": "e.jsonl" },
			files: { "e.jsonl": EVENT.repeat(3) + gated },
		});
		const notSent = "not sent: an earlier delivery failed (429 Too Many Requests), and Retry-After asks for 3600 s";
		expect(run).toMatchObject({ code: 1, outputs: { result: "aborted", delivered: "0" } });
		expect(run.annotations).toContainEqual(
			expect.objectContaining({ kind: "error", message: expect.stringContaining(notSent) }),
		);
		expect(server.requests.length).toBe(1);
	});

	it("at once on cancellation", async () => {
		let refused = () => {};
		const cancel = new Promise<void>((resolve) => {
			refused = () => setTimeout(resolve, 200);
		});
		const server = await startServer((_, response) => {
			refused();
			response.writeHead(429, { "Retry-After": "30" }).end();
		});
		const run = await fireMany(300, `defaults.concurrency = 2\n${webhook(server.url)}`, cancel);
		expect(run.elapsedMs).toBeLessThan(10_000);
		expect(run.outputs).toMatchObject({ delivered: "0", failed: "2" });
		expect(server.requests.length).toBe(2);
		const told = new Set(run.results.map(({ error }) => error));
		expect(told).toEqual(new Set(["cancelled; before that: 429 Too Many Requests", "cancelled before it began"]));
	});
});
