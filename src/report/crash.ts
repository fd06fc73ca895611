// Mistakes of this program as they are told: an error may quote anything, and may come before the secrets are known.
import type { Problem } from "../errors.ts";
import { createMask } from "../mask/mask.ts";
import type { Env } from "../ports.ts";
import { suspectsOf } from "../secrets.ts";

/** The same problems, those of this program without anything of the environment that may be secret. */
export function withoutSuspects(problems: readonly Problem[], env: Env): readonly Problem[] {
	return problems.map((problem) => {
		if (problem.code !== "internal") return problem;
		const mask = createMask(suspectsOf(env));
		return { ...problem, message: mask(problem.message), frame: mask(problem.frame ?? "") };
	});
}
