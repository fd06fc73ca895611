// Sends requests through a proxy, with undici.
import { setMaxListeners } from "node:events";
import type { Dispatcher } from "undici";
import { mergeHeaders } from "../header.ts";
import type { BodyRead, Http, HttpRequest, HttpResult } from "../ports.ts";
import { authorizationOf } from "./authorization.ts";
import { type Fault, fault } from "./fault.ts";
import { tellsItsEnd } from "./framing.ts";
import { createDispatcher, type Proxied } from "./proxied-dispatcher.ts";
import { describeProxiedError } from "./proxied-fault.ts";
import { parseProxy } from "./proxy-url.ts";

/**
 * An {@link Http} for `proxied` routes, without redirects and decoding. Connections are kept until `close`, and shared
 * by requests through one proxy that trust the same authorities. HTTP/2 where the receiver prefers it. The proxy
 * resolves names, so that of addresses only literal ones can be judged, by the caller.
 */
export function proxiedHttp(): Http {
	const dispatchers = new Map<string, Proxied>();
	const retired = new Set<Proxied>();
	let closing = closable();
	return {
		send: async (request, signal) => {
			const { route, authorities } = request;
			if (route.kind !== "proxied") throw new Error(`no proxy on a ${route.kind} route`);
			const { variable } = route;
			const proxy = parseProxy(route.proxy);
			if ("problem" in proxy) return fault("proxy", `proxy (${variable}): ${proxy.problem}`);
			const key = JSON.stringify([proxy.url.href, authorities]);
			const proxied = dispatchers.get(key) ?? createDispatcher(proxy.url, authorities, closing.signal);
			dispatchers.set(key, proxied);
			const result = await exchange(proxied, request, variable, signal);
			// It may hang in making a connection, for which all that comes later would wait.
			if (result.kind === "fault" && result.fault === "timeout" && dispatchers.get(key) === proxied) {
				dispatchers.delete(key);
				retired.add(proxied);
			}
			return result;
		},
		close: () => {
			for (const { dispatcher } of [...dispatchers.values(), ...retired]) void dispatcher.destroy();
			dispatchers.clear();
			retired.clear();
			closing.abort();
			closing = closable();
		},
	};
}

/** Every connection that is being made listens to it, and Node 20 would warn of a leak from the eleventh on. */
function closable(): AbortController {
	const controller = new AbortController();
	setMaxListeners(0, controller.signal);
	return controller;
}

async function exchange(
	{ dispatcher, speaksHttp2 }: Proxied,
	request: HttpRequest,
	variable: string,
	signal: AbortSignal,
): Promise<HttpResult> {
	if (signal.aborted) return fault("cancelled", "cancelled");
	const { url, method, body } = request;
	const controller = new AbortController();
	let stopped: Fault | undefined;
	const stop = (reason: Fault) => {
		stopped = reason;
		controller.abort();
	};
	const cancel = () => stop(fault("cancelled", "cancelled"));
	const late = () =>
		stop(fault("timeout", `no answer within ${request.timeoutMs} ms, through the proxy (${variable})`));
	const timer = setTimeout(late, request.timeoutMs);
	signal.addEventListener("abort", cancel, { once: true });
	// Undici itself notices an abort only once it has a connection.
	const stopping = new Promise<never>((_, reject) => {
		controller.signal.addEventListener("abort", () => reject(controller.signal.reason), { once: true });
	});
	try {
		const authorization = authorizationOf(url);
		const answering = dispatcher.request({
			origin: url.origin,
			path: `${url.pathname}${url.search}`,
			method,
			headers: mergeHeaders(authorization === undefined ? {} : { authorization }, request.headers, {
				"accept-encoding": "identity",
			}),
			body: body ?? null,
			signal: controller.signal,
		});
		const answer = await Promise.race([answering, stopping]);
		const hasEnd = speaksHttp2(url.origin) || tellsItsEnd(method, answer.statusCode, answer.headers);
		return await receive(answer, request.answerLimit, hasEnd);
	} catch (error) {
		return stopped ?? describeProxiedError(error, url, variable);
	} finally {
		clearTimeout(timer);
		signal.removeEventListener("abort", cancel);
	}
}

/** Never rejects: what was read before the end counts. Leaving the loop closes the connection. */
async function receive(
	{ statusCode, headers, body }: Dispatcher.ResponseData,
	limit: number,
	hasEnd: boolean,
): Promise<HttpResult> {
	const chunks: Uint8Array[] = [];
	let room = limit;
	const answer = (read: BodyRead): HttpResult => ({
		kind: "answer",
		status: statusCode,
		headers: joined(headers),
		body: new TextDecoder().decode(Buffer.concat(chunks)),
		read,
	});
	body.on("error", () => {});
	try {
		for await (const chunk of body) {
			if (!(chunk instanceof Uint8Array)) continue;
			chunks.push(chunk.subarray(0, room));
			room -= chunk.byteLength;
			if (room < 0) return answer("over_limit");
		}
		return answer(hasEnd ? "whole" : "undelimited");
	} catch {
		return answer("cut");
	}
}

function joined(headers: Dispatcher.ResponseData["headers"]): Record<string, string> {
	const entries = Object.entries(headers).map(([name, value]) => [name, [value ?? ""].flat().join(", ")] as const);
	return Object.fromEntries(entries);
}
