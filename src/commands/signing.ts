// The flags that say how requests are signed: the scheme, the secrets, a header that was renamed.
import type { Env } from "../lib/env.ts";
import { isHeaderName } from "../lib/header.ts";
import { closest } from "../lib/suggest.ts";
import { SCHEMES, SIGNATURES, type Signature, secretProblem } from "../signature/schemes.ts";
import type { Reject } from "./flags.ts";

/** As they are written. */
export interface SigningFlags {
	readonly scheme: string;
	readonly secretEnv?: readonly string[];
	readonly signatureHeader?: string;
}

/** How the signatures of requests are checked. */
export interface CheckedSigning {
	readonly scheme: Signature;
	/** One of them must match; empty if no variable is named. */
	readonly secrets: readonly string[];
	/** The header of the signature, if it is not the scheme's own. */
	readonly header: string | undefined;
}

/** Reads the flags. No value is quoted that may be a secret. */
export function readSigning(flags: SigningFlags, env: Env, reject: Reject): CheckedSigning {
	const scheme = readScheme(flags.scheme, reject);
	const secrets = (flags.secretEnv ?? []).flatMap((variable) => readSecret(variable, scheme, env, reject) ?? []);
	return { scheme: scheme ?? "rocky", secrets, header: readHeader(flags.signatureHeader?.trim(), scheme, reject) };
}

function readScheme(text: string, reject: Reject): Signature | undefined {
	const found = SIGNATURES.find((scheme) => scheme === text.trim());
	if (found !== undefined) return found;
	const near = closest(text, SIGNATURES);
	return reject(
		`--scheme: ${JSON.stringify(text.slice(0, 60))} is not one of ${SIGNATURES.join(", ")}`,
		near === undefined ? "use the scheme in the hook's `signature`" : `did you mean ${near}?`,
	);
}

/** A named variable that is empty is an error: signatures would go unchecked although someone relies on the check. */
function readSecret(variable: string, scheme: Signature | undefined, env: Env, reject: Reject): string | undefined {
	// Not quoted: it may well be the secret itself.
	const invalid = "--secret-env: that is not a valid variable name";
	if (!/^[A-Za-z_]\w*$/.test(variable)) return reject(invalid, "give the variable's name, for example WEBHOOK_SECRET");
	const secret = env[variable]?.trim() ?? "";
	if (secret === "") return reject(`--secret-env: variable ${variable} is unset or empty`, `export ${variable} first`);
	const problem = scheme && secretProblem(scheme, secret);
	if (problem === undefined) return secret;
	return reject(`--secret-env: the secret in ${variable} ${problem}`, "give it the secret that the sender signs with");
}

function readHeader(name: string | undefined, scheme: Signature | undefined, reject: Reject): string | undefined {
	if (name === undefined) return undefined;
	const invalid = "--signature-header: that is not a valid header name";
	if (!isHeaderName(name)) return reject(invalid, "for example --signature-header X-OM-Signature");
	if (scheme === undefined || !SCHEMES[scheme].stamped) return name;
	return reject(`--signature-header: the headers of ${scheme} cannot be renamed`, "remove it");
}
