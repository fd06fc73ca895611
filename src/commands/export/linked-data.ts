// A webhook of OpenMetadata as JSON-LD, by its own context.
// https://openmetadatastandards.org/operations/webhook
import type { JsonObject } from "../../lib/json.ts";
import type { OpenMetadataWebhook } from "./model.ts";

const ENTITY = "https://open-metadata.org/schema/entity/";
/** The namespace of what has no term in the context, and of the types and statuses. */
const WEBHOOK = `${ENTITY}events/`;

const text = (id: string) => ({ "@id": id, "@type": "xsd:string" });
const link = (id: string) => ({ "@id": id, "@type": "@id" });
const links = (id: string) => ({ ...link(id), "@container": "@set" });

/** Read by whoever reads the document, without a request. */
const CONTEXT: JsonObject = {
	"@vocab": WEBHOOK,
	rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
	rdfs: "http://www.w3.org/2000/01/rdf-schema#",
	owl: "http://www.w3.org/2002/07/owl#",
	xsd: "http://www.w3.org/2001/XMLSchema#",
	dcterms: "http://purl.org/dc/terms/",
	skos: "http://www.w3.org/2004/02/skos/core#",
	prov: "http://www.w3.org/ns/prov#",
	om: "https://open-metadata.org/schema/",
	Webhook: link("om:Webhook"),
	id: text("om:id"),
	name: text("om:name"),
	fullyQualifiedName: text("om:fullyQualifiedName"),
	displayName: text("om:displayName"),
	description: text("dcterms:description"),
	webhookType: link("om:webhookType"),
	status: link("om:status"),
	enabled: { "@id": "om:enabled", "@type": "xsd:boolean" },
	batchSize: { "@id": "om:batchSize", "@type": "xsd:integer" },
	eventFilters: links("om:hasEventFilter"),
	monitors: links("om:monitors"),
	sendsTo: link("om:sendsTo"),
	owner: link("om:owner"),
	tags: links("om:tags"),
	domain: link("om:domain"),
	version: text("om:version"),
	updatedAt: { "@id": "dcterms:modified", "@type": "xsd:dateTime" },
	updatedBy: text("prov:wasAttributedTo"),
	href: { "@id": "om:href", "@type": "xsd:anyURI" },
};

/** The document, whose undefined keys are not written. `custom` is the hook's own: JSON-LD has a place for it. */
export function linkedData(webhook: OpenMetadataWebhook, custom: JsonObject | undefined): object {
	const { id, webhookType, status, owner, domain, version, updatedAt, ...rest } = webhook;
	const { endpoint } = webhook.webhookConfig;
	const entities = new Set(webhook.eventFilters.flatMap(({ entities = [] }) => entities));
	const monitors = [...entities].filter((type) => /^[\w-]+$/.test(type)).map((type) => ENTITY + type);
	return {
		"@context": CONTEXT,
		"@id": urn(id),
		"@type": "Webhook",
		id,
		...rest,
		webhookType: WEBHOOK + webhookType,
		status: WEBHOOK + status.charAt(0).toUpperCase() + status.slice(1),
		monitors: monitors.length === 0 ? undefined : monitors,
		// A variable is not an address.
		sendsTo: URL.canParse(endpoint) && !endpoint.includes("${") ? endpoint : undefined,
		owner: owner && { "@id": urn(owner.id), ...owner },
		domain: domain && { "@id": urn(domain.id), ...domain },
		version: version?.toFixed(1),
		updatedAt: updatedAt === undefined ? undefined : new Date(updatedAt).toISOString(),
		extension: custom,
	};
}

function urn(id: string): string {
	return `urn:uuid:${id}`;
}
