// Signatures: the headers by which a receiver knows that a body came from a holder of the secret, unchanged.
import { headersOf, SCHEMES, type Signature, STAMP, secretProblem, signingSecrets } from "./schemes.ts";

/** How a hook signs. */
export interface Signing {
	/** Each adds its own headers. */
	readonly schemes: readonly Signature[];
	/** The first one signs; a scheme whose header takes several signatures, as `standard`'s does, sends one of each. */
	readonly secrets: readonly string[];
	/** The header of the signature, where it is not the scheme's own; of a single scheme only. */
	readonly header?: string | undefined;
}

/** One attempt at sending a body. */
export interface SigningAttempt {
	/** Of the delivery: the same on each attempt. */
	readonly id: string;
	/** Of this attempt; sent in whole seconds, rounded down. */
	readonly timestamp: Date;
	/** The exact bytes. */
	readonly body: Uint8Array;
}

/** What is wrong with a secret, as a phrase that follows `secret` and quotes none of it; undefined where all can sign. */
export function signingProblem({ schemes, secrets }: Signing): string | undefined {
	const problems = schemes.flatMap((scheme) =>
		signingSecrets(scheme, secrets).map((text) => secretProblem(scheme, text)),
	);
	return problems.find((problem) => problem !== undefined);
}

/** The names of the headers that {@link signatureHeaders} gives. */
export function signatureNames({ schemes, secrets, header }: Signing): readonly string[] {
	return secrets.length === 0 ? [] : schemes.flatMap((scheme) => headersOf(scheme, header));
}

/** The headers that sign these exact bytes; none without a secret. Throws for one that has a {@link signingProblem}. */
export function signatureHeaders(
	{ schemes, secrets, header }: Signing,
	{ id, timestamp, body }: SigningAttempt,
): Readonly<Record<string, string>> {
	const seconds = String(Math.floor(timestamp.getTime() / 1000));
	const headers: Record<string, string> = {};
	for (const scheme of secrets.length === 0 ? [] : schemes) {
		const { header: own, stamped, sign, problem } = SCHEMES[scheme];
		const signatures = signingSecrets(scheme, secrets).map((secret) => {
			const signature = sign(secret, { body, id, timestamp: seconds });
			if (signature === undefined) throw new Error(`secret ${problem}`);
			return signature;
		});
		if (stamped) Object.assign(headers, { [STAMP.id]: id, [STAMP.timestamp]: seconds });
		headers[header ?? own] = signatures.join(" ");
	}
	return headers;
}
