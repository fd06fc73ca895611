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
}

/** How the wait ended; an object if no time is left before the deadline, or none will be. */
export type Turn = "go" | "cancelled" | Late;

export interface Late {
	/** The rest of the wait that the receiver asks for, if that ends after the deadline; otherwise 0. */
	readonly askedMs: number;
	/** Why a delivery that has not begun is not sent. */
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
		const key = keyOf(url);
		const receiver = this.#byUrl.get(key) ?? new Receiver(this.#clock, this.#signal);
		this.#byUrl.set(key, receiver);
		return receiver;
	}
}

/** The same for all spellings of a URL (https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2). */
function keyOf({ protocol, host, pathname, search }: URL): string {
	return `${protocol}//${host}${pathname}${search}`.replaceAll(/%[0-9a-f]{2}/gi, (code) => {
		const character = String.fromCharCode(Number.parseInt(code.slice(1), 16));
		return /[\w.~-]/.test(character) ? character : code.toUpperCase();
	});
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
	#alarm: AbortController | undefined;

	constructor(clock: Clock, signal: AbortSignal) {
		this.#clock = clock;
		this.#signal = signal;
		onAbort(signal, () => this.#serve());
	}

	/** Takes a place for a request if it can be sent now and no other waits. {@link leave} gives it back. */
	take(now: number): boolean {
		if (this.#queue.length > 0 || now < this.#notBefore || this.#inFlight >= this.#limit) return false;
		if (now - Math.max(this.#failedAt, this.#notBefore) > QUIET_MS) this.#failingSince = undefined;
		this.#inFlight++;
		return true;
	}

	/** Waits until a request can be sent, and takes a place for it. Meanwhile the slot is given back. */
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

	/** A request got a success, or a response that another attempt would get too. */
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

	/** A request got no response, or the server failed. A refusal says more. */
	failed(now: number, reason: string): void {
		if (this.#failingSince === undefined) this.#reason = reason;
		this.#failingSince ??= now;
		this.#failedAt = now;
	}

	/** Whether the place may still be used: getting a slot may have taken time. */
	#isStillOpen({ startedAt = Number.POSITIVE_INFINITY, deadlineMs }: Waiting): boolean {
		const now = this.#clock.monotonic();
		const isInTime = now >= this.#notBefore && now < startedAt + deadlineMs;
		return isInTime && !this.#signal.aborted && this.#inFlight <= this.#limit;
	}

	#enter(waiting: Waiting): Promise<Turn> {
		return new Promise((resolve) => {
			const hasBegun = ({ startedAt }: Waiting) => startedAt !== undefined;
			const before = hasBegun(waiting) ? this.#queue.findLastIndex(hasBegun) : this.#queue.length - 1;
			this.#queue.splice(before + 1, 0, { ...waiting, queuedAt: this.#clock.monotonic(), resolve });
			this.#serve();
		});
	}

	/** Lets those go that may, ends those whose time is over, and looks again at the next time that changes either. */
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
				queued.resolve({ askedMs, reason: this.#whyNotSent(askedMs, now - silentSince, queued.deadlineMs) });
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

	#whyNotSent(askedMs: number, silentMs: number, deadlineMs: number): string {
		const earlier = this.#reason === "" ? "" : `an earlier delivery failed (${this.#reason}), and `;
		if (askedMs >= deadlineMs) return `not sent: ${earlier}${describeAsked(askedMs, deadlineMs)}`;
		const more = askedMs > 0 ? ` and asks for ${showMs(askedMs)} more` : "";
		return `not sent: ${earlier}the receiver has accepted nothing for ${showMs(silentMs)}${more}`;
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

export function describeAsked(askedMs: number, deadlineMs: number): string {
	return `Retry-After asks for ${showMs(askedMs)}, past the deadline of ${deadlineMs} ms`;
}

export function showMs(ms: number): string {
	return ms < 999.5 ? `${Math.round(ms)} ms` : `${Math.round(ms / 1000)} s`;
}
