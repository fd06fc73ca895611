// How connections are made: TLS from 1.2 on, always verified, with the CA certificates of a hook besides the usual ones.
import type { SecureContext } from "node:tls";

/**
 * Explicit, because environment variables and NODE_OPTIONS could weaken the defaults: NODE_TLS_REJECT_UNAUTHORIZED=0
 * changes nothing.
 */
const STRICT = { minVersion: "TLSv1.2", rejectUnauthorized: true } as const;

/** Milliseconds for one address of several. Node's own 250 gives up on receivers that are merely far away. */
export const ADDRESS_TIMEOUT_MS = 1000;

/** Options of a TLS connection. */
export type TlsOptions = typeof STRICT & { readonly secureContext?: SecureContext };

const contexts = new Map<string, SecureContext>();

/** The options of a connection that trusts these CA certificates (PEM) besides the usual ones. */
export function tlsOptions(caCertificates: string | undefined): TlsOptions {
	if (caCertificates === undefined) return STRICT;
	const known = contexts.get(caCertificates);
	if (known !== undefined) return { ...STRICT, secureContext: known };
	// Parsing a hundred and fifty certificates takes milliseconds: once for each file, not for each attempt.
	const { createSecureContext } = process.getBuiltinModule("node:tls");
	const secureContext = createSecureContext({
		ca: [...usualCertificates(), caCertificates],
		minVersion: STRICT.minVersion,
	});
	contexts.set(caCertificates, secureContext);
	return { ...STRICT, secureContext };
}

/** Node before 22.15 gives only its bundled ones, not those of NODE_EXTRA_CA_CERTS. */
function usualCertificates(): readonly string[] {
	const tls: Partial<Pick<typeof import("node:tls"), "getCACertificates">> &
		Pick<typeof import("node:tls"), "rootCertificates"> = process.getBuiltinModule("node:tls");
	return tls.getCACertificates?.("default") ?? tls.rootCertificates;
}
