// Signatures as a receiver checks them: over the exact bytes that came, in constant time. `pipeline-hooks/verify`.
import { createHash, timingSafeEqual } from "node:crypto";
import { readRequest } from "./request.js";
import { headersOf, SCHEMES } from "./schemes.js";
/** A sender has one for each of its secrets. What stands behind so many in a header is not looked at. */
const MOST_SIGNATURES = 100;
/**
 * Whether the body came from a holder of the secret, unchanged. Never throws for what a request says, but throws a
 * `TypeError` for a mistake of the call: an option of a wrong type, a parsed body, a secret that the scheme cannot use.
 */
export function verifySignature(request) {
    return checkSignature(request) === "valid";
}
/** As {@link verifySignature}, telling why not. An empty secret, which anyone has, validates nothing. */
export function checkSignature(request) {
    const { body, valuesOf, secrets, scheme, header, ...more } = readRequest(request);
    const { stamped, signer, fault } = SCHEMES[scheme];
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
    const expected = secrets.flatMap((text) => signer(text)?.({ body, id, timestamp }) ?? []).map(digest);
    if (expected.length < Math.min(secrets.length, 1))
        throw new TypeError(`pipeline-hooks/verify: secret ${fault}`);
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
/** Equally long for every text, so that what is compared tells by its time neither its length nor where it differs. */
function digest(text) {
    return createHash("sha256").update(text).digest();
}
