// One webhook delivery: attempts, waits and the deadline, until it is delivered or has failed for good.
import type { Webhook } from "../config/hook.ts";
import { unsetReason } from "../config/references.ts";
import { type Attempt, type Delivery, isGate, type Outcome } from "../delivery.ts";
import type { Connections, HttpRequest, HttpResult, Ports } from "../ports.ts";
import { count } from "../text.ts";
import { judge } from "./answer.ts";
import type { ReadAuthorities } from "./authorities.ts";
import { type Message, makeMessage } from "./message.ts";
import { backoffMs, retryAfterMs } from "./retry.ts";
import { showTarget } from "./target.ts";

/** Bytes of an answer that are read: 250 KB. */
const ANSWER_LIMIT = 250 * 1024;

/** What a delivery needs of the world. */
export type WebhookPorts = Pick<Ports, "clock" | "random" | "env" | "http" | "log">;

/** What a delivery shares with the others of its plan. */
export interface Shared {
	readonly connections: Connections;
	readonly readAuthorities: ReadAuthorities;
	/** Aborts on cancellation. */
	readonly signal: AbortSignal;
}

/** Sends one webhook. Never throws for what the world does. */
export function sendWebhook(delivery: Delivery<Webhook>, ports: WebhookPorts, shared: Shared): Promise<Outcome> {
	const made = makeMessage(delivery, ports.env);
	if (made.kind !== "message") {
		const reason = made.kind === "unset" ? unsetReason(made.variable) : made.reason;
		return Promise.resolve(notSent(delivery, showTarget(delivery.hook, ports.env), reason));
	}
	const { message } = made;
	const { caFile } = message;
	if (caFile === undefined) return attemptAll(delivery, message, undefined, ports, shared);
	return shared.readAuthorities(caFile).then((found) => {
		if ("reason" in found) return notSent(delivery, message.target, found.reason);
		return attemptAll(delivery, message, found.pem, ports, shared);
	});
}

function notSent(delivery: Delivery, target: string, reason: string): Outcome {
	return { delivery, status: "failed", reason, target, attempts: [], durationMs: 0, notes: [] };
}

/** `authorities` are trusted besides the usual ones. */
async function attemptAll(
	delivery: Delivery<Webhook>,
	message: Message,
	authorities: string | undefined,
	{ clock, log, http, random }: WebhookPorts,
	{ connections, signal }: Shared,
): Promise<Outcome> {
	const { hook } = delivery;
	const start = clock.monotonic();
	const attempts: Attempt[] = [];
	const { notes, target } = message;
	let begun = start;
	for (let number = 1; ; number++) {
		const leftMs = hook.deadlineMs - Math.round(begun - start);
		const request: HttpRequest = {
			method: message.method,
			url: message.url,
			connections,
			proxy: message.proxy,
			allowPrivate: hook.allowPrivate,
			authorities,
			headers: { ...message.headers, ...message.sign(clock.now()) },
			body: message.body,
			timeoutMs: Math.max(1, Math.min(hook.timeoutMs, leftMs)),
			answerLimit: ANSWER_LIMIT,
		};
		const result = beforeDeadline(await http.send(request, signal), request, hook);
		const ended = clock.monotonic();
		const judgement = judge(delivery, message.service, result);
		const answered = result.kind === "answer" ? { httpStatus: result.status } : {};
		const attempt = { ...answered, durationMs: Math.round(ended - begun) };
		// What comes of it, should this attempt be the last.
		const outcome = { ...answered, delivery, target, attempts, durationMs: Math.round(ended - start), notes };
		if (judgement.kind === "delivered") {
			attempts.push(attempt);
			const told = judgement.note === undefined ? notes : [...notes, judgement.note];
			return { ...outcome, status: "delivered", reason: "", notes: told };
		}
		const reason = `${judgement.reason}${throughProxy(request, result)}`;
		attempts.push({ ...attempt, reason });
		const failed = (why: string): Outcome => ({ ...outcome, status: "failed", reason: why });
		if (judgement.kind === "final") {
			return isGate(hook) && result.kind === "answer" ? { ...failed(reason), denied: true } : failed(reason);
		}
		const left = hook.deadlineMs - Math.round(ended - start);
		if (number > hook.retryCount || left <= 0) {
			return failed(number === 1 ? reason : `${reason}, after ${count(number, "attempt")}`);
		}

		const asked =
			result.kind === "answer"
				? (message.service.retryAfter?.(result) ?? retryAfterMs(result.headers["retry-after"], clock.now()))
				: undefined;
		const wait = asked ?? backoffMs(number, hook.retryDelayMs, random);
		if (wait >= left) return failed(tooLate(reason, asked, hook.deadlineMs, number));
		log.info(
			`${hook.name}: attempt ${number} of ${hook.retryCount + 1} failed: ${reason}; the next in ${Math.round(wait)} ms`,
		);
		await clock.sleep(wait, signal);
		begun = clock.monotonic();
		if (signal.aborted) {
			return { ...failed(`cancelled; before that: ${reason}`), durationMs: Math.round(begun - start) };
		}
	}
}

/** Says so where the deadline of all attempts has ended this one. */
function beforeDeadline(result: HttpResult, { timeoutMs }: HttpRequest, hook: Webhook): HttpResult {
	if (result.kind !== "fault" || result.fault !== "timeout" || timeoutMs >= hook.timeoutMs) return result;
	return { ...result, detail: `no answer before the deadline of ${hook.deadlineMs} ms` };
}

/** Over plain http a proxy's own refusal looks like the receiver's. */
function throughProxy({ url, proxy }: HttpRequest, { kind }: HttpResult): string {
	const may = proxy !== undefined && url.protocol === "http:" && kind === "answer";
	return may ? ` (answered through the proxy of ${proxy.variable})` : "";
}

function tooLate(reason: string, asked: number | undefined, deadlineMs: number, attempts: number): string {
	if (asked !== undefined) {
		const seconds = Math.round(asked / 1000);
		return `${reason}; Retry-After asks for ${seconds} s, past the deadline of ${deadlineMs} ms`;
	}
	return `${reason}; the deadline of ${deadlineMs} ms leaves no time for another, after ${count(attempts, "attempt")}`;
}
