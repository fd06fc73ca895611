// A webhook's table, read over its defaults.

import type { HookIdentity, Webhook } from "../model/hook.ts";
import type { Preset } from "../model/preset.ts";
import { isLiteral, literalParts, type Reference } from "../model/reference.ts";
import { type AllowedUrls, checkUrl } from "../net/url.ts";
import { escapingFor } from "../template/template.ts";
import type { Fields } from "./fields.ts";
import { type Explanation, refuseUnknown } from "./keys.ts";
import { checkOptions, optionNames, presetsWith } from "./options.ts";
import { explainMisplaced, ownKeys } from "./own.ts";
import type { Selection } from "./selection.ts";
import { type Flavour, refuseAsyncGate, WEBHOOK_KEYS, type WebhookSettings, webhookSettings } from "./settings.ts";
import { hookSigning } from "./signing.ts";

/** The hook, its mistakes noted; undefined when its preset is none. */
export function readWebhook(
	selection: Selection,
	identity: HookIdentity,
	defaults: WebhookSettings,
	flavour: Flavour,
): Webhook | undefined {
	const { fields } = selection;
	const { async, preset, signing, ...settings } = webhookSettings(fields, defaults, flavour);
	const known = [
		...ownKeys(selection),
		...WEBHOOK_KEYS,
		...(preset === undefined ? optionNames() : Object.keys(preset.options)),
	];
	refuseUnknown(fields, known, (key): Explanation | undefined => {
		const misplaced = explainMisplaced(key, selection, flavour);
		if (misplaced !== undefined) return misplaced;
		const others = presetsWith(key).map(({ name }) => name);
		if (others.length === 0) return undefined;
		return [
			`${key} is an option of preset ${others.join(" and ")}; this hook's preset is ${preset?.name}`,
			`take it out, or set preset = "${others[0]}"`,
		];
	});
	if (async) refuseAsyncGate(fields, settings.onFailure);
	const batchSize = readBatchSize(settings, fields);
	const url = readUrl(selection, preset, settings);
	refuseBodyOfGet({ ...settings, batchSize }, fields);
	const signed = hookSigning(signing, settings.headers, fields);
	if (preset === undefined) return undefined;
	checkContentType(preset, settings, fields);
	// Rocky's own webhooks have no options; what they need comes with the event.
	if (flavour === "own" && settings.bodyTemplate === undefined) requireOptions(preset, settings, fields);
	const options = checkOptions(preset, settings.options, fields.problems);
	const headers = new Map([...settings.headers.values()].map(({ name, value }) => [name, value]));
	return { kind: "webhook", ...identity, ...settings, ...signed, batchSize, url, preset, options, headers };
}

/**
 * None for a gate, which has to be answered for each event, and none for a GET, which carries none: they do not take the
 * default.
 */
function readBatchSize(
	{ batchSize, onFailure, method }: Pick<WebhookSettings, "batchSize" | "onFailure" | "method">,
	fields: Fields,
) {
	const own = fields.has("batch_size");
	if (onFailure !== "abort") return own || method !== "GET" ? batchSize : undefined;
	const message = 'gates never batch: with on_failure = "abort", the pipeline waits for an answer to each event';
	if (own) fields.wrong("batch_size", message, 'take batch_size out, or set on_failure = "warn"');
	return undefined;
}

type UrlSettings = AllowedUrls & Pick<WebhookSettings, "options">;

function readUrl(
	{ fields, event }: Selection,
	preset: Preset | undefined,
	settings: UrlSettings,
): Reference | undefined {
	if (!fields.has("url")) {
		// A command in the url's place has got its own explanation.
		const { url } = preset?.needs ?? {};
		const instead = typeof url === "string" ? url : undefined;
		const needed = url !== undefined && !settings.options.has(instead ?? "") && !fields.has("command");
		const option = instead === undefined ? "" : `, or ${instead} = "…"`;
		const other = event === undefined ? ', or command = "…" for a shell hook' : "";
		if (needed) fields.missing("url", `add url = "https://…", or url = "\${VARIABLE}"${option}${other}`);
		return undefined;
	}
	const url = fields.filled("url");
	if (url !== undefined && isLiteral(url)) {
		const checked = checkUrl(literalParts(url).join(""), settings);
		if ("problem" in checked) fields.wrong("url", `url ${checked.problem}`, checked.remedy);
	}
	return url;
}

/** Told at the method where the hook has its own, else at the hook: what it inherits may suit other hooks. */
function refuseBodyOfGet(
	{ method, bodyTemplate, batchSize }: Pick<WebhookSettings, "method" | "bodyTemplate" | "batchSize">,
	fields: Fields,
) {
	if (method !== "GET" || (bodyTemplate ?? batchSize) === undefined) return;
	const path = fields.has("method") ? fields.at("method") : fields.path;
	const key = bodyTemplate === undefined ? "batch_size" : "body_template";
	const message = `method is GET, which carries no body, and there is a ${key}`;
	fields.problems.add("config_value", path, message, `take ${key} away, or set method = "POST"`);
}

function checkContentType(preset: Preset, { headers }: Pick<WebhookSettings, "headers">, fields: Fields): void {
	const type = headers.get("content-type");
	if (preset.needs.json !== true || type === undefined || !isLiteral(type.value)) return;
	if (escapingFor(literalParts(type.value).join("")) === "json") return;
	const message = `headers.${type.name} is no JSON type, and ${preset.title} takes nothing but JSON`;
	fields.problems.add("config_value", type.path, message, "take it out: application/json is sent by itself");
}

function requireOptions(preset: Preset, { options }: Pick<WebhookSettings, "options">, fields: Fields): void {
	for (const [name, spec] of Object.entries(preset.options)) {
		if (spec.required !== true || options.has(name)) continue;
		const value = spec.kind === "string" && spec.secret === true ? `"\${${name.toUpperCase()}}"` : "…";
		fields.missing(name, `add ${name} = ${value}: ${spec.summary}`, `preset ${preset.name} needs ${name}`);
	}
}
