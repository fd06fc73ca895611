// What was thrown, as problems to tell, without what may be a secret.

import type { Env } from "../lib/env.ts";
import { errorCode, type Problem, UserError } from "../model/problem.ts";
import { namedSecrets, possibleSecrets } from "./known.ts";
import { createRedactor } from "./mask.ts";

/**
 * The problems of a {@link UserError}, or one internal error. Both may come before the secrets of the config are known. An
 * error of the user quotes what was typed: secrets of the environment by their names are redacted in it. An internal error
 * may quote anything: every value that may be a secret is.
 */
export function problemsOf(thrown: unknown, env: Env): readonly [Problem, ...Problem[]] {
	if (thrown instanceof UserError) return redactedProblems(thrown, env);
	const error = thrown instanceof Error ? thrown : new Error(String(thrown));
	const { redact } = createRedactor(() => possibleSecrets(env));
	return [
		{
			code: "internal",
			message: redact(`internal error: ${error.message}`),
			remedy: remedyOf(error),
			frame: redact(error.stack ?? ""),
		},
	];
}

function redactedProblems({ problems: [first, ...rest] }: UserError, env: Env): readonly [Problem, ...Problem[]] {
	const { redact } = createRedactor(() => namedSecrets(env));
	const told = (problem: Problem): Problem => ({
		...problem,
		message: redact(problem.message),
		remedy: redact(problem.remedy),
		...(problem.frame === undefined ? {} : { frame: redact(problem.frame) }),
	});
	return [told(first), ...rest.map(told)];
}

/** The system refused something (`ENOSPC`, `EMFILE`), or this program has a bug. */
function remedyOf(error: Error): string {
	const code = errorCode(error) ?? "";
	if ("syscall" in error && /^E[A-Z0-9]+$/.test(code)) {
		return `the system refused it with ${code}; if it should not have, please report it with these lines`;
	}
	return "this is a bug in pipeline-hooks; please report it with these lines";
}
