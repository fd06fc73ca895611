// Connections that are kept for the requests that connect alike, each for one request at a time.
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectSecure } from "node:tls";
import type { Dispatcher } from "undici";
import Client from "undici/lib/dispatcher/client.js";
import type { HttpRequest } from "../ports.ts";
import { guardedLookup } from "./guard.ts";
import { tlsOptions } from "./tls.ts";
import { passOverContinue } from "./undici-continue.ts";

/** The request's own time limit covers everything; undici's, which know only parts of it, are off. */
const NO_TIMEOUTS = { headersTimeout: 0, bodyTimeout: 0 } as const;

/** Milliseconds for one address of several, as on the direct route. */
const ADDRESS_TIMEOUT_MS = 1000;

/** What decides whether requests to one origin connect alike. */
type Connecting = Pick<HttpRequest, "url" | "allowPrivate" | "authorities">;

/** The connections to one origin of requests that connect alike. */
export class Connections {
	readonly #request: Connecting;
	/** The last one that was given back is taken first, so that those which are not needed grow old. */
	readonly #idle: Connection[] = [];
	readonly #all = new Set<Connection>();
	#session: Buffer | undefined;

	constructor(request: Connecting) {
		this.#request = request;
	}

	/** Whether they may carry this request, which goes to their origin. */
	suit({ allowPrivate, authorities }: Connecting): boolean {
		return allowPrivate === this.#request.allowPrivate && authorities === this.#request.authorities;
	}

	/** One that carries nothing. */
	take(): Connection {
		const idle = this.#idle.pop();
		if (idle !== undefined) return idle;
		const connection = new Connection(this.#request.url, (target) => this.#open(target));
		this.#all.add(connection);
		return connection;
	}

	/** Gives back one whose exchange has come to its end. */
	keep(connection: Connection): void {
		if (connection.isFree) this.#idle.push(connection);
		else this.drop(connection);
	}

	/** Closes one, whatever it carries. */
	drop(connection: Connection): void {
		this.#all.delete(connection);
		connection.destroy();
	}

	close(): void {
		for (const connection of this.#all) connection.destroy();
		this.#all.clear();
		this.#idle.length = 0;
	}

	#open({ hostname: host, port, servername }: Target): Socket {
		const { url, allowPrivate, authorities } = this.#request;
		const lookup = guardedLookup(allowPrivate);
		const to = { host, lookup, autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS };
		if (url.protocol === "http:") return connectPlain({ ...to, port: Number(port || 80) });
		const socket = connectSecure({
			...to,
			...tlsOptions(authorities),
			port: Number(port || 443),
			// TLS has no address for a server's name (RFC 6066, 3).
			servername: servername || (isIP(host) === 0 ? host : ""),
			ALPNProtocols: ["http/1.1"],
			...(this.#session !== undefined && { session: this.#session }),
		});
		return socket.on("session", (session: Buffer) => {
			this.#session = session;
		});
	}
}

/** Where undici wants a connection to. */
interface Target {
	/** A name or an address, without brackets. */
	readonly hostname: string;
	/** Empty for the scheme's own. */
	readonly port: string;
	/** From the request's `Host`, where it has one. */
	readonly servername?: string;
}

/** A connection, made when it is needed, and anew where the receiver has closed it since. */
export class Connection {
	readonly #client: Client;
	#socket: Socket | undefined;
	#isBroken = false;

	constructor(url: URL, open: (target: Target) => Socket) {
		const connected = url.protocol === "http:" ? "connect" : "secureConnect";
		this.#client = new Client(url.origin, {
			...NO_TIMEOUTS,
			connect: (target, done) => {
				const socket = open(target).setNoDelay(true);
				const fail = (error: Error) => done(error, null);
				socket.once("error", fail).once(connected, () => done(null, socket.off("error", fail)));
				socket.on("error", () => {
					this.#isBroken = true;
				});
				this.#isBroken = false;
				passOverContinue(socket);
				this.#socket = socket;
			},
		});
	}

	/** Whether an error has ended it, which undici does not tell of a body that only the end delimits. */
	get isBroken(): boolean {
		return this.#isBroken;
	}

	/** Whether it may carry another request: nothing is left to be sent of the one that was answered. */
	get isFree(): boolean {
		return !this.#isBroken && (this.#socket?.writableLength ?? 0) === 0;
	}

	/** Never throws: all that goes wrong comes to the handler. */
	send(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
		this.#client.dispatch(options, handler);
	}

	/** Also one that is not made yet, which undici's `destroy` leaves alone. */
	destroy(): void {
		this.#socket?.destroy();
		void this.#client.destroy();
	}
}
