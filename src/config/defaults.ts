// The `[defaults]` of a config: what hooks take where they are silent, for all of them and for each kind.
import { Fields } from "./fields.ts";
import { type Explanation, refuseUnknown } from "./keys.ts";
import { optionNames } from "./options.ts";
import { OWN_KEYS } from "./own.ts";
import {
	BUILT_IN,
	type Flavour,
	SHELL_KEYS,
	type ShellSettings,
	shellSettings,
	WEBHOOK_KEYS,
	type WebhookSettings,
	webhookSettings,
} from "./settings.ts";

/** The settings below those of every hook. */
interface Defaults {
	readonly shell: ShellSettings;
	readonly webhook: WebhookSettings;
	/** How many webhooks are under way at once. */
	readonly concurrency: number;
}

const MAX_CONCURRENCY = 1000;

/** Reads `[defaults]`, which may be absent; its mistakes are noted once, at their own keys. */
export function readDefaults(root: Fields, flavour: Flavour): Defaults {
	const all = (flavour === "own" ? root.nested("defaults") : undefined) ?? new Fields({}, ["defaults"], root.problems);
	const shell =
		all.nested("shell", 'write shell = "bash" below [defaults.shell]') ??
		new Fields({}, all.at("shell"), root.problems);
	const webhook = all.nested("webhook") ?? new Fields({}, all.at("webhook"), root.problems);
	const options = optionNames();
	const forAll = [...new Set([...SHELL_KEYS, ...WEBHOOK_KEYS]), "concurrency", "shell", "webhook"];
	refuseUnknown(all, [...forAll, ...options], explainOwn);
	refuseUnknown(
		shell,
		SHELL_KEYS,
		(key) => explainOwn(key) ?? explainOther(key, "webhook", [...WEBHOOK_KEYS, ...options]),
	);
	refuseUnknown(
		webhook,
		[...WEBHOOK_KEYS, ...options],
		(key) => explainOwn(key) ?? explainOther(key, "shell", SHELL_KEYS),
	);
	// In [defaults] itself, shell is the table of defaults of shell hooks.
	const forShell = all.only(all.keys().filter((key) => key !== "shell"));
	return {
		shell: shellSettings(shell, shellSettings(forShell, BUILT_IN.shell)),
		webhook: webhookSettings(webhook, webhookSettings(all, BUILT_IN.webhook, flavour), flavour),
		concurrency: all.integer("concurrency", 1, MAX_CONCURRENCY) ?? 20,
	};
}

function explainOwn(key: string): Explanation | undefined {
	if (!OWN_KEYS.has(key)) return undefined;
	return [`${key} has no default`, "write it in each hook, which has its own"];
}

function explainOther(key: string, kind: string, keys: readonly string[]): Explanation | undefined {
	return keys.includes(key) ? [`${key} is a key of ${kind} hooks`, `move it to [defaults.${kind}]`] : undefined;
}
