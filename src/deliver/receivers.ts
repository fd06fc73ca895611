// What each receiver of a run asks for: when it may be sent to again, and how many requests it takes at once.
import { onAbort } from "../lib/on-abort.ts";
import type { Clock } from "../ports.ts";
import type { Slots } from "./slots.ts";

/**
 * Milliseconds. A refusal that asks for a wait may use up no retry, so a receiver that asks for no time at all would be
 * sent to without a pause.
 */
const MIN_WAIT_MS = 100;

/** Milliseconds without a failure after which the next one begins a new series. */
const QUIET_MS = 60_000;

/** A delivery that waits for its turn. All times are in milliseconds of the clock. */
export interface Waiting {
	/** When its first attempt began; undefined before that. */
	readonly startedAt: number | undefined;
	/** Runs from the first attempt; before that, for as long as the receiver accepts nothing. */
	readonly deadlineMs: number;
	/** As {@link Receiver.nextOrder} gave it. */
	readonly order: number;
}

/** How waiting ended. */
export type Turn = "go" | "cancelled" | Late;

/** There is no time left before the deadline, or there will be none. */
export interface Late {
	/** How long the receiver still asks to wait, where that is past the deadline; otherwise 0. */
	readonly askedMs: number;
	/** How long the receiver has accepted nothing. */
	readonly silentMs: number;
	/** Why the receiver accepts nothing, as another delivery was told; empty where none failed. */
	readonly reason: string;
}

interface Queued extends Waiting {
	readonly queuedAt: number;
	readonly resolve: (turn: Turn) => void;
}

/** The receivers of a run, by URL without its fragment and its user. */
export class Receivers {
	readonly #byUrl = new Map<string, Receiver>();
	readonly #clock: Clock;
	readonly #signal: AbortSignal;

	/** `signal` aborts on cancellation and ends all waiting. */
	constructor(clock: Clock, signal: AbortSignal) {
		this.#clock = clock;
		this.#signal = signal;
	}

	/** The receiver that a request to this URL reaches. */
	at(url: URL): Receiver {
		const key = `${url.origin}${url.pathname}${url.search}`;
		const receiver = this.#byUrl.get(key) ?? new Receiver(this.#clock, this.#signal);
		this.#byUrl.set(key, receiver);
		return receiver;
	}
}

/**
 * One receiver. A refusal halves the number of requests in flight, and successes in a row raise it by one (additive
 * increase, multiplicative decrease, as in https://www.rfc-editor.org/rfc/rfc5681). What cannot be sent now waits:
 * deliveries that have begun go first, because their deadlines run, and otherwise who came first.
 */
export class Receiver {
	readonly #clock: Clock;
	readonly #signal: AbortSignal;
	#notBefore = Number.NEGATIVE_INFINITY;
	#limit = Number.POSITIVE_INFINITY;
	#inFlight = 0;
	/** Since the limit was last changed. */
	#successes = 0;
	#acceptedAt = Number.NEGATIVE_INFINITY;
	/** The first failure since something was accepted, and the last one. */
	#failingSince: number | undefined;
	#failedAt = Number.NEGATIVE_INFINITY;
	/** Of the last refusal, or of the first failure since something was accepted. */
	#reason = "";
	#isTold = false;
	readonly #queue: Queued[] = [];
	#orders = 0;
	#alarm: AbortController | undefined;

	constructor(clock: Clock, signal: AbortSignal) {
		this.#clock = clock;
		this.#signal = signal;
		onAbort(signal, () => this.#serve());
	}

	/** Takes a place for a request, if it can be sent now and nobody waits. {@link leave} gives it back. */
	take(now: number): boolean {
		if (this.#queue.length > 0 || now < this.#notBefore || this.#inFlight >= this.#limit) return false;
		if (now - Math.max(this.#failedAt, this.#notBefore) > QUIET_MS) this.#failingSince = undefined;
		this.#inFlight++;
		return true;
	}

	/** The next place in the order of waiting. A delivery keeps its own for all its attempts. */
	nextOrder(): number {
		return this.#orders++;
	}

	/** Waits until a request can be sent, and takes a place for it where it can. Meanwhile the slot is given back. */
	async turn(waiting: Waiting, slots: Slots): Promise<Turn> {
		for (;;) {
			const turn = await slots.aside(this.#enter(waiting));
			if (turn !== "go" || this.#isStillOpen(waiting)) return turn;
			this.#inFlight--;
		}
	}

	/** Gives a place back, once the receiver knows what became of the request. */
	leave(): void {
		this.#inFlight--;
		this.#serve();
	}

	/** A request got a response that another attempt would get too, or a success. */
	accepted(now: number): void {
		this.#acceptedAt = now;
		this.#failingSince = undefined;
		if (++this.#successes > this.#limit) {
			this.#limit++;
			this.#successes = 0;
		}
	}

	/** The receiver refused a request for now, and may have asked for a wait of so many milliseconds. True for the first one. */
	refused(now: number, askedMs: number | undefined, reason: string): boolean {
		this.#limit = Math.max(1, Math.floor(Math.min(this.#limit, this.#inFlight) / 2));
		this.#successes = 0;
		if (askedMs !== undefined) this.#notBefore = Math.max(this.#notBefore, now + Math.max(askedMs, MIN_WAIT_MS));
		this.failed(now, reason);
		this.#reason = reason;
		const isFirst = !this.#isTold;
		this.#isTold = true;
		return isFirst;
	}

	/** A request got no response, perhaps because its own deadline came, or a failure of the server: a refusal tells more. */
	failed(now: number, reason: string): void {
		if (this.#failingSince === undefined) this.#reason = reason;
		this.#failingSince ??= now;
		this.#failedAt = now;
	}

	/** Whether the place may be used; getting a slot has taken time, perhaps. */
	#isStillOpen({ startedAt = Number.POSITIVE_INFINITY, deadlineMs }: Waiting): boolean {
		const now = this.#clock.monotonic();
		const isInTime = now >= this.#notBefore && now < startedAt + deadlineMs;
		return isInTime && !this.#signal.aborted && this.#inFlight <= this.#limit;
	}

	#enter(waiting: Waiting): Promise<Turn> {
		return new Promise((resolve) => {
			const queued = { ...waiting, queuedAt: this.#clock.monotonic(), resolve };
			const before = this.#queue.findLastIndex((other) => !goesBefore(queued, other));
			this.#queue.splice(before + 1, 0, queued);
			this.#serve();
		});
	}

	/** Lets go whoever may, ends what waits in vain, and looks again when time changes one of both. */
	#serve(): void {
		if (this.#queue.length === 0) return;
		const now = this.#clock.monotonic();
		let next = this.#notBefore > now ? this.#notBefore : Number.POSITIVE_INFINITY;
		for (const queued of this.#queue.splice(0)) {
			const silentSince = this.#failingSince ?? Math.max(this.#acceptedAt, queued.queuedAt);
			const end = (queued.startedAt ?? silentSince) + queued.deadlineMs;
			if (this.#signal.aborted) {
				queued.resolve("cancelled");
			} else if (end <= Math.max(now, this.#notBefore)) {
				const askedMs = this.#notBefore >= end ? Math.max(0, this.#notBefore - now) : 0;
				queued.resolve({ askedMs, silentMs: now - silentSince, reason: this.#reason });
			} else if (now >= this.#notBefore && this.#inFlight < this.#limit) {
				this.#inFlight++;
				queued.resolve("go");
			} else {
				next = Math.min(next, end);
				this.#queue.push(queued);
			}
		}
		this.#wakeAt(next, now);
	}

	#wakeAt(time: number, now: number): void {
		this.#alarm?.abort();
		this.#alarm = undefined;
		if (this.#queue.length === 0) return;
		const alarm = new AbortController();
		this.#alarm = alarm;
		void this.#clock.sleep(Math.ceil(time - now), alarm.signal).then(() => {
			if (this.#alarm === alarm) this.#serve();
		});
	}
}

function goesBefore(one: Waiting, other: Waiting): boolean {
	const [begun, otherBegun] = [one.startedAt !== undefined, other.startedAt !== undefined];
	return begun === otherBegun ? one.order < other.order : begun;
}

/** Why a delivery was never sent, as a reason. */
export function describeLate({ askedMs, silentMs, reason }: Late, deadlineMs: number): string {
	const earlier = reason === "" ? "" : `an earlier delivery failed (${reason}), and `;
	if (askedMs >= deadlineMs) return `not sent: ${earlier}${describeAsked(askedMs, deadlineMs)}`;
	const more = askedMs > 0 ? ` and asks for ${showMs(askedMs)} more` : "";
	return `not sent: ${earlier}the receiver has accepted nothing for ${showMs(silentMs)}${more}`;
}

export function describeAsked(askedMs: number, deadlineMs: number): string {
	return `Retry-After asks for ${showMs(askedMs)}, past the deadline of ${deadlineMs} ms`;
}

export function showMs(ms: number): string {
	return ms < 999.5 ? `${Math.round(ms)} ms` : `${Math.round(ms / 1000)} s`;
}
