// The signature schemes, one table: the header of each, and the value that both sides work out.
import { createHmac } from "node:crypto";
/** The signature schemes by their names in a config. */
export const SIGNATURES = [
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
export const STAMP = { id: "webhook-id", timestamp: "webhook-timestamp" };
/** Every scheme. */
export const SCHEMES = {
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
            return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64")}`;
        },
        problem: "is not valid for the scheme standard, which takes whsec_ and base64 of 24 to 64 bytes",
    },
};
/** The headers that a scheme sends, the signature's own first; `renamed` replaces that one. */
export function headersOf(scheme, renamed) {
    const { header, stamped } = SCHEMES[scheme];
    return [renamed ?? header, ...(stamped ? [STAMP.id, STAMP.timestamp] : [])];
}
/** Those of the secrets that a scheme signs with: all where it takes a signature of every one, else the first. */
export function signingSecrets(scheme, secrets) {
    return SCHEMES[scheme].stamped ? secrets : secrets.slice(0, 1);
}
/** What is wrong with a secret for a scheme, as a phrase that follows `secret` and quotes none of it; mostly nothing. */
export function secretProblem(scheme, secret) {
    const { sign, problem } = SCHEMES[scheme];
    return sign(secret, { body: "", id: "", timestamp: "" }) === undefined ? problem : undefined;
}
/** Tab, visible ASCII and space, and the upper half of Latin-1 (RFC 9110, 5.5). */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
function ofBody(header, prefix, encoding = "hex") {
    const sign = (secret, { body }) => prefix + createHmac("sha256", secret).update(body).digest(encoding);
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
