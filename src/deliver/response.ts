// What an HTTP response means for a delivery: a success, or which failure.

import { excerpt } from "../lib/text.ts";
import { type Delivery, isGate } from "../model/delivery.ts";
import { type Failure, failure } from "../model/failure.ts";
import type { Webhook } from "../model/hook.ts";
import type { Service } from "../model/preset.ts";
import { showStatus } from "../net/failure.ts";
import type { BodyRead, HttpResponse, HttpResult } from "../ports.ts";
import type { Message } from "./message.ts";
import { HTML, isHtml, type Permission, readPermission, YES } from "./permission.ts";

/** The judgement of one attempt: delivered, perhaps with a note, where it has no failure. */
export interface Judgement {
	readonly failure?: Failure;
	readonly note?: string;
	/** Why the receiver wants no further delivery of this hook. */
	readonly switchedOff?: string;
}

/** Judges the response to one attempt of a delivery, by the rules of its service. */
export function judge(delivery: Delivery<Webhook>, service: Service, result: HttpResult): Judgement {
	if (result.kind === "failure") return { failure: failure(result.cause, result.detail) };
	const judgement = judgeResponse(delivery, service, result);
	const control = result.headers["webhook-delivery"]?.trim().toLowerCase();
	const isLast = control === "disable" || control === "abort-message";
	const { failure: why } = judgement;
	const reason = why === undefined ? "" : `${why.reason}; the receiver says webhook-delivery: ${control}`;
	const last = why !== undefined && isLast ? { failure: { ...why, retryable: false, reason } } : {};
	const switchedOff = control === "disable" ? DISABLE : result.status === 410 ? showStatus(410) : undefined;
	return { ...judgement, ...last, ...(switchedOff !== undefined && { switchedOff }) };
}

/** https://docs.svix.com/receiving/delivery-control */
const DISABLE = "its response says webhook-delivery: disable";

function judgeResponse({ hook }: Delivery<Webhook>, service: Service, result: HttpResponse): Judgement {
	const denial = isGate(hook) ? denialIn(result, hook.requireAllow, service) : undefined;
	if (denial !== undefined) return { failure: failure("denied", denial) };
	if (isSuccess(result)) return judgeSuccess(service, result);
	return { failure: failure("status", describeStatus(result, service), result.status) };
}

function isSuccess({ status }: HttpResponse): boolean {
	return status >= 200 && status < 300;
}

function judgeSuccess(service: Service, response: HttpResponse): Judgement {
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
function denialIn(response: HttpResponse, requireAllow: boolean, service: Service): string | undefined {
	const { status, read, headers } = response;
	const permission = readPermission(response, read === "whole");
	if (permission.denied !== undefined) return permission.denied;
	if (!isSuccess(response)) return undefined;
	if (read !== "whole") return `denied: ${status}, but the response ${UNFINISHED[read]}`;
	const isPlain = /^(?:[\s,]|identity)*$/i.test(headers["content-encoding"] ?? "");
	const problem = isPlain
		? (PARTIAL[status] ?? problemOf(permission, requireAllow, response, service))
		: "is compressed, although no compression was requested";
	return problem && `denied: ${status}, but the response ${problem}; a gate must respond with ${YES}`;
}

function problemOf(
	{ allowed, unreadable }: Permission,
	requireAllow: boolean,
	response: HttpResponse,
	{ judge }: Service,
): string | undefined {
	if (allowed) return undefined;
	if (requireAllow) return 'has no "allow", and require_allow is set';
	if (judge === undefined) return unreadable;
	// A service that reports success in its own format, as Slack does by `ok`, does not respond as a gate.
	return judge(response).ok && isHtml(response.body) ? HTML : undefined;
}

/** 2xx that do not speak of the whole. */
const PARTIAL: Readonly<Record<number, string>> = {
	206: "is partial (Partial Content)",
	207: "has several statuses (Multi-Status)",
	226: "is only a change (IM Used)",
};

const UNFINISHED: Readonly<Record<Exclude<BodyRead, "whole">, string>> = {
	truncated: "was truncated",
	over_limit: "is longer than 250 KB",
	undelimited: "does not prove its end, by Content-Length or chunks, and may be truncated",
};

function describeStatus(response: HttpResponse, { explain }: Service): string {
	const status = showStatus(response.status);
	if (response.status >= 300 && response.status < 400) return `${status}: redirects are not followed`;
	const said = explain?.(response) ?? excerpt(response.body, 200);
	const told = said === "" ? status : `${status}: ${said}`;
	return response.status === 410 ? `${told}; the endpoint no longer exists, remove the hook or change its url` : told;
}

/** Over plain http a proxy's own refusal looks like the receiver's. */
export function throughProxy({ url, proxy }: Pick<Message, "url" | "proxy">, { kind }: HttpResult): string {
	const may = proxy !== undefined && url.protocol === "http:" && kind === "response";
	return may ? ` (the response came through the proxy of ${proxy.variable})` : "";
}
