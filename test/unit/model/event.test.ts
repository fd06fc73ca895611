// What an event is about.
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/lib/json.ts";
import { entityName, entityTypes } from "../../../src/model/event.ts";
import { event } from "../../helpers/make.ts";

describe("the kinds of thing that an event is about", () => {
	it.each([
		[{ entity: { type: "dashboard", name: "Sales" } }, ["dashboard"]],
		[{ entity: { type: "dashboard" }, table: "orders", model: "dim_orders" }, ["dashboard"]],
		[{ table: "orders" }, ["table"]],
		[{ model: "dim_orders" }, ["model"]],
		[{ table: "orders", model: "dim_orders" }, ["table", "model"]],
		[{ entity: { name: "orders" }, table: "orders" }, ["table"]],
		[{ entity: { type: "" }, model: "dim_orders" }, ["model"]],
		[{ entity: { type: 7 } }, []],
		[{ metadata: { type: "table" } }, []],
	])("of %j are %j", (given, types) => {
		expect(entityTypes(event("drift_detected", given).context)).toEqual(types);
	});
});

describe("what an entity is called", () => {
	const inherited: JsonObject = Object.create({ name: "inherited" });

	it.each([
		[{ name: "orders", fullyQualifiedName: "shop.orders", id: "1" }, "orders"],
		[{ name: "", fullyQualifiedName: "shop.orders", id: "1" }, "shop.orders"],
		[{ name: 7, id: "1" }, "1"],
		[{ type: "table" }, undefined],
		[inherited, undefined],
		[undefined, undefined],
	])("for %j is %j", (entity, name) => {
		expect(entityName(entity)).toBe(name);
	});
});
