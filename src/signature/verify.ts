// Signatures as a receiver checks them: over the exact bytes that came, in constant time.
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Signature } from "./schemes.ts";

/** A request as it came. */
export interface SignedRequest {
	/** The exact bytes, before any parsing; a string stands for its UTF-8. */
	readonly body: Uint8Array | string;
	/** In any case. */
	readonly headers: Readonly<Record<string, string | undefined>>;
	/** White space around it is ignored, as the sender ignores it. */
	readonly secret: string;
	/** `rocky` where none is given. */
	readonly scheme?: Signature;
}

/** `missing`: the request has no header of the scheme at all. */
export type SignatureVerdict = "valid" | "invalid" | "missing";

/** How one scheme signs. */
interface Scheme {
	/** In lower case. */
	readonly header: string;
	/** What the header must say. */
	readonly sign: (body: Uint8Array | string, secret: string) => string;
}

const SCHEMES: Readonly<Record<Signature, Scheme>> = {
	rocky: {
		header: "x-rocky-signature",
		sign: (body, secret) => `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
	},
};

/** Whether the body came from a holder of the secret, unchanged. Never throws, whatever the headers hold. */
export function verifySignature(request: SignedRequest): boolean {
	return checkSignature(request) === "valid";
}

/** As {@link verifySignature}, telling a wrong signature from none. An empty secret, which anyone has, validates nothing. */
export function checkSignature({ body, headers, secret, scheme = "rocky" }: SignedRequest): SignatureVerdict {
	const { header, sign } = SCHEMES[scheme];
	const given = Object.entries(headers).filter(([name, value]) => name.toLowerCase() === header && value !== undefined);
	if (given.length === 0) return "missing";
	const key = secret.trim();
	const valid = key !== "" && given.every(([, value]) => equal(String(value), sign(body, key)));
	return valid ? "valid" : "invalid";
}

/** Takes the same time wherever two texts of one length differ. */
function equal(a: string, b: string): boolean {
	const [left, right] = [Buffer.from(a), Buffer.from(b)];
	return left.length === right.length && timingSafeEqual(left, right);
}
