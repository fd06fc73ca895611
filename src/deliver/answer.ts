// What an HTTP answer means for a delivery: success, try again, or failure for good.

import type { Webhook } from "../config/hook.ts";
import { type Delivery, isGate } from "../delivery.ts";
import { isJsonObject, type Json, parseJson } from "../json.ts";
import type { BodyRead, HttpFault, HttpResult } from "../ports.ts";
import type { Preset, Verdict } from "../presets/preset.ts";
import { excerpt } from "../text.ts";
import { isRetryableStatus } from "./retry.ts";

/** The judgement of one attempt. Reasons are one line. */
export type Judgement =
	| { readonly kind: "delivered"; readonly note?: string }
	| { readonly kind: "retry"; readonly reason: string }
	| { readonly kind: "final"; readonly reason: string };

type Answer = Extract<HttpResult, { kind: "answer" }>;

/** What another attempt would meet again. */
const FINAL_FAULTS: ReadonlySet<HttpFault> = new Set(["tls", "proxy", "forbidden", "cancelled"]);

/** Judges what came back for one attempt of a delivery from that service. */
export function judge(delivery: Delivery<Webhook>, service: Preset, result: HttpResult): Judgement {
	if (result.kind === "fault") {
		return { kind: FINAL_FAULTS.has(result.fault) ? "final" : "retry", reason: result.detail };
	}
	if (result.status >= 200 && result.status < 300) return judgeSuccess(delivery, service, result);
	const reason = describeStatus(result, service);
	return { kind: isRetryableStatus(result.status) ? "retry" : "final", reason };
}

function judgeSuccess({ hook }: Delivery<Webhook>, service: Preset, answer: Answer): Judgement {
	const gate = isGate(hook);
	if (answer.read !== "whole" && (gate || service.mustReadAnswer)) {
		const reason = `${gate ? "denied" : "unconfirmed"}: ${answer.status}, but the answer's body ${UNFINISHED[answer.read]}`;
		return { kind: "final", reason };
	}
	const verdict = service.judge?.(answer) ?? { ok: true };
	if (!verdict.ok) return { kind: "final", reason: verdict.reason };
	const permission: Verdict = gate ? judgeGate(answer) : { ok: true };
	if (!permission.ok) return { kind: "final", reason: permission.reason };
	return verdict.note === undefined ? { kind: "delivered" } : { kind: "delivered", note: verdict.note };
}

const UNFINISHED: Readonly<Record<Exclude<BodyRead, "whole">, string>> = {
	cut: "was cut off",
	over_limit: "is longer than 250 KB",
	undelimited: "came without a Content-Length, so that it may have been cut off",
};

/** A gate's answer is a yes unless it says otherwise; one that means to be JSON and is not cannot be a yes. */
function judgeGate(answer: Answer): Verdict {
	const encoding = answer.headers["content-encoding"] ?? "identity";
	if (encoding.trim().toLowerCase() !== "identity") {
		return { ok: false, reason: `denied: ${answer.status}, but the answer is encoded, which was not asked for` };
	}
	const meantAsJson = /^\s*\{/.test(answer.body) || /[/+]json\b/i.test(answer.headers["content-type"] ?? "");
	if (!meantAsJson || answer.body.trim() === "") return { ok: true };
	const value = parseJson(answer.body);
	if (value === undefined) return { ok: false, reason: `denied: ${answer.status}, but the answer is not valid JSON` };
	if (!isJsonObject(value) || !Object.hasOwn(value, "allow") || value["allow"] === true) return { ok: true };
	const given = value["reason"];
	const reason = typeof given === "string" ? excerpt(given, 500) : "";
	if (reason !== "") return { ok: false, reason };
	return { ok: false, reason: `denied: the answer's "allow" is ${shown(value["allow"])}` };
}

/** Lists and objects by their kind: nested deep enough, they cannot be written out. */
function shown(value: Json | undefined): string {
	if (typeof value !== "object" || value === null) return excerpt(JSON.stringify(value ?? null), 40);
	return Array.isArray(value) ? "a list" : "an object";
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
