// Receivers with limits, on the fake clock: what they answer is told by a function, and every request is written down.
import type { Clock, Http, HttpRequest, HttpResult } from "../../src/ports.ts";
import { answer } from "./fakes.ts";

/** A request as the receiver saw it. */
export interface Seen {
	readonly url: string;
	readonly delivery: string;
	readonly at: number;
	/** Requests to the same URL under way at that time, this one included. */
	readonly inFlight: number;
	readonly result: HttpResult;
}

/** Answers each request after `latencyMs`. The function is called as the request comes. */
export function limitedHttp(
	clock: Clock,
	respond: (request: HttpRequest, inFlight: number) => HttpResult,
	latencyMs: (request: HttpRequest) => number = () => 10,
): Http & { readonly seen: Seen[] } {
	const inFlight = new Map<string, number>();
	const seen: Seen[] = [];
	return {
		seen,
		send: async (request, signal) => {
			const url = request.url.href;
			const now = (inFlight.get(url) ?? 0) + 1;
			inFlight.set(url, now);
			const result = respond(request, now);
			const delivery = request.headers["X-Rocky-Delivery"] ?? "";
			seen.push({ url, delivery, at: clock.monotonic(), inFlight: now, result });
			await clock.sleep(latencyMs(request), signal);
			inFlight.set(url, (inFlight.get(url) ?? 1) - 1);
			return signal.aborted ? { kind: "failure", cause: "cancelled", detail: "cancelled" } : result;
		},
		close: () => {},
	};
}

/** Takes one request in so many milliseconds, and tells the others to come again then. */
export function onePer(clock: Clock, ms: number, retryAfterS: number | undefined = ms / 1000) {
	let last = Number.NEGATIVE_INFINITY;
	return (): HttpResult => {
		if (clock.monotonic() - last < ms) return refusal(retryAfterS);
		last = clock.monotonic();
		return answer(200);
	};
}

/** A 429, with `Retry-After` where there are seconds. */
export function refusal(retryAfterS?: number, status = 429): HttpResult {
	return answer(status, "", retryAfterS === undefined ? {} : { "retry-after": String(retryAfterS) });
}
