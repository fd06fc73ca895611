// The datachonk preset: DataChonk's body, to the byte, and its documented receiver's way of checking it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/lib/json.ts";
import { datachonk } from "../../../src/presets/datachonk.ts";
import { anyEvent } from "../../helpers/any-event.ts";
import { event } from "../../helpers/make.ts";
import { renderBatch, renderEvent } from "../../helpers/rendered.ts";
import { listOf } from "../../suites/preset-envelopes.ts";
import { presetSuite } from "../../suites/preset-suite.ts";

function validate(body: JsonObject): void {
	expect(Object.keys(body)).toEqual(["id", "event", "created_at", "project_id", "data"]);
	for (const key of ["id", "event", "created_at", "project_id"]) expect(typeof body[key]).toBe("string");
	expect(body["data"]).toBeTypeOf("object");
}

const service = { validate, limits: () => [] };
presetSuite(datachonk(), { options: {}, secretsAt: [], ...service, batch: listOf(service), fixed: true });

describe("the datachonk preset", () => {
	it("posts the body of DataChonk's page", () => {
		const { body } = renderEvent(
			datachonk(),
			event("generation.completed", {
				id: "evt_abc123",
				timestamp: "2024-01-15T10:30:00Z",
				project_id: "proj_xyz789",
				data: {
					chonk_id: "chonk_456",
					chonk_name: "dim_customers",
					chonk_type: "entity",
					files_generated: [{ path: "models/marts/core/dim_customers.sql", lines: 45 }],
					duration_ms: 1234,
				},
			}),
			{},
		);
		expect(JSON.stringify(body)).toBe(
			'{"id":"evt_abc123","event":"generation.completed","created_at":"2024-01-15T10:30:00Z","project_id":"proj_xyz789",' +
				'"data":{"chonk_id":"chonk_456","chonk_name":"dim_customers","chonk_type":"entity",' +
				'"files_generated":[{"path":"models/marts/core/dim_customers.sql","lines":45}],"duration_ms":1234}}',
		);
	});

	it("puts what else is known where no data is given, so that any event tells something", () => {
		const { body } = renderEvent(
			datachonk(),
			event("pipeline_error", { error: "boom", metadata: { rows: 1.5 }, ci: { repository: "acme/shop" } }),
			{},
		);
		expect(JSON.stringify(body)).toBe(
			'{"id":"evt_1","event":"pipeline_error","created_at":"2026-04-02T14:30:00Z","project_id":"acme/shop",' +
				'"data":{"run_id":"run_1","pipeline":"etl","status":"failure","error":"boom","metadata":{"rows":1.5},' +
				'"ci":{"provider":"local","repository":"acme/shop"}}}',
		);
		expect(renderEvent(datachonk(), event("ping"), {}).body["project_id"]).toBe("etl");
	});

	it("is the same when a receiver parses it and writes it again, as the documented one does before it hashes", () => {
		fc.assert(
			fc.property(anyEvent, (of) => {
				const sent = JSON.stringify(renderEvent(datachonk(), of, {}).body);
				expect(JSON.stringify(JSON.parse(sent))).toBe(sent);
			}),
			{ numRuns: 50 },
		);
	});

	it("posts a batch as a list of the same bodies", () => {
		const events = [event("job.started"), event("job.failed")] as const;
		expect(renderBatch(datachonk(), events, {}).body).toEqual(
			events.map((of) => renderEvent(datachonk(), of, {}).body),
		);
	});
});
