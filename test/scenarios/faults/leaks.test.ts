// Receivers and proxies that repeat the secrets they are sent.
import { createServer } from "node:net";
import { describe, expect, it, vi } from "vitest";
import { parseJson } from "../../../src/lib/json.ts";
import { startEcho, textsIn } from "../../helpers/echo.ts";
import {
	configOf,
	hookTo,
	type Marked,
	QUIET,
	runMarkedAction,
	runMarkedCommand,
	withMarkers,
} from "../../helpers/marked.ts";
import { listening } from "../../helpers/net.ts";
import { type Received, startServer } from "../../helpers/server.ts";

vi.setConfig({ testTimeout: 60_000 });

/** That the receiver really got each marker that the hooks send, or what becomes of it. */
function expectReceived(requests: readonly Received[], { markers }: Marked): void {
	const { secret, env, proxy, input, token, runtime, oidc, password, ...sent } = markers;
	const basic = Buffer.from(`me:${password}`).toString("base64");
	const got = requests.flatMap(({ headers, path, body }) => {
		return [...Object.values(headers), decodeURIComponent(path), ...textsIn(parseJson(body))];
	});
	const all = bare(got.join("\n"));
	const missing = Object.entries({ ...sent, basic }).filter(([, text]) => !all.includes(bare(text)));
	expect(missing).toEqual([]);
}

/** The text without what a service's own format has changed: entities, and white space. */
function bare(text: string): string {
	return text.replaceAll(/&(lt|gt|amp);|amp;|[&<>\s]/g, "");
}

describe("fault 12: if a receiver echoes our secrets, in any spelling, its response is shown without them", () => {
	it.each([200, 400, 503])("in an answer with status %i", (status) =>
		withMarkers(async (given) => {
			const server = await startEcho(given, (echo) => ({ status, body: echo, headers: { "Retry-After": "0" } }));
			const told = await runMarkedAction(given, { config: configOf(server.url, given), files: QUIET });
			expect(server.requests.length).toBe(status === 503 ? 20 : 5);
			if (status !== 200) expect(told.shown).toMatch(/(400 Bad Request|503 Service Unavailable): .*\*\*\*/);
			expectReceived(server.requests, given);
			return [told];
		}, 2),
	);

	it.each(["reason", "allow"])("as the %s of a gate's answer", (key) =>
		withMarkers(async (given) => {
			const server = await startEcho(given, (echo) => ({
				status: 200,
				body: JSON.stringify({ allow: false, [key]: echo }),
			}));
			const config = hookTo(server.url, given, "gate", 'on_failure = "abort"');
			const told = await runMarkedAction(given, { config });
			expect(told.run).toMatchObject({ code: 1, outputs: { result: "aborted" } });
			return [told, await runMarkedCommand(given, ["fire", "pipeline_error", "--json"], { config })];
		}),
	);

	it("in an answer that is cut, endless, no HTTP or a redirect, or never comes", () =>
		withMarkers(async (given) => {
			const server = await startServer((request, response) => {
				const { headers, body } = server.requests.at(-1) ?? { headers: {}, body: "" };
				const echo = `${request.url}\n${JSON.stringify(headers)}\n${body}`.repeat(9);
				const line = echo.replaceAll(/[^ -~]/g, "?");
				const behaviours: Readonly<Record<string, () => unknown>> = {
					hang: () => {},
					reset: () => request.socket.destroy(),
					cut: () =>
						response.writeHead(200, { "Content-Length": "99999999" }).write(echo, () => request.socket.destroy()),
					endless: () => response.writeHead(400).end(echo.repeat(300)),
					status: () => request.socket.end(`HTTP/1.1 200 ${line}\r\n\r\n`),
					garbage: () => request.socket.end(echo),
					header: () => request.socket.end(`HTTP/1.1 400 no\r\nX Echo: ${line}\r\n\r\n${echo}`),
					redirect: () => response.writeHead(302, { Location: line.slice(0, 4000) }).end(echo),
					later: () => response.writeHead(429, { "Retry-After": line.slice(0, 200) }).end(echo),
				};
				behaviours[(request.url ?? "").split("/")[1] ?? ""]?.();
			});
			const kinds = ["hang", "reset", "cut", "endless", "status", "garbage", "header", "redirect", "later"];
			const port = await listening(createServer(), async (free) => free);
			const more = "timeout_ms = 100\nretry_count = 1\nallow_http = true";
			const config = [
				...kinds.map((kind) => hookTo(`${server.url}/${kind}`, given, kind, more)),
				hookTo(`${server.url}/cut`, given, "cut-slack", `${more}\npreset = "slack"`),
				hookTo(server.url.replace("http:", "https:"), given, "tls", more),
				hookTo(`http://127.0.0.1:${port}`, given, "refused", more),
				hookTo("http://receiver.invalid", given, "unknown", more),
			].join("");
			const told = await runMarkedAction(given, { config });
			expect(told.run.outputs).toMatchObject({ result: "warned" });
			expect(Number(told.run.outputs["failed"])).toBeGreaterThan(10);
			return [told, await runMarkedCommand(given, ["fire", "pipeline_error", "--json"], { config })];
		}));

	it.each([200, 407, 502])("through a proxy with a password, or from it, with status %i", (status) =>
		withMarkers(async (given) => {
			const server = await startEcho(given, (echo) => ({ status, body: `${echo} ${given.markers.proxy}` }));
			const config = hookTo("http://receiver.invalid", given, "far", "allow_http = true\nretry_count = 1");
			const told = await runMarkedAction(given, { config, proxied: server.url });
			const basic = Buffer.from(`me:${given.markers.proxy}`).toString("base64");
			expect(server.requests[0]?.headers["proxy-authorization"]).toBe(`Basic ${basic}`);
			return [told];
		}),
	);
});
