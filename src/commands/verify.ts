// `verify`: whether the signature of a request is valid, and if not, why.
import { nodeClock } from "../entry/node.ts";
import { isHeaderName } from "../lib/header.ts";
import { jsonText } from "../report/json.ts";
import { bareKey } from "../secrets/known.ts";
import { headersOf, SCHEMES, SIGNATURES, STAMP } from "../signature/schemes.ts";
import { checkSignature, type SignatureVerdict } from "../signature/verify.ts";
import { collect, defineCommand, EXIT } from "./command.ts";
import { checkFlags, type Reject, readBytes } from "./flags.ts";
import { type CheckedSigning, readSigning, type SigningFlags } from "./signing.ts";

/** As they are written. */
interface VerifyFlags extends SigningFlags {
	readonly header?: readonly string[];
	readonly tolerance?: string;
}

interface CheckedRequest extends CheckedSigning {
	/** By their names in lower case, with all values of each. */
	readonly headers: Readonly<Record<string, readonly string[]>>;
	readonly toleranceSeconds: number;
	readonly now: Date;
}

export const registerVerify = defineCommand<VerifyFlags>(
	(program) =>
		program
			.command("verify")
			.summary("check the signature of a request")
			.description(
				"Checks the signature of a request, from its headers and the exact bytes of its body. The exit code is 0 if it is " +
					"valid, 1 if it is not, and 2 for an error in the call.",
			)
			.argument("[file]", "file with the body; - reads stdin", "-")
			.option("--scheme <name>", `how the request is signed: ${SIGNATURES.join(", ")}`, "rocky")
			.option("--secret-env <variable>", "environment variable with the signing secret; repeatable", collect)
			.option("--header <name: value>", "a header of the request; repeatable", collect)
			.option("--signature-header <name>", "header of the signature, if it is renamed")
			.option("--tolerance <seconds>", "how far the time of standard may be from now; default: 300")
			.option("--json", "write JSON"),
	'verify --scheme github --secret-env WEBHOOK_SECRET --header "X-Hub-Signature-256: $SIGNATURE" body.json',
	async ({ flags, json, argument = "-", terminal }) => {
		const request = checkFlags((reject) => {
			const signing = readSigning(flags, terminal.env, reject);
			if (flags.secretEnv === undefined) {
				const problem = "--secret-env: there is no secret to check the signature with";
				reject(problem, "name its variable: --secret-env WEBHOOK_SECRET");
			}
			const toleranceSeconds = readTolerance(flags, reject) ?? 300;
			return { ...signing, toleranceSeconds, headers: readHeaders(flags.header ?? [], reject) };
		});
		const { scheme, secrets } = request;
		terminal.known.push(...secrets, ...secrets.map(bareKey));
		const body = await readBytes(argument, BODY, terminal);
		const checked = { ...request, now: nodeClock.now() };
		const verdict = checkSignature({ ...checked, body, secret: secrets });
		const reason = describe(verdict, checked);
		if (json) terminal.out(jsonText({ result: verdict, scheme, bytes: body.length, ...(reason && { reason }) }));
		else if (reason === "") terminal.out(`valid: the body of ${body.length} bytes is signed as ${scheme}`);
		else terminal.out(`not valid: ${reason}`);
		return verdict === "valid" ? EXIT.ok : EXIT.aborted;
	},
);

const BODY = {
	what: "the body",
	/** Far beyond what any webhook carries. */
	limit: 64 * 1024 * 1024,
	unreadable: (message: string) => ({ code: "usage", message, remedy: "name the file with the body" }) as const,
};

/** Why the signature is not valid; empty if it is. */
function describe(
	verdict: SignatureVerdict,
	{ scheme, header, headers, toleranceSeconds, now }: CheckedRequest,
): string {
	const names = headersOf(scheme, header);
	switch (verdict) {
		case "valid":
			return "";
		case "missing": {
			const missing = names.filter((name) => !Object.hasOwn(headers, name.toLowerCase()));
			return `the request has no header ${missing.join(" and no ")}`;
		}
		case "invalid": {
			const [own] = names;
			if (scheme === "token") return `${own} does not match the secret`;
			const of = SCHEMES[scheme].stamped ? "this body, id, time and secret" : "this body and secret";
			return `${own} does not match ${of}; the body must be the exact bytes that were received, including line endings`;
		}
		case "too old":
		case "too new": {
			const age = Math.round(now.getTime() / 1000 - Number(headers[STAMP.timestamp]?.[0]));
			const when = age < 0 ? `${-age} s in the future` : `${age} s ago`;
			return `it was signed ${when}, and ${toleranceSeconds} s are tolerated`;
		}
	}
}

function readTolerance({ tolerance: text, scheme }: VerifyFlags, reject: Reject): number | undefined {
	if (text === undefined) return undefined;
	if (!/^\d{1,10}$/.test(text.trim())) {
		const problem = `--tolerance: ${JSON.stringify(text)} is not a whole number of seconds`;
		return reject(problem, "for example --tolerance 300");
	}
	const unstamped = SIGNATURES.find((name) => name === scheme.trim() && !SCHEMES[name].stamped);
	if (unstamped === undefined) return Number(text);
	return reject(`--tolerance: ${unstamped} has no timestamp`, "remove it, or name the scheme: --scheme standard");
}

/** Nothing of a header is quoted: it may hold the secret itself. */
function readHeaders(flags: readonly string[], reject: Reject): CheckedRequest["headers"] {
	const headers = new Map<string, readonly string[]>();
	for (const flag of flags) {
		const [, name = "", value = ""] = /^([^:]*):(.*)$/s.exec(flag) ?? [];
		const lower = name.trim().toLowerCase();
		if (isHeaderName(lower)) headers.set(lower, [...(headers.get(lower) ?? []), value.trim()]);
		else
			reject("--header: that is not a name, a colon and a value", 'for example --header "X-Rocky-Signature: sha256=…"');
	}
	return Object.fromEntries(headers);
}
