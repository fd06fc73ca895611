// What people know a hook by: its labels, who is responsible for it, and its runbook, which messages link to.
import { isJsonObject } from "../lib/json.ts";
import type { About, Webhook } from "../model/hook.ts";
import type { Preset } from "../model/preset.ts";
import { type Layers, settings } from "./keys.ts";
import { LABELS, RESPONSIBLE } from "./schema.ts";

/** Reads what a hook is known by. */
export function readAbout(layers: Layers): About {
	const { tags = [], ...labels } = settings(LABELS, [layers[0]]);
	return { ...labels, ...settings(RESPONSIBLE, layers), tags };
}

/** The options with a link to the runbook, if messages of the preset have links and the hook has none of that name. */
export function withRunbook(options: Webhook["options"], preset: Preset, { runbook }: About): Webhook["options"] {
	const { links = {} } = options;
	if (runbook === undefined || preset.options["links"] === undefined || !isJsonObject(links)) return options;
	if (Object.keys(links).some((label) => label.trim().toLowerCase() === "runbook")) return options;
	return { ...options, links: { ...links, Runbook: runbook } };
}
