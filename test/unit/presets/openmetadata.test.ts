// The openmetadata preset: OpenMetadata's body, to the byte, what became of each field, and what takes the place of an entity.
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/lib/json.ts";
import { CATALOG } from "../../../src/model/catalog.ts";
import type { GivenContext } from "../../../src/model/context.ts";
import type { CiFacts } from "../../../src/model/event.ts";
import type { Options } from "../../../src/model/preset.ts";
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

const UUID = { type: "string", pattern: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$" };

const changeDescription = {
	type: "object",
	required: ["fieldsAdded", "fieldsUpdated", "fieldsDeleted"],
	additionalProperties: false,
	properties: { fieldsAdded: fieldChanges, fieldsUpdated: fieldChanges, fieldsDeleted: fieldChanges },
};

/** https://openmetadatastandards.org/operations/webhook */
const isWebhookBody = new Ajv().compile({
	type: "object",
	required: ["eventId", "eventType", "timestamp", "entity", "changeDescription", "webhookName"],
	additionalProperties: false,
	properties: {
		eventId: UUID,
		eventType: { type: "string", minLength: 1 },
		timestamp: { type: "integer" },
		entity: { type: "object" },
		changeDescription,
		webhookName: { type: "string", minLength: 1 },
	},
});

/**
 * Its keys, those that are required, and no other; the server sends the entity as a text.
 * https://github.com/open-metadata/OpenMetadata/blob/main/openmetadata-spec/src/main/resources/json/schema/type/changeEvent.json
 */
const isChangeEvent = new Ajv().compile({
	type: "object",
	required: ["id", "eventType", "entityType", "entityId", "timestamp"],
	additionalProperties: false,
	properties: {
		id: UUID,
		eventType: { type: "string", minLength: 1 },
		entityType: { type: "string", minLength: 1 },
		entityId: UUID,
		entityFullyQualifiedName: { type: "string" },
		userName: { type: "string" },
		timestamp: { type: "integer" },
		entity: { type: "string", pattern: "^\\{" },
		changeDescription,
	},
});

function validate(body: JsonObject): void {
	const conforms = Object.hasOwn(body, "eventId") ? isWebhookBody : isChangeEvent;
	conforms(body);
	expect(conforms.errors).toBe(null);
	if (conforms === isChangeEvent) expect(JSON.parse(String(body["entity"]))).toBeTypeOf("object");
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

	it("gives other events their own name, and itself the hook's unless told another", () => {
		const named = (options: Options) => openmetadata().service(options, undefined, undefined, "catalog");
		const body = (options: Options) => named(options).body([event("pipeline_error")], false).body;
		expect(body({})).toMatchObject({ eventType: "pipeline_error", webhookName: "catalog" });
		expect(body({ webhook_name: "Other" })).toMatchObject({ webhookName: "Other" });
	});

	it("posts a batch as a list of the same bodies", () => {
		const events = [event("entityCreated"), event("entityDeleted")] as const;
		expect(renderBatch(openmetadata(), events, {})).toEqual({
			body: events.map((of) => renderEvent(openmetadata(), of, {}).body),
			notes: [],
		});
	});
});

describe("format = change_event", () => {
	const CHANGE_EVENT = { format: "change_event" };
	const changeEventOf = (name: string, given: GivenContext = {}) =>
		renderEvent(openmetadata(), event(name, given), CHANGE_EVENT).body;

	it("posts the server's ChangeEvent: the entity as a text, and lists among the values too", () => {
		const body = changeEventOf("entityUpdated", {
			id: "123e4567-e89b-12d3-a456-426614174000",
			timestamp: "2024-01-15T12:00:00Z",
			entity: {
				id: "456E7890-e89b-12d3-a456-426614174111",
				type: "table",
				name: "customers",
				fullyQualifiedName: "snowflake_prod.sales.public.customers",
				updatedBy: "john.doe",
				owners: [{ type: "user", name: "john.doe" }],
			},
			changes: [
				{ field: "tags", old: [], new: [{ tagFQN: "PII.Sensitive" }] },
				{ field: "description", new: "Größe" },
				{ field: "retention", old: 30, new: 0 },
			],
		});
		validate(body);
		expect(JSON.stringify(body)).toBe(
			'{"id":"123e4567-e89b-12d3-a456-426614174000","eventType":"entityUpdated","entityType":"table",' +
				'"entityId":"456e7890-e89b-12d3-a456-426614174111",' +
				'"entityFullyQualifiedName":"snowflake_prod.sales.public.customers","userName":"john.doe",' +
				'"timestamp":1705320000000,"entity":"{\\"id\\":\\"456E7890-e89b-12d3-a456-426614174111\\",' +
				'\\"type\\":\\"table\\",\\"name\\":\\"customers\\",' +
				'\\"fullyQualifiedName\\":\\"snowflake_prod.sales.public.customers\\",\\"updatedBy\\":\\"john.doe\\",' +
				'\\"owners\\":[{\\"type\\":\\"user\\",\\"name\\":\\"john.doe\\"}]}",' +
				'"changeDescription":{"fieldsAdded":[{"name":"description","newValue":"Größe"}],"fieldsUpdated":' +
				'[{"name":"tags","oldValue":"[]","newValue":"[{\\"tagFQN\\":\\"PII.Sensitive\\"}]"},' +
				'{"name":"retention","oldValue":30,"newValue":0}],"fieldsDeleted":[]}}',
		);
	});

	it("has every required key for an event without an entity, and the same id for the same thing", () => {
		const body = changeEventOf("materialize_error", { table: "sales.orders", error: "boom" });
		validate(body);
		expect(body).toMatchObject({ entityType: "table", entityFullyQualifiedName: "sales.orders" });
		expect(changeEventOf("after_materialize", { table: "sales.orders" })["entityId"]).toBe(body["entityId"]);
		expect(changeEventOf("after_materialize", { table: "sales.items" })["entityId"]).not.toBe(body["entityId"]);
		expect(changeEventOf("model_error", { model: "sales.orders" })["entityId"]).not.toBe(body["entityId"]);
	});

	it("names who started the run where the entity does not say who changed it, and nobody where neither is known", () => {
		const by = (ci: CiFacts) =>
			renderEvent(openmetadata(), event("entityCreated", { ci }), CHANGE_EVENT).body["userName"];
		expect(by({ provider: "github", actor: "octocat" })).toBe("octocat");
		expect(by({ provider: "local" })).toBeUndefined();
	});

	it("has no change description where an entity was created or deleted, unless changes are given", () => {
		for (const name of ["entityCreated", "entityDeleted"]) {
			expect(changeEventOf(name)).not.toHaveProperty("changeDescription");
			expect(changeEventOf(name, { changes: [{ field: "tags", new: 1 }] })).toHaveProperty("changeDescription");
		}
		expect(changeEventOf("entityUpdated")).toHaveProperty("changeDescription.fieldsAdded", []);
	});

	it("knows the event types of OpenMetadata", () => {
		// https://github.com/open-metadata/OpenMetadata/blob/main/openmetadata-spec/src/main/resources/json/schema/type/changeEventType.json
		const types =
			"entityCreated entityUpdated entityFieldsChanged entityNoChange entitySoftDeleted entityDeleted entityRestored " +
			"threadCreated threadUpdated postCreated postUpdated taskResolved taskClosed logicalTestCaseAdded suggestionCreated " +
			"suggestionUpdated suggestionAccepted suggestionRejected suggestionDeleted userLogin userLogout";
		const names = CATALOG.map(({ name }) => name);
		expect(types.split(" ").filter((type) => !names.includes(type))).toEqual([]);
	});
});
