// A shell hook's table, read over its defaults.
import type { HookIdentity, ShellHook } from "../model/hook.ts";
import { refuseUnknown } from "./keys.ts";
import { explainMisplaced, ownKeys } from "./own.ts";
import type { Selection } from "./selection.ts";
import { type Flavour, refuseAsyncGate, SHELL_KEYS, type ShellSettings, shellSettings } from "./settings.ts";

/** The hook, its mistakes noted; undefined when it has no command. */
export function readShellHook(
	selection: Selection,
	identity: HookIdentity,
	defaults: ShellSettings,
	flavour: Flavour,
): ShellHook | undefined {
	const { fields } = selection;
	refuseUnknown(fields, [...ownKeys(selection), ...SHELL_KEYS], (key) => explainMisplaced(key, selection, flavour));
	const { onFailure, timeoutMs, env, shell, async } = shellSettings(fields, defaults);
	if (async) refuseAsyncGate(fields, onFailure);
	const command = fields.text("command");
	if (command === undefined) {
		// A url in the command's place has got its own explanation.
		const missing = !fields.has("command") && !fields.has("url");
		return missing ? fields.missing("command", 'add command = "…", a line for the shell') : undefined;
	}
	return { kind: "shell", ...identity, onFailure, timeoutMs, command, shell, env };
}
