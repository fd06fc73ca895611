// One webhook delivery: its message, and the attempts to send it until it is delivered or has failed for good.

import { count } from "../lib/text.ts";
import type { Attempt, Delivery, Outcome, RunFacts } from "../model/delivery.ts";
import { type Failure, failure, isRetryableStatus } from "../model/failure.ts";
import type { Webhook } from "../model/hook.ts";
import { needsPeople } from "../model/people.ts";
import type { Connections, HttpRequest, HttpResult, Ports } from "../ports.ts";
import type { ReadCaFile } from "./ca-file.ts";
import { type Message, makeMessage } from "./message.ts";
import { describeAsked, type Receiver, type Receivers, showMs, type Turn } from "./receivers.ts";
import { judge, throughProxy } from "./response.ts";
import { askedWaitMs, backoffMs } from "./retry.ts";
import type { Slots } from "./slots.ts";
import { CANCELLED, failed, skipped, unneeded } from "./unsent.ts";

/** Bytes of a response that are read: 250 KB. */
const RESPONSE_LIMIT = 250 * 1024;

/** What a delivery needs of the world. */
export type WebhookPorts = Pick<Ports, "clock" | "random" | "env" | "http" | "log">;

/** What a delivery shares with the others of its run. */
export interface Shared {
	readonly connections: Connections;
	readonly readCaFile: ReadCaFile;
	readonly receivers: Receivers;
	readonly people: RunFacts["people"];
	/** Aborts on cancellation. */
	readonly signal: AbortSignal;
	/** Called before each attempt. */
	readonly onBegin: () => void;
}

/**
 * Sends one webhook. Its delivery has one of the `slots`, which is released while the delivery waits. Never
 * throws for what the world does.
 */
export async function sendWebhook(
	delivery: Delivery<Webhook>,
	ports: WebhookPorts,
	shared: Shared,
	slots: Slots,
): Promise<Outcome> {
	const { env } = ports;
	const people = needsPeople(delivery.hook) ? await shared.people() : undefined;
	const message = makeMessage(delivery, env, people);
	if ("cause" in message) return failed(delivery, message, env);
	if ("nothing" in message) return unneeded(delivery, message.nothing, env);
	const found = message.caFile === undefined ? undefined : await shared.readCaFile(message.caFile);
	if (found !== undefined && "reason" in found) {
		return { ...failed(delivery, failure("ca_file", found.reason), env), target: message.target };
	}
	return new Attempts({ delivery, message, caCertificates: found?.pem, ports, shared, slots }).make();
}

/** What follows an attempt: the outcome, another attempt in turn, or one after so many milliseconds. */
type Next = Outcome | "turn" | number;

/** What the attempts of a delivery need. */
interface Sending {
	readonly delivery: Delivery<Webhook>;
	readonly message: Message;
	/** Trusted besides the usual ones, as PEM. */
	readonly caCertificates: string | undefined;
	readonly ports: WebhookPorts;
	readonly shared: Shared;
	readonly slots: Slots;
}

/** One delivery on its way. */
class Attempts {
	readonly #sending: Sending;
	readonly #hook: Webhook;
	readonly #receiver: Receiver;
	readonly #attempts: Attempt[] = [];
	/** Those of them that count against `retry_count`. */
	#counted = 0;
	/** When the first one began. */
	#start: number | undefined;
	/** Why the last one failed. */
	#last = failure("deadline", "");
	/** Why the receiver wants no further delivery of this hook. */
	#switchedOff: string | undefined;
	#connections: Connections;

	constructor(sending: Sending) {
		const { delivery, message, shared } = sending;
		this.#sending = sending;
		this.#hook = delivery.hook;
		this.#receiver = shared.receivers.at(message.url);
		// A request that is sent once only must not meet a connection that the receiver is about to close.
		this.#connections = this.#hook.retryCount === 0 ? "single" : shared.connections;
	}

	/** To be called once. */
	async make(): Promise<Outcome> {
		const { ports, shared, slots } = this.#sending;
		const { clock, http } = ports;
		const { signal, onBegin } = shared;
		for (;;) {
			if (!this.#receiver.take(clock.monotonic())) {
				const waiting = { startedAt: this.#start, deadlineMs: this.#hook.deadlineMs };
				const turn = await this.#receiver.turn(waiting, slots);
				if (turn !== "go") return this.#unsent(turn);
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
			if (typeof next === "number") await slots.aside(clock.sleep(next, signal));
			if (signal.aborted) return this.#unsent("cancelled");
			// Getting a slot again may have taken too long.
			if (this.#leftAt(clock.monotonic()) <= 0) return this.#pastDeadline();
		}
	}

	#request(begun: number): HttpRequest {
		const { message, caCertificates, ports } = this.#sending;
		const { timeoutMs, allowPrivate } = this.#hook;
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
		return this.#hook.deadlineMs - Math.round(now - (this.#start ?? now));
	}

	#judge(result: HttpResult, begun: number): Next {
		const { delivery, message, ports } = this.#sending;
		const now = ports.clock.monotonic();
		const durationMs = Math.round(now - begun);
		const at = ports.clock.now().getTime() - durationMs;
		const attempt = { at, ...(result.kind === "response" && { httpStatus: result.status }), durationMs };
		const { failure: why, note, switchedOff } = judge(delivery, message.service, result);
		// A proxy may say so of itself.
		if (switchedOff !== undefined && throughProxy(message, result) === "") this.#switchedOff = switchedOff;
		if (why === undefined) {
			this.#receiver.accepted(now);
			this.#attempts.push(attempt);
			const notes = note === undefined ? message.notes : [...message.notes, note];
			return { ...this.#outcome(), status: "delivered", notes };
		}
		const { timeoutMs, deadlineMs } = this.#hook;
		const isCutShort = why.cause === "timeout" && this.#leftAt(begun) < timeoutMs;
		const reason = isCutShort
			? why.reason.replace(/within \d+ ms/, `before the deadline of ${deadlineMs} ms`)
			: why.reason;
		this.#last = { ...why, reason: `${reason}${throughProxy(message, result)}` };
		this.#attempts.push({ ...attempt, failure: this.#last });
		return this.#afterFailure(result, now);
	}

	#afterFailure(result: HttpResult, now: number): Next {
		const { message, ports } = this.#sending;
		const { name, retryCount, retryDelayMs } = this.#hook;
		const { cause, retryable, reason } = this.#last;
		// A receiver may close a connection that was kept: that says nothing of the next request, which gets its own.
		if (cause === "reset" && this.#connections === "pooled") {
			this.#connections = "single";
			return "turn";
		}
		const wallClock = ports.clock.now();
		const askedMs = askedWaitMs(result, message.service, wallClock);
		if (askedMs !== undefined) this.#last = { ...this.#last, retryAt: wallClock.getTime() + askedMs };
		const isFirst = this.#tellReceiver(result, askedMs, now);
		if (!retryable) return this.#failed(this.#last);

		// The receiver works and says when to come again: only the deadline ends that.
		const isCounted = askedMs === undefined || result.kind === "failure" || result.status !== 429;
		if (isCounted) this.#counted++;
		const left = this.#leftAt(now);
		if (this.#counted > retryCount || (left <= 0 && cause === "timeout")) return this.#failedAfter(this.#afterMany());
		const wait = askedMs ?? backoffMs(this.#counted, retryDelayMs, ports.random);
		if (wait >= left) return this.#pastDeadline(left > 0 ? askedMs : undefined);
		if (isCounted) {
			const which = `attempt ${this.#counted} of ${retryCount + 1}`;
			ports.log.info(`${name}: ${which} failed: ${reason}; the next in ${Math.round(wait)} ms`);
		} else if (isFirst) {
			ports.log.info(`${name}: ${reason}; deliveries to ${message.target} wait for ${showMs(wait)}`);
		}
		return askedMs === undefined ? wait : "turn";
	}

	/** True for the first refusal. */
	#tellReceiver(result: HttpResult, askedMs: number | undefined, now: number): boolean {
		const { reason } = this.#last;
		const status = result.kind === "response" ? result.status : undefined;
		if (status === 429 || askedMs !== undefined) return this.#receiver.refused(now, askedMs, reason);
		if (status === undefined || isRetryableStatus(status)) this.#receiver.failed(now, reason);
		else this.#receiver.accepted(now);
		return false;
	}

	/** The outcome of a delivery whose turn does not come. */
	#unsent(turn: Exclude<Turn, "go">): Outcome {
		const { delivery, ports } = this.#sending;
		const isBegun = this.#start !== undefined;
		if (turn !== "cancelled") {
			if (isBegun) return this.#pastDeadline(turn.askedMs || undefined);
			const retryAt = ports.clock.now().getTime() + turn.askedMs;
			return this.#failed({ ...failure("deadline", turn.reason), ...(turn.askedMs > 0 && { retryAt }) });
		}
		if (isBegun) return this.#failed(failure("cancelled", `cancelled; before that: ${this.#last.reason}`));
		return skipped(delivery, "cancelled", CANCELLED, ports.env);
	}

	#pastDeadline(askedMs?: number): Outcome {
		const { deadlineMs } = this.#hook;
		if (askedMs !== undefined) return this.#failedAfter(`; ${describeAsked(askedMs, deadlineMs)}${this.#afterMany()}`);
		const after = `after ${count(this.#attempts.length, "attempt")}`;
		return this.#failedAfter(`; the deadline of ${deadlineMs} ms leaves no time for another, ${after}`);
	}

	#afterMany(): string {
		return this.#attempts.length === 1 ? "" : `, after ${count(this.#attempts.length, "attempt")}`;
	}

	/** For the reason of the last attempt, and more. */
	#failedAfter(more: string): Outcome {
		return this.#failed({ ...this.#last, reason: `${this.#last.reason}${more}` });
	}

	#failed(why: Failure): Outcome {
		return { ...this.#outcome(), status: "failed", failure: why };
	}

	#outcome(): Omit<Outcome, "status"> {
		const { delivery, message, ports } = this.#sending;
		const { target, notes } = message;
		const { httpStatus } = this.#attempts.at(-1) ?? {};
		const status = httpStatus === undefined ? {} : { httpStatus };
		const now = ports.clock.monotonic();
		const durationMs = Math.round(now - (this.#start ?? now));
		const off = this.#switchedOff === undefined ? {} : { switchedOff: this.#switchedOff };
		return { ...status, ...off, delivery, reason: "", target, attempts: this.#attempts, durationMs, notes };
	}
}
