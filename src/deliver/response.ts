// What an HTTP response means for a delivery: a success, or which failure.

import { excerpt } from "../lib/text.ts";
import { type Delivery, isGate } from "../model/delivery.ts";
import { type Failure, failure } from "../model/failure.ts";
import type { Webhook } from "../model/hook.ts";
import type { Service } from "../model/preset.ts";
import type { BodyRead, HttpResult } from "../ports.ts";
import type { Message } from "./message.ts";
import { HTML, isHtml, type Permission, readPermission, YES } from "./permission.ts";

/** The judgement of one attempt: delivered, perhaps with a note, where it has no failure. */
export interface Judgement {
	readonly failure?: Failure;
	readonly note?: string;
}

type Response = Extract<HttpResult, { kind: "response" }>;

/** Judges what came back for one attempt of a delivery from that service. */
export function judge({ hook }: Delivery<Webhook>, service: Service, result: HttpResult): Judgement {
	if (result.kind === "failure") return { failure: failure(result.cause, result.detail) };
	const denial = isGate(hook) ? denialIn(result, hook.requireAllow, service) : undefined;
	if (denial !== undefined) return { failure: failure("denied", denial) };
	if (isSuccess(result)) return judgeSuccess(service, result);
	return { failure: failure("status", describeStatus(result, service), result.status) };
}

function isSuccess({ status }: Response): boolean {
	return status >= 200 && status < 300;
}

function judgeSuccess(service: Service, response: Response): Judgement {
	const { status, read } = response;
	if (read !== "whole" && service.judge !== undefined) {
		return { failure: failure("unconfirmed", `unconfirmed: ${status}, but the response ${UNFINISHED[read]}`) };
	}
	const verdict = service.judge?.(response) ?? { ok: true };
	if (!verdict.ok) return { failure: failure("rejected", verdict.reason) };
	return verdict.note === undefined ? {} : { note: verdict.note };
}

/**
 * Why a gate's response is a no: an explicit one, whatever its status, or a 2xx that does not prove a yes. Undefined for
 * a yes, and for a status by which another attempt or the fallback may still get one.
 */
function denialIn(response: Response, requireAllow: boolean, service: Service): string | undefined {
	const { status, read } = response;
	const permission = readPermission(response, read === "whole");
	if (permission.kind === "denied") return permission.reason;
	if (!isSuccess(response)) return undefined;
	if (read !== "whole") return `denied: ${status}, but the response ${unfinished(read, status)}`;
	const encoding = response.headers["content-encoding"] ?? "";
	const problem = /^(?:[\s,]|identity)*$/i.test(encoding)
		? (PARTIAL[status] ?? problemOf(permission, requireAllow, response, service))
		: "is compressed, which was not asked for";
	return problem === undefined
		? undefined
		: `denied: ${status}, but the response ${problem}; a gate must answer ${YES}`;
}

/** A service that tells by its own text what it did, as Slack by `ok`, does not answer as a gate. */
function problemOf(
	permission: Permission,
	requireAllow: boolean,
	response: Response,
	service: Service,
): string | undefined {
	if (permission.kind === "allowed") return undefined;
	if (requireAllow) return 'has no "allow", and require_allow is set';
	if (service.judge === undefined) return permission.kind === "unreadable" ? permission.problem : undefined;
	return service.judge(response).ok && isHtml(response.body) ? HTML : undefined;
}

/** 2xx that do not speak of the whole. */
const PARTIAL: Readonly<Record<number, string>> = {
	206: "is only a part (Partial Content)",
	207: "has several statuses (Multi-Status)",
	226: "is only a change (IM Used)",
};

const UNFINISHED: Readonly<Record<Exclude<BodyRead, "whole">, string>> = {
	truncated: "was truncated",
	over_limit: "is longer than 250 KB",
	undelimited: "does not prove its end, by Content-Length or chunks, and may be truncated",
};

/** A 204 has no body: where one is announced all the same, nobody knows what it says. */
function unfinished(read: Exclude<BodyRead, "whole">, status: number): string {
	return status === 204 && read === "undelimited" ? "announces a body, which a 204 cannot have" : UNFINISHED[read];
}

const PHRASES: Readonly<Record<number, string>> = {
	301: "Moved Permanently",
	302: "Found",
	303: "See Other",
	307: "Temporary Redirect",
	308: "Permanent Redirect",
	400: "Bad Request",
	401: "Unauthorized",
	403: "Forbidden",
	404: "Not Found",
	405: "Method Not Allowed",
	408: "Request Timeout",
	410: "Gone",
	413: "Content Too Large",
	415: "Unsupported Media Type",
	422: "Unprocessable Content",
	425: "Too Early",
	429: "Too Many Requests",
	500: "Internal Server Error",
	501: "Not Implemented",
	502: "Bad Gateway",
	503: "Service Unavailable",
	504: "Gateway Timeout",
	505: "HTTP Version Not Supported",
};

function describeStatus(response: Response, { explain }: Service): string {
	const phrase = PHRASES[response.status];
	const status = phrase === undefined ? String(response.status) : `${response.status} ${phrase}`;
	if (response.status >= 300 && response.status < 400) return `${status}: redirects are not followed`;
	if (response.status === 410) return `${status}: the endpoint no longer exists, remove the hook or change its url`;
	const said = explain?.(response) ?? excerpt(response.body, 200);
	return said === "" ? status : `${status}: ${said}`;
}

/** Over plain http a proxy's own refusal looks like the receiver's. */
export function throughProxy({ url, proxy }: Pick<Message, "url" | "proxy">, { kind }: HttpResult): string {
	const may = proxy !== undefined && url.protocol === "http:" && kind === "response";
	return may ? ` (answered through the proxy of ${proxy.variable})` : "";
}
