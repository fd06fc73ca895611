// What a receiver asks about a request, read with care: its code may have no types, and its request comes from anyone.
import { types } from "node:util";
import { SIGNATURES, type Signature } from "./schemes.ts";

/** Headers by their names in any case. */
export type HeaderRecord = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What is used of the `Headers` of a `Request`. */
export interface FetchHeaders {
	get(name: string): string | null;
}

/** A request as it came. */
export interface SignedRequest {
	/** The exact bytes, before any parsing; a string stands for its UTF-8. */
	readonly body: Uint8Array | ArrayBuffer | string;
	/** As Node's `request.headers` has them, or a `Headers`. */
	readonly headers: HeaderRecord | FetchHeaders;
	/** One of several has to fit. White space around it is ignored, as the sender ignores it. */
	readonly secret: string | readonly string[];
	/** `rocky` where none is given. */
	readonly scheme?: Signature | undefined;
	/** The header of the signature, where the sender's `signature_header` renames it. */
	readonly header?: string | undefined;
	/** How far from now the timestamp of `standard` may lie, before or after: 300 where nothing is given. */
	readonly toleranceSeconds?: number | undefined;
	/** The clock's time where none is given. */
	readonly now?: Date | undefined;
}

/** A {@link SignedRequest} that is one. */
export interface ReadRequest {
	/** Undefined where none came. */
	readonly body: Uint8Array | string | undefined;
	/** Every value under the name in any case, in no particular order; what is no text is the empty one. */
	readonly valuesOf: (name: string) => readonly string[];
	/** Trimmed, without the empty ones. */
	readonly secrets: readonly string[];
	readonly scheme: Signature;
	readonly header: string | undefined;
	readonly toleranceSeconds: number;
	readonly now: Date;
}

/** A token of RFC 9110, 5.6.2. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Reads a request. Throws a `TypeError` that names what no request of any sender's could have made wrong. */
export function readRequest(request: SignedRequest): ReadRequest {
	if (!isObject(request)) throw mistake("its argument", "an object with body, headers and secret", request);
	// Own ones only: what something else has put on every object must not stand in for an option left out.
	const own = (name: keyof SignedRequest): unknown => (Object.hasOwn(request, name) ? request[name] : undefined);
	return {
		body: readBody(own("body")),
		valuesOf: readHeaders(own("headers")),
		secrets: readSecrets(own("secret")),
		scheme: readScheme(own("scheme")),
		header: readHeaderName(own("header")),
		toleranceSeconds: readTolerance(own("toleranceSeconds")),
		now: readNow(own("now")),
	};
}

/** Express has `{}` or nothing for a body that it did not read: a matter of the request, and so no mistake of the call. */
function readBody(body: unknown): Uint8Array | string | undefined {
	if (body === undefined || body === null) return undefined;
	if (typeof body === "string") return body;
	if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
	if (types.isArrayBuffer(body)) return new Uint8Array(body);
	if (isObject(body) && !Array.isArray(body) && Object.keys(body).length === 0) return undefined;
	throw mistake("body", "the exact bytes that came (a Buffer, Uint8Array, ArrayBuffer or string), not parsed", body);
}

function readHeaders(headers: unknown): ReadRequest["valuesOf"] {
	if (!isObject(headers) || Array.isArray(headers)) {
		throw mistake("headers", "an object such as request.headers, or a Headers", headers);
	}
	const text = (value: unknown) => (typeof value === "string" ? value : "");
	const { get } = headers;
	if (typeof get === "function") {
		return (name) => [Reflect.apply(get, headers, [name]) ?? []].flat().map(text);
	}
	return (name) => {
		const lower = name.toLowerCase();
		const named = Object.entries(headers).filter(([other]) => other.toLowerCase() === lower);
		return named.flatMap(([, values]) => values ?? []).map(text);
	};
}

function readSecrets(secret: unknown): readonly string[] {
	const texts = Array.isArray(secret)
		? secret.map((one: unknown, index) => readText(`secret[${index}]`, one))
		: [readText("secret", secret, "a string or an array of strings")];
	return texts.map((text) => text.trim()).filter(Boolean);
}

function readText(name: string, value: unknown, what = "a string"): string {
	if (typeof value !== "string") throw mistake(name, what, value);
	return value;
}

function readScheme(scheme: unknown = "rocky"): Signature {
	const found = SIGNATURES.find((name) => name === scheme);
	if (found === undefined) throw mistake("scheme", `one of ${SIGNATURES.join(", ")}`, scheme);
	return found;
}

function readHeaderName(header: unknown): string | undefined {
	if (header === undefined || (typeof header === "string" && HEADER_NAME.test(header))) return header;
	throw mistake("header", "the name of a header", header);
}

function readTolerance(seconds: unknown = 300): number {
	if (typeof seconds === "number" && seconds >= 0) return seconds;
	throw mistake("toleranceSeconds", "a number from 0 on", seconds);
}

function readNow(now: unknown = new Date()): Date {
	if (types.isDate(now) && !Number.isNaN(now.getTime())) return now;
	throw mistake("now", "a Date with a time", now);
}

/** Quotes nothing: a value in the wrong place may be the secret. */
function mistake(name: string, what: string, given: unknown): TypeError {
	const kind = given === null ? "null" : Array.isArray(given) ? "array" : typeof given;
	return new TypeError(`pipeline-hooks/verify: ${name} must be ${what} (got ${kind})`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null;
}
