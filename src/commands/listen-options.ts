// The flags of `listen`, read and checked; every mistake at once.

import type { Env } from "../lib/env.ts";
import { type Problem, throwIfAny } from "../model/problem.ts";
import type { ReceiverAnswer } from "../receiver/receiver.ts";
import { type CheckedSigning, type Reject, readSigningFlags, type SigningFlags } from "./signing-flags.ts";

/** As they are written. */
export interface ListenFlags extends SigningFlags {
	readonly port: string;
	readonly host: string;
	readonly status: string;
	readonly retryAfter?: string;
	readonly count?: string;
	readonly json?: boolean;
}

export interface ListenOptions {
	readonly host: string;
	readonly port: number;
	readonly signing: CheckedSigning;
	/** In turn; the last one repeats. */
	readonly answers: readonly [ReceiverAnswer, ...ReceiverAnswer[]];
	/** Requests until the end; undefined goes on until Ctrl-C. */
	readonly count: number | undefined;
}

/** Reads the flags. Throws one `UserError` with all that is wrong with them. */
export function readListenFlags(flags: ListenFlags, env: Env): ListenOptions {
	const problems: Problem[] = [];
	const reject: Reject = (message, remedy) => {
		problems.push({ code: "usage", message, remedy });
		return undefined;
	};
	const whole = (name: string, text: string, least: number, most: number, example: string) => {
		const number = /^\d{1,10}$/.test(text.trim()) ? Number(text) : Number.NaN;
		if (number >= least && number <= most) return number;
		return reject(
			`--${name}: ${JSON.stringify(text)} is not a whole number from ${least} to ${most}`,
			`for example --${name} ${example}`,
		);
	};
	const optional = (name: string, text: string | undefined, least: number, example: string) =>
		text === undefined ? undefined : whole(name, text, least, 2 ** 31 - 1, example);

	const port = whole("port", flags.port, 0, 65_535, "8787");
	const retryAfter = optional("retry-after", flags.retryAfter, 0, "2");
	const [first = 200, ...rest] = flags.status.split(",").map((text) => whole("status", text, 200, 599, "503,429,200"));
	const options: ListenOptions = {
		host: flags.host.trim() || "127.0.0.1",
		port: port ?? 0,
		signing: readSigning(flags, env, reject),
		answers: [answer(first, retryAfter), ...rest.map((status) => answer(status, retryAfter))],
		count: optional("count", flags.count, 1, "3"),
	};
	throwIfAny(problems);
	return options;
}

/** What every gate and every preset takes for a yes: Slack looks for `ok`, Discord for `id`. */
const YES: Omit<ReceiverAnswer, "status"> = {
	headers: { "Content-Type": "application/json" },
	body: JSON.stringify({ allow: true, ok: true, id: "0" }),
};

function answer(status = 200, retryAfter: number | undefined): ReceiverAnswer {
	if (status < 300) return status === 204 || status === 205 ? { status } : { status, ...YES };
	if (retryAfter === undefined) return { status };
	return { status, headers: { "Retry-After": String(retryAfter) } };
}

/** A scheme without a secret would check nothing although someone relies on the check. */
function readSigning(flags: ListenFlags, env: Env, reject: Reject): CheckedSigning {
	const named = flags.scheme !== "rocky" ? "scheme" : flags.signatureHeader !== undefined ? "signature-header" : "";
	if (named !== "" && flags.secretEnv === undefined) {
		reject(`--${named}: there is no secret to check signatures with`, "name its variable: --secret-env WEBHOOK_SECRET");
	}
	return readSigningFlags(flags, env, reject);
}
