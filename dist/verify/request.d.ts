import { type Signature } from "./schemes.js";
/** Headers by their names in any case. */
export type HeaderRecord = Readonly<Record<string, string | readonly string[] | undefined>>;
/** What is used of the `Headers` of a `Request`. */
export interface FetchHeaders {
    get(name: string): string | null;
}
/** A request as it came. */
export interface SignedRequest {
    /** The exact bytes, before any parsing; a string stands for its UTF-8. */
    readonly body: Uint8Array | ArrayBuffer | string;
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
/** A {@link SignedRequest} that is one. */
export interface ReadRequest {
    /** Undefined where none came. */
    readonly body: Uint8Array | string | undefined;
    /** Every value under the name in any case, in no particular order; what is no text is the empty one. */
    readonly valuesOf: (name: string) => readonly string[];
    /** Trimmed, without the empty ones. */
    readonly secrets: readonly string[];
    readonly scheme: Signature;
    readonly header: string | undefined;
    readonly toleranceSeconds: number;
    readonly now: Date;
}
/** Reads a request. Throws a `TypeError` that names what no request of any sender's could have made wrong. */
export declare function readRequest(request: SignedRequest): ReadRequest;
