// What an HTTP answer means for a delivery: success, try again, or failure for good.

import { excerpt } from "../lib/text.ts";
import { type Delivery, isGate } from "../model/delivery.ts";
import type { Webhook } from "../model/hook.ts";
import type { Preset } from "../model/preset.ts";
import type { BodyRead, HttpFault, HttpResult } from "../ports.ts";
import { HTML, isHtml, type Permission, readPermission, YES } from "./permission.ts";
import { isRetryableStatus } from "./retry.ts";

/** The judgement of one attempt. Reasons are one line. */
export type Judgement =
	| { readonly kind: "delivered"; readonly note?: string }
	| { readonly kind: "retry"; readonly reason: string }
	| { readonly kind: "final"; readonly reason: string };

type Answer = Extract<HttpResult, { kind: "answer" }>;

/** What another attempt would meet again. */
const FINAL_FAULTS: ReadonlySet<HttpFault> = new Set(["tls", "proxy", "forbidden", "invalid", "cancelled"]);

/** Judges what came back for one attempt of a delivery from that service. */
export function judge(delivery: Delivery<Webhook>, service: Preset, result: HttpResult): Judgement {
	if (result.kind === "fault") {
		return { kind: FINAL_FAULTS.has(result.fault) ? "final" : "retry", reason: result.detail };
	}
	const { hook } = delivery;
	const denial = isGate(hook) ? denialIn(result, hook.requireAllow, service) : undefined;
	if (denial !== undefined) return { kind: "final", reason: denial };
	if (isSuccess(result)) return judgeSuccess(service, result);
	const reason = describeStatus(result, service);
	return { kind: isRetryableStatus(result.status) ? "retry" : "final", reason };
}

function isSuccess({ status }: Answer): boolean {
	return status >= 200 && status < 300;
}

function judgeSuccess(service: Preset, answer: Answer): Judgement {
	if (answer.read !== "whole" && service.mustReadAnswer) {
		return { kind: "final", reason: `unconfirmed: ${answer.status}, but the response ${UNFINISHED[answer.read]}` };
	}
	const verdict = service.judge?.(answer) ?? { ok: true };
	if (!verdict.ok) return { kind: "final", reason: verdict.reason };
	return verdict.note === undefined ? { kind: "delivered" } : { kind: "delivered", note: verdict.note };
}

/**
 * Why a gate's response is a no: an explicit one, whatever its status, or a 2xx that does not prove a yes. Undefined for
 * a yes, and for a status by which another attempt or the fallback may still get one.
 */
function denialIn(answer: Answer, requireAllow: boolean, service: Preset): string | undefined {
	const { status, read } = answer;
	const permission = readPermission(answer, read === "whole");
	if (permission.kind === "denied") return permission.reason;
	if (!isSuccess(answer)) return undefined;
	if (read !== "whole") return `denied: ${status}, but the response ${unfinished(read, status)}`;
	const encoding = answer.headers["content-encoding"] ?? "";
	const problem = /^(?:[\s,]|identity)*$/i.test(encoding)
		? (PARTIAL[status] ?? problemOf(permission, requireAllow, answer, service))
		: "is compressed, which was not asked for";
	return problem === undefined
		? undefined
		: `denied: ${status}, but the response ${problem}; a gate must answer ${YES}`;
}

/** A service that tells by its own text what it did, as Slack by `ok`, does not answer as a gate. */
function problemOf(permission: Permission, requireAllow: boolean, answer: Answer, service: Preset): string | undefined {
	if (permission.kind === "allowed") return undefined;
	if (requireAllow) return 'has no "allow", and require_allow is set';
	if (service.judge === undefined) return permission.kind === "unreadable" ? permission.problem : undefined;
	return service.judge(answer).ok && isHtml(answer.body) ? HTML : undefined;
}

/** 2xx that do not speak of the whole. */
const PARTIAL: Readonly<Record<number, string>> = {
	206: "is only a part (Partial Content)",
	207: "has several statuses (Multi-Status)",
	226: "is only a change (IM Used)",
};

const UNFINISHED: Readonly<Record<Exclude<BodyRead, "whole">, string>> = {
	cut: "was truncated",
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

function describeStatus(answer: Answer, { explain }: Preset): string {
	const phrase = PHRASES[answer.status];
	const status = phrase === undefined ? String(answer.status) : `${answer.status} ${phrase}`;
	if (answer.status >= 300 && answer.status < 400) return `${status}: redirects are not followed`;
	if (answer.status === 410) return `${status}: the endpoint no longer exists, remove the hook or change its url`;
	const said = explain?.(answer) ?? excerpt(answer.body, 200);
	return said === "" ? status : `${status}: ${said}`;
}
