// Signatures as a receiver checks them: over the exact bytes that came, in constant time. `pipeline-hooks/verify`.
import { createHash, timingSafeEqual } from "node:crypto";
import { headersOf, SCHEMES } from "./schemes.js";
/** Whether the body came from a holder of the secret, unchanged. Never throws, whatever is given. */
export function verifySignature(request) {
    return checkSignature(request) === "valid";
}
/** As {@link verifySignature}, telling why not. An empty secret, which anyone has, validates nothing. */
export function checkSignature(request) {
    try {
        return check(request);
    }
    catch {
        // A caller without types may hand over anything: what cannot be read is not signed.
        return "invalid";
    }
}
function check({ body, headers, secret, scheme = "rocky", header, ...time }) {
    const { stamped, value } = SCHEMES[scheme];
    const [signatures = [], ...stamps] = headersOf(scheme, header).map((name) => valuesOf(name, headers));
    if ([signatures, ...stamps].some((values) => values.length === 0))
        return "missing";
    // Of two ids or times, a handler may read the other one. A dot in an id could move what is signed as the time.
    if (stamps.some((values) => values.length > 1))
        return "invalid";
    const [[id = ""] = [], [timestamp = ""] = []] = stamps;
    if (stamped && !(/^[^.]+$/.test(id) && /^\d{1,12}$/.test(timestamp)))
        return "invalid";
    const secrets = (typeof secret === "string" ? [secret] : secret).map((text) => text.trim()).filter(Boolean);
    const expected = secrets.flatMap((text) => value(text, { body, id, timestamp }) ?? []);
    const fits = (given) => expected.some((signature) => equal(signature, given));
    const signed = signatures.every((given) => (stamped ? given.split(" ") : [given]).some(fits));
    if (!signed)
        return "invalid";
    return stamped ? checkTime(Number(timestamp), time) : "valid";
}
function checkTime(seconds, { toleranceSeconds = 300, now = new Date() }) {
    const age = now.getTime() / 1000 - seconds;
    // Asked for so that no time that is none passes.
    if (Math.abs(age) <= toleranceSeconds)
        return "valid";
    return age < 0 ? "too new" : "too old";
}
/** Every value under the name in any case, in no particular order. */
function valuesOf(name, headers) {
    if (isFetchHeaders(headers)) {
        const value = headers.get(name);
        return value === null ? [] : [value];
    }
    const lower = name.toLowerCase();
    const named = Object.entries(headers).filter(([other]) => other.toLowerCase() === lower);
    return named.flatMap(([, values]) => values ?? []);
}
function isFetchHeaders(headers) {
    return typeof headers["get"] === "function";
}
/** Takes the same time wherever two texts differ, and whatever their lengths. */
function equal(a, b) {
    const digest = (text) => createHash("sha256").update(text).digest();
    return timingSafeEqual(digest(a), digest(b));
}
