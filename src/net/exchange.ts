// One request and its result, whichever client carries it: time limit, cancellation, reading the response.

import { onAbort } from "../lib/on-abort.ts";
import type { BodyRead, HttpFailure, HttpRequest, HttpResult } from "../ports.ts";
import { describeImpossible, httpFailure } from "./failure.ts";

const utf8 = new TextDecoder();

/** Sends a request by what `begin` does with an exchange of that `kind`. It may throw for an impossible request. Never rejects. */
export function exchange<E extends Exchange>(
	kind: new (request: HttpRequest, signal: AbortSignal, resolve: (result: HttpResult) => void) => E,
	request: HttpRequest,
	signal: AbortSignal,
	begin: (exchange: E) => void,
): Promise<HttpResult> {
	return new Promise((resolve) => {
		if (signal.aborted) return resolve(CANCELLED);
		const begun = new kind(request, signal, resolve);
		try {
			begin(begun);
		} catch (error) {
			begun.fail(describeImpossible(error));
		}
	});
}

/** Ends with exactly one result, at the latest when the request's time is over. What was read of a response counts. */
export class Exchange {
	protected readonly request: HttpRequest;
	readonly #resolve: (result: HttpResult) => void;
	readonly #timer: NodeJS.Timeout;
	readonly #unlisten: () => void;
	protected isOver = false;
	#response: { readonly status: number; readonly headers: Readonly<Record<string, string>> } | undefined;
	readonly #chunks: Uint8Array[] = [];
	#received = 0;

	constructor(request: HttpRequest, signal: AbortSignal, resolve: (result: HttpResult) => void) {
		this.request = request;
		this.#resolve = resolve;
		this.#timer = setTimeout(() => this.#stopLate(), request.timeoutMs);
		this.#unlisten = onAbort(signal, () => this.stop(CANCELLED));
	}

	/** Closes its connection. A method, since a function for each exchange keeps thousands of them in memory. */
	protected close(): void {}

	/** The headers of the response are there, their names in lower case. */
	respond(status: number, headers: Headers): void {
		const joined = Object.entries(headers).map(([name, value = ""]) => {
			return [name, typeof value === "string" ? value : value.join(", ")];
		});
		this.#response = { status, headers: Object.fromEntries(joined) };
	}

	/** A part of the body. */
	read(chunk: Uint8Array): void {
		if (this.isOver) return;
		this.#chunks.push(chunk);
		this.#received += chunk.byteLength;
		if (this.#received <= this.request.responseLimit) return;
		this.#finish("over_limit");
		this.close();
	}

	/** The response came to an orderly end, or to that of its connection. */
	end(isByConnection = false): void {
		this.#finish(!isByConnection && this.#isEndProved() ? "whole" : "undelimited");
	}

	/** The connection failed, before a response or in its body. */
	fail(failure: HttpFailure): void {
		if (this.#response === undefined) this.#settle(failure);
		else this.#finish("truncated");
	}

	/** Ends it before its time, with its connection. */
	stop(failure: HttpFailure): void {
		this.fail(failure);
		this.close();
	}

	#stopLate(): void {
		const { timeoutMs, proxy } = this.request;
		const through = proxy === undefined ? "" : `, through the proxy (${proxy.variable})`;
		this.stop(httpFailure("timeout", `no response within ${timeoutMs} ms${through}`));
	}

	#finish(read: BodyRead): void {
		if (this.#response === undefined) return;
		const bytes = Buffer.concat(this.#chunks).subarray(0, this.request.responseLimit);
		this.#settle({ kind: "response", ...this.#response, body: utf8.decode(bytes), read });
	}

	#settle(result: HttpResult): void {
		if (this.isOver) return;
		this.isOver = true;
		clearTimeout(this.#timer);
		this.#unlisten();
		this.#resolve(result);
	}

	/**
	 * Whether the end of the body was proved: its length says so, or the last chunk, or its status or method allows no
	 * body (RFC 9112, 6.3). Anything else ends with the connection, as it also does when a receiver is killed or somebody
	 * cuts the line.
	 */
	#isEndProved(): boolean {
		const { status = 0, headers = {} } = this.#response ?? {};
		if (this.request.method === "HEAD" || status === 304) return true;
		const { "content-length": length, "transfer-encoding": encoding } = headers;
		// A body that a 204 announces may not be read, so what it says is not known.
		if (status === 204) return encoding === undefined && (length === undefined || length === "0");
		// With both, two programs on the way may have read two different bodies. In no other spelling are chunks read as such.
		if (encoding !== undefined) return length === undefined && /^chunked *$/i.test(encoding);
		return length !== undefined && /^\d+$/.test(length) && Number(length) === this.#received;
	}
}

const CANCELLED = httpFailure("cancelled", "cancelled");

/** As Node and undici give them, one or several of a name. */
type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;
