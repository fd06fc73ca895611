// The hooks whose deliveries can be on record, and what a name that is not theirs means.
import { closest } from "../lib/suggest.ts";
import { excerpt } from "../lib/text.ts";
import { isGate } from "../model/delivery.ts";
import type { Config, Hook } from "../model/hook.ts";
import { UserError } from "../model/problem.ts";

/** Whether a hook's deliveries can be on record. */
export function isOnRecord(hook: Hook): boolean {
	return hook.kind === "webhook" && !isGate(hook);
}

/** Why nothing is on record under a name, and what to do. */
interface Misnamed {
	readonly message: string;
	readonly remedy: string;
}

/** The hook of that name whose deliveries can be on record, or why there are none. */
export function recordedHook(name: string, { hooks, file }: Pick<Config, "hooks" | "file">): Hook | Misnamed {
	const hook = hooks.find((each) => each.name === name);
	if (hook !== undefined && isOnRecord(hook)) return hook;
	const what = JSON.stringify(excerpt(name, 100));
	if (hook !== undefined) {
		const kind = hook.kind === "shell" ? "a shell hook" : "a gate";
		return { message: `${what} is ${kind}, and only webhooks other than gates are put on record`, remedy: "" };
	}
	const names = hooks.filter(isOnRecord).map((each) => each.name);
	const near = closest(name, names);
	const remedy = near === undefined ? "`pipeline-hooks status` shows all" : `did you mean "${near}"?`;
	return { message: `${file} has no hook ${what}`, remedy };
}

/** Throws `UserError` for a name that is not that of a hook whose deliveries can be on record. */
export function hookNamed(name: string, config: Pick<Config, "hooks" | "file">): Hook {
	const found = recordedHook(name, config);
	if ("message" in found) throw new UserError({ code: "input", ...found });
	return found;
}
