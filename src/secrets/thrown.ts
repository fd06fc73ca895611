// What was thrown, as problems to tell: those of the user as they are, all others without what may be a secret.
import { errorCode, type Problem, UserError } from "../errors.ts";
import type { Env } from "../ports.ts";
import { possibleSecrets } from "./known.ts";
import { createRedactor } from "./redactor.ts";

/**
 * The problems of a {@link UserError}, or one internal error. An internal error may quote anything, and may come before
 * the secrets of the config are known: every value of the environment that may be a secret is redacted in it.
 */
export function problemsOf(thrown: unknown, env: Env): readonly [Problem, ...Problem[]] {
	if (thrown instanceof UserError) return thrown.problems;
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

/** The system refused something (`ENOSPC`, `EMFILE`), or this program has a bug. */
function remedyOf(error: Error): string {
	const code = errorCode(error) ?? "";
	if ("syscall" in error && /^E[A-Z0-9]+$/.test(code)) {
		return `the system refused it with ${code}; where it should not have, please report it with these lines`;
	}
	return "this is a bug in pipeline-hooks; please report it with these lines";
}
