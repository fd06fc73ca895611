// One request and its response, as undici tells of them.
import { type Dispatcher, errors } from "undici";
import { onAbort } from "../lib/on-abort.ts";
import type { BodyRead, HttpRequest, HttpResult } from "../ports.ts";
import { describeImpossible, type Fault, fault } from "./fault.ts";
import { isEndProved } from "./proof.ts";
import type { Sender } from "./senders.ts";

const utf8 = new TextDecoder();

/** Called back by undici. Ends with exactly one result, at the latest when the request's time is over. */
export class Exchange implements Dispatcher.DispatchHandler {
	readonly #sender: Sender;
	readonly #request: HttpRequest;
	readonly #unlisten: () => void;
	readonly #resolve: (result: HttpResult) => void;
	readonly #timer: NodeJS.Timeout;
	#controller: Dispatcher.DispatchController | undefined;
	#isOver = false;
	/** 0 until the headers are there. */
	#status = 0;
	#headers: Readonly<Record<string, string>> = {};
	readonly #chunks: Uint8Array[] = [];
	#received = 0;

	/** Begins it. */
	constructor(sender: Sender, request: HttpRequest, signal: AbortSignal, resolve: (result: HttpResult) => void) {
		this.#sender = sender;
		this.#request = request;
		this.#resolve = resolve;
		this.#timer = setTimeout(stopLate, request.timeoutMs, this);
		this.#unlisten = onAbort(signal, () => this.#stopFor(fault("cancelled", "cancelled")));
		try {
			sender.dispatch(request, this);
		} catch (error) {
			this.#end(describeImpossible(error));
		}
	}

	/** Ends it for want of time. */
	stopLate(): void {
		const { timeoutMs, proxy } = this.#request;
		const through = proxy === undefined ? "" : `, through the proxy (${proxy.variable})`;
		this.#stopFor(fault("timeout", `no response within ${timeoutMs} ms${through}`));
	}

	/** Only now is there a connection: the request may be over already. */
	onRequestStart(controller: Dispatcher.DispatchController): void {
		this.#controller = controller;
		if (this.#isOver) controller.abort(new errors.RequestAbortedError());
	}

	onResponseStart(_: unknown, status: number, headers: Headers): void {
		// An interim one.
		if (status < 200) return;
		const refused = this.#sender.refused(status, this.#request);
		if (refused !== undefined) {
			this.#stop(refused);
			return;
		}
		this.#status = status;
		this.#headers = joined(headers);
	}

	onResponseData(_: unknown, chunk: Uint8Array): void {
		if (this.#isOver) return;
		this.#chunks.push(chunk);
		this.#received += chunk.byteLength;
		if (this.#received > this.#request.responseLimit) this.#stop(this.#answer("over_limit"));
	}

	onResponseEnd(): void {
		const isProved = isEndProved(this.#request.method, this.#status, this.#headers, this.#received);
		this.#end(this.#answer(isProved ? "whole" : "undelimited"));
	}

	onResponseError(_: unknown, error: unknown): void {
		this.#end(this.#status === 0 ? this.#sender.describe(error, this.#request) : this.#answer("cut"));
	}

	/** What was read of a response counts. */
	#stopFor(reason: Fault): void {
		this.#stop(this.#status === 0 ? reason : this.#answer("cut"));
	}

	/** Ends it before its time, with its connection. */
	#stop(result: HttpResult): void {
		this.#end(result);
		this.#controller?.abort(new errors.RequestAbortedError());
	}

	#end(result: HttpResult): void {
		if (this.#isOver) return;
		this.#isOver = true;
		clearTimeout(this.#timer);
		this.#unlisten();
		this.#resolve(result);
	}

	#answer(read: BodyRead): HttpResult {
		const bytes = Buffer.concat(this.#chunks).subarray(0, this.#request.responseLimit);
		return { kind: "response", status: this.#status, headers: this.#headers, body: utf8.decode(bytes), read };
	}
}

/** Names in lower case. */
type Headers = Readonly<Record<string, string | string[] | undefined>>;

function stopLate(exchange: Exchange): void {
	exchange.stopLate();
}

function joined(headers: Headers): Record<string, string> {
	const told: Record<string, string> = {};
	for (const name of Object.keys(headers)) {
		const value = headers[name] ?? "";
		told[name] = typeof value === "string" ? value : value.join(", ");
	}
	return told;
}
