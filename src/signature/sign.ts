// Signatures: the headers by which a receiver knows that a body came from a holder of the secret, unchanged.
import { createHmac } from "node:crypto";
import type { Signature } from "./schemes.ts";

/** The headers that sign these exact bytes. */
export function signatureHeaders(
	scheme: Signature,
	secret: string,
	body: Uint8Array,
): Readonly<Record<string, string>> {
	switch (scheme) {
		case "rocky":
			return { "X-Rocky-Signature": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}` };
	}
}
