// The hooks of a run: those of the config, or the one that is named, and which of them an event is fired at.
import { closest } from "../lib/suggest.ts";
import { excerpt } from "../lib/text.ts";
import type { RunFacts } from "../model/delivery.ts";
import type { PipelineEvent } from "../model/event.ts";
import type { Config, Hook } from "../model/hook.ts";
import { isCopy } from "../model/people.ts";
import { UserError } from "../model/problem.ts";
import { matches } from "../plan/select.ts";

/** The hooks in the order of the file, or only the one of that name. Throws `UserError` for an unknown name. */
export function hooksOf({ hooks, file }: Config, name: string | undefined): readonly Hook[] {
	if (name === undefined) return hooks.toSorted((a, b) => a.order - b.order);
	const hook = hooks.find((each) => each.name === name);
	if (hook !== undefined) return [{ ...hook, ...ALONE }];
	throw unknownHook(name, { hooks, file });
}

/** The error for a hook that a config does not have. */
export function unknownHook(name: string, { hooks, file }: Pick<Config, "hooks" | "file">): UserError {
	const near = closest(
		name,
		hooks.map((each) => each.name),
	);
	const remedy = near === undefined ? "`pipeline-hooks list` names the hooks" : `did you mean "${near}"?`;
	const message = `no hook in ${file} is named ${JSON.stringify(excerpt(name, 100))}`;
	return new UserError({ code: "input", message, remedy });
}

/** Overrides for a hook that was named: nothing keeps it from being fired, and it chains to no other. */
const ALONE = {
	enabled: true,
	selectors: [
		{ kind: "glob", pattern: "*" },
		{ kind: "event", event: "ping" },
	],
	filters: [],
	copyFor: undefined,
	fallback: undefined,
	onSuccess: [],
} as const;

/** The hooks that an event is fired at: copies only if their person is among those to whom it is sent. */
export function selectedBy(
	hooks: readonly Hook[],
	event: PipelineEvent,
	{ people }: RunFacts,
): readonly Hook[] | Promise<readonly Hook[]> {
	const matching = hooks.filter((hook) => matches(hook, event));
	if (!matching.some(isCopy)) return matching;
	return people().then(({ isFor }) => matching.filter((hook) => hook.kind === "shell" || isFor(hook, event)));
}
