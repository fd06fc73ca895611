// Signatures as a receiver checks them: over the exact bytes that came, in constant time. `pipeline-hooks/verify`.
import { createHash, timingSafeEqual } from "node:crypto";
import { headersOf, SCHEMES, type Signature } from "./schemes.ts";

export type { Signature } from "./schemes.ts";

/** Headers by their names in any case. */
export type HeaderRecord = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What is used of the `Headers` of a `Request`. */
export interface FetchHeaders {
	get(name: string): string | null;
}

/** A request as it came. */
export interface SignedRequest {
	/** The exact bytes, before any parsing; a string stands for its UTF-8. */
	readonly body: Uint8Array | string;
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

/**
 * `missing`: the request lacks a header of the scheme. `too old` and `too new`: the signature is right, its time is not
 * within the tolerance.
 */
export type SignatureVerdict = "valid" | "invalid" | "missing" | "too old" | "too new";

/** Whether the body came from a holder of the secret, unchanged. Never throws, whatever is given. */
export function verifySignature(request: SignedRequest): boolean {
	return checkSignature(request) === "valid";
}

/** As {@link verifySignature}, telling why not. An empty secret, which anyone has, validates nothing. */
export function checkSignature(request: SignedRequest): SignatureVerdict {
	try {
		return check(request);
	} catch {
		// A caller without types may hand over anything: what cannot be read is not signed.
		return "invalid";
	}
}

function check({ body, headers, secret, scheme = "rocky", header, ...time }: SignedRequest): SignatureVerdict {
	const { stamped, value } = SCHEMES[scheme];
	const [signatures = [], ...stamps] = headersOf(scheme, header).map((name) => valuesOf(name, headers));
	if ([signatures, ...stamps].some((values) => values.length === 0)) return "missing";
	// Of two ids or times, a handler may read the other one. A dot in an id could move what is signed as the time.
	if (stamps.some((values) => values.length > 1)) return "invalid";
	const [[id = ""] = [], [timestamp = ""] = []] = stamps;
	if (stamped && !(/^[^.]+$/.test(id) && /^\d{1,12}$/.test(timestamp))) return "invalid";

	const secrets = (typeof secret === "string" ? [secret] : secret).map((text) => text.trim()).filter(Boolean);
	const expected = secrets.flatMap((text) => value(text, { body, id, timestamp }) ?? []);
	const fits = (given: string) => expected.some((signature) => equal(signature, given));
	const signed = signatures.every((given) => (stamped ? given.split(" ") : [given]).some(fits));
	if (!signed) return "invalid";
	return stamped ? checkTime(Number(timestamp), time) : "valid";
}

function checkTime(seconds: number, { toleranceSeconds = 300, now = new Date() }: Partial<SignedRequest>) {
	const age = now.getTime() / 1000 - seconds;
	// Asked for so that no time that is none passes.
	if (Math.abs(age) <= toleranceSeconds) return "valid";
	return age < 0 ? "too new" : "too old";
}

/** Every value under the name in any case, in no particular order. */
function valuesOf(name: string, headers: SignedRequest["headers"]): readonly string[] {
	if (isFetchHeaders(headers)) {
		const value = headers.get(name);
		return value === null ? [] : [value];
	}
	const lower = name.toLowerCase();
	const named = Object.entries(headers).filter(([other]) => other.toLowerCase() === lower);
	return named.flatMap(([, values]) => values ?? []);
}

function isFetchHeaders(headers: SignedRequest["headers"]): headers is FetchHeaders {
	return typeof headers["get"] === "function";
}

/** Takes the same time wherever two texts differ, and whatever their lengths. */
function equal(a: string, b: string): boolean {
	const digest = (text: string) => createHash("sha256").update(text).digest();
	return timingSafeEqual(digest(a), digest(b));
}
