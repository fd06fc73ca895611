// What a receiver asks about a request, read with care: its code may have no types, and its request comes from anyone.
import { types } from "node:util";
import { SIGNATURES } from "./schemes.js";
/** A token of RFC 9110, 5.6.2. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Reads a request. Throws a `TypeError` that names what no request of any sender's could have made wrong. */
export function readRequest(request) {
    if (!isObject(request))
        throw mistake("its argument", "an object with body, headers and secret", request);
    // Own ones only: what something else has put on every object must not stand in for an option left out.
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
/** Express has `{}` or nothing for a body that it did not read: a matter of the request, and so no mistake of the call. */
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
    throw mistake("body", "the exact bytes that came (a Buffer, Uint8Array, ArrayBuffer or string), not parsed", body);
}
function readHeaders(headers) {
    if (!isObject(headers) || Array.isArray(headers)) {
        throw mistake("headers", "an object such as request.headers, or a Headers", headers);
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
        throw mistake(name, what, value);
    return value;
}
function readScheme(scheme = "rocky") {
    const found = SIGNATURES.find((name) => name === scheme);
    if (found === undefined)
        throw mistake("scheme", `one of ${SIGNATURES.join(", ")}`, scheme);
    return found;
}
function readHeaderName(header) {
    if (header === undefined || (typeof header === "string" && HEADER_NAME.test(header)))
        return header;
    throw mistake("header", "the name of a header", header);
}
function readTolerance(seconds = 300) {
    if (typeof seconds === "number" && seconds >= 0)
        return seconds;
    throw mistake("toleranceSeconds", "a number from 0 on", seconds);
}
function readNow(now = new Date()) {
    if (types.isDate(now) && !Number.isNaN(now.getTime()))
        return now;
    throw mistake("now", "a Date with a time", now);
}
/** Quotes nothing: a value in the wrong place may be the secret. */
function mistake(name, what, given) {
    const kind = given === null ? "null" : Array.isArray(given) ? "array" : typeof given;
    return new TypeError(`pipeline-hooks/verify: ${name} must be ${what} (got ${kind})`);
}
function isObject(value) {
    return typeof value === "object" && value !== null;
}
