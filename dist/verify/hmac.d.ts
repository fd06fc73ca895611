/** The HMAC of the parts, one after the other; a string stands for its UTF-8. */
export type Hmac = (encoding: "hex" | "base64", ...parts: readonly (Uint8Array | string)[]) => string;
/** Gives the HMAC under a key, of any length. */
export declare function hmacSha256(key: Uint8Array | string): Hmac;
