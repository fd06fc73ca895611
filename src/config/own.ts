// The keys that every hook has for itself, and the help with those that belong to another kind of hook.
import type { Explanation } from "./keys.ts";
import { optionNames } from "./options.ts";
import { header, type Selection } from "./selection.ts";
import { type Flavour, SHELL_KEYS, WEBHOOK_KEYS } from "./settings.ts";

/** Of hooks of both kinds; none has a default. */
const KEYS: readonly string[] = ["name", "enabled", "filter", "fallback", "then"];

/** The keys without a default. */
export const OWN_KEYS: ReadonlySet<string> = new Set([...KEYS, "url", "command", "events"]);

/** The keys of a hook's table that are neither settings nor options. */
export function ownKeys({ kind, event }: Selection): readonly string[] {
	const target = kind === "shell" ? "command" : "url";
	return event === undefined ? [...KEYS, "events", target] : [...KEYS, target];
}

/** Whether hooks of any kind have such a key. */
export function isHookKey(key: string): boolean {
	return OWN_KEYS.has(key) || SHELL_KEYS.includes(key) || WEBHOOK_KEYS.includes(key) || optionNames().includes(key);
}

/** The help with a key that this hook cannot have and others can; undefined for any other key. */
export function explainMisplaced(key: string, selection: Selection, flavour: Flavour): Explanation | undefined {
	const { kind, event } = selection;
	if (key === "events" && event !== undefined) {
		const where = flavour === "own" ? "" : " in a pipeline-hooks.toml";
		return [
			`events belongs to a subscription; this hook is attached to an event by its header`,
			`write [[subscription]]${where} in place of ${header(kind, event)}, and name the events there`,
		];
	}
	return kind === "shell" ? explainInShell(key, selection) : explainInWebhook(key, selection);
}

function explainInShell(key: string, { event }: Selection): Explanation | undefined {
	if (key !== "url" && !WEBHOOK_KEYS.includes(key) && !optionNames().includes(key)) return undefined;
	if (event !== undefined) {
		return [`${key} belongs to a webhook, and this is a shell hook`, `write ${header("webhook", event)} above it`];
	}
	if (key === "url") {
		const message = "url stands beside command, and a hook either runs a command or is sent to a url";
		return [message, "take one of the two out, or write two subscriptions"];
	}
	return [`${key} belongs to a webhook, and this is a shell hook`, "take it out, or write url in place of command"];
}

function explainInWebhook(key: string, { event }: Selection): Explanation | undefined {
	if (key !== "command" && !SHELL_KEYS.includes(key)) return undefined;
	const message = `${key} belongs to a shell hook, and this is a webhook`;
	if (event !== undefined) return [message, `write ${header("shell", event)} above it`];
	return [message, "take it out, or write command in place of url"];
}
