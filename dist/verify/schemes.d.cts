/** The signature schemes by their names in a config. */
export declare const SIGNATURES: readonly ["rocky", "rocky_ingress", "github", "datachonk", "openmetadata", "openmetadata_server", "service_hook", "token", "standard"];
export type Signature = (typeof SIGNATURES)[number];
/** What is signed: the body, and by stamped schemes the rest too. */
export interface Signed {
    /** The exact bytes; a string is taken as UTF-8. */
    readonly body: Uint8Array | string;
    /** The delivery's id, the same on each attempt. */
    readonly id: string;
    /** Of the attempt, as it is in the header: whole seconds since 1970. */
    readonly timestamp: string;
}
/** How one scheme signs. */
export interface Scheme {
    /** Of the signature, where it is not renamed. */
    readonly header: string;
    /** Whether id and time are sent, and signed with the body; the header then takes a signature of every secret. */
    readonly stamped: boolean;
    /** What the header says of a body, and a receiver compares it with; undefined where the scheme cannot use the secret. */
    readonly sign: (secret: string, signed: Signed) => string | undefined;
    /** What is wrong with a secret that it cannot use, as a phrase that follows `secret` and quotes none of it. */
    readonly problem: string;
}
/** The headers that a stamped scheme sends beside the signature. */
export declare const STAMP: {
    readonly id: "webhook-id";
    readonly timestamp: "webhook-timestamp";
};
/** Every scheme. */
export declare const SCHEMES: Readonly<Record<Signature, Scheme>>;
/** The headers that a scheme sends, the signature's own first; `renamed` replaces that one. */
export declare function headersOf(scheme: Signature, renamed?: string): readonly string[];
/** Those of the secrets that a scheme signs with: all where it takes a signature of every one, else the first. */
export declare function signingSecrets<T>(scheme: Signature, secrets: readonly T[]): readonly T[];
/** What is wrong with a secret for a scheme, as a phrase that follows `secret` and quotes none of it; mostly nothing. */
export declare function secretProblem(scheme: Signature, secret: string): string | undefined;
