// The shape of OpenMetadata's webhooks, as far as hooks have it.
// https://openmetadatastandards.org/operations/webhook
import type { Json, JsonObject } from "../../lib/json.ts";
import type { HookStatusName } from "../../records/hook-status.ts";

/** The types of webhooks. */
export const TYPES = ["Generic", "Slack", "MSTeams", "GoogleChat", "Custom"] as const;
export type WebhookType = (typeof TYPES)[number];

const TYPE_OF: Readonly<Record<string, WebhookType>> = { slack: "Slack", teams: "MSTeams", google_chat: "GoogleChat" };

/** The type of the webhooks that a preset sends. */
export function typeOf(preset: string): WebhookType {
	return TYPE_OF[preset] ?? "Generic";
}

/** The last failure. Times are milliseconds since 1970. */
export interface FailureDetails {
	readonly lastFailedAt?: number;
	readonly lastFailedStatusCode?: number;
	readonly lastFailedReason?: string;
	readonly nextAttempt?: number;
}

/** A webhook, with its keys in the order of the schema. */
export interface OpenMetadataWebhook {
	readonly id: string;
	readonly name: string;
	readonly fullyQualifiedName: string;
	readonly displayName?: string;
	readonly description?: string;
	readonly webhookType: WebhookType;
	readonly status: HookStatusName;
	readonly enabled: boolean;
	readonly batchSize: number;
	readonly eventFilters: readonly EventFilter[];
	readonly webhookConfig: {
		readonly endpoint: string;
		readonly secretKey?: string;
		readonly sendToAdmins?: boolean;
		readonly sendToOwners?: boolean;
		readonly sendToFollowers?: boolean;
		readonly headers?: Readonly<Record<string, string>>;
		/** Seconds. */
		readonly timeout: number;
	};
	readonly failureDetails?: FailureDetails;
	readonly owner?: Reference;
	readonly tags?: readonly JsonObject[];
	/** In steps of 0.1. */
	readonly version?: number;
	/** Milliseconds since 1970. */
	readonly updatedAt?: number;
	readonly updatedBy?: string;
	readonly changeDescription?: ChangeDescription;
	readonly domain?: Reference;
}

export interface Reference {
	readonly id: string;
	readonly type: string;
	readonly name: string;
}

/** One event, and what of it is wanted. */
export interface EventFilter {
	readonly eventType: string;
	readonly entities?: readonly string[];
	readonly include?: readonly string[];
	readonly exclude?: readonly string[];
}

/** The change of one field. */
export interface FieldChange {
	readonly name: string;
	readonly oldValue?: Json;
	readonly newValue?: Json;
}

/** https://open-metadata.org/schema/type/entityHistory.json */
export interface ChangeDescription {
	readonly fieldsAdded: readonly FieldChange[];
	readonly fieldsUpdated: readonly FieldChange[];
	readonly fieldsDeleted: readonly FieldChange[];
	readonly previousVersion: number;
}
