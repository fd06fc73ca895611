import { type Signature } from "./schemes.js";
export type { Signature } from "./schemes.js";
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
/**
 * `missing`: the request lacks a header of the scheme. `too old` and `too new`: the signature is right, its time is not
 * within the tolerance.
 */
export type SignatureVerdict = "valid" | "invalid" | "missing" | "too old" | "too new";
/**
 * Whether the body came from a holder of the secret, unchanged. Never throws for what a request says, but throws a
 * `TypeError` for an error of the call: an option of a wrong type, a parsed body, a secret that the scheme cannot use.
 */
export declare function verifySignature(request: SignedRequest): boolean;
/** As {@link verifySignature}, telling why not. An empty secret, which anyone has, validates nothing. */
export declare function checkSignature(request: SignedRequest): SignatureVerdict;
