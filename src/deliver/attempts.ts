// The attempts of one webhook delivery: each in its turn at the receiver, until it is delivered or has failed for good.

import { count } from "../lib/text.ts";
import { type Attempt, type Delivery, isGate, type Outcome } from "../model/delivery.ts";
import type { Webhook } from "../model/hook.ts";
import type { Connections, HttpRequest, HttpResult, Ports } from "../ports.ts";
import { judge } from "./answer.ts";
import type { Message } from "./message.ts";
import { NOT_BEGUN, skipped } from "./not-begun.ts";
import type { Late, Receiver, Turn } from "./receivers.ts";
import { backoffMs, isRetryableStatus, retryAfterMs, senderTime } from "./retry.ts";
import type { Slots } from "./slots.ts";

/** Bytes of an answer that are read: 250 KB. */
const ANSWER_LIMIT = 250 * 1024;

/** What a delivery needs of the world. */
export type WebhookPorts = Pick<Ports, "clock" | "random" | "env" | "http" | "log">;

/** How the requests of a delivery are sent. */
export interface Way {
	readonly connections: Connections;
	/** Trusted besides the usual ones, as PEM. */
	readonly authorities: string | undefined;
	readonly receiver: Receiver;
	/** Where the delivery has a slot, which it gives back while it waits. */
	readonly slots: Slots | undefined;
	/** Aborts on cancellation. */
	readonly signal: AbortSignal;
	/** Called before each attempt. */
	readonly onBegin: () => void;
}

/** What comes after an attempt: nothing, another one in turn, or one after a wait of the delivery's own. */
type Next =
	| { readonly kind: "ended"; readonly outcome: Outcome }
	| { readonly kind: "turn" }
	| { readonly kind: "backoff"; readonly ms: number };

const NEXT_TURN: Next = { kind: "turn" };

/** One delivery on its way. */
export class Attempts {
	readonly #delivery: Delivery<Webhook>;
	readonly #message: Message;
	readonly #ports: WebhookPorts;
	readonly #way: Way;
	readonly #attempts: Attempt[] = [];
	/** Those of them that count against `retry_count`. */
	#counted = 0;
	/** When the first one began. */
	#start: number | undefined;
	#order: number | undefined;
	/** Why the last one failed. */
	#reason = "";
	#answered: Pick<Outcome, "httpStatus"> = {};
	#connections: Connections;

	constructor(delivery: Delivery<Webhook>, message: Message, ports: WebhookPorts, way: Way) {
		this.#delivery = delivery;
		this.#message = message;
		this.#ports = ports;
		this.#way = way;
		// A request that is sent once only must not meet a connection that the receiver is about to close.
		this.#connections = delivery.hook.retryCount === 0 ? "single" : way.connections;
	}

	/** Makes them. To be called once. */
	async make(): Promise<Outcome> {
		const { clock, http } = this.#ports;
		const { receiver, slots, signal, onBegin } = this.#way;
		for (;;) {
			if (!receiver.take(clock.monotonic())) {
				const turn = await receiver.turn(this.#waiting(), slots);
				if (turn.kind !== "go") return this.#unsent(turn);
			}
			const begun = clock.monotonic();
			this.#start ??= begun;
			onBegin();
			let next: Next;
			try {
				next = this.#judge(await http.send(this.#request(begun), signal), begun);
			} finally {
				receiver.leave();
			}
			if (next.kind === "ended") return next.outcome;
			if (next.kind === "backoff") {
				const slept = clock.sleep(next.ms, signal);
				await (slots === undefined ? slept : slots.aside(slept));
			}
			if (signal.aborted) return this.#unsent({ kind: "cancelled" });
			// Getting a slot again may have taken too long.
			if (this.#leftAt(clock.monotonic()) <= 0) return this.#failed(this.#pastDeadline(undefined));
		}
	}

	#waiting() {
		this.#order ??= this.#way.receiver.nextOrder();
		return { startedAt: this.#start, deadlineMs: this.#delivery.hook.deadlineMs, order: this.#order };
	}

	#request(begun: number): HttpRequest {
		const { hook } = this.#delivery;
		const { method, url, proxy, headers, body, sign } = this.#message;
		const { authorities } = this.#way;
		return {
			method,
			url,
			connections: this.#connections,
			proxy,
			allowPrivate: hook.allowPrivate,
			authorities,
			headers: { ...headers, ...sign(this.#ports.clock.now()) },
			body,
			timeoutMs: Math.max(1, Math.min(hook.timeoutMs, this.#leftAt(begun))),
			answerLimit: ANSWER_LIMIT,
		};
	}

	/** Milliseconds until the deadline, whole. */
	#leftAt(now: number): number {
		return this.#delivery.hook.deadlineMs - Math.round(now - (this.#start ?? now));
	}

	#judge(received: HttpResult, begun: number): Next {
		const { log, random } = this.#ports;
		const { receiver } = this.#way;
		const { hook } = this.#delivery;
		const { service, target, notes } = this.#message;
		const now = this.#ports.clock.monotonic();
		const result = this.#beforeDeadline(received, begun);
		this.#answered = result.kind === "answer" ? { httpStatus: result.status } : {};
		const attempt = { ...this.#answered, durationMs: Math.round(now - begun) };
		const judgement = judge(this.#delivery, service, result);
		if (judgement.kind === "delivered") {
			receiver.accepted(now);
			this.#attempts.push(attempt);
			const told = judgement.note === undefined ? notes : [...notes, judgement.note];
			return ended({ ...this.#outcome(now), status: "delivered", reason: "", notes: told });
		}

		const reason = `${judgement.reason}${throughProxy(this.#message, result)}`;
		this.#reason = reason;
		this.#attempts.push({ ...attempt, reason });
		if (this.#mayBeStale(result)) {
			this.#connections = "single";
			return NEXT_TURN;
		}
		const askedMs = this.#askedBy(result);
		const isFirst = this.#tellReceiver(result, askedMs, now);
		const failed = (why: string) => ended(this.#failed(why));
		if (judgement.kind === "final") {
			const denied = isGate(hook) && result.kind === "answer";
			return denied ? ended({ ...this.#failed(reason), denied }) : failed(reason);
		}

		// The receiver is there and says when: only the deadline ends that.
		const isCounted = this.#answered.httpStatus !== 429 || askedMs === undefined;
		if (isCounted) this.#counted++;
		const left = this.#leftAt(now);
		const saysDeadline = left <= 0 && result.kind === "fault" && result.fault === "timeout";
		if (this.#counted > hook.retryCount || saysDeadline) {
			return failed(`${reason}${afterMany(this.#attempts.length)}`);
		}
		const wait = askedMs ?? backoffMs(this.#counted, hook.retryDelayMs, random);
		if (wait >= left) return failed(this.#pastDeadline(left > 0 ? askedMs : undefined));
		if (isCounted) {
			const which = `attempt ${this.#counted} of ${hook.retryCount + 1}`;
			log.info(`${hook.name}: ${which} failed: ${reason}; the next in ${Math.round(wait)} ms`);
		} else if (isFirst) {
			log.info(`${hook.name}: ${reason}; deliveries to ${target} wait for ${showMs(wait)}`);
		}
		return askedMs === undefined ? { kind: "backoff", ms: wait } : NEXT_TURN;
	}

	/** A receiver may close a connection that was kept: that says nothing of the next request, which gets one of its own. */
	#mayBeStale(result: HttpResult): boolean {
		return this.#connections === "pooled" && result.kind === "fault" && result.fault === "reset";
	}

	/** Says so where the deadline of all attempts has ended this one. */
	#beforeDeadline(result: HttpResult, begun: number): HttpResult {
		const { timeoutMs, deadlineMs } = this.#delivery.hook;
		if (result.kind !== "fault" || result.fault !== "timeout" || this.#leftAt(begun) >= timeoutMs) return result;
		const { proxy } = this.#message;
		const through = proxy === undefined ? "" : `, through the proxy (${proxy.variable})`;
		return { ...result, detail: `no answer before the deadline of ${deadlineMs} ms${through}` };
	}

	/** The wait that an answer asks for, in milliseconds, in the service's own way or in HTTP's. */
	#askedBy(result: HttpResult): number | undefined {
		if (result.kind !== "answer" || !isRetryableStatus(result.status)) return undefined;
		const { headers } = result;
		const own = this.#message.service.retryAfter?.(result);
		return own ?? retryAfterMs(headers["retry-after"], senderTime(headers, this.#ports.clock.now()));
	}

	/** True for the first refusal in a while. */
	#tellReceiver(result: HttpResult, askedMs: number | undefined, now: number): boolean {
		const { receiver } = this.#way;
		if (result.kind === "answer" && (result.status === 429 || askedMs !== undefined)) {
			return receiver.refused(now, askedMs, this.#reason);
		}
		if (result.kind === "fault" || isRetryableStatus(result.status)) receiver.failed(now, this.#reason);
		else receiver.accepted(now);
		return false;
	}

	/** What becomes of a delivery whose turn does not come. */
	#unsent(turn: Exclude<Turn, { kind: "go" }>): Outcome {
		const { hook } = this.#delivery;
		const isBegun = this.#start !== undefined;
		if (turn.kind === "late") {
			return this.#failed(isBegun ? this.#pastDeadline(turn.askedMs || undefined) : neverSent(turn, hook.deadlineMs));
		}
		if (isBegun) return this.#failed(`cancelled; before that: ${this.#reason}`);
		return skipped(this.#delivery, "cancelled", NOT_BEGUN, this.#ports.env);
	}

	#failed(reason: string): Outcome {
		return { ...this.#outcome(this.#ports.clock.monotonic()), status: "failed", reason };
	}

	#pastDeadline(askedMs: number | undefined): string {
		const { deadlineMs } = this.#delivery.hook;
		const made = this.#attempts.length;
		if (askedMs !== undefined) return `${this.#reason}; ${asksFor(askedMs, deadlineMs)}${afterMany(made)}`;
		const after = `after ${count(made, "attempt")}`;
		return `${this.#reason}; the deadline of ${deadlineMs} ms leaves no time for another, ${after}`;
	}

	#outcome(now: number): Omit<Outcome, "status" | "reason"> {
		const { target, notes } = this.#message;
		return {
			...this.#answered,
			delivery: this.#delivery,
			target,
			attempts: this.#attempts,
			durationMs: Math.round(now - (this.#start ?? now)),
			notes,
		};
	}
}

function ended(outcome: Outcome): Next {
	return { kind: "ended", outcome };
}

/** Over plain http a proxy's own refusal looks like the receiver's. */
function throughProxy({ url, proxy }: Message, { kind }: HttpResult): string {
	const may = proxy !== undefined && url.protocol === "http:" && kind === "answer";
	return may ? ` (answered through the proxy of ${proxy.variable})` : "";
}

function neverSent({ askedMs, silentMs, reason }: Late, deadlineMs: number): string {
	const earlier = reason === "" ? "" : `an earlier delivery failed (${reason}), and `;
	if (askedMs >= deadlineMs) return `not sent: ${earlier}${asksFor(askedMs, deadlineMs)}`;
	const more = askedMs > 0 ? ` and asks for ${showMs(askedMs)} more` : "";
	return `not sent: ${earlier}the receiver has accepted nothing for ${showMs(silentMs)}${more}`;
}

function asksFor(askedMs: number, deadlineMs: number): string {
	return `Retry-After asks for ${showMs(askedMs)}, past the deadline of ${deadlineMs} ms`;
}

function afterMany(attempts: number): string {
	return attempts === 1 ? "" : `, after ${count(attempts, "attempt")}`;
}

function showMs(ms: number): string {
	return ms < 999.5 ? `${Math.round(ms)} ms` : `${Math.round(ms / 1000)} s`;
}
