// Waits for one signal in many places at once, each of them for a short while.
import { Bag } from "./bag.ts";

const waiting = new WeakMap<AbortSignal, Bag<() => void>>();

/**
 * Calls `callback` once when the signal aborts, unless the function that is returned has been called before. Never calls
 * it for a signal that has aborted already. A callback must not throw.
 *
 * A run has one signal for all of its requests. Were each to add a listener of its own, every removed listener would
 * keep the ones added after it, and all that they know, in memory until a full garbage collection.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
	const known = waiting.get(signal);
	const callbacks = known ?? new Bag();
	if (known === undefined) {
		waiting.set(signal, callbacks);
		signal.addEventListener("abort", () => callAll(callbacks), { once: true });
	}
	return callbacks.add(callback);
}

function callAll(callbacks: Bag<() => void>): void {
	for (let next = callbacks.take(); next !== undefined; next = callbacks.take()) next();
}
