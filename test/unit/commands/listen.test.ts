// `listen` as a user runs it: real requests in, lines out, and an exit code.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readListenFlags, registerListen } from "../../../src/commands/listen.ts";
import { requestJson, requestLines } from "../../../src/commands/listen-view.ts";
import { judge } from "../../../src/deliver/response.ts";
import type { Env } from "../../../src/lib/env.ts";
import { directHttp } from "../../../src/net/direct.ts";
import { PRESET_NAMES } from "../../../src/presets/index.ts";
import { type Received, startReceiver } from "../../../src/receiver/receiver.ts";
import { SIGNATURES } from "../../../src/signature/schemes.ts";
import { answer } from "../../helpers/fakes.ts";
import { delivery, preset, webhook } from "../../helpers/make.ts";
import { requestTo } from "../../helpers/request.ts";
import { SECRET as KEY, OTHER_SECRET, signed as signedBy } from "../../helpers/signing.ts";
import { run } from "../../helpers/terminal.ts";

const SECRET = "a-secret-for-tests";

/** Headers as the port gives them. */
function lower(headers: Readonly<Record<string, string>>): Record<string, string> {
	return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Starts `listen` on a free port and waits until it says where. */
async function listen(args: readonly string[], env: Env = { HOOKS_SECRET: SECRET }) {
	let heard = (_line: string) => {};
	const line = new Promise<string>((resolve) => {
		heard = resolve;
	});
	const running = run(registerListen, ["listen", "--port", "0", ...args], { env, onErr: (said) => heard(said) });
	const url = /http:\/\/\S+/.exec(await line)?.[0] ?? "";
	const post = async (body: string, headers: Readonly<Record<string, string>> = {}) => {
		const request = requestTo(new URL("/hook", url), { headers, body: Buffer.from(body) });
		const result = await directHttp().send(request, new AbortController().signal);
		return result.kind === "response" ? `${result.status} ${result.headers["retry-after"] ?? ""}`.trim() : result.cause;
	};
	return { ...running, post };
}

function signed(body: string, secret = SECRET) {
	return {
		"X-Rocky-Event": "pipeline_error",
		"X-Rocky-Delivery": "dlv_1",
		...signedBy(body, secret),
	};
}

describe("listen", () => {
	it("shows requests with event, delivery, verdict and body, and ends after as many as were asked for", async () => {
		const { post, done, out, err } = await listen(["--secret-env", "HOOKS_SECRET", "--count", "3"]);
		await post('{"a":[1]}', signed('{"a":[1]}'));
		await post('{"a":[2]}', signed('{"a":[1]}'));
		await post("plain text");
		expect(await done).toBe(0);
		const text = out.join("\n").replaceAll(/^\d\d:\d\d:\d\d/gm, "HH:MM:SS");
		expect(text).toBe(`HH:MM:SS  POST /hook pipeline_error → 200
          dlv_1 · ✓ signature valid
          {
            "a": [
              1
            ]
          }

HH:MM:SS  POST /hook pipeline_error → 200
          dlv_1 (again) · ✗ signature INVALID
          {
            "a": [
              2
            ]
          }

HH:MM:SS  POST /hook → 200
          no delivery id · ✗ no signature
          plain text
`);
		expect(err.join("\n")).toMatch(/^listening on http:\/\/127\.0\.0\.1:\d+ · signatures checked with HOOKS_SECRET/);
	});

	it.each(SIGNATURES)("checks the scheme %s, with the secrets of several variables", async (scheme) => {
		const args = ["--scheme", scheme, "--secret-env", "NEW", "--secret-env", "OLD", "--count", "3", "--json"];
		const { post, done, out, err } = await listen(args, { NEW: KEY, OLD: `${OTHER_SECRET}\n` });
		for (const secret of [KEY, OTHER_SECRET, KEY.replace("AA", "BB")]) {
			await post("{}", signedBy("{}", secret, scheme, new Date()));
		}
		expect(await done).toBe(0);
		expect(out.map((line) => JSON.parse(line).signature)).toEqual(["valid", "valid", "invalid"]);
		const name = scheme === "rocky" ? "" : `${scheme} `;
		expect(err.join("\n")).toContain(` · ${name}signatures checked with NEW or OLD · `);
	});

	it("says of standard's time when it is too far off, and finds a header that was renamed", async () => {
		const standard = await listen(["--scheme", "standard", "--secret-env", "S", "--count", "2"], { S: KEY });
		await standard.post("{}", signedBy("{}", KEY, "standard", new Date(0)));
		await standard.post("{}", signedBy("{}", KEY, "standard", new Date(Date.now() + 1e6)));
		await standard.done;
		expect(standard.out.join("\n")).toMatch(
			/✗ signature valid, but too old[\s\S]*✗ signature valid, but from the future/,
		);
		const args = ["--scheme", "service_hook", "--signature-header", "X-Sig", "--secret-env", "S", "--count", "1"];
		const renamed = await listen(args, { S: KEY });
		await renamed.post("{}", { "x-sig": signedBy("{}", KEY, "service_hook")["X-Hook-Signature"] ?? "" });
		await renamed.done;
		expect(renamed.out.join("\n")).toContain("✓ signature valid");
	});

	it.each([
		[["--scheme", "github"], "--scheme: there is no secret to check signatures with"],
		[["--signature-header", "X-Sig"], "--signature-header: there is no secret to check signatures with"],
	])("refuses %j, by which nothing would be checked", async (args, message) => {
		const { done, err } = run(registerListen, ["listen", "--port", "0", ...args]);
		expect(await done).toBe(2);
		expect(err).toEqual([`error[usage]: ${message}`, "  → name its variable: --secret-env WEBHOOK_SECRET"]);
	});

	it("answers in turn, the last one again, with Retry-After on what is no success", async () => {
		const { post, done } = await listen(["--status", "503, 429,200", "--retry-after", "2", "--count", "4"]);
		expect([await post("1"), await post("2"), await post("3"), await post("4")]).toEqual([
			"503 2",
			"429 2",
			"200",
			"200",
		]);
		expect(await done).toBe(0);
	});

	it("says yes to a gate of every preset, also to one with require_allow", () => {
		const { responses } = readListenFlags({ port: "0", host: "", status: "200,201,204", scheme: "rocky" }, {});
		const [ok, created, empty] = responses.map(({ status, headers = {}, body = "" }) =>
			answer(status, body, lower(headers)),
		);
		for (const name of PRESET_NAMES) {
			const service = preset(name).service({});
			const gate = (requireAllow: boolean) =>
				delivery(webhook({ preset: preset(name), onFailure: "abort", requireAllow }));
			for (const [said, required] of [
				[ok, true],
				[created, true],
				[empty, false],
			] as const) {
				expect(judge(gate(required), service, said ?? answer(500)).failure, name).toBeUndefined();
			}
		}
	});

	it("writes one line of JSON a request with --json", async () => {
		const { post, done, out } = await listen(["--secret-env", "HOOKS_SECRET", "--count", "2", "--json"]);
		await post('{"a":1}', signed('{"a":1}'));
		await post("text", signed("text", "another"));
		await done;
		expect(out.map((line) => JSON.parse(line))).toEqual([
			{
				time: expect.stringMatching(/^\d{4}-.*Z$/),
				method: "POST",
				path: "/hook",
				event: "pipeline_error",
				delivery: "dlv_1",
				again: false,
				signature: "valid",
				status: 200,
				body: { a: 1 },
			},
			expect.objectContaining({ again: true, signature: "invalid", body: "text" }),
		]);
	});

	it("ends with 0 on Ctrl-C", async () => {
		const { interrupt, done, out } = await listen([]);
		interrupt();
		expect(await done).toBe(0);
		expect(out).toEqual([]);
	});

	it("never shows the secret, even if a request holds it", async () => {
		const { post, done, out, err } = await listen(["--secret-env", "HOOKS_SECRET", "--count", "1"]);
		await post(`{"secret":"${SECRET}"}`, { "X-Rocky-Event": SECRET });
		await done;
		expect([...out, ...err].join("\n")).not.toContain(SECRET);
	});

	it("never shows a secret of Standard Webhooks either, whole or without its prefix", async () => {
		const { post, done, out } = await listen(["--scheme", "standard", "--secret-env", "S", "--count", "1"], { S: KEY });
		await post(`${KEY} ${KEY.slice("whsec_".length)}`);
		await done;
		expect(out.join("\n")).not.toContain(KEY.slice("whsec_".length));
	});

	it("says how a port in use is solved, with exit code 2", async () => {
		const options = { secret: () => undefined, respond: () => ({ status: 200 }), onRequest: () => {} };
		const other = await startReceiver({ host: "127.0.0.1", port: 0, ...options });
		const { done, err } = run(registerListen, ["listen", "--port", String(other.port)]);
		expect(await done).toBe(2);
		expect(err.join("\n")).toBe(
			`error[usage]: port ${other.port} of 127.0.0.1 is in use\n  → stop what listens there, or use another: --port 0 finds a free one`,
		);
		await other.close();
	});

	it("names every mistaken option at once, and what to write", async () => {
		const args = ["--port", "65536", "--status", "200,abc,199", "--retry-after", "-1", "--count", "0"];
		const { done, err, out } = run(registerListen, ["listen", ...args, "--secret-env", "NO_SUCH"]);
		expect(await done).toBe(2);
		expect(out).toEqual([]);
		const text = err.join("\n");
		for (const wrong of [
			'--port: "65536"',
			'--status: "abc"',
			'--status: "199"',
			'--retry-after: "-1"',
			'--count: "0"',
		]) {
			expect(text).toContain(wrong);
		}
		expect(text).toContain("--secret-env: variable NO_SUCH is unset or empty\n  → export NO_SUCH first");
		expect(text).toContain("for example --status 503,429,200");
	});
});

describe("what came from outside", () => {
	const received: Received = {
		method: "POST",
		path: "/",
		body: new Uint8Array(),
		event: undefined,
		deliveryId: undefined,
		signature: "valid",
		status: 200,
	};
	const shown = (given: Partial<Received>) => ({
		received: { ...received, ...given },
		time: new Date(0),
		again: false,
	});
	const plain = (_: string, text: string) => text;
	const same = (text: string) => text;

	it("can neither move the cursor nor act as a workflow command", () => {
		fc.assert(
			fc.property(
				fc.uint8Array(),
				fc.string(),
				fc.constantFrom("\u001b[2J", "\u009b2J", "\r\n::error::x", "\u202e", "##[error]", ""),
				(bytes, text, evil) => {
					const body = Buffer.concat([Buffer.from(evil), bytes]);
					const given = shown({ body, path: evil + text, event: text + evil, deliveryId: evil + text });
					for (const line of [...requestLines(given, same, plain), requestJson(given, same)]) {
						expect(line).not.toMatch(/(?!\t)[\p{Cc}\p{Bidi_Control}]/u);
					}
					for (const line of requestLines(given, same, plain)) expect(line).not.toMatch(/^\s*::|##\[/);
				},
			),
		);
	});

	it("is shown up to a limit", () => {
		const lines = requestLines(shown({ body: Buffer.from("x".repeat(100_000)) }), same, plain);
		expect(lines.join("\n").length).toBeLessThan(9000);
		expect(lines.at(-2)).toBe("          … and 92000 characters more");
	});

	it("keeps its meaning in JSON", () => {
		fc.assert(
			fc.property(fc.json(), (text) => {
				const line = requestJson(shown({ body: Buffer.from(text) }), same);
				expect(JSON.parse(line).body).toEqual(JSON.parse(text));
			}),
		);
	});

	it("says so when there was too much of it", () => {
		expect(requestLines(shown({ status: 413 }), same, plain)).toContain(
			"          the body is larger than 1 MiB and was not kept",
		);
	});
});
