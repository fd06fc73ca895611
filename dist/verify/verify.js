// Signatures as a receiver checks them: over the exact bytes that came, in constant time. `pipeline-hooks/verify`.
import { createHash, timingSafeEqual } from "node:crypto";
import { types } from "node:util";
import { headersOf, SCHEMES, SIGNATURES } from "./schemes.js";
/** A sender has one for each of its secrets. What comes after so many in a header is not looked at. */
const MOST_SIGNATURES = 100;
/**
 * Whether the body came from a holder of the secret, unchanged. Never throws for what a request says, but throws a
 * `TypeError` for an error of the call: an option of a wrong type, a parsed body, a secret that the scheme cannot use.
 */
export function verifySignature(request) {
    return checkSignature(request) === "valid";
}
/** As {@link verifySignature}, telling why not. An empty secret, which anyone has, validates nothing. */
export function checkSignature(request) {
    const { body, valuesOf, secrets, scheme, header, ...more } = readRequest(request);
    const { stamped, sign, problem } = SCHEMES[scheme];
    const [signatures = [], ...stamps] = headersOf(scheme, header).map(valuesOf);
    if ([signatures, ...stamps].some((values) => values.length === 0))
        return "missing";
    // Of two ids or times, a handler may read the other one. A dot in an id could move what is signed as the time.
    if (body === undefined || stamps.some((values) => values.length > 1))
        return "invalid";
    const [[id = ""] = [], [timestamp = ""] = []] = stamps;
    if (stamped && !(/^[^.]+$/.test(id) && /^\d{1,12}$/.test(timestamp)))
        return "invalid";
    // Secrets of other schemes may be among them, but not alone.
    const expected = secrets.flatMap((text) => sign(text, { body, id, timestamp }) ?? []).map(digest);
    if (secrets.length > 0 && expected.length === 0)
        throw new TypeError(`pipeline-hooks/verify: secret ${problem}`);
    const fits = (given) => {
        const own = digest(given);
        return expected.some((signature) => timingSafeEqual(signature, own));
    };
    const signed = signatures.every((given) => (stamped ? given.split(" ", MOST_SIGNATURES) : [given]).some(fits));
    if (!signed)
        return "invalid";
    return stamped ? checkTime(Number(timestamp), more) : "valid";
}
function checkTime(seconds, { toleranceSeconds, now }) {
    const age = now.getTime() / 1000 - seconds;
    if (Math.abs(age) <= toleranceSeconds)
        return "valid";
    return age < 0 ? "too new" : "too old";
}
/** Equally long for every text, so that the time of comparing reveals neither the length nor where texts differ. */
function digest(text) {
    return createHash("sha256").update(text).digest();
}
/** A token of RFC 9110, 5.6.2. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Reads a request. Throws a `TypeError` that names what no request of any sender's could have made wrong. */
function readRequest(request) {
    if (!isObject(request))
        throw wrongCall("its argument", "an object with body, headers and secret", request);
    // Own ones only: a value on the prototype of every object must not replace an option that was left out.
    const own = (name) => (Object.hasOwn(request, name) ? request[name] : undefined);
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
function readBody(body) {
    if (body === undefined || body === null)
        return undefined;
    if (typeof body === "string")
        return body;
    if (ArrayBuffer.isView(body))
        return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
    if (types.isArrayBuffer(body))
        return new Uint8Array(body);
    if (isObject(body) && !Array.isArray(body) && Object.keys(body).length === 0)
        return undefined;
    throw wrongCall("body", "the exact bytes that were received (a Buffer, Uint8Array, ArrayBuffer or string), not parsed", body);
}
function readHeaders(headers) {
    if (!isObject(headers) || Array.isArray(headers)) {
        throw wrongCall("headers", "an object such as request.headers, or a Headers", headers);
    }
    const text = (value) => (typeof value === "string" ? value : "");
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
function readSecrets(secret) {
    const texts = Array.isArray(secret)
        ? secret.map((one, index) => readText(`secret[${index}]`, one))
        : [readText("secret", secret, "a string or an array of strings")];
    return texts.map((text) => text.trim()).filter(Boolean);
}
function readText(name, value, what = "a string") {
    if (typeof value !== "string")
        throw wrongCall(name, what, value);
    return value;
}
function readScheme(scheme = "rocky") {
    const found = SIGNATURES.find((name) => name === scheme);
    if (found === undefined)
        throw wrongCall("scheme", `one of ${SIGNATURES.join(", ")}`, scheme);
    return found;
}
function readHeaderName(header) {
    if (header === undefined || (typeof header === "string" && HEADER_NAME.test(header)))
        return header;
    throw wrongCall("header", "the name of a header", header);
}
function readTolerance(seconds = 300) {
    if (typeof seconds === "number" && seconds >= 0)
        return seconds;
    throw wrongCall("toleranceSeconds", "a number from 0 on", seconds);
}
function readNow(now = new Date()) {
    if (types.isDate(now) && !Number.isNaN(now.getTime()))
        return now;
    throw wrongCall("now", "a Date with a time", now);
}
/** Quotes nothing: a value in the wrong place may be the secret. */
function wrongCall(name, what, given) {
    const kind = given === null ? "null" : Array.isArray(given) ? "array" : typeof given;
    return new TypeError(`pipeline-hooks/verify: ${name} must be ${what} (got ${kind})`);
}
function isObject(value) {
    return typeof value === "object" && value !== null;
}
