// One request and its answer, as undici tells of them.
import type { Dispatcher } from "undici";
import type { BodyRead, HttpRequest, HttpResult } from "../ports.ts";
import type { Connection, Connections } from "./bulk-connection.ts";
import { type Fault, fault } from "./fault.ts";
import { tellsItsEnd } from "./framing.ts";
import { describeUndiciError } from "./undici-fault.ts";

const utf8 = new TextDecoder();

/**
 * The exchanges under way. A list in which each knows its place: a set from which thousands are taken keeps them in its
 * former tables until the next full collection of garbage.
 */
export class UnderWay {
	readonly #all: Exchange[] = [];

	add(exchange: Exchange): void {
		exchange.place = this.#all.length;
		this.#all.push(exchange);
	}

	remove(exchange: Exchange): void {
		const last = this.#all.pop();
		if (last === undefined || last === exchange) return;
		this.#all[exchange.place] = last;
		last.place = exchange.place;
	}

	stopAll(reason: Fault): void {
		for (const exchange of [...this.#all]) exchange.stop(reason);
	}
}

/** Called back by undici; without streams, promises and closures of its own, since there are thousands. */
export class Exchange implements Dispatcher.DispatchHandler {
	readonly #request: HttpRequest;
	readonly #connections: Connections;
	readonly #connection: Connection;
	/** Those that one signal ends; this is among them while it is under way. */
	readonly #siblings: UnderWay;
	/** Its place among them. */
	place = 0;
	readonly #resolve: (result: HttpResult) => void;
	readonly #timer: NodeJS.Timeout;
	/** 0 until the headers are there. */
	#status = 0;
	#headers: Headers = {};
	readonly #chunks: Uint8Array[] = [];
	#room: number;
	#isOver = false;

	/** Begins it. `headers` are names and values by turns. */
	constructor(
		request: HttpRequest,
		headers: string[],
		connections: Connections,
		siblings: UnderWay,
		resolve: (result: HttpResult) => void,
	) {
		this.#request = request;
		this.#connections = connections;
		this.#connection = connections.take();
		this.#siblings = siblings;
		this.#resolve = resolve;
		this.#room = request.answerLimit;
		this.#timer = setTimeout(stopLate, request.timeoutMs, this);
		siblings.add(this);
		const { url, method, body } = request;
		const path = url.pathname + url.search;
		this.#connection.send({ path, method, headers, body: body ?? null }, this);
	}

	/** Ends it before its time: with this fault, or with what has come of the answer. */
	stop(reason: Fault): void {
		if (this.#isOver) return;
		this.#end(this.#status === 0 ? reason : this.#answer("cut"));
		this.#connections.drop(this.#connection);
	}

	/** Ends it for want of time. */
	stopLate(): void {
		this.stop(fault("timeout", `no answer within ${this.#request.timeoutMs} ms`));
	}

	/** Undici refuses a handler without it. */
	onRequestStart(): void {}

	onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Headers): void {
		// An interim one.
		if (status < 200) return;
		this.#status = status;
		this.#headers = headers;
	}

	onResponseData(_: Dispatcher.DispatchController, chunk: Uint8Array): void {
		if (this.#isOver) return;
		this.#chunks.push(chunk.byteLength > this.#room ? chunk.subarray(0, this.#room) : chunk);
		this.#room -= chunk.byteLength;
		if (this.#room >= 0) return;
		this.#end(this.#answer("over_limit"));
		this.#connections.drop(this.#connection);
	}

	onResponseEnd(): void {
		if (this.#isOver) return;
		const { url, method } = this.#request;
		const hasEnd = url.protocol === "http:" || tellsItsEnd(method, this.#status, this.#headers);
		// A body that only the end of the connection delimits ends for undici with a reset too.
		const read = this.#connection.isBroken ? "cut" : hasEnd ? "whole" : "undelimited";
		this.#end(this.#answer(read));
		this.#connections.keep(this.#connection);
	}

	onResponseError(_: unknown, error: unknown): void {
		if (this.#isOver) return;
		this.#end(this.#status === 0 ? describeUndiciError(error) : this.#answer("cut"));
		this.#connections.drop(this.#connection);
	}

	#end(result: HttpResult): void {
		this.#isOver = true;
		clearTimeout(this.#timer);
		this.#siblings.remove(this);
		this.#resolve(result);
	}

	#answer(read: BodyRead): HttpResult {
		const [first, ...more] = this.#chunks;
		const body = first === undefined ? "" : utf8.decode(more.length === 0 ? first : Buffer.concat(this.#chunks));
		return { kind: "answer", status: this.#status, headers: joined(this.#headers), body, read };
	}
}

/** Names in lower case. */
type Headers = Readonly<Record<string, string | string[] | undefined>>;

function stopLate(exchange: Exchange): void {
	exchange.stopLate();
}

/** What is told of them: themselves where none was repeated, which is nearly always. */
function joined(headers: Headers): Readonly<Record<string, string>> {
	return isSingle(headers) ? headers : join(headers);
}

function isSingle(headers: Headers): headers is Readonly<Record<string, string>> {
	for (const name in headers) if (typeof headers[name] !== "string") return false;
	return true;
}

function join(headers: Headers): Record<string, string> {
	const told: Record<string, string> = {};
	for (const name of Object.keys(headers)) {
		const value = headers[name] ?? "";
		told[name] = typeof value === "string" ? value : value.join(", ");
	}
	return told;
}
