// The openmetadata preset: OpenMetadata's body, to the byte, what became of each field, and what takes the place of an entity.
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/lib/json.ts";
import type { GivenContext } from "../../../src/model/context.ts";
import { openmetadata } from "../../../src/presets/openmetadata.ts";
import { event } from "../../helpers/make.ts";
import { renderBatch, renderEvent } from "../../helpers/rendered.ts";
import { listOf } from "../../suites/preset-envelopes.ts";
import { presetSuite } from "../../suites/preset-suite.ts";

const fieldChanges = {
	type: "array",
	items: {
		type: "object",
		required: ["name"],
		additionalProperties: false,
		properties: { name: { type: "string" }, oldValue: {}, newValue: {} },
	},
};

/** https://openmetadatastandards.org/operations/webhook */
const conforms = new Ajv().compile({
	type: "object",
	required: ["eventId", "eventType", "timestamp", "entity", "changeDescription", "webhookName"],
	additionalProperties: false,
	properties: {
		eventId: { type: "string", pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" },
		eventType: { type: "string", minLength: 1 },
		timestamp: { type: "integer" },
		entity: { type: "object" },
		changeDescription: {
			type: "object",
			required: ["fieldsAdded", "fieldsUpdated", "fieldsDeleted"],
			additionalProperties: false,
			properties: { fieldsAdded: fieldChanges, fieldsUpdated: fieldChanges, fieldsDeleted: fieldChanges },
		},
		webhookName: { type: "string", minLength: 1 },
	},
});

function validate(body: JsonObject): void {
	conforms(body);
	expect(conforms.errors).toBe(null);
}

const service = { validate, limits: () => [] };
presetSuite(openmetadata(), { options: {}, secretsAt: [], ...service, batch: listOf(service), fixed: true });

const bodyOf = (name: string, given: GivenContext = {}) => renderEvent(openmetadata(), event(name, given), {}).body;

describe("the openmetadata preset", () => {
	it("posts the body of OpenMetadata's page", () => {
		const customers = {
			id: "456e7890-e89b-12d3-a456-426614174111",
			type: "table",
			name: "customers",
			fullyQualifiedName: "snowflake_prod.sales.public.customers",
			description: "Customer information table",
			owner: { type: "user", name: "john.doe" },
			tags: [{ tagFQN: "PII.Sensitive" }],
		};
		const { body } = renderEvent(
			openmetadata(),
			event("entityUpdated", {
				id: "123E4567-e89b-12d3-a456-426614174000",
				timestamp: "2024-01-15T12:00:00Z",
				entity: customers,
				changes: [{ field: "tags", old: [], new: [{ tagFQN: "PII.Sensitive" }] }],
			}),
			{ webhook_name: "SlackTableNotifications" },
		);
		expect(JSON.stringify(body)).toBe(
			'{"eventId":"123e4567-e89b-12d3-a456-426614174000","eventType":"entityUpdated","timestamp":1705320000000,' +
				'"entity":{"id":"456e7890-e89b-12d3-a456-426614174111","type":"table","name":"customers",' +
				'"fullyQualifiedName":"snowflake_prod.sales.public.customers","description":"Customer information table",' +
				'"owner":{"type":"user","name":"john.doe"},"tags":[{"tagFQN":"PII.Sensitive"}]},' +
				'"changeDescription":{"fieldsAdded":[],"fieldsUpdated":[{"name":"tags","oldValue":[],' +
				'"newValue":[{"tagFQN":"PII.Sensitive"}]}],"fieldsDeleted":[]},"webhookName":"SlackTableNotifications"}',
		);
	});

	it("says of each field what became of it", () => {
		const changes = [
			{ field: "description", new: "Orders" },
			{ field: "owner", old: null, new: "jane" },
			{ field: "retention", old: 30, new: 0 },
			{ field: "tags", old: ["PII"], new: [] },
			{ field: "domain", old: "Sales", new: null },
			{ field: "followers", old: 3 },
			{ field: "columns" },
		];
		expect(bodyOf("entityUpdated", { changes })["changeDescription"]).toEqual({
			fieldsAdded: [
				{ name: "description", newValue: "Orders" },
				{ name: "owner", newValue: "jane" },
			],
			fieldsUpdated: [
				{ name: "retention", oldValue: 30, newValue: 0 },
				{ name: "tags", oldValue: ["PII"], newValue: [] },
				{ name: "columns" },
			],
			fieldsDeleted: [
				{ name: "domain", oldValue: "Sales" },
				{ name: "followers", oldValue: 3 },
			],
		});
	});

	it("says how many changes it left out for want of a field", () => {
		const changes = [{ old: 1 }, { field: 7 }, { field: "tags", new: 1 }];
		const { body, notes } = renderEvent(openmetadata(), event("entityUpdated", { changes }), {});
		expect(notes).toEqual(["2 of 3 changes left out: their field is not a string"]);
		expect(body).toHaveProperty("changeDescription.fieldsAdded", [{ name: "tags", newValue: 1 }]);
		expect(renderBatch(openmetadata(), [event("entityUpdated", { changes }), event("ping")], {}).notes).toEqual(notes);
	});

	it("makes of an event's id a UUID of version 5, the same for the same id", () => {
		const id = (given: string) => bodyOf("ping", { id: given })["eventId"];
		expect(id("evt_1")).toBe("3a581eae-e1bb-5231-bc47-afa7c96a13e0");
		expect(id("evt_1")).toBe(id("evt_1"));
		expect(id("evt_2")).not.toBe(id("evt_1"));
		for (let index = 0; index < 50; index++) {
			expect(id(`evt_${index}`)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
		}
	});

	it.each([
		["table", { table: "sales.orders", model: "dim_orders" }, "sales.orders"],
		["model", { model: "dim_orders" }, "dim_orders"],
		["pipeline", {}, "etl"],
	])("takes a %s for the entity, with all else that is known", (type, given, name) => {
		const entity = bodyOf("pipeline_error", { ...given, error: "boom", metadata: { rows: 7 } })["entity"];
		expect(entity).toEqual({
			type,
			name,
			fullyQualifiedName: name,
			extension: {
				run_id: "run_1",
				pipeline: "etl",
				status: "failure",
				...given,
				error: "boom",
				metadata: { rows: 7 },
				ci: { provider: "local" },
			},
		});
	});

	it("gives other events their own name, and itself one unless told another", () => {
		expect(bodyOf("pipeline_error")).toMatchObject({ eventType: "pipeline_error", webhookName: "pipeline-hooks" });
	});

	it("posts a batch as a list of the same bodies", () => {
		const events = [event("entityCreated"), event("entityDeleted")] as const;
		expect(renderBatch(openmetadata(), events, {})).toEqual({
			body: events.map((of) => renderEvent(openmetadata(), of, {}).body),
			notes: [],
		});
	});
});
