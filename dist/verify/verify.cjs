/******/ (() => { // webpackBootstrap
/******/ 	"use strict";
/******/ 	// The require scope
/******/ 	var __nccwpck_require__ = {};
/******/ 	
/************************************************************************/
/******/ 	/* webpack/runtime/define property getters */
/******/ 	(() => {
/******/ 		// define getter functions for harmony exports
/******/ 		__nccwpck_require__.d = (exports, definition) => {
/******/ 			for(var key in definition) {
/******/ 				if(__nccwpck_require__.o(definition, key) && !__nccwpck_require__.o(exports, key)) {
/******/ 					Object.defineProperty(exports, key, { enumerable: true, get: definition[key] });
/******/ 				}
/******/ 			}
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/hasOwnProperty shorthand */
/******/ 	(() => {
/******/ 		__nccwpck_require__.o = (obj, prop) => (Object.prototype.hasOwnProperty.call(obj, prop))
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/make namespace object */
/******/ 	(() => {
/******/ 		// define __esModule on exports
/******/ 		__nccwpck_require__.r = (exports) => {
/******/ 			if(typeof Symbol !== 'undefined' && Symbol.toStringTag) {
/******/ 				Object.defineProperty(exports, Symbol.toStringTag, { value: 'Module' });
/******/ 			}
/******/ 			Object.defineProperty(exports, '__esModule', { value: true });
/******/ 		};
/******/ 	})();
/******/ 	
/************************************************************************/
var __webpack_exports__ = {};
// ESM COMPAT FLAG
__nccwpck_require__.r(__webpack_exports__);

// EXPORTS
__nccwpck_require__.d(__webpack_exports__, {
  checkSignature: () => (/* binding */ checkSignature),
  verifySignature: () => (/* binding */ verifySignature)
});

;// CONCATENATED MODULE: external "node:crypto"
const external_node_crypto_namespaceObject = require("node:crypto");
;// CONCATENATED MODULE: external "node:util"
const external_node_util_namespaceObject = require("node:util");
;// CONCATENATED MODULE: ./lib/signature/schemes.js
// The signature schemes, one table: the header of each, and the value that both sides work out.

/** The signature schemes by their names in a config. */
const SIGNATURES = [
    "rocky",
    "rocky_ingress",
    "github",
    "datachonk",
    "openmetadata",
    "openmetadata_server",
    "service_hook",
    "token",
    "standard",
];
/** The headers that a stamped scheme sends beside the signature. */
const STAMP = { id: "webhook-id", timestamp: "webhook-timestamp" };
/** Every scheme. */
const SCHEMES = {
    rocky: ofBody("X-Rocky-Signature", "sha256="),
    // What Rocky sends has a prefix, and what it takes has none: https://rocky-data.dev/guides/running-without-an-orchestrator/
    rocky_ingress: ofBody("X-Rocky-Signature", ""),
    // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
    github: ofBody("X-Hub-Signature-256", "sha256="),
    datachonk: ofBody("X-DataChonk-Signature", "sha256="),
    // As its standard documents it: https://openmetadatastandards.org/operations/webhook
    openmetadata: ofBody("X-OpenMetadata-Signature", "sha256="),
    // As its server sends it, by calculateHMAC:
    // https://github.com/open-metadata/OpenMetadata/blob/main/common/src/main/java/org/openmetadata/common/utils/CommonUtil.java
    openmetadata_server: ofBody("X-OM-Signature", "sha256=", "base64"),
    service_hook: ofBody("X-Hook-Signature", ""),
    token: {
        header: "X-Secret-Token",
        stamped: false,
        sign: (secret) => (HEADER_VALUE.test(secret) ? secret : undefined),
        problem: "has a character that is not allowed in headers, and the scheme token sends it as one",
    },
    // https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
    standard: {
        header: "webhook-signature",
        stamped: true,
        sign: (secret, { id, timestamp, body }) => {
            const key = standardKey(secret);
            if (key === undefined)
                return undefined;
            return `v1,${(0,external_node_crypto_namespaceObject.createHmac)("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64")}`;
        },
        problem: "is not valid for the scheme standard, which takes whsec_ and base64 of 24 to 64 bytes",
    },
};
/** The headers that a scheme sends, the signature's own first; `renamed` replaces that one. */
function headersOf(scheme, renamed) {
    const { header, stamped } = SCHEMES[scheme];
    return [renamed ?? header, ...(stamped ? [STAMP.id, STAMP.timestamp] : [])];
}
/** Those of the secrets that a scheme signs with: all where it takes a signature of every one, else the first. */
function signingSecrets(scheme, secrets) {
    return SCHEMES[scheme].stamped ? secrets : secrets.slice(0, 1);
}
/** What is wrong with a secret for a scheme, as a phrase that follows `secret` and quotes none of it; mostly nothing. */
function secretProblem(scheme, secret) {
    const { sign, problem } = SCHEMES[scheme];
    return sign(secret, { body: "", id: "", timestamp: "" }) === undefined ? problem : undefined;
}
/** Tab, visible ASCII and space, and the upper half of Latin-1 (RFC 9110, 5.5). */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
function ofBody(header, prefix, encoding = "hex") {
    const sign = (secret, { body }) => prefix + (0,external_node_crypto_namespaceObject.createHmac)("sha256", secret).update(body).digest(encoding);
    return { header, stamped: false, sign, problem: "" };
}
/** Bytes of a key of Standard Webhooks. */
const [LEAST, MOST] = [24, 64];
/** The prefix may be missing, and so may the padding: the libraries of receivers take such secrets too. */
function standardKey(secret) {
    const text = secret.replace(/^whsec_/, "");
    const key = Buffer.from(text, "base64");
    const written = key.toString("base64");
    // Compared, because decoding passes over whatever is not base64.
    if (text !== written && text !== written.replace(/=+$/, ""))
        return undefined;
    return key.length >= LEAST && key.length <= MOST ? key : undefined;
}

;// CONCATENATED MODULE: ./lib/signature/verify.js
// Signatures as a receiver checks them: over the exact bytes that came, in constant time. `pipeline-hooks/verify`.



/** A sender has one for each of its secrets. What comes after so many in a header is not looked at. */
const MOST_SIGNATURES = 100;
/**
 * Whether the body came from a holder of the secret, unchanged. Never throws for what a request says, but throws a
 * `TypeError` for an error of the call: an option of a wrong type, a parsed body, a secret that the scheme cannot use.
 */
function verifySignature(request) {
    return checkSignature(request) === "valid";
}
/** As {@link verifySignature}, telling why not. An empty secret, which anyone has, validates nothing. */
function checkSignature(request) {
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
        return expected.some((signature) => (0,external_node_crypto_namespaceObject.timingSafeEqual)(signature, own));
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
    return (0,external_node_crypto_namespaceObject.createHash)("sha256").update(text).digest();
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
    if (external_node_util_namespaceObject.types.isArrayBuffer(body))
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
    if (external_node_util_namespaceObject.types.isDate(now) && !Number.isNaN(now.getTime()))
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

module.exports = __webpack_exports__;
/******/ })()
;