import { type SignedRequest } from "./request.cjs";
export type { FetchHeaders, HeaderRecord, SignedRequest } from "./request.cjs";
export type { Signature } from "./schemes.cjs";
/**
 * `missing`: the request lacks a header of the scheme. `too old` and `too new`: the signature is right, its time is not
 * within the tolerance.
 */
export type SignatureVerdict = "valid" | "invalid" | "missing" | "too old" | "too new";
/**
 * Whether the body came from a holder of the secret, unchanged. Never throws for what a request says, but throws a
 * `TypeError` for a mistake of the call: an option of a wrong type, a parsed body, a secret that the scheme cannot use.
 */
export declare function verifySignature(request: SignedRequest): boolean;
/** As {@link verifySignature}, telling why not. An empty secret, which anyone has, validates nothing. */
export declare function checkSignature(request: SignedRequest): SignatureVerdict;
