// A webhook of OpenMetadata as a hook.
// https://openmetadatastandards.org/operations/webhook
import { WEBHOOK } from "../../config/schema.ts";
import { presetsAt } from "../../presets/addresses.ts";
import { findPreset } from "../../presets/index.ts";
import { TYPES, typeOf, type WebhookType } from "../export/model.ts";
import { Draft, type Findings } from "./draft.ts";
import { readFilters } from "./filters.ts";
import { headersOf } from "./headers.ts";
import type { JsonTable } from "./json.ts";
import { LABELS, setLabels } from "./labels.ts";
import type { Section } from "./toml.ts";

/** The preset of each type; one that is posted to another service's address gets that service's. */
const PRESETS: Readonly<Record<WebhookType, string>> = {
	Generic: "openmetadata",
	Slack: "slack",
	MSTeams: "teams",
	GoogleChat: "google_chat",
	Custom: "openmetadata",
};

/** OpenMetadata's own: when it has no `batchSize`. */
const BATCH_SIZE = 10;

/** What OpenMetadata keeps of a webhook by itself. */
const ITS_OWN: readonly string[] = [
	...["id", "fullyQualifiedName", "status", "failureDetails", "version", "updatedAt", "updatedBy", "href"],
	...["changeDescription", "deleted"],
];

/** Whether an object is one of OpenMetadata's webhooks. */
export function isOpenMetadata(table: JsonTable): boolean {
	return table.has("webhookConfig", "webhookType", "eventFilters");
}

/** The hook that sends what the webhook sends; undefined where something is wrong with it, which is reported. */
export function importOpenMetadata(source: JsonTable, findings: Findings): Section | undefined {
	const name = source.needed("name", 'add "name"')?.text()?.trim();
	const type = source.has("webhookType")
		? source.choice("webhookType", TYPES)
		: source.whole.wrong("has no webhookType", `add "webhookType", one of ${TYPES.join(", ")}`);
	const config = source.needed("webhookConfig", 'add "webhookConfig" with an "endpoint"')?.object();
	const endpoint = config?.needed("endpoint", 'add "endpoint", the URL')?.text()?.trim();
	const draft = new Draft(name ?? "a webhook", findings);
	draft.set("name", name);
	// What the preset alone does not tell.
	const isTold = type === undefined || endpoint === undefined || typeOf(presetOf(type, endpoint)) === type;
	setLabels(source, draft, isTold ? {} : { webhook_type: type });
	const filters = readFilters(source, draft);
	if (isOff(source, draft)) draft.set("enabled", false);
	if (type === undefined || config === undefined || endpoint === undefined || name === undefined) return undefined;
	address(draft, type, endpoint, queryOf(config));
	const method = config.choice("httpMethod", WEBHOOK.method.choices ?? []);
	if (method !== "POST") draft.set("method", method);
	const secret = config.text("secretKey");
	if (secret !== undefined) {
		draft.set("secret", draft.secret(secret, "secret", "webhookConfig.secretKey"));
		draft.set("signature", "openmetadata");
		draft.comment("signature", 'for receivers of X-OM-Signature, which the server sends: "openmetadata_server"');
	}
	const timeout = config.count("timeout");
	if (timeout !== undefined) setTimeouts(draft, timeout);
	setBatch(draft, source);
	draft.set("headers", headersOf(config, "webhookConfig.headers", draft));
	draft.set("filter", filters);
	setPeople(draft, config);
	tellRest(source, config, draft);
	return draft.section(["subscription"]);
}

function isOff(source: JsonTable, draft: Draft): boolean {
	const isDeleted = source.flag("deleted") === true;
	if (isDeleted) draft.remark("enabled", "it is deleted in OpenMetadata, so it is disabled here");
	const enabled = source.flag("enabled") ?? source.text("status") !== "disabled";
	return isDeleted || !enabled;
}

/** Who else gets the messages. */
const TO_PEOPLE = [
	["sendToOwners", "send_to_owners"],
	["sendToFollowers", "send_to_followers"],
	["sendToAdmins", "send_to_admins"],
] as const;

function setPeople(draft: Draft, config: JsonTable): void {
	const wanted = TO_PEOPLE.filter(([key]) => config.flag(key) === true);
	for (const [key, ours] of wanted) {
		// Messages to an account have no copies.
		if (draft.isForMessages) draft.set(ours, true);
		else draft.note(`${key} is not carried over: these messages go to an account, and to nobody else`);
	}
	const [first] = wanted;
	if (first === undefined || !draft.isForMessages) return;
	draft.remark(first[1], "nobody gets a copy before the config says how people are reached: add [people.<name>]");
}

function presetOf(type: WebhookType, endpoint: string): string {
	const own = PRESETS[type];
	const found = own === "openmetadata" && URL.canParse(endpoint) ? presetsAt(new URL(endpoint))?.[0] : undefined;
	return found ?? own;
}

/** Sets the preset and the URL; and, for another service, what that needs. */
function address(draft: Draft, type: WebhookType, endpoint: string, query: string): void {
	const name = presetOf(type, endpoint);
	const [, before = endpoint, fragment = ""] = /^([^#]*)(#.*)$/.exec(endpoint) ?? [];
	const url = query === "" ? endpoint : `${before}${before.includes("?") ? "&" : "?"}${query}${fragment}`;
	draft.address(name, url, "webhookConfig.endpoint");
	const preset = name === PRESETS[type] ? undefined : findPreset(name);
	if (preset === undefined) return;
	const why = `${preset.title} takes messages of its own, and refuses OpenMetadata's, so the preset is ${preset.name}`;
	draft.remark("preset", preset.pages === true ? `${why}; only what has failed alerts: an event with an error` : why);
	for (const [option, { required, summary }] of Object.entries(preset.options)) {
		if (required === true) draft.set(option, draft.needed(option, summary));
	}
}

/** The query parameters that newer versions have beside the endpoint. */
function queryOf(config: JsonTable): string {
	const parameters = config.get("queryParams")?.object();
	const pairs = (parameters?.keys() ?? []).map((key): [string, string] => [key, parameters?.get(key)?.word() ?? ""]);
	return new URLSearchParams(pairs).toString();
}

/** Milliseconds of all attempts, by default. */
const DEADLINE_MS = 60_000;

function setTimeouts(draft: Draft, seconds: number): void {
	const ms = seconds * 1000;
	draft.set("timeout_ms", ms);
	if (ms < DEADLINE_MS) return;
	draft.set("deadline_ms", 2 * ms);
	draft.comment("deadline_ms", "of all attempts together; by default a minute, which its timeout reaches");
}

function setBatch(draft: Draft, source: JsonTable): void {
	const size = source.count("batchSize") ?? BATCH_SIZE;
	if (size === 1) return;
	draft.set("batch_size", size);
	if (!source.has("batchSize")) draft.comment("batch_size", "OpenMetadata's default, since it has no batchSize");
	const held = "events of several steps are held: a full batch, pipeline_complete, pipeline_error or flush sends them";
	draft.comment("batch_size", held);
	const note = `of hooks with a batch_size, ${held}`;
	if (!draft.findings.notes.includes(note)) draft.findings.notes.push(note);
}

/** Says which other keys there are. */
function tellRest(source: JsonTable, config: JsonTable, draft: Draft): void {
	const known = ["name", "webhookType", "webhookConfig", "eventFilters", "enabled", "batchSize", ...LABELS];
	const inConfig = [
		"endpoint",
		"secretKey",
		"headers",
		"timeout",
		"httpMethod",
		"queryParams",
		...TO_PEOPLE.map(([key]) => key),
	];
	const isRead = source.text("status") === "disabled" && !source.has("enabled");
	const own = source.keys().filter((key) => ITS_OWN.includes(key) && !(isRead && key === "status"));
	if (own.length > 0) draft.note(`${own.join(", ")}: OpenMetadata's own, not carried over`);
	const rest = source.keys().filter((key) => !known.includes(key) && !ITS_OWN.includes(key));
	const others = config.keys().filter((key) => !inConfig.includes(key));
	for (const key of rest) draft.leftOut(key);
	for (const key of others) draft.leftOut(`webhookConfig.${key}`);
}
