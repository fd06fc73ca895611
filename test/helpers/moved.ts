// Webhooks that are imported as the command does it, without the command.
import { importAny } from "../../src/commands/import/source.ts";
import { writeToml } from "../../src/commands/import/toml.ts";
import { Variables } from "../../src/commands/import/variables.ts";
import { parseConfig } from "../../src/config/load.ts";
import type { Config, Webhook } from "../../src/model/hook.ts";

/** The config that a text becomes, and what is said of it. Throws `UserError` as the command does. */
export function importedText(text: string) {
	const findings = { variables: new Variables(text), notes: [] as string[], events: new Map<string, string>() };
	const { sections, events } = importAny(text, "w.json", findings);
	const toml = writeToml([], [...events, ...sections]);
	return { toml, config: parseConfig(toml, "pipeline-hooks.toml", "native"), findings };
}

/** The hook that a webhook becomes. */
export function importedHook(webhook: object): { readonly hook: Webhook; readonly config: Config } {
	const { config } = importedText(JSON.stringify(webhook));
	const [hook] = config.hooks;
	if (hook?.kind !== "webhook") throw new Error("no webhook");
	return { hook, config };
}
