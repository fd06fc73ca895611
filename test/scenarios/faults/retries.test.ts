// Statuses that are tried again and statuses that are not, what Retry-After asks for, and where trying ends.
import { verify } from "@octokit/webhooks-methods";
import { describe, expect, it } from "vitest";
import { startNginx, withoutNginx } from "../../helpers/nginx.ts";
import { delivered, denied, failed, failedRow, fire, send, sendEach, webhook } from "../../helpers/send.ts";
import { type Reply, startServer } from "../../helpers/server.ts";

const GATE = 'on_failure = "abort"\n';

/** Sends to receivers that always answer with these statuses, each as a webhook and the first as a gate: all fail. */
async function always(attempts: number, ...statuses: readonly (readonly [status: number, reason: string])[]) {
	const server = await startServer(({ url }, response) => response.writeHead(Number(url?.slice(1))).end());
	const more = "retry_count = 2\n";
	const told = (reason: string) => (attempts === 1 ? reason : `${reason}, after ${attempts} attempts`);
	await sendEach(
		statuses.map(([status, reason]) => [`${server.url}/${status}`, more, failedRow(told(reason), attempts)]),
	);
	const [[status, reason] = [0, ""]] = statuses;
	const gate = await send(`${server.url}/${status}`, more + GATE);
	expect(gate).toMatchObject(denied(told(reason), attempts));
	expect(server.requests.length).toBe((statuses.length + 1) * attempts);
}

describe("fault 17: 400, 401, 403, 404, 413, 415 and 422 fail at once", () => {
	it("whatever it is sent", () =>
		always(
			1,
			[400, "400 Bad Request"],
			[401, "401 Unauthorized"],
			[403, "403 Forbidden"],
			[404, "404 Not Found"],
			[413, "413 Content Too Large"],
			[415, "415 Unsupported Media Type"],
			[422, "422 Unprocessable Content"],
		));

	it("which quote what the answer says", async () => {
		const server = await startServer({ status: 422, body: '{"message":\n "no such channel"}' });
		expect(await send(server.url)).toMatchObject(failed('422 Unprocessable Content: {"message": "no such channel"}'));
	});
});

describe("fault 18: 408, 425, 429, 500, 502, 503 and 504 are retried as often as the hook says", () => {
	it("whatever it is sent", () =>
		always(
			3,
			[408, "408 Request Timeout"],
			[425, "425 Too Early"],
			[429, "429 Too Many Requests"],
			[500, "500 Internal Server Error"],
			[502, "502 Bad Gateway"],
			[503, "503 Service Unavailable"],
			[504, "504 Gateway Timeout"],
		));

	it.skipIf(withoutNginx)("nginx's, when nothing is behind it (needs nginx-light)", async () => {
		const nginx = await startNginx(["; location / { proxy_pass http://127.0.0.1:1; }"]);
		const run = await send(`http://127.0.0.1:${nginx.ports[0]}/in`, "retry_count = 1");
		expect(run).toMatchObject(failed(/^502 Bad Gateway: <html>.*, after 2 attempts$/, 2));
		expect(nginx.log()).toEqual(Array(2).fill(expect.stringContaining('"POST /in HTTP/1.1" 502 dlv_')));
	});
});

describe("fault 19: 410 fails at once, and the reason says that the endpoint is gone", () => {
	it("410", () => always(1, [410, "410 Gone; the endpoint no longer exists, remove the hook or change its url"]));
});

describe("fault 20: Retry-After is honoured if it can be, never past the deadline, and never overflows", () => {
	/** Answers each path with 429 and the header that it holds, and 200 the second time; `waited` has the time between. */
	function asking() {
		const first = new Map<string, number>();
		const waited = new Map<string, number>();
		const reply: Reply = (request, response) => {
			const asked = decodeURIComponent((request.url ?? "").slice(1));
			const before = first.get(asked);
			if (before === undefined) first.set(asked, performance.now());
			else waited.set(asked, performance.now() - before);
			response.writeHead(before === undefined ? 429 : 200, { "Retry-After": asked }).end();
		};
		return { first, waited, reply };
	}
	const hooksFor = (url: string, values: readonly string[], more: string) =>
		values.map((value, n) => webhook(`${url}/${encodeURIComponent(value)}`, more, `h${n}`)).join("");
	const date = (ms: number) => new Date(ms).toUTCString();

	it("as seconds, a fraction of one, and a date to come, and else there is the usual wait", async () => {
		const { waited, reply } = asking();
		const server = await startServer(reply);
		// A date has whole seconds: this one is at least two seconds away, of which the process takes some to start.
		const soon = date(Date.now() + 3000);
		const shortest: Readonly<Record<string, number>> = {
			"1": 1000,
			" 1 ": 1000,
			"1.25": 1250,
			[soon]: 950,
			"0.5": 500,
		};
		const usual = [
			"0",
			"-1",
			"abc",
			"1e12",
			"",
			"1, 1",
			"Infinity",
			"NaN",
			"0x10",
			date(0),
			"Fri, 99 Foo 2099 25:61:61",
		];
		const values = [...Object.keys(shortest), ...usual];
		const run = await fire(hooksFor(server.url, values, "retry_count = 1"));
		const results = values.map(() => ({ status: "delivered", attempts: 2 }));
		expect(run).toMatchObject({ code: 0, stderr: "", annotations: [], results: { results } });
		for (const [value, wait] of Object.entries(shortest)) {
			expect(waited.get(value.trim())).toBeGreaterThan(wait - 5);
		}
		for (const value of usual) expect(waited.get(value)).toBeLessThan(480);
		expect(run.elapsedMs).toBeLessThan(6000);
	});

	it("past the deadline it fails at once, naming both", async () => {
		const cases = [
			["3600", "3600 s", "deadline_ms = 5000", "5000 ms"],
			["3600", "3600 s", "", "60000 ms"],
			["61.5", "62 s", "", "60000 ms"],
			["1000000000000", "1000000000000 s", "deadline_ms = 2147483647", "2147483647 ms"],
			["2147484", "2147484 s", "deadline_ms = 2147483647", "2147483647 ms"],
			["9".repeat(400), "9007199254741 s", "", "60000 ms"],
		] as const;
		const server = await startServer(({ url }, response) =>
			response.writeHead(429, { "Retry-After": cases[Number(url?.slice(1))]?.[0] }).end(),
		);
		const reason = (asked: string, deadline: string) =>
			`429 Too Many Requests; Retry-After asks for ${asked}, past the deadline of ${deadline}`;
		const run = await sendEach(
			cases.map(([_, asked, more, deadline], n) => {
				return [`${server.url}/${n}`, more, failedRow(reason(asked, deadline))];
			}),
		);
		expect(run.elapsedMs).toBeLessThan(5000);
		expect(server.requests.length).toBe(cases.length);
	});

	it("past the deadline as a date too, of any answer that is tried again, and of a gate", async () => {
		const server = await startServer({ status: 503, headers: { "Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT" } });
		const reason = /^503 Service Unavailable; Retry-After asks for \d{12} s, past the deadline of 60000 ms$/;
		expect(await send(server.url)).toMatchObject(failed(reason));
		expect(await send(server.url, GATE)).toMatchObject(denied(reason));
		expect(server.requests.length).toBe(2);
	});

	it("the longest wait that a deadline allows is not cut short", async () => {
		let asked = () => {};
		const cancel = new Promise<void>((resolve) => {
			asked = () => setTimeout(resolve, 300);
		});
		const server = await startServer((_, response) => {
			asked();
			response.writeHead(429, { "Retry-After": "2147482" }).end();
		});
		const run = await send(server.url, "deadline_ms = 2147483647", { cancel });
		expect(run.log).toMatch(/^r: 429 Too Many Requests; deliveries to http:.* wait for 2147482 s$/m);
		expect(server.requests.length).toBe(1);
	});

	it.skipIf(withoutNginx)("nginx's (needs nginx-light)", async () => {
		const nginx = await startNginx(["; location / { add_header Retry-After 90 always; return 429; }"]);
		const run = await send(`http://127.0.0.1:${nginx.ports[0]}`);
		expect(run).toMatchObject(failed(/^429 .*; Retry-After asks for 90 s, past the deadline of 60000 ms$/));
		expect(nginx.log().length).toBe(1);
	});
});

describe("fault 21: 500 and then 200 is delivered in 2 attempts with the same id and body, each signed", () => {
	it.each([
		["a notification", ""],
		["a gate", GATE],
	])("%s", async (_, more) => {
		const server = await startServer({ status: 500 }, { status: 200 });
		const run = await send(server.url, `${more}secret = "a secret for both sides"`);
		expect(run).toMatchObject(delivered(2));
		const [first, second, ...further] = server.requests;
		if (first === undefined || second === undefined) throw new Error("fewer than two requests");
		expect(further).toEqual([]);
		expect(first.headers["x-rocky-delivery"]).toMatch(/^dlv_[0-9a-f]{32}$/);
		expect(second.headers["x-rocky-delivery"]).toBe(first.headers["x-rocky-delivery"]);
		expect(second.raw).toEqual(first.raw);
		for (const { raw, headers } of [first, second]) {
			expect(await verify("a secret for both sides", raw.toString(), headers["x-rocky-signature"] ?? "")).toBe(true);
		}
	});
});

describe("fault 22: a receiver that always responds 503 is abandoned after the last attempt, or at the deadline", () => {
	it("after as many more attempts than the first as the hook says, and after 3 more if it says nothing", async () => {
		const server = await startServer({ status: 503 });
		const keys = ["retry_count = 0", "retry_count = 1", "retry_count = 4", ""];
		const attempts = [1, 2, 5, 4];
		await sendEach(
			keys.map((more, n) => {
				const count = attempts[n] ?? 0;
				const reason = `503 Service Unavailable${count === 1 ? "" : `, after ${count} attempts`}`;
				return [`${server.url}/${n}`, more, failedRow(reason, count)];
			}),
		);
		expect(attempts.map((_, n) => server.requests.filter(({ path }) => path === `/${n}`).length)).toEqual(attempts);
	});

	it.each(["", GATE])("by the deadline, however many attempts are left %s", async (more) => {
		const server = await startServer({ status: 503 });
		const run = await send(server.url, `${more}retry_count = 2147483647\nretry_delay_ms = 20\ndeadline_ms = 900`);
		const reason =
			/^503 Service Unavailable(?:; the deadline of 900 ms leaves no time for another, after \d+ attempts|, after \d+ attempts)$|^no response before the deadline of 900 ms/;
		expect(run.results).toMatchObject({ results: [{ status: "failed", error: expect.stringMatching(reason) }] });
		expect(run.code).toBe(more === GATE ? 1 : 0);
		expect(run.elapsedMs).toBeLessThan(5000);
		expect(server.requests.length).toBeGreaterThan(1);
	});

	it("and the waits grow, but not beyond their limit", async () => {
		const times: number[] = [];
		const server = await startServer((_, response) => {
			times.push(performance.now());
			response.writeHead(503).end();
		});
		const run = await send(server.url, "retry_count = 5\nretry_delay_ms = 10");
		const told = [...run.log.matchAll(/the next in (\d+) ms/g)].map(([, ms]) => Number(ms));
		expect(told.map((ms, n) => ms <= 10 * 2 ** n)).toEqual(Array(5).fill(true));
		expect(times.slice(1).map((time, n) => time - (times[n] ?? 0) >= (told[n] ?? 0) - 5)).toEqual(Array(5).fill(true));
	});
});

describe("fault 23: 501 and 505 fail at once", () => {
	it("whatever it is sent", () => always(1, [501, "501 Not Implemented"], [505, "505 HTTP Version Not Supported"]));
});
