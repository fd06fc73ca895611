// One webhook delivery: attempts, waits and the deadline, until it is delivered or has failed for good.
import type { Webhook } from "../config/hook.ts";
import { unsetReason } from "../config/references.ts";
import { type Attempt, type Delivery, isGate, type Outcome } from "../delivery.ts";
import { mergeHeaders } from "../header.ts";
import type { HttpRequest, HttpResult, Ports, Route } from "../ports.ts";
import { count } from "../text.ts";
import { judge } from "./answer.ts";
import type { ReadAuthorities } from "./authorities.ts";
import { type Message, makeMessage } from "./message.ts";
import { backoffMs, retryAfterMs } from "./retry.ts";
import { routeTo, type Straight } from "./route.ts";
import { showTarget, showUrl } from "./target.ts";

/** Bytes of an answer that are read: 250 KB. */
const ANSWER_LIMIT = 250 * 1024;

/** What a delivery needs of the world. */
export type WebhookPorts = Pick<Ports, "clock" | "random" | "env" | "http" | "log">;

/** What a delivery shares with the others of its plan. */
export interface Shared {
	/** How requests go where no proxy applies. */
	readonly straight: Straight;
	readonly readAuthorities: ReadAuthorities;
	/** Aborts on cancellation. */
	readonly signal: AbortSignal;
}

/** Sends one webhook. Never throws for what the world does. */
export async function sendWebhook(delivery: Delivery<Webhook>, ports: WebhookPorts, shared: Shared): Promise<Outcome> {
	const made = makeMessage(delivery, ports.env);
	const failed = (target: string, reason: string): Outcome => {
		return { delivery, status: "failed", reason, target, attempts: [], durationMs: 0, notes: [] };
	};
	if (made.kind !== "message") {
		const reason = made.kind === "unset" ? unsetReason(made.variable) : made.reason;
		return failed(showTarget(delivery.hook, ports.env), reason);
	}
	const { message } = made;
	const found = message.caFile === undefined ? { pem: undefined } : await shared.readAuthorities(message.caFile);
	if ("reason" in found) return failed(showUrl(message.url), found.reason);
	const connection: Connection = {
		route: routeTo(message.url, ports.env, shared.straight),
		allowPrivate: delivery.hook.allowPrivate,
		authorities: found.pem,
	};
	return attemptAll(delivery, message, connection, ports, shared.signal);
}

/** How every attempt connects. */
type Connection = Pick<HttpRequest, "route" | "allowPrivate" | "authorities">;

async function attemptAll(
	delivery: Delivery<Webhook>,
	message: Message,
	connection: Connection,
	ports: WebhookPorts,
	signal: AbortSignal,
): Promise<Outcome> {
	const { hook } = delivery;
	const { clock, log } = ports;
	const start = clock.monotonic();
	const elapsed = () => Math.round(clock.monotonic() - start);
	const attempts: Attempt[] = [];
	const notes = [...message.notes];
	const end = (status: "delivered" | "failed", reason: string, denied = false): Outcome => {
		const httpStatus = attempts.at(-1)?.httpStatus;
		const outcome = { delivery, status, reason, target: showUrl(message.url), attempts, durationMs: elapsed(), notes };
		return { ...outcome, ...(httpStatus !== undefined && { httpStatus }), ...(denied && { denied }) };
	};

	for (let number = 1; ; number++) {
		const { result, durationMs } = await attemptOnce(
			hook,
			message,
			connection,
			hook.deadlineMs - elapsed(),
			ports,
			signal,
		);
		const judgement = judge(delivery, message.service, result);
		const httpStatus = result.kind === "answer" ? { httpStatus: result.status } : {};
		if (judgement.kind === "delivered") {
			attempts.push({ durationMs, ...httpStatus });
			if (judgement.note !== undefined) notes.push(judgement.note);
			return end("delivered", "");
		}
		const reason = `${judgement.reason}${throughProxy(message.url, connection.route, result)}`;
		attempts.push({ durationMs, ...httpStatus, reason });
		if (judgement.kind === "final") return end("failed", reason, isGate(hook) && result.kind === "answer");
		const inAll = number === 1 ? reason : `${reason}, after ${count(number, "attempt")}`;
		if (number > hook.retryCount || elapsed() >= hook.deadlineMs) return end("failed", inAll);

		const asked =
			result.kind === "answer"
				? (message.service.retryAfter?.(result) ?? retryAfterMs(result.headers["retry-after"], clock.now()))
				: undefined;
		const wait = asked ?? backoffMs(number, hook.retryDelayMs, ports.random);
		const left = hook.deadlineMs - elapsed();
		if (wait >= left) return end("failed", tooLate(reason, asked, hook.deadlineMs, number));
		log.info(
			`${hook.name}: attempt ${number} of ${hook.retryCount + 1} failed: ${reason}; the next in ${Math.round(wait)} ms`,
		);
		await clock.sleep(wait, signal);
		if (signal.aborted) return end("failed", `cancelled; before that: ${reason}`);
	}
}

/** Over plain http a proxy's own refusal looks like the receiver's. */
function throughProxy({ protocol }: URL, route: Route, { kind }: HttpResult): string {
	const may = route.kind === "proxied" && protocol === "http:" && kind === "answer";
	return may ? ` (answered through the proxy of ${route.variable})` : "";
}

function tooLate(reason: string, asked: number | undefined, deadlineMs: number, attempts: number): string {
	if (asked !== undefined) {
		const seconds = Math.round(asked / 1000);
		return `${reason}; Retry-After asks for ${seconds} s, past the deadline of ${deadlineMs} ms`;
	}
	return `${reason}; the deadline of ${deadlineMs} ms leaves no time for another, after ${count(attempts, "attempt")}`;
}

async function attemptOnce(
	hook: Webhook,
	message: Message,
	connection: Connection,
	leftMs: number,
	{ clock, http }: WebhookPorts,
	signal: AbortSignal,
): Promise<{ result: HttpResult; durationMs: number }> {
	const start = clock.monotonic();
	const request: HttpRequest = {
		...connection,
		method: message.method,
		url: message.url,
		headers: mergeHeaders(message.headers, message.sign(clock.now())),
		body: message.body,
		timeoutMs: Math.max(1, Math.min(hook.timeoutMs, leftMs)),
		answerLimit: ANSWER_LIMIT,
	};
	const result = await http.send(request, signal);
	const durationMs = Math.round(clock.monotonic() - start);
	if (result.kind === "fault" && result.fault === "timeout" && request.timeoutMs < hook.timeoutMs) {
		const detail = `no answer before the deadline of ${hook.deadlineMs} ms`;
		return { result: { ...result, detail }, durationMs };
	}
	return { result, durationMs };
}
