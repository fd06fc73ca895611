// `verify`: whether a request that came is rightly signed, and if not, why.
import { resolve } from "node:path";
import { nodeClock, nodeFiles } from "../entry/node.ts";
import type { Env } from "../lib/env.ts";
import { isHeaderName } from "../lib/header.ts";
import { type Problem, throwIfAny, UserError, unlessCancelled } from "../model/problem.ts";
import { jsonText } from "../report/json.ts";
import { bareKey } from "../secrets/known.ts";
import { headersOf, SCHEMES, SIGNATURES, STAMP } from "../signature/schemes.ts";
import { checkSignature, type SignatureVerdict } from "../signature/verify.ts";
import { collect, EXIT, type ExitCode, type Register, runCommand, type Terminal } from "./command.ts";
import { type CheckedSigning, type Reject, readSigningFlags, type SigningFlags } from "./signing-flags.ts";
import { readStdin } from "./stdin.ts";

/** Bytes; far beyond what any webhook carries. */
const BODY_LIMIT = 64 * 1024 * 1024;

/** Checks the signature of one request. */
export const registerVerify: Register = (program, terminal, done) => {
	program
		.command("verify")
		.summary("check the signature of a request that came")
		.description(
			"Checks the signature of a request: its headers, and its body byte for byte as it came. Exit code 0 where it is " +
				"right, 1 where it is not, saying why, and 2 for an error in the call.",
		)
		.argument("[file]", "file with the body; - reads stdin", "-")
		.option("--scheme <name>", `how the request is signed: ${SIGNATURES.join(", ")}`, "rocky")
		.option("--secret-env <variable>", "environment variable with the secret that signs; repeatable", collect)
		.option("--header <name: value>", "a header of the request; repeatable", collect)
		.option("--signature-header <name>", "header of the signature, where it is renamed")
		.option("--tolerance <seconds>", "how far from now the time of standard may lie; default: 300")
		.option("--json", "write JSON")
		.addHelpText("after", `\nExample:\n  $ ${EXAMPLE}\n`)
		.action(async (file: string, flags: VerifyFlags) => done(await verify(file, flags, terminal)));
};

const EXAMPLE =
	'pipeline-hooks verify --scheme github --secret-env WEBHOOK_SECRET --header "X-Hub-Signature-256: $SIGNATURE" body.json';

async function verify(file: string, flags: VerifyFlags, terminal: Terminal): Promise<ExitCode> {
	return runCommand(flags.json, terminal, async () => {
		const options = readVerifyFlags(flags, terminal.env);
		terminal.known.push(...options.signing.secrets, ...options.signing.secrets.map(bareKey));
		const body = await unlessCancelled(readBody(file, terminal), terminal.signal);
		const { scheme, secrets: secret, header } = options.signing;
		const now = nodeClock.now();
		const { headers, toleranceSeconds } = options;
		const verdict = checkSignature({ body, headers, secret, scheme, header, toleranceSeconds, now });
		const reason = describe(verdict, options, now);
		const result = { result: verdict, scheme, bytes: body.length, ...(reason === "" ? {} : { reason }) };
		if (flags.json) terminal.out(jsonText(result));
		else if (verdict === "valid") terminal.out(`valid: the body of ${body.length} bytes is signed as ${scheme}`);
		else terminal.out(`not valid: ${reason}`);
		return verdict === "valid" ? EXIT.ok : EXIT.aborted;
	});
}

/** Why it is not valid; empty where it is. */
function describe(verdict: SignatureVerdict, { signing, headers, toleranceSeconds }: VerifyOptions, now: Date): string {
	const { scheme } = signing;
	const names = headersOf(scheme, signing.header);
	switch (verdict) {
		case "valid":
			return "";
		case "missing": {
			const missing = names.filter((name) => !Object.hasOwn(headers, name.toLowerCase()));
			return `the request has no header ${missing.join(" and no ")}`;
		}
		case "invalid": {
			const [own] = names;
			if (scheme === "token") return `${own} is not the secret`;
			const of = SCHEMES[scheme].stamped ? "this body, id, time and secret" : "this body and secret";
			return `${own} does not match ${of}; the body must be the exact bytes that came, line ends and all`;
		}
		case "too old":
		case "too new": {
			const age = Math.round(now.getTime() / 1000 - Number(headers[STAMP.timestamp]?.[0]));
			const when = age < 0 ? `${-age} s ahead of this clock` : `${age} s ago`;
			return `it was signed ${when}, and ${toleranceSeconds} s are tolerated`;
		}
	}
}

async function readBody(file: string, terminal: Terminal): Promise<Uint8Array> {
	if (file === "-") return readStdin(terminal, BODY_LIMIT, "the body");
	const read = await nodeFiles.read(resolve(terminal.cwd, file), BODY_LIMIT);
	if (read.kind === "file") return read.bytes;
	const why = read.kind === "missing" ? "does not exist" : `cannot be read: ${read.detail}`;
	throw new UserError({ code: "usage", message: `the file ${file} ${why}`, remedy: "name the file with the body" });
}

/** As they are written. */
interface VerifyFlags extends SigningFlags {
	readonly header?: readonly string[];
	readonly tolerance?: string;
	readonly json?: boolean;
}

interface VerifyOptions {
	/** With one secret at least. */
	readonly signing: CheckedSigning;
	/** By their names in lower case, each with every value that it was given. */
	readonly headers: Readonly<Record<string, readonly string[]>>;
	readonly toleranceSeconds: number;
}

/** Reads the flags. Throws one `UserError` with all that is wrong with them. */
function readVerifyFlags(flags: VerifyFlags, env: Env): VerifyOptions {
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
		return reject(
			`--tolerance: ${JSON.stringify(text)} is not a whole number of seconds`,
			"for example --tolerance 300",
		);
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
			reject("--header: that is not a name, a colon and a value", 'for example --header "X-Rocky-Signature: sha256=…"');
			continue;
		}
		headers.set(lower, [...(headers.get(lower) ?? []), flag.slice(name.length + 1).trim()]);
	}
	return Object.fromEntries(headers);
}
