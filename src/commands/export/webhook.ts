// A hook as a webhook of OpenMetadata.
// https://openmetadatastandards.org/operations/webhook
import { compact, type JsonObject } from "../../lib/json.ts";
import { uuidOf } from "../../lib/uuid.ts";
import type { Vocabulary } from "../../model/catalog.ts";
import type { Webhook } from "../../model/hook.ts";
import type { HookStatus } from "../../records/hook-status.ts";
import { eventFilters } from "./filters.ts";
import {
	type FailureDetails,
	type OpenMetadataWebhook,
	type Reference,
	TYPES,
	typeOf,
	type WebhookType,
} from "./model.ts";
import { shownHeaders, shownSecret, shownUrl } from "./shown.ts";

/** Where a hook is from, and what is known of it besides its config. */
export interface Origin {
	/** `owner/name`; undefined where it is unknown. */
	readonly repository: string | undefined;
	/** The config file, from the top of the repository. */
	readonly file: string;
	readonly vocabulary: Vocabulary;
	/** Whether the document will have the hook's `custom`, as JSON-LD has. */
	readonly withCustom?: boolean;
	/** What a store knows of its deliveries; without one, a hook that is enabled is active. */
	readonly state?: HookStatus | undefined;
}

/** The webhook. `tell` gets a line for what has no place in it. */
export function webhookOf(hook: Webhook, origin: Origin, tell: (note: string) => void): OpenMetadataWebhook {
	const { about, name } = hook;
	const type = importedType(hook) ?? typeOf(hook.preset.name);
	const owner = about.owner === undefined ? reference("team", about.team) : reference("user", about.owner);
	const state = hook.enabled ? origin.state : undefined;
	const { lastFailedAt, lastFailedStatusCode, lastFailedReason, nextAttempt } = state ?? {};
	const failureDetails = compact<FailureDetails>({ lastFailedAt, lastFailedStatusCode, lastFailedReason, nextAttempt });
	if (about.owner !== undefined && about.team !== undefined) tell(`team is left out: the owner is ${about.owner}`);
	const others = foreign(hook, origin.withCustom !== true && customOf(hook) !== undefined).flatMap(([key, isThere]) =>
		isThere ? [key] : [],
	);
	if (others.length > 0) tell(`left out, since its schema has no place for it: ${others.join(", ")}`);
	return compact<OpenMetadataWebhook>({
		id: uuidOf(`${origin.repository ?? ""}/${origin.file}#${name}`),
		name,
		fullyQualifiedName: /[."]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name,
		displayName: about.displayName,
		description: about.description,
		webhookType: type,
		status: hook.enabled ? (state?.status ?? "active") : "disabled",
		enabled: hook.enabled,
		batchSize: hook.batchSize ?? 1,
		eventFilters: eventFilters(hook, origin.vocabulary, tell),
		webhookConfig: webhookConfig(hook, tell),
		failureDetails: lastFailedAt === undefined ? undefined : failureDetails,
		owner,
		tags: about.tags.length === 0 ? undefined : about.tags.map(tagLabel),
		domain: reference("domain", about.domain),
	});
}

/** What `import` has put into `custom`, since the preset does not tell it. */
function importedType({ about }: Webhook): WebhookType | undefined {
	const given = about.custom?.["webhook_type"];
	return TYPES.find((one) => one === given);
}

/** What the config says in `custom` besides. */
export function customOf(hook: Webhook): JsonObject | undefined {
	const { webhook_type: _, ...others } = hook.about.custom ?? {};
	const custom = importedType(hook) === undefined ? hook.about.custom : others;
	return custom === undefined || Object.keys(custom).length === 0 ? undefined : custom;
}

function webhookConfig(hook: Webhook, tell: (note: string) => void): OpenMetadataWebhook["webhookConfig"] {
	const headers = shownHeaders(hook, tell);
	const seconds = Math.ceil(hook.timeoutMs / 1000);
	if (seconds * 1000 !== hook.timeoutMs) tell(`timeout is in seconds: ${hook.timeoutMs} ms become ${seconds} s`);
	return compact<OpenMetadataWebhook["webhookConfig"]>({
		endpoint: shownUrl(hook, tell) ?? "",
		secretKey: shownSecret(hook, tell),
		sendToAdmins: hook.sendTo.includes("admins") || undefined,
		sendToOwners: hook.sendTo.includes("owners") || undefined,
		sendToFollowers: hook.sendTo.includes("followers") || undefined,
		headers: Object.keys(headers).length === 0 ? undefined : headers,
		timeout: seconds,
	});
}

/** What OpenMetadata's webhooks do not have. */
function foreign(hook: Webhook, losesCustom: boolean): readonly (readonly [key: string, isThere: boolean])[] {
	return [
		['on_failure = "abort"', hook.onFailure === "abort"],
		["fallback", hook.fallback !== undefined],
		["then", hook.onSuccess.length > 0],
		["body_template", hook.bodyTemplate !== undefined],
		["method", hook.method !== undefined && hook.method !== "POST"],
		["runbook", hook.about.runbook !== undefined],
		["custom", losesCustom],
	];
}

/** Its id, which the schema asks for, is made of the name: OpenMetadata has another one. */
function reference(type: string, name: string | undefined): Reference | undefined {
	return name === undefined ? undefined : { id: uuidOf(`${type}:${name}`), type, name };
}

function tagLabel(tagFQN: string): JsonObject {
	return { tagFQN, source: "Classification", labelType: "Manual", state: "Confirmed" };
}
