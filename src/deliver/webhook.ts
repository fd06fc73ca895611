// One webhook delivery: its message, and the attempts to send it until it is delivered or has failed for good.

import { count } from "../lib/text.ts";
import type { Attempt, Delivery, Outcome } from "../model/delivery.ts";
import { type Failure, failure, isRetryableStatus } from "../model/failure.ts";
import type { Webhook } from "../model/hook.ts";
import type { Connections, HttpRequest, HttpResult, Ports } from "../ports.ts";
import type { ReadCaFile } from "./ca-file.ts";
import { type Message, makeMessage } from "./message.ts";
import { describeAsked, describeLate, type Receiver, type Receivers, showMs, type Turn } from "./receivers.ts";
import { judge, throughProxy } from "./response.ts";
import { askedWaitMs, backoffMs } from "./retry.ts";
import type { Slots } from "./slots.ts";
import { CANCELLED, failed, skipped, unsetVariable } from "./unsent.ts";

/** Bytes of a response that are read: 250 KB. */
const RESPONSE_LIMIT = 250 * 1024;

/** What a delivery needs of the world. */
export type WebhookPorts = Pick<Ports, "clock" | "random" | "env" | "http" | "log">;

/** What a delivery shares with the others of its run, and what it tells. */
export interface Shared {
	readonly connections: Connections;
	readonly readCaFile: ReadCaFile;
	readonly receivers: Receivers;
	/** Aborts on cancellation. */
	readonly signal: AbortSignal;
	/** Called before each attempt. */
	readonly onBegin: () => void;
}

/**
 * Sends one webhook. `slots` are those of which its delivery has one: it is given back while the delivery waits. Never
 * throws for what the world does.
 */
export async function sendWebhook(
	delivery: Delivery<Webhook>,
	ports: WebhookPorts,
	shared: Shared,
	slots?: Slots,
): Promise<Outcome> {
	const { env } = ports;
	const made = makeMessage(delivery, env);
	if (made.kind === "unset") return failed(delivery, unsetVariable(made.variable), env);
	if (made.kind === "invalid") return failed(delivery, failure("invalid_message", made.reason), env);
	const { message } = made;
	const found = message.caFile === undefined ? undefined : await shared.readCaFile(message.caFile);
	if (found !== undefined && "reason" in found) {
		return { ...failed(delivery, failure("ca_file", found.reason), env), target: message.target };
	}
	return new Attempts({ delivery, message, caCertificates: found?.pem, ports, shared, slots }).make();
}

/** What comes after an attempt: the outcome, another one in turn, or one after so many milliseconds of our own. */
type Next = Outcome | "turn" | number;

/** What the attempts of a delivery need. */
interface Sending {
	readonly delivery: Delivery<Webhook>;
	readonly message: Message;
	/** Trusted besides the usual ones, as PEM. */
	readonly caCertificates: string | undefined;
	readonly ports: WebhookPorts;
	readonly shared: Shared;
	readonly slots: Slots | undefined;
}

/** One delivery on its way. */
class Attempts {
	readonly #sending: Sending;
	readonly #receiver: Receiver;
	readonly #attempts: Attempt[] = [];
	/** Those of them that count against `retry_count`. */
	#counted = 0;
	/** When the first one began. */
	#start: number | undefined;
	#order: number | undefined;
	/** Why the last one failed. */
	#last = failure("deadline", "");
	#status: Pick<Outcome, "httpStatus"> = {};
	#connections: Connections;

	constructor(sending: Sending) {
		const { delivery, message, shared } = sending;
		this.#sending = sending;
		this.#receiver = shared.receivers.at(message.url);
		// A request that is sent once only must not meet a connection that the receiver is about to close.
		this.#connections = delivery.hook.retryCount === 0 ? "single" : shared.connections;
	}

	/** Makes them. To be called once. */
	async make(): Promise<Outcome> {
		const { ports, shared, slots } = this.#sending;
		const { clock, http } = ports;
		const { signal, onBegin } = shared;
		for (;;) {
			if (!this.#receiver.take(clock.monotonic())) {
				const turn = await this.#receiver.turn(this.#waiting(), slots);
				if (turn.kind !== "go") return this.#unsent(turn);
			}
			const begun = clock.monotonic();
			this.#start ??= begun;
			onBegin();
			let next: Next;
			try {
				next = this.#judge(await http.send(this.#request(begun), signal), begun);
			} finally {
				this.#receiver.leave();
			}
			if (typeof next === "object") return next;
			if (typeof next === "number") {
				const slept = clock.sleep(next, signal);
				await (slots === undefined ? slept : slots.aside(slept));
			}
			if (signal.aborted) return this.#unsent({ kind: "cancelled" });
			// Getting a slot again may have taken too long.
			if (this.#leftAt(clock.monotonic()) <= 0) return this.#pastDeadline(undefined);
		}
	}

	#waiting() {
		this.#order ??= this.#receiver.nextOrder();
		return { startedAt: this.#start, deadlineMs: this.#sending.delivery.hook.deadlineMs, order: this.#order };
	}

	#request(begun: number): HttpRequest {
		const { delivery, message, caCertificates, ports } = this.#sending;
		const { timeoutMs, allowPrivate } = delivery.hook;
		const { method, url, proxy, headers, body, sign } = message;
		return {
			method,
			url,
			connections: this.#connections,
			proxy,
			allowPrivate,
			caCertificates,
			headers: { ...headers, ...sign(ports.clock.now()) },
			body,
			timeoutMs: Math.max(1, Math.min(timeoutMs, this.#leftAt(begun))),
			responseLimit: RESPONSE_LIMIT,
		};
	}

	/** Milliseconds until the deadline, whole. */
	#leftAt(now: number): number {
		return this.#sending.delivery.hook.deadlineMs - Math.round(now - (this.#start ?? now));
	}

	#judge(received: HttpResult, begun: number): Next {
		const { delivery, message, ports } = this.#sending;
		const now = ports.clock.monotonic();
		const result = this.#beforeDeadline(received, begun);
		this.#status = result.kind === "response" ? { httpStatus: result.status } : {};
		const attempt = { ...this.#status, durationMs: Math.round(now - begun) };
		const { failure: why, note } = judge(delivery, message.service, result);
		if (why === undefined) {
			this.#receiver.accepted(now);
			this.#attempts.push(attempt);
			const notes = note === undefined ? message.notes : [...message.notes, note];
			return { ...this.#outcome(), status: "delivered", notes };
		}
		this.#last = { ...why, reason: `${why.reason}${throughProxy(message, result)}` };
		this.#attempts.push({ ...attempt, failure: this.#last });
		return this.#afterFailure(result, now);
	}

	#afterFailure(result: HttpResult, now: number): Next {
		const { delivery, message, ports } = this.#sending;
		const { hook } = delivery;
		const { cause, retryable, reason } = this.#last;
		// A receiver may close a connection that was kept: that says nothing of the next request, which gets its own.
		if (cause === "reset" && this.#connections === "pooled") {
			this.#connections = "single";
			return "turn";
		}
		const askedMs = askedWaitMs(result, message.service, ports.clock.now());
		const isFirst = this.#tellReceiver(result, askedMs, now);
		if (!retryable) return this.#failed(this.#last);

		// The receiver is there and says when: only the deadline ends that.
		const isCounted = this.#status.httpStatus !== 429 || askedMs === undefined;
		if (isCounted) this.#counted++;
		const left = this.#leftAt(now);
		if (this.#counted > hook.retryCount || (left <= 0 && cause === "timeout")) {
			return this.#failedAfter(this.#afterMany());
		}
		const wait = askedMs ?? backoffMs(this.#counted, hook.retryDelayMs, ports.random);
		if (wait >= left) return this.#pastDeadline(left > 0 ? askedMs : undefined);
		if (isCounted) {
			const which = `attempt ${this.#counted} of ${hook.retryCount + 1}`;
			ports.log.info(`${hook.name}: ${which} failed: ${reason}; the next in ${Math.round(wait)} ms`);
		} else if (isFirst) {
			ports.log.info(`${hook.name}: ${reason}; deliveries to ${message.target} wait for ${showMs(wait)}`);
		}
		return askedMs === undefined ? wait : "turn";
	}

	/** Says so where the deadline of all attempts has ended this one. */
	#beforeDeadline(result: HttpResult, begun: number): HttpResult {
		const { timeoutMs, deadlineMs } = this.#sending.delivery.hook;
		if (result.kind !== "failure" || result.cause !== "timeout" || this.#leftAt(begun) >= timeoutMs) return result;
		const { proxy } = this.#sending.message;
		const through = proxy === undefined ? "" : `, through the proxy (${proxy.variable})`;
		return { ...result, detail: `no response before the deadline of ${deadlineMs} ms${through}` };
	}

	/** True for the first refusal in a while. */
	#tellReceiver(result: HttpResult, askedMs: number | undefined, now: number): boolean {
		const { reason } = this.#last;
		if (result.kind === "response" && (result.status === 429 || askedMs !== undefined)) {
			return this.#receiver.refused(now, askedMs, reason);
		}
		if (result.kind === "failure" || isRetryableStatus(result.status)) this.#receiver.failed(now, reason);
		else this.#receiver.accepted(now);
		return false;
	}

	/** What becomes of a delivery whose turn does not come. */
	#unsent(turn: Exclude<Turn, { kind: "go" }>): Outcome {
		const { deadlineMs } = this.#sending.delivery.hook;
		const isBegun = this.#start !== undefined;
		if (turn.kind === "late") {
			if (isBegun) return this.#pastDeadline(turn.askedMs || undefined);
			return this.#failed(failure("deadline", describeLate(turn, deadlineMs)));
		}
		if (isBegun) return this.#failed(failure("cancelled", `cancelled; before that: ${this.#last.reason}`));
		return skipped(this.#sending.delivery, "cancelled", CANCELLED, this.#sending.ports.env);
	}

	#pastDeadline(askedMs: number | undefined): Outcome {
		const { deadlineMs } = this.#sending.delivery.hook;
		if (askedMs !== undefined) return this.#failedAfter(`; ${describeAsked(askedMs, deadlineMs)}${this.#afterMany()}`);
		const after = `after ${count(this.#attempts.length, "attempt")}`;
		return this.#failedAfter(`; the deadline of ${deadlineMs} ms leaves no time for another, ${after}`);
	}

	#afterMany(): string {
		return this.#attempts.length === 1 ? "" : `, after ${count(this.#attempts.length, "attempt")}`;
	}

	/** For the reason of the last attempt, with more to be told of it. */
	#failedAfter(more: string): Outcome {
		return this.#failed({ ...this.#last, reason: `${this.#last.reason}${more}` });
	}

	#failed(why: Failure): Outcome {
		return { ...this.#outcome(), status: "failed", failure: why };
	}

	#outcome(): Omit<Outcome, "status"> {
		const { delivery, message, ports } = this.#sending;
		const { target, notes } = message;
		const now = ports.clock.monotonic();
		const durationMs = Math.round(now - (this.#start ?? now));
		return { ...this.#status, delivery, reason: "", target, attempts: this.#attempts, durationMs, notes };
	}
}
