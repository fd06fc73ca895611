// The flags of `listen`, read and checked; every mistake at once.
import { type Problem, throwIfAny } from "../errors.ts";
import type { Env } from "../ports.ts";
import type { ReceiverAnswer } from "../receiver/receiver.ts";

/** As they are written. */
export interface ListenFlags {
	readonly port: string;
	readonly host: string;
	readonly status: string;
	readonly secretEnv?: string;
	readonly retryAfter?: string;
	readonly count?: string;
	readonly json?: boolean;
}

export interface ListenOptions {
	readonly host: string;
	readonly port: number;
	readonly secret: string | undefined;
	/** In turn; the last one repeats. */
	readonly answers: readonly [ReceiverAnswer, ...ReceiverAnswer[]];
	/** Requests until the end; undefined goes on until Ctrl-C. */
	readonly count: number | undefined;
}

type Reject = (message: string, remedy: string) => undefined;

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
			`--${name}: ${JSON.stringify(text)} is no whole number from ${least} to ${most}`,
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
		secret: readSecret(flags.secretEnv, env, reject),
		answers: [answer(first, retryAfter), ...rest.map((status) => answer(status, retryAfter))],
		count: optional("count", flags.count, 1, "3"),
	};
	throwIfAny(problems);
	return options;
}

/** Without a body, which every preset takes for a yes where the status is one. */
function answer(status = 200, retryAfter: number | undefined): ReceiverAnswer {
	if (status < 300 || retryAfter === undefined) return { status };
	return { status, headers: { "Retry-After": String(retryAfter) } };
}

/** A variable that is named and empty would leave signatures unchecked although someone relies on the check. */
function readSecret(variable: string | undefined, env: Env, reject: Reject): string | undefined {
	if (variable === undefined) return undefined;
	if (!/^[A-Za-z_]\w*$/.test(variable)) {
		// Not quoted: it may well be the secret itself.
		return reject(
			"--secret-env: that is no name of a variable",
			"give the variable's name, for example WEBHOOK_SECRET",
		);
	}
	const secret = env[variable]?.trim() ?? "";
	if (secret !== "") return secret;
	return reject(`--secret-env: variable ${variable} is unset or empty`, `export ${variable} first`);
}
