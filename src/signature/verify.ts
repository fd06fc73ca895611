// Signatures as a receiver checks them: over the exact bytes that came, in constant time. `pipeline-hooks/verify`.
import { createHash, timingSafeEqual } from "node:crypto";
import { types } from "node:util";
import { headersOf, SCHEMES, SIGNATURES, type Signature } from "./schemes.ts";

export type { Signature } from "./schemes.ts";

/** Headers by their names in any case. */
export type HeaderRecord = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What is used of the `Headers` of a `Request`. */
export interface FetchHeaders {
	get(name: string): string | null;
}

/** A request as it came. */
export interface SignedRequest {
	/** The exact bytes, before any parsing; a string is taken as UTF-8. */
	readonly body: Uint8Array | ArrayBuffer | string;
	/** As Node's `request.headers` has them, or a `Headers`. */
	readonly headers: HeaderRecord | FetchHeaders;
	/** One of several must fit. White space around it is ignored, as the sender ignores it. */
	readonly secret: string | readonly string[];
	/** `rocky` by default. */
	readonly scheme?: Signature | undefined;
	/** The header of the signature, where the sender's `signature_header` renames it. */
	readonly header?: string | undefined;
	/** How far from now the timestamp of `standard` may lie, before or after; 300 by default. */
	readonly toleranceSeconds?: number | undefined;
	/** The current time by default. */
	readonly now?: Date | undefined;
}

/** A sender has one for each of its secrets. What comes after so many in a header is not looked at. */
const MOST_SIGNATURES = 100;

/**
 * `missing`: the request lacks a header of the scheme. `too old` and `too new`: the signature is right, its time is not
 * within the tolerance.
 */
export type SignatureVerdict = "valid" | "invalid" | "missing" | "too old" | "too new";

/**
 * Whether the body came from a holder of the secret, unchanged. Never throws for what a request says, but throws a
 * `TypeError` for an error of the call: an option of a wrong type, a parsed body, a secret that the scheme cannot use.
 */
export function verifySignature(request: SignedRequest): boolean {
	return checkSignature(request) === "valid";
}

/** As {@link verifySignature}, telling why not. An empty secret, which anyone has, validates nothing. */
export function checkSignature(request: SignedRequest): SignatureVerdict {
	const { body, valuesOf, secrets, scheme, header, ...more } = readRequest(request);
	const { stamped, sign, problem } = SCHEMES[scheme];
	const [signatures = [], ...stamps] = headersOf(scheme, header).map(valuesOf);
	if ([signatures, ...stamps].some((values) => values.length === 0)) return "missing";
	// Of two ids or times, a handler may read the other one. A dot in an id could move what is signed as the time.
	if (body === undefined || stamps.some((values) => values.length > 1)) return "invalid";
	const [[id = ""] = [], [timestamp = ""] = []] = stamps;
	if (stamped && !(/^[^.]+$/.test(id) && /^\d{1,12}$/.test(timestamp))) return "invalid";

	// Secrets of other schemes may be among them, but not alone.
	const expected = secrets.flatMap((text) => sign(text, { body, id, timestamp }) ?? []).map(digest);
	if (secrets.length > 0 && expected.length === 0) throw new TypeError(`pipeline-hooks/verify: secret ${problem}`);
	const fits = (given: string) => {
		const own = digest(given);
		return expected.some((signature) => timingSafeEqual(signature, own));
	};
	const signed = signatures.every((given) => (stamped ? given.split(" ", MOST_SIGNATURES) : [given]).some(fits));
	if (!signed) return "invalid";
	return stamped ? checkTime(Number(timestamp), more) : "valid";
}

function checkTime(seconds: number, { toleranceSeconds, now }: Pick<ReadRequest, "toleranceSeconds" | "now">) {
	const age = now.getTime() / 1000 - seconds;
	if (Math.abs(age) <= toleranceSeconds) return "valid";
	return age < 0 ? "too new" : "too old";
}

/** Equally long for every text, so that the time of comparing reveals neither the length nor where texts differ. */
function digest(text: string): Uint8Array {
	return createHash("sha256").update(text).digest();
}

/** A {@link SignedRequest} that is one. */
interface ReadRequest {
	/** Undefined for a request without one. */
	readonly body: Uint8Array | string | undefined;
	/** Every value under the name in any case, in no particular order; what is not a string is the empty one. */
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
function readRequest(request: SignedRequest): ReadRequest {
	if (!isObject(request)) throw wrongCall("its argument", "an object with body, headers and secret", request);
	// Own ones only: a value on the prototype of every object must not replace an option that was left out.
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

/** Express has `{}` or nothing for a body that it did not read: a matter of the request, and so no error of the call. */
function readBody(body: unknown): Uint8Array | string | undefined {
	if (body === undefined || body === null) return undefined;
	if (typeof body === "string") return body;
	if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
	if (types.isArrayBuffer(body)) return new Uint8Array(body);
	if (isObject(body) && !Array.isArray(body) && Object.keys(body).length === 0) return undefined;
	throw wrongCall(
		"body",
		"the exact bytes that were received (a Buffer, Uint8Array, ArrayBuffer or string), not parsed",
		body,
	);
}

function readHeaders(headers: unknown): ReadRequest["valuesOf"] {
	if (!isObject(headers) || Array.isArray(headers)) {
		throw wrongCall("headers", "an object such as request.headers, or a Headers", headers);
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
	if (typeof value !== "string") throw wrongCall(name, what, value);
	return value;
}

function readScheme(scheme: unknown = "rocky"): Signature {
	const found = SIGNATURES.find((name) => name === scheme);
	if (found === undefined) throw wrongCall("scheme", `one of ${SIGNATURES.join(", ")}`, scheme);
	return found;
}

function readHeaderName(header: unknown): string | undefined {
	if (header === undefined || (typeof header === "string" && HEADER_NAME.test(header))) return header;
	throw wrongCall("header", "the name of a header", header);
}

function readTolerance(seconds: unknown = 300): number {
	if (typeof seconds === "number" && seconds >= 0) return seconds;
	throw wrongCall("toleranceSeconds", "a number from 0 on", seconds);
}

function readNow(now: unknown = new Date()): Date {
	if (types.isDate(now) && !Number.isNaN(now.getTime())) return now;
	throw wrongCall("now", "a Date with a time", now);
}

/** Quotes nothing: a value in the wrong place may be the secret. */
function wrongCall(name: string, what: string, given: unknown): TypeError {
	const kind = given === null ? "null" : Array.isArray(given) ? "array" : typeof given;
	return new TypeError(`pipeline-hooks/verify: ${name} must be ${what} (got ${kind})`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null;
}
