// A webhook's table, read over its defaults.
import type { Preset } from "../presets/preset.ts";
import { escapingFor } from "../template/template.ts";
import type { Fields } from "./fields.ts";
import { type HookIdentity, NO_CHAIN, type Webhook } from "./hook.ts";
import { isLiteral, literalParts, type Reference } from "./interpolate.ts";
import { type Explanation, refuseUnknown } from "./keys.ts";
import { checkOptions, optionNames, presetsWith } from "./options.ts";
import { header, type Selection } from "./selectors.ts";
import {
	type Flavour,
	refuseAsyncGate,
	SHELL_KEYS,
	WEBHOOK_KEYS,
	type WebhookSettings,
	webhookSettings,
} from "./settings.ts";
import { type AllowedUrls, checkUrl } from "./url.ts";

/** The hook, its mistakes noted; undefined when its preset is none. */
export function readWebhook(
	{ fields, event }: Selection,
	identity: HookIdentity,
	defaults: WebhookSettings,
	flavour: Flavour,
): Webhook | undefined {
	const { async, preset, ...settings } = webhookSettings(fields, defaults, flavour);
	const known = [
		"name",
		"url",
		...WEBHOOK_KEYS,
		...(preset === undefined ? optionNames() : Object.keys(preset.options)),
	];
	refuseUnknown(fields, known, (key): Explanation | undefined => {
		if (key === "command" || SHELL_KEYS.includes(key)) {
			return [`${key} belongs to a shell hook, and this is a webhook`, `write ${header("shell", event.name)} above it`];
		}
		const others = presetsWith(key).map(({ name }) => name);
		if (others.length === 0) return undefined;
		return [
			`${key} is an option of preset ${others.join(" and ")}; this hook's preset is ${preset?.name}`,
			`take it out, or set preset = "${others[0]}"`,
		];
	});
	if (async) refuseAsyncGate(fields, settings.onFailure);
	const url = readUrl(fields, preset, settings);
	refuseBodyOfGet(settings, fields);
	if (preset === undefined) return undefined;
	checkContentType(preset, settings, fields);
	// Rocky's own webhooks have no options; what they need comes with the event.
	if (flavour === "own" && settings.bodyTemplate === undefined) requireOptions(preset, settings, fields);
	const options = checkOptions(preset, settings.options, fields.problems);
	const headers = new Map([...settings.headers.values()].map(({ name, value }) => [name, value]));
	return { kind: "webhook", ...identity, ...NO_CHAIN, ...settings, url, preset, options, headers };
}

function readUrl(fields: Fields, preset: Preset | undefined, allowed: AllowedUrls): Reference | undefined {
	if (!fields.has("url")) {
		// A command in the url's place has got its own explanation.
		const needed = preset !== undefined && preset.defaultUrl === undefined && !fields.has("command");
		if (needed) fields.missing("url", `add url = "https://…", or url = "\${VARIABLE}"`);
		return undefined;
	}
	const url = fields.filled("url");
	if (url !== undefined && isLiteral(url)) {
		const checked = checkUrl(literalParts(url).join(""), allowed);
		if ("problem" in checked) fields.wrong("url", `url ${checked.problem}`, checked.remedy);
	}
	return url;
}

/** Told at the method where the hook has its own, else at the hook: what it inherits may suit other hooks. */
function refuseBodyOfGet({ method, bodyTemplate }: Pick<WebhookSettings, "method" | "bodyTemplate">, fields: Fields) {
	if (method !== "GET" || bodyTemplate === undefined) return;
	const path = fields.has("method") ? fields.at("method") : fields.path;
	const message = "method is GET, which carries no body, and there is a body_template";
	fields.problems.add("config_value", path, message, 'take body_template away, or set method = "POST"');
}

function checkContentType(preset: Preset, { headers }: Pick<WebhookSettings, "headers">, fields: Fields): void {
	const type = headers.get("content-type");
	if (!preset.jsonOnly || type === undefined || !isLiteral(type.value)) return;
	if (escapingFor(literalParts(type.value).join("")) === "json") return;
	const message = `headers.${type.name} is no JSON type, and ${preset.title} takes nothing but JSON`;
	fields.problems.add("config_value", type.path, message, "take it out: application/json is sent by itself");
}

function requireOptions(preset: Preset, { options }: Pick<WebhookSettings, "options">, fields: Fields): void {
	for (const [name, spec] of Object.entries(preset.options)) {
		if (!spec.required || options.has(name)) continue;
		const value = spec.kind === "string" && spec.secret ? `"\${${name.toUpperCase()}}"` : "…";
		fields.missing(name, `add ${name} = ${value}: ${spec.summary}`, `preset ${preset.name} needs ${name}`);
	}
}
