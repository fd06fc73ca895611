// The flags of `verify`, read and checked; every mistake at once.

import type { Env } from "../lib/env.ts";
import { isHeaderName } from "../lib/header.ts";
import { type Problem, throwIfAny } from "../model/problem.ts";
import { SCHEMES, SIGNATURES } from "../signature/schemes.ts";
import { type CheckedSigning, type Reject, readSigningFlags, type SigningFlags } from "./signing-flags.ts";

/** As they are written. */
export interface VerifyFlags extends SigningFlags {
	readonly header?: readonly string[];
	readonly tolerance?: string;
	readonly json?: boolean;
}

export interface VerifyOptions {
	/** With one secret at least. */
	readonly signing: CheckedSigning;
	/** By their names in lower case, each with every value that it was given. */
	readonly headers: Readonly<Record<string, readonly string[]>>;
	readonly toleranceSeconds: number;
}

/** Reads the flags. Throws one `UserError` with all that is wrong with them. */
export function readVerifyFlags(flags: VerifyFlags, env: Env): VerifyOptions {
	const problems: Problem[] = [];
	const reject: Reject = (message, remedy) => {
		problems.push({ code: "usage", message, remedy });
		return undefined;
	};
	const signing = readSigningFlags(flags, env, reject);
	if (flags.secretEnv === undefined) {
		reject(
			"--secret-env: there is no secret to check the signature with",
			"name its variable: --secret-env WEBHOOK_SECRET",
		);
	}
	const toleranceSeconds = readTolerance(flags, reject) ?? 300;
	const headers = readHeaders(flags.header ?? [], reject);
	throwIfAny(problems);
	return { signing, headers, toleranceSeconds };
}

function readTolerance({ tolerance: text, scheme }: VerifyFlags, reject: Reject): number | undefined {
	if (text === undefined) return undefined;
	if (!/^\d{1,10}$/.test(text.trim())) {
		return reject(`--tolerance: ${JSON.stringify(text)} is no whole number of seconds`, "for example --tolerance 300");
	}
	const timeless = SIGNATURES.find((name) => name === scheme.trim() && !SCHEMES[name].stamped);
	if (timeless === undefined) return Number(text);
	return reject(`--tolerance: ${timeless} signs no time`, "take it out, or name the scheme: --scheme standard");
}

/** Nothing of a header is quoted: it may hold the secret itself. */
function readHeaders(flags: readonly string[], reject: Reject): VerifyOptions["headers"] {
	const headers = new Map<string, readonly string[]>();
	for (const flag of flags) {
		const [name = ""] = flag.split(":", 1);
		const lower = name.trim().toLowerCase();
		if (name === flag || !isHeaderName(lower)) {
			reject(
				"--header: that is no name with a colon and a value",
				'for example --header "X-Rocky-Signature: sha256=…"',
			);
			continue;
		}
		headers.set(lower, [...(headers.get(lower) ?? []), flag.slice(name.length + 1).trim()]);
	}
	return Object.fromEntries(headers);
}
