// A shell hook's table, read over its defaults.
import { type HookIdentity, NO_CHAIN, type ShellHook } from "./hook.ts";
import { type Explanation, refuseUnknown } from "./keys.ts";
import { optionNames } from "./options.ts";
import { header, type Selection } from "./selectors.ts";
import { refuseAsyncGate, SHELL_KEYS, type ShellSettings, shellSettings, WEBHOOK_KEYS } from "./settings.ts";

/** The hook, its mistakes noted; undefined when it has no command. */
export function readShellHook(
	{ fields, event }: Selection,
	identity: HookIdentity,
	defaults: ShellSettings,
): ShellHook | undefined {
	refuseUnknown(fields, ["name", "command", ...SHELL_KEYS], (key): Explanation | undefined => {
		if (key !== "url" && !WEBHOOK_KEYS.includes(key) && !optionNames().includes(key)) return undefined;
		return [`${key} belongs to a webhook, and this is a shell hook`, `write ${header("webhook", event.name)} above it`];
	});
	const { onFailure, timeoutMs, env, async } = shellSettings(fields, defaults);
	if (async) refuseAsyncGate(fields, onFailure);
	const command = fields.text("command");
	if (command === undefined) {
		// A url in the command's place has got its own explanation.
		const missing = !fields.has("command") && !fields.has("url");
		return missing ? fields.missing("command", 'add command = "…", a line for the shell') : undefined;
	}
	return { kind: "shell", ...identity, ...NO_CHAIN, onFailure, timeoutMs, command, env };
}
