// Responses that are not HTTP, that do not mean what their status says, that point elsewhere, or that look like commands.
import { describe, expect, it } from "vitest";
import { listening, rawServer, started } from "../../helpers/net.ts";
import { delivered, deliveredRow, denied, failed, failedRow, send, sendEach } from "../../helpers/send.ts";
import { type Reply, startServer } from "../../helpers/server.ts";

const GATE = 'on_failure = "abort"\n';
const SLACK = 'preset = "slack"\n';
const TEAMS = 'preset = "teams"\n';

describe("fault 11: a response's text is shown on one bounded line, whatever is in it, and never acts as a command", () => {
	const ESC = "\u001b";
	const hostile = Buffer.concat([
		Buffer.from(`${ESC}[31mred${ESC}[0m ${ESC}]8;;https://evil.invalid\u0007link${ESC}]8;;\u0007\r\n`),
		Buffer.from("\t::error::one\r::set-output name=result::passed\n##[group]two\u2028::add-mask::nightly\n"),
		Buffer.from("%0A::warning::three\u0085::stop-commands::four\u0000\u0007\b<b>|`x`"),
		Buffer.from([0xff, 0xc3]),
		Buffer.from("x".repeat(100_000)),
	]);
	const readable =
		"red link ::error::one ::set-output name=result::passed ##[group]two ::add-mask::nightly " +
		"%0A::warning::three ::stop-commands::four <b>|`x`\ufffd\ufffdxxx";
	const reply =
		(status: number, body: string | Buffer = hostile): Reply =>
		(_, response) =>
			response.writeHead(status, { "Retry-After": "::error::soon" }).end(body);

	/** What neither a terminal nor a runner may get: control characters but the line end, and other line ends. */
	const CONTROL = /(?!\n)[\p{Cc}\u2028\u2029]/u;

	it.each([
		["of a failure", 422, "", "422 Unprocessable Content: ", "warning"],
		["of a failure that is tried again", 503, "retry_count = 1\n", "503 Service Unavailable: ", "warning"],
		["of Slack's", 200, SLACK, 'Slack responded with "', "warning"],
		["of a gate", 403, GATE, "403 Forbidden: ", "error"],
	])("%s", async (_, status, more, before, kind) => {
		const server = await startServer(reply(status));
		const run = await send(server.url, more);
		expect(run.annotations).toEqual([expect.objectContaining({ kind })]);
		expect(run.commands.length).toBe(1);
		const said = readable.slice(0, 80);
		expect(run.annotations[0]?.message).toContain(`${before}${said}`);
		// A later step may print the value by itself.
		const inert = `${before}${said}`.replace("##[", "##\u200b[");
		expect(run.results).toMatchObject({ results: [{ error: expect.stringContaining(inert) }] });
		expect(run.masks).toEqual(["runtime-token-of-the-runner"]);
		expect(run.outputs).toMatchObject({ delivered: "0", failed: "1" });
		for (const shown of [run.stdout, run.stderr, run.summary, ...Object.values(run.outputs)]) {
			expect(shown).not.toMatch(CONTROL);
			expect(shown.length).toBeLessThan(4000);
		}
	});

	it("of a gate that gives its reason", async () => {
		const reason = hostile.subarray(0, 400).toString();
		const server = await startServer(reply(200, JSON.stringify({ allow: false, reason })));
		const run = await send(server.url, GATE);
		expect(run).toMatchObject(denied(/^red link ::error::one ::set-output .*xxx$/));
		expect(run.commands.length).toBe(1);
		expect(run.stdout + run.summary).not.toMatch(CONTROL);
	});

	it("beside its status", async () => {
		const answer = `HTTP/1.1 422 ::error::${ESC}[31mno\r\nX-Note: ##[error]no\r\nContent-Length: 0\r\n\r\n`;
		await listening(rawServer(answer), async (port) => {
			const run = await send(`http://127.0.0.1:${port}`);
			expect(run).toMatchObject(failed(/^422 Unprocessable Content$|^the response is not HTTP \(HPE_/));
			expect(run.commands.length).toBe(1);
			expect(run.stdout).not.toMatch(CONTROL);
		});
	});

	it("of a success, which is not shown at all", async () => {
		const server = await startServer(reply(200));
		const run = await send(server.url);
		expect(run).toMatchObject(delivered());
		expect(run.stdout + run.summary + run.outputs["results"]).not.toContain("link");
	});
});

describe("fault 13: a response that is not HTTP, or whose headers do not end, is a bounded failure and is retried", () => {
	const filler = (bytes: number) => `X-Filler: ${"x".repeat(bytes)}\r\n`;
	const NOT_HTTP = /^the response is not HTTP \(HPE_[A-Z_]+\), after 2 attempts$/;
	const TOO_LARGE = /^the response's headers are too large, after 2 attempts$/;

	const BROKEN: readonly (readonly [what: string, response: string, reason: RegExp])[] = [
		["another protocol's greeting", "SSH-2.0-OpenSSH_9.2\r\n", NOT_HTTP],
		["bytes of any kind", "\u0000\u0001::error::\u001b[31m\r\n\r\n", NOT_HTTP],
		["a status that is not a number", "HTTP/1.1 abc OK\r\n\r\n", NOT_HTTP],
		["a version that there is not", "HTTP/9.9 200 OK\r\n\r\n", NOT_HTTP],
		["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok", NOT_HTTP],
		["a length that is not a number", "HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok", NOT_HTTP],
		["a megabyte of status", `HTTP/1.1 200 ${"x".repeat(1024 * 1024)}`, TOO_LARGE],
		["32 KB in one header", `HTTP/1.1 200 OK\r\n${filler(32 * 1024)}\r\n`, TOO_LARGE],
		["32 KB in many headers", `HTTP/1.1 200 OK\r\n${filler(1012).repeat(32)}\r\n`, TOO_LARGE],
		["headers without end", `HTTP/1.1 200 OK\r\n${filler(1012).repeat(1024)}`, TOO_LARGE],
		[
			"a protocol that nobody asked for",
			"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
			/^connection closed before a response, after 2 attempts$/,
		],
	];

	it("whatever it is instead", async () => {
		const connections = BROKEN.map(() => 0);
		const hooks = BROKEN.map(async ([_, response, reason], n) => {
			const server = rawServer((socket) => {
				connections[n] = (connections[n] ?? 0) + 1;
				socket.end(response);
			});
			return [await started(server), "retry_count = 1", failedRow(reason, 2)] as const;
		});
		const run = await sendEach(await Promise.all(hooks));
		expect(run.stdout.length).toBeLessThan(1000 * BROKEN.length);
		expect(connections).toEqual(BROKEN.map(() => 2));
	});

	it("once, and then it is", async () => {
		let connections = 0;
		const server = rawServer((socket) => {
			connections += 1;
			socket.end(connections === 1 ? "SSH-2.0-OpenSSH_9.2\r\n" : "HTTP/1.1 200 OK\r\n\r\n");
		});
		await listening(server, async (port) => {
			const run = await send(`http://127.0.0.1:${port}`);
			expect(run).toMatchObject(delivered(2));
			expect(run.log).toContain("attempt 1 of 4 failed: the response is not HTTP");
		});
	});

	it("with 100 Continue for ever", async () => {
		const server = rawServer((socket) => {
			const more = () => {
				while (!socket.destroyed && socket.write("HTTP/1.1 100 Continue\r\n\r\n".repeat(100)));
			};
			socket.on("drain", more);
			more();
		});
		await listening(server, async (port) => {
			const run = await send(`http://127.0.0.1:${port}`, "retry_count = 1\ntimeout_ms = 200");
			expect(run).toMatchObject(failed("no response within 200 ms, after 2 attempts", 2));
			expect(run.elapsedMs).toBeLessThan(5000);
		});
	});
});

describe("fault 14: 100 and 103 before 200 are ignored, and 204 and an empty 200 are successes, for a gate too", () => {
	const EMPTY: readonly (readonly [response: string, status: number])[] = [
		["HTTP/1.1 204 No Content\r\n\r\n", 204],
		["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200],
		["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200],
		[
			"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
			200,
		],
	];

	it.each([
		["a webhook", ""],
		["Slack", SLACK],
		["a gate", GATE],
	])("of %s", async (_, more) => {
		const hooks = EMPTY.map(async ([response, status]) => {
			const row = { ...deliveredRow(), http_status: status };
			return [await started(rawServer(response)), more, row] as const;
		});
		expect(await sendEach(await Promise.all(hooks))).toMatchObject({ annotations: [] });
	});
});

describe("fault 14: an empty 200 without a length is a success, but unconfirmed if the body had to be read", () => {
	it.each([
		["a webhook", "", delivered()],
		["Slack", SLACK, failed(/^unconfirmed: 200, but the response does not prove its end/)],
		["a gate", GATE, denied(/^denied: 200, /)],
	])("of %s", async (_, more, expected) => {
		await listening(rawServer("HTTP/1.1 200 OK\r\n\r\n"), async (port) => {
			expect(await send(`http://127.0.0.1:${port}`, more)).toMatchObject(expected);
		});
	});
});

describe("fault 15: a 200 from Slack or Teams that reports a failure is a failure and is not retried", () => {
	const TEAMS_SAID =
		"Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId tcid=0";

	it("a webhook's and a gate's", async () => {
		const cases = [
			[SLACK, "invalid_payload", 'Slack responded with "invalid_payload"'],
			[SLACK, '{"ok":false,"error":"channel_not_found"}', "Slack responded with channel_not_found"],
			[SLACK, "<!DOCTYPE html><title>Sign in</title>", 'Slack responded with "<!DOCTYPE html><title>Sign in</title>"'],
			[TEAMS, TEAMS_SAID, "Teams responded with 200, but with HTTP error 429 in its text"],
		] as const;
		const servers = await Promise.all(cases.map(([_, body]) => startServer({ status: 200, body })));
		const urls = servers.map(({ url }) => url);
		await sendEach(cases.map(([preset, _, reason], n) => [urls[n] ?? "", preset, failedRow(reason)]));
		expect(await send(urls[0] ?? "", SLACK + GATE)).toMatchObject(denied(cases[0][2]));
		expect(servers.map(({ requests }) => requests.length)).toEqual([2, 1, 1, 1]);
	});
});
