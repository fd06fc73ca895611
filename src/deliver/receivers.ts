// What each receiver of a run asks for: when it may be sent to again, and how many requests it takes at once.
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
export type Turn = { readonly kind: "go" } | { readonly kind: "cancelled" } | Late;

/** There is no time left before the deadline, or there will be none. */
export interface Late {
	readonly kind: "late";
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

/** The receivers of a run, by URL. */
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
		let receiver = this.#byUrl.get(key);
		if (receiver === undefined) {
			receiver = new Receiver(this.#clock, this.#signal);
			this.#byUrl.set(key, receiver);
		}
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
	/** The first failure since something was accepted. */
	#failingSince: number | undefined;
	#failedAt = Number.NEGATIVE_INFINITY;
	#refusedAt = Number.NEGATIVE_INFINITY;
	#reason = "";
	readonly #queue: Queued[] = [];
	#orders = 0;
	#alarm: AbortController | undefined;

	constructor(clock: Clock, signal: AbortSignal) {
		this.#clock = clock;
		this.#signal = signal;
	}

	/** Takes a place for a request, if it can be sent now and nobody waits. {@link leave} gives it back. */
	take(now: number): boolean {
		if (this.#queue.length > 0 || now < this.#notBefore || this.#inFlight >= this.#limit) return false;
		if (this.#failingSince !== undefined && this.#isQuiet(now)) this.#failingSince = undefined;
		this.#inFlight++;
		return true;
	}

	/** The next place in the order of waiting. A delivery keeps its own for all its attempts. */
	nextOrder(): number {
		if (this.#orders === 0) this.#signal.addEventListener("abort", () => this.#serve(), { once: true });
		return this.#orders++;
	}

	/** Waits until a request can be sent, and takes a place for it where it can. Meanwhile the slot is given back. */
	async turn(waiting: Waiting, slots: Slots | undefined): Promise<Turn> {
		for (;;) {
			const place = this.#enter(waiting);
			const turn = await (slots === undefined ? place : slots.aside(place));
			if (turn.kind !== "go" || this.#isStillOpen(waiting)) return turn;
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

	/**
	 * The receiver refused a request for now, and may have asked for a wait of so many milliseconds. True for the first
	 * refusal in a while.
	 */
	refused(now: number, askedMs: number | undefined, reason: string): boolean {
		const isFirst = now - Math.max(this.#refusedAt, this.#notBefore) > QUIET_MS;
		this.#refusedAt = now;
		this.#limit = Math.max(1, Math.floor(Math.min(this.#limit, this.#inFlight) / 2));
		this.#successes = 0;
		if (askedMs !== undefined) this.#notBefore = Math.max(this.#notBefore, now + Math.max(askedMs, MIN_WAIT_MS));
		this.failed(now, reason);
		this.#reason = reason;
		return isFirst;
	}

	/** A request got no response, perhaps because its own deadline came, or a failure of the server: a refusal tells more. */
	failed(now: number, reason: string): void {
		if (this.#failingSince === undefined) this.#reason = reason;
		this.#failingSince ??= now;
		this.#failedAt = now;
	}

	#isQuiet(now: number): boolean {
		return now - Math.max(this.#failedAt, this.#notBefore) > QUIET_MS;
	}

	/** Whether the place may be used; getting a slot has taken time, perhaps. */
	#isStillOpen(waiting: Waiting): boolean {
		const now = this.#clock.monotonic();
		const hasTime = waiting.startedAt === undefined || now < waiting.startedAt + waiting.deadlineMs;
		return hasTime && !this.#signal.aborted && now >= this.#notBefore && this.#inFlight <= this.#limit;
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
		const waiting = this.#queue.splice(0);
		let next = this.#notBefore > now ? this.#notBefore : Number.POSITIVE_INFINITY;
		for (const queued of waiting) {
			const end = this.#endOf(queued);
			if (this.#signal.aborted) {
				queued.resolve({ kind: "cancelled" });
			} else if (end <= Math.max(now, this.#notBefore)) {
				queued.resolve(this.#late(queued, end, now));
			} else if (now >= this.#notBefore && this.#inFlight < this.#limit) {
				this.#inFlight++;
				queued.resolve({ kind: "go" });
			} else {
				next = Math.min(next, end);
				this.#queue.push(queued);
			}
		}
		this.#wakeAt(next, now);
	}

	/** When a delivery waits no longer. */
	#endOf({ startedAt, queuedAt, deadlineMs }: Queued): number {
		return (startedAt ?? this.#silentSince(queuedAt)) + deadlineMs;
	}

	#silentSince(queuedAt: number): number {
		return this.#failingSince ?? Math.max(this.#acceptedAt, queuedAt);
	}

	#late({ queuedAt }: Queued, end: number, now: number): Late {
		const askedMs = this.#notBefore >= end ? Math.max(0, this.#notBefore - now) : 0;
		return { kind: "late", askedMs, silentMs: now - this.#silentSince(queuedAt), reason: this.#reason };
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

/** The same for all spellings of a URL, https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2; the parser knows the others. */
function keyOf({ href }: URL): string {
	return href.replace(/\??(?:#.*)?$/, "").replace(/%[0-9a-f]{2}/gi, (code) => {
		const character = String.fromCharCode(Number.parseInt(code.slice(1), 16));
		return /[\w.~-]/.test(character) ? character : code.toUpperCase();
	});
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
