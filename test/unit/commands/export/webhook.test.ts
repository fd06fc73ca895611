// What is exported is valid by OpenMetadata's schema, and as JSON-LD means what its context says.
import { describe, expect, it } from "vitest";
import { linkedData } from "../../../../src/commands/export/linked-data.ts";
import { webhookOf } from "../../../../src/commands/export/webhook.ts";
import { vocabulary } from "../../../../src/model/catalog.ts";
import type { HookStatus } from "../../../../src/records/hook-status.ts";
import { importedHook } from "../../../helpers/moved.ts";
import { CONTEXT, isWebhook, USE_CASES } from "../../../helpers/openmetadata-webhooks.ts";

const STRING = "http://www.w3.org/2001/XMLSchema#string";
const COUNTS = { deliveries: 3, waiting: 1 };
const HISTORY = { version: 0.3, updatedAt: Date.UTC(2026, 3, 2, 14, 30), updatedBy: "ann" };

function exported(webhook: object, state?: HookStatus) {
	const { hook, config } = importedHook(webhook);
	return {
		...webhookOf(hook, { repository: "a/b", file: config.file, vocabulary: vocabulary(), state }, () => {}),
		...HISTORY,
	};
}

describe.each(USE_CASES.map((webhook) => [webhook.name, webhook] as const))("the use case %s", (name, webhook) => {
	const { id, eventFilters, webhookConfig, ...rest } = exported(webhook);

	it("is valid by the schema", () => {
		const whole = { id, eventFilters, webhookConfig, ...rest };
		expect({ valid: isWebhook(whole), errors: isWebhook.errors }).toEqual({ valid: true, errors: null });
	});

	it("means what the context says", () => {
		const document = JSON.parse(JSON.stringify(linkedData({ id, eventFilters, webhookConfig, ...rest }, { a: 1 })));
		expect(document["@context"]).toEqual(CONTEXT);
		expect(triplesOf(document)).toMatchObject({
			"@id": [`urn:uuid:${id}`],
			"@type": ["https://open-metadata.org/schema/Webhook"],
			"https://open-metadata.org/schema/id": [`${id}^^${STRING}`],
			"https://open-metadata.org/schema/name": [`${name}^^${STRING}`],
			"http://purl.org/dc/terms/description": [`${webhook.description}^^${STRING}`],
			"https://open-metadata.org/schema/webhookType": [
				`https://open-metadata.org/schema/entity/events/${webhook.webhookType}`,
			],
			"https://open-metadata.org/schema/status": ["https://open-metadata.org/schema/entity/events/Active"],
			"https://open-metadata.org/schema/owner": [expect.objectContaining({ name: webhook.owner.name })],
			"http://purl.org/dc/terms/modified": ["2026-04-02T14:30:00.000Z^^http://www.w3.org/2001/XMLSchema#dateTime"],
			"http://www.w3.org/ns/prov#wasAttributedTo": [`ann^^${STRING}`],
			"https://open-metadata.org/schema/version": [`0.3^^${STRING}`],
			"https://open-metadata.org/schema/hasEventFilter": eventFilters,
			"https://open-metadata.org/schema/entity/events/webhookConfig": [webhookConfig],
			"https://open-metadata.org/schema/entity/events/extension": [{ a: 1 }],
		});
	});
});

it("says in JSON-LD where it is sent, what it watches and whose it is, and no variable is an address", () => {
	const made = {
		...exported(USE_CASES[0]),
		eventFilters: [{ eventType: "entityCreated", entities: ["table", "*", "topic"] }],
	};
	const sentTo = (endpoint: string) => linkedData({ ...made, webhookConfig: { endpoint, timeout: 10 } }, undefined);
	expect(sentTo("https://example.com/x")).toMatchObject({
		monitors: ["https://open-metadata.org/schema/entity/table", "https://open-metadata.org/schema/entity/topic"],
		sendsTo: "https://example.com/x",
		owner: { "@id": expect.stringMatching(/^urn:uuid:[\da-f-]{36}$/) },
	});
	expect(sentTo("https://example.com/${PATH}")).toMatchObject({ sendsTo: undefined });
});

describe("what a store knows of the deliveries", () => {
	const failureDetails = {
		lastFailedAt: 1_705_320_000_000,
		lastFailedStatusCode: 503,
		lastFailedReason: "503 Service Unavailable",
		nextAttempt: 1_705_320_300_000,
	};

	it("is the status, with the details of its failure", () => {
		const webhook = exported(USE_CASES[0], { status: "awaitingRetry", ...COUNTS, ...failureDetails });
		expect(webhook).toMatchObject({ status: "awaitingRetry", failureDetails });
		expect(isWebhook(webhook)).toBe(true);
		expect(linkedData(webhook, undefined)).toMatchObject({
			status: "https://open-metadata.org/schema/entity/events/AwaitingRetry",
		});
	});

	it("has no details where nothing has failed", () => {
		expect(exported(USE_CASES[0], { status: "active", ...COUNTS })).not.toHaveProperty("failureDetails");
	});

	it("does not matter of a hook that is disabled", () => {
		const webhook = exported({ ...USE_CASES[0], enabled: false }, { status: "failed", ...COUNTS, ...failureDetails });
		expect(webhook.status).toBe("disabled");
		expect(webhook).not.toHaveProperty("failureDetails");
	});
});

/** The properties of a document's node by their IRIs: terms, prefixes and types as https://www.w3.org/TR/json-ld11/ has them. */
function triplesOf({ "@context": context, ...node }: Readonly<Record<string, unknown>>) {
	const terms = new Map(Object.entries(context instanceof Object ? context : {}));
	const iri = (name: string): string => {
		const term: unknown = terms.get(name);
		if (term instanceof Object && "@id" in term) return iri(String(term["@id"]));
		const [, prefix = "", rest = ""] = /^([^:]+):(?!\/\/)(.*)$/.exec(name) ?? [];
		if (typeof terms.get(prefix) === "string") return `${terms.get(prefix)}${rest}`;
		return name.includes(":") ? name : `${terms.get("@vocab")}${name}`;
	};
	const pairs = Object.entries(node).map(([key, value]) => {
		const values: readonly unknown[] = Array.isArray(value) ? value : [value];
		if (key === "@id") return [key, values];
		if (key === "@type") return [key, values.map((type) => iri(String(type)))];
		const term: unknown = terms.get(key);
		const type = term instanceof Object && "@type" in term ? String(term["@type"]) : undefined;
		if (type === "@id") for (const one of values) expect(one instanceof Object || URL.canParse(String(one))).toBe(true);
		const shown = values.map((one) =>
			type === undefined || type === "@id" || one instanceof Object ? one : `${one}^^${iri(type)}`,
		);
		return [iri(key), shown];
	});
	return Object.fromEntries(pairs);
}
