// What signs and checks in tests: a secret that every scheme takes, and the headers of one attempt.
import { SCHEMES, SIGNATURES, type Signature } from "../../src/signature/schemes.ts";
import { signatureHeaders } from "../../src/signature/sign.ts";

/** The base64 of the bytes 0 to 31. */
export const SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/** The base64 of the bytes 1 to 24, which needs no padding. */
export const OTHER_SECRET = "whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcY";

/** The schemes that can sign one request together: of those with the same header, the first. */
export const TOGETHER: readonly Signature[] = SIGNATURES.filter(
	(scheme) => SIGNATURES.find((other) => SCHEMES[other].header === SCHEMES[scheme].header) === scheme,
);

/** The time of {@link signed} where none is given. */
export const NOW = new Date(Date.UTC(2026, 3, 2, 14, 30, 0, 999));

/** The headers that sign a body with one secret by one scheme. */
export function signed(
	body: string | Uint8Array,
	secret: string = SECRET,
	scheme: Signature = "rocky",
	timestamp: Date = NOW,
): Readonly<Record<string, string>> {
	const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
	return signatureHeaders({ schemes: [scheme], secrets: [secret] }, { id: "dlv_1", timestamp, body: bytes });
}
