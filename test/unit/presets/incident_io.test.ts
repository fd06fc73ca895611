// The incident_io preset: alerts, the successes that resolve them, where they go, and the size of an event.
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/lib/json.ts";
import { incidentIo } from "../../../src/presets/incident-io.ts";
import { event } from "../../helpers/make.ts";
import { monstrousEvent } from "../../helpers/presets.ts";
import { renderBatch, renderEvent, requestOf, UNSEEN } from "../../helpers/rendered.ts";
import { presetSuite } from "../../suites/preset-suite.ts";

const options = { token: "tok_0123456789abcdef", source_id: "01GW2G3V0S59R238FAHPDS1R66" };

/** https://docs.incident.io/api-reference/alert-events-v2/createhttp */
const conforms = new Ajv().compile({
	type: "object",
	required: ["title", "status", "deduplication_key", "description"],
	additionalProperties: false,
	properties: {
		title: { type: "string", minLength: 1, maxLength: 255 },
		status: { enum: ["firing", "resolved"] },
		deduplication_key: { type: "string", minLength: 1, maxLength: 255 },
		description: { type: "string", minLength: 1 },
		source_url: { type: "string", pattern: "^https?://" },
		metadata: { type: "object" },
	},
});

function validate(body: JsonObject): void {
	conforms(body);
	expect(conforms.errors).toBe(null);
}

function literal({ title, description }: JsonObject): void {
	expect(title).not.toMatch(/\n/);
	for (const text of [title, description]) {
		expect(text).not.toMatch(/[@<](?!\u200b)/);
		expect(text).not.toMatch(UNSEEN);
	}
	const [before = "", , after = "", ...more] = String(description).split(/^```$/m);
	expect(more).toEqual([]);
	const shown = `${before}${after}`.replaceAll(/^- \*\*|\*\*: /gm, "").replaceAll(/\\[\\`*_~[\]]/g, "");
	expect(shown).not.toMatch(/[\\`*~[\]]/);
}

presetSuite(incidentIo(), {
	literal,
	options,
	secretsAt: [],
	validate,
	limits: (body) => [{ what: "bytes", size: Buffer.byteLength(JSON.stringify(body)), max: 512_000 }],
});

const sent = (...given: Parameters<typeof event>) => renderEvent(incidentIo(), event(...given), options).body;

describe("the incident_io preset", () => {
	it.each([
		["pipeline_error", "pipeline_complete", {}],
		["model_error", "after_model_run", { model: "dim_orders" }],
		["materialize_error", "after_materialize", { table: "dim_orders" }],
		["job.failed", "job.completed", { project_id: "p1" }],
		["generation.failed", "generation.completed", { entity: { name: "orders" } }],
	])("resolves with %2$s what %1$s fired", (failure, success, subject) => {
		const ci = { repository: "acme/shop", branch: "main" };
		const failed = sent(failure, { ...subject, ci, run_id: "1", error: "x" });
		const ended = sent(success, { ...subject, ci, run_id: "2", duration_ms: 5 });
		expect([failed["status"], ended["status"]]).toEqual(["firing", "resolved"]);
		expect(ended["deduplication_key"]).toBe(failed["deduplication_key"]);
	});

	it.each(["pipeline_start", "job.stopped", "drift_detected", "commit"])(
		"fires for %s, as it is attached to it",
		(name) => {
			expect(sent(name)["status"]).toBe("firing");
		},
	);

	it("goes by the status of the context", () => {
		expect(sent("check_result", { table: "t", status: "failure" })["status"]).toBe("firing");
		expect(sent("check_result", { table: "t", status: "success" })["status"]).toBe("resolved");
	});

	it("takes the key of the option, and its own where that has nothing to see", () => {
		const key = (deduplication_key: string) =>
			renderEvent(incidentIo(), event("ping"), { ...options, deduplication_key }).body["deduplication_key"];
		expect(key(" mine\n")).toBe("mine");
		expect(key("\u0000")).toBe("pipeline=etl; event=ping");
		expect(key("k".repeat(300))).toMatch(/^k{222}#[0-9a-f]{32}$/);
		const batch = renderBatch(incidentIo(), [event(), event("ping")], { ...options, deduplication_key: "mine" });
		expect(batch.body).toHaveProperty("deduplication_key", "mine");
	});

	it("merges the option's metadata over the context's, for batches too", () => {
		const given = { ...options, metadata: { team: ["data"], status: "overridden" } };
		const { body } = renderEvent(incidentIo(), event("pipeline_error"), given);
		expect(body["metadata"]).toMatchObject({ team: ["data"], status: "overridden", event: "pipeline_error" });
		expect(body["status"]).toBe("firing");
		const batch = renderBatch(incidentIo(), [event(), event("ping")], given);
		expect(batch.body).toMatchObject({ metadata: { team: ["data"], status: "overridden", count: 2 } });
	});

	it("leaves out the routing key of another preset, and metadata that held nothing else", () => {
		const of = (metadata: JsonObject) => sent("ping", { metadata })["metadata"];
		expect(of({ routing_key: "s3cret", rows: 1 })).toHaveProperty("metadata", { rows: 1 });
		expect(of({ routing_key: "s3cret" })).not.toHaveProperty("metadata");
	});

	it("leaves out what is too large in the metadata, and keeps all else, by which alerts are routed", () => {
		const blob = "é".repeat(260_000);
		const note = "metadata left out, as the event is larger than 512000 bytes:";
		const own = { team: "data" };
		// The description shows the metadata too, and says so where it truncates it.
		const quiet = { fields: { Team: "data" } };
		for (const [what, { body, notes }] of [
			[
				"metadata",
				renderEvent(incidentIo(), event("ping", { metadata: { blob } }), { ...options, ...quiet, metadata: own }),
			],
			["blob", renderEvent(incidentIo(), event("ping"), { ...options, metadata: { ...own, blob } })],
			["blob", renderBatch(incidentIo(), [event(), event("ping")], { ...options, metadata: { ...own, blob } })],
		] as const) {
			expect(notes).toEqual([`${note} ${what}`]);
			expect(body).toMatchObject({ metadata: { team: "data", pipeline: "etl", run_id: "run_1" } });
			expect(body).not.toHaveProperty(["metadata", what]);
			expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(2000);
		}
		const half = "e".repeat(300_000);
		const given = { ...options, metadata: { ...own, first: `${half}e`, second: half } };
		const { body, notes } = renderEvent(incidentIo(), event("ping", { error: `${half}ee` }), given);
		expect(notes).toEqual([
			"text truncated to 500 characters",
			"error truncated to 4992 characters",
			`${note} error, first`,
		]);
		expect(body).toMatchObject({ metadata: { event: "ping", team: "data", second: half } });
		const unnamed = renderEvent(incidentIo(), event("ping"), { ...options, metadata: { "": half, " \n": `${half}e` } });
		expect(unnamed.notes).toEqual([`${note} `]);
		const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`key_${10 + at}_${"k".repeat(20)}`, half]));
		const [phrase] = renderEvent(incidentIo(), event("ping"), { ...options, metadata: many }).notes;
		expect(phrase).toMatch(new RegExp(`^${note} key_10_k{20}, key_11_k{20}, .{41}…$`));
		const fits = { blob: "e".repeat(500_000) };
		expect(renderEvent(incidentIo(), event("ping", { metadata: fits }), { ...options, ...quiet }).notes).toEqual([]);
		expect(renderEvent(incidentIo(), monstrousEvent(), options).notes).toContainEqual(
			expect.stringMatching(/truncated to 64 characters$/),
		);
	});

	it("resolves with a batch what has succeeded in it, and never what a bad one has fired", () => {
		const bad = renderBatch(
			incidentIo(),
			[event("model_error", { model: "a" }), event("after_model_run")],
			options,
		).body;
		const good = renderBatch(
			incidentIo(),
			[event("after_model_run"), event("after_model_run", { model: "b" })],
			options,
		).body;
		const end = renderBatch(
			incidentIo(),
			[event("after_model_run", { model: "b" }), event("pipeline_complete")],
			options,
		).body;
		expect(bad).toMatchObject({ status: "firing", deduplication_key: "pipeline=etl; phase=model; model=a" });
		expect(good).toMatchObject({ status: "resolved", deduplication_key: "pipeline=etl; phase=model; model=b" });
		expect(end).toMatchObject({ status: "resolved", deduplication_key: "pipeline=etl; phase=pipeline" });
	});

	it("posts to the source with its token", () => {
		expect(requestOf(incidentIo(), options).url).toBe(
			"https://api.incident.io/v2/alert_events/http/01GW2G3V0S59R238FAHPDS1R66",
		);
		expect(requestOf(incidentIo(), { source_id: "../x?y" }).url).toBe(
			"https://api.incident.io/v2/alert_events/http/..%2Fx%3Fy",
		);
		expect(requestOf(incidentIo(), { token: " tok_1\n" }).headers).toEqual({ Authorization: "Bearer tok_1" });
	});
});
