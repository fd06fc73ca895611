// OpenMetadata's webhooks as its standard documents them: the use cases, the JSON Schema and the JSON-LD context.
// https://openmetadatastandards.org/operations/webhook
import { Ajv } from "ajv";
import type { JsonObject } from "../../src/lib/json.ts";

/** The use cases of the page, as they stand there. */
export const USE_CASES = [
	{
		name: "SlackTableNotifications",
		displayName: "Slack Table Notifications",
		webhookType: "Slack",
		description: "Notify Slack channel when tables are created or updated",
		enabled: true,
		eventFilters: [
			{ eventType: "entityCreated", entities: ["table"] },
			{ eventType: "entityUpdated", entities: ["table"], include: ["tags", "owner", "description"] },
		],
		webhookConfig: {
			endpoint: "https://hooks.slack.com/services/XXX/YYY/ZZZ",
			headers: { "Content-Type": "application/json" },
			timeout: 10,
		},
		batchSize: 1,
		owner: { type: "team", name: "DataEngineering" },
	},
	{
		name: "QualityTestWebhook",
		displayName: "Data Quality Webhook",
		webhookType: "Generic",
		description: "Send alerts to PagerDuty when quality tests fail",
		enabled: true,
		eventFilters: [{ eventType: "entityUpdated", entities: ["testCase"], include: ["testCaseResult"] }],
		webhookConfig: {
			endpoint: "https://events.pagerduty.com/v2/enqueue",
			headers: { Authorization: "Token token=YOUR_API_KEY", "Content-Type": "application/json" },
			timeout: 15,
		},
		batchSize: 5,
		owner: { type: "team", name: "DataQuality" },
		tags: [{ tagFQN: "Integration.PagerDuty" }],
	},
	{
		name: "CustomAppIntegration",
		displayName: "Custom Application Webhook",
		webhookType: "Custom",
		description: "Send all metadata changes to custom application",
		enabled: true,
		eventFilters: [
			{ eventType: "entityCreated", entities: ["*"] },
			{ eventType: "entityUpdated", entities: ["*"] },
			{ eventType: "entityDeleted", entities: ["*"] },
		],
		webhookConfig: {
			endpoint: "https://api.company.com/metadata/webhook",
			secretKey: "your-hmac-secret-key",
			headers: { Authorization: "Bearer YOUR_TOKEN", "X-Custom-Header": "value" },
			timeout: 30,
		},
		batchSize: 10,
		owner: { type: "user", name: "integration.admin" },
		domain: { type: "domain", name: "Operations" },
	},
	{
		name: "MSTeamsAlerts",
		displayName: "MS Teams Critical Alerts",
		webhookType: "MSTeams",
		description: "Send critical alerts to MS Teams",
		enabled: true,
		eventFilters: [
			{ eventType: "entityDeleted", entities: ["table", "dashboard", "pipeline"] },
			{ eventType: "entityUpdated", entities: ["policy"], include: ["rules"] },
		],
		webhookConfig: { endpoint: "https://outlook.office.com/webhook/XXX", timeout: 10 },
		batchSize: 1,
		owner: { type: "team", name: "Governance" },
	},
	{
		name: "OwnerFollowerNotifications",
		displayName: "Owner & Follower Notifications",
		webhookType: "Generic",
		description: "Notify entity owners and followers of changes",
		enabled: true,
		eventFilters: [
			{ eventType: "entityUpdated", entities: ["table", "dashboard"], include: ["description", "tags", "tier"] },
		],
		webhookConfig: {
			endpoint: "https://api.company.com/notifications",
			sendToOwners: true,
			sendToFollowers: true,
			timeout: 10,
		},
		batchSize: 5,
		owner: { type: "team", name: "DataGovernance" },
	},
	{
		name: "SalesDomainWebhook",
		displayName: "Sales Domain Notifications",
		webhookType: "Slack",
		description: "Notify Sales team of changes in Sales domain",
		enabled: true,
		eventFilters: [
			{ eventType: "entityCreated", entities: ["table", "dashboard"], include: ["domain:Sales"] },
			{ eventType: "entityUpdated", entities: ["table", "dashboard"], include: ["domain:Sales"] },
		],
		webhookConfig: { endpoint: "https://hooks.slack.com/services/SALES/XXX/YYY", timeout: 10 },
		batchSize: 3,
		owner: { type: "team", name: "Sales" },
		domain: { type: "domain", name: "Sales" },
	},
] as const;

/** The schema without its texts for people.  */
const WEBHOOK_SCHEMA: JsonObject = {
	$id: "https://open-metadata.org/schema/entity/events/webhook.json",
	$schema: "http://json-schema.org/draft-07/schema#",
	type: "object",
	definitions: {
		webhookType: { type: "string", enum: ["Generic", "Slack", "MSTeams", "GoogleChat", "Custom"] },
		status: { type: "string", enum: ["active", "disabled", "failed", "awaitingRetry", "retryLimitReached"] },
		eventFilter: {
			type: "object",
			properties: {
				eventType: { type: "string", enum: ["entityCreated", "entityUpdated", "entitySoftDeleted", "entityDeleted"] },
				entities: { type: "array", items: { type: "string" } },
				include: { type: "array", items: { type: "string" } },
				exclude: { type: "array", items: { type: "string" } },
			},
			required: ["eventType"],
			additionalProperties: false,
		},
		failureDetails: {
			type: "object",
			properties: {
				lastFailedAt: { $ref: "../../../type/basic.json#/definitions/timestamp" },
				lastFailedStatusCode: { type: "integer" },
				lastFailedReason: { type: "string" },
				nextAttempt: { $ref: "../../../type/basic.json#/definitions/timestamp" },
			},
		},
		webhookConfig: {
			type: "object",
			properties: {
				endpoint: { type: "string", format: "uri" },
				secretKey: { type: "string" },
				sendToAdmins: { type: "boolean", default: false },
				sendToOwners: { type: "boolean", default: false },
				sendToFollowers: { type: "boolean", default: false },
				headers: { type: "object", additionalProperties: { type: "string" } },
				timeout: { type: "integer", default: 10 },
			},
			required: ["endpoint"],
			additionalProperties: false,
		},
	},
	properties: {
		id: { $ref: "../../../type/basic.json#/definitions/uuid" },
		name: { $ref: "../../../type/basic.json#/definitions/entityName" },
		fullyQualifiedName: { $ref: "../../../type/basic.json#/definitions/fullyQualifiedEntityName" },
		displayName: { type: "string" },
		description: { $ref: "../../../type/basic.json#/definitions/markdown" },
		webhookType: { $ref: "#/definitions/webhookType" },
		status: { $ref: "#/definitions/status" },
		enabled: { type: "boolean", default: true },
		batchSize: { type: "integer", default: 10 },
		eventFilters: { type: "array", items: { $ref: "#/definitions/eventFilter" } },
		webhookConfig: { $ref: "#/definitions/webhookConfig" },
		failureDetails: { $ref: "#/definitions/failureDetails" },
		owner: { $ref: "../../../type/entityReference.json" },
		tags: { type: "array", items: { $ref: "../../../type/tagLabel.json" }, default: null },
		version: { $ref: "../../../type/entityHistory.json#/definitions/entityVersion" },
		updatedAt: { $ref: "../../../type/basic.json#/definitions/timestamp" },
		updatedBy: { type: "string" },
		href: { $ref: "../../../type/basic.json#/definitions/href" },
		changeDescription: { $ref: "../../../type/entityHistory.json#/definitions/changeDescription" },
		deleted: { type: "boolean", default: false },
		domain: { $ref: "../../../type/entityReference.json" },
	},
	required: ["id", "name", "webhookType", "eventFilters", "webhookConfig"],
	additionalProperties: false,
};

/**
 * What the schema refers to, with the required keys of each.
 * https://github.com/open-metadata/OpenMetadata/tree/main/openmetadata-spec/src/main/resources/json/schema/type
 */
const REFERRED: readonly JsonObject[] = [
	{
		$id: "https://open-metadata.org/type/basic.json",
		definitions: {
			uuid: { type: "string", pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" },
			entityName: { type: "string", minLength: 1, maxLength: 256, pattern: "^((?!::).)*$" },
			fullyQualifiedEntityName: { type: "string", minLength: 1, maxLength: 3072 },
			markdown: { type: "string" },
			timestamp: { type: "integer" },
			href: { type: "string" },
		},
	},
	{
		$id: "https://open-metadata.org/type/entityReference.json",
		type: "object",
		properties: {
			id: { $ref: "basic.json#/definitions/uuid" },
			type: { type: "string" },
			name: { type: "string" },
			fullyQualifiedName: { type: "string" },
		},
		required: ["id", "type"],
		additionalProperties: false,
	},
	{
		$id: "https://open-metadata.org/type/tagLabel.json",
		type: "object",
		properties: {
			tagFQN: { type: "string", maxLength: 128 },
			source: { enum: ["Classification", "Glossary"] },
			labelType: { enum: ["Manual", "Propagated", "Automated", "Derived"] },
			state: { enum: ["Suggested", "Confirmed"] },
		},
		required: ["tagFQN", "source", "labelType", "state"],
		additionalProperties: false,
	},
	{
		$id: "https://open-metadata.org/type/entityHistory.json",
		definitions: {
			entityVersion: { type: "number", multipleOf: 0.1, minimum: 0.1 },
			fieldChange: {
				type: "object",
				properties: { name: { type: "string" }, oldValue: {}, newValue: {} },
				additionalProperties: false,
			},
			changeDescription: {
				type: "object",
				properties: {
					fieldsAdded: { type: "array", items: { $ref: "#/definitions/fieldChange" } },
					fieldsUpdated: { type: "array", items: { $ref: "#/definitions/fieldChange" } },
					fieldsDeleted: { type: "array", items: { $ref: "#/definitions/fieldChange" } },
					previousVersion: { $ref: "#/definitions/entityVersion" },
				},
				additionalProperties: false,
			},
		},
	},
];

/** Whether a value is one of its webhooks. Formats are not checked: `${VARIABLE}` stands for a URL. */
export const isWebhook = new Ajv({
	schemas: [...REFERRED],
	validateFormats: false,
	multipleOfPrecision: 6,
	strict: false,
}).compile(WEBHOOK_SCHEMA);

/** The context of its JSON-LD. */
export const CONTEXT: JsonObject = {
	"@vocab": "https://open-metadata.org/schema/entity/events/",
	rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
	rdfs: "http://www.w3.org/2000/01/rdf-schema#",
	owl: "http://www.w3.org/2002/07/owl#",
	xsd: "http://www.w3.org/2001/XMLSchema#",
	dcterms: "http://purl.org/dc/terms/",
	skos: "http://www.w3.org/2004/02/skos/core#",
	prov: "http://www.w3.org/ns/prov#",
	om: "https://open-metadata.org/schema/",
	Webhook: { "@id": "om:Webhook", "@type": "@id" },
	id: { "@id": "om:id", "@type": "xsd:string" },
	name: { "@id": "om:name", "@type": "xsd:string" },
	fullyQualifiedName: { "@id": "om:fullyQualifiedName", "@type": "xsd:string" },
	displayName: { "@id": "om:displayName", "@type": "xsd:string" },
	description: { "@id": "dcterms:description", "@type": "xsd:string" },
	webhookType: { "@id": "om:webhookType", "@type": "@id" },
	status: { "@id": "om:status", "@type": "@id" },
	enabled: { "@id": "om:enabled", "@type": "xsd:boolean" },
	batchSize: { "@id": "om:batchSize", "@type": "xsd:integer" },
	eventFilters: { "@id": "om:hasEventFilter", "@type": "@id", "@container": "@set" },
	monitors: { "@id": "om:monitors", "@type": "@id", "@container": "@set" },
	sendsTo: { "@id": "om:sendsTo", "@type": "@id" },
	owner: { "@id": "om:owner", "@type": "@id" },
	tags: { "@id": "om:tags", "@type": "@id", "@container": "@set" },
	domain: { "@id": "om:domain", "@type": "@id" },
	version: { "@id": "om:version", "@type": "xsd:string" },
	updatedAt: { "@id": "dcterms:modified", "@type": "xsd:dateTime" },
	updatedBy: { "@id": "prov:wasAttributedTo", "@type": "xsd:string" },
	href: { "@id": "om:href", "@type": "xsd:anyURI" },
};
