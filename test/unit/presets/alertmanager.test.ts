// The alertmanager preset: which labels an alert has, when it ends, and the API's own schema.
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/lib/json.ts";
import { alertmanager } from "../../../src/presets/alertmanager.ts";
import { event } from "../../helpers/make.ts";
import { monstrousEvent, RUN_URL } from "../../helpers/presets.ts";
import { renderBatch, renderEvent } from "../../helpers/rendered.ts";
import { listOf } from "../../suites/preset-envelopes.ts";
import { presetSuite } from "../../suites/preset-suite.ts";

const texts = { type: "object", additionalProperties: { type: "string" } };
const time = { type: "string", pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z$" };

/** `postableAlert` of https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml */
const conforms = new Ajv().compile({
	type: "object",
	required: ["labels", "annotations", "startsAt", "endsAt"],
	additionalProperties: false,
	properties: {
		labels: {
			type: "object",
			required: ["alertname"],
			propertyNames: { pattern: "^[a-zA-Z_][a-zA-Z0-9_]*$" },
			additionalProperties: { type: "string", minLength: 1 },
		},
		annotations: texts,
		startsAt: time,
		endsAt: time,
		generatorURL: { type: "string", pattern: "^https?://" },
	},
});

const service = {
	validate: (alert: JsonObject) => {
		conforms(alert);
		expect(conforms.errors).toBe(null);
		const { startsAt, endsAt } = alert;
		expect(Date.parse(String(endsAt))).toBeGreaterThanOrEqual(Date.parse(String(startsAt)));
	},
	limits: ({ annotations }: JsonObject) => [
		{ what: "annotations", size: JSON.stringify(annotations).length, max: 60_000 },
	],
};
presetSuite(alertmanager(), { options: {}, secretsAt: [], ...service, batch: listOf(service), fixed: true });

const alert = (name: string, given = {}, options = {}) => renderEvent(alertmanager(), event(name, given), options).body;
const labels = (name: string, given = {}, options = {}) => alert(name, given, options)["labels"];

describe("the alertmanager preset", () => {
	it("ends on a success the alert of the same labels", () => {
		const { startsAt, endsAt } = alert("pipeline_complete", { run_id: "another" });
		expect([startsAt, endsAt]).toEqual(["2026-04-02T14:30:00Z", "2026-04-02T14:30:00Z"]);
		expect(labels("pipeline_complete", { run_id: "another" })).toEqual(labels("pipeline_error"));
		expect(labels("after_model_run", { model: "a" })).toEqual(labels("model_error", { model: "a" }));
		expect(labels("after_model_run", { model: "a" })).not.toEqual(labels("model_error", { model: "b" }));
	});

	it("takes a warning for an alert of its own, which no success ends", () => {
		expect(labels("drift_detected", { table: "t" })).toMatchObject({
			alertname: "drift_detected",
			severity: "warning",
		});
	});

	it("takes labels and the time from its options", () => {
		const own = {
			severity: "critical",
			alertname: "Nightly",
			"my-team": "data",
			"1st": 2,
			odd: { a: 1 },
			pipeline: "",
		};
		const given = labels("pipeline_error", {}, { labels: own });
		expect(given).toMatchObject({
			severity: "critical",
			alertname: "Nightly",
			my_team: "data",
			_1st: "2",
			odd: '{"a":1}',
		});
		expect(given).not.toHaveProperty("pipeline");
		expect(alert("pipeline_error", {}, { hold: "1h" })["endsAt"]).toBe("2026-04-02T15:30:00.000Z");
	});

	it("tells long values apart", () => {
		const [one, other] = ["a", "b"].map((end) => labels("model_error", { model: `${"m".repeat(300)}${end}` }));
		expect(one).not.toEqual(other);
		expect(Object(one).model).toMatch(/^m{167}#[0-9a-f]{32}$/);
	});

	it("keeps what identifies a monstrous event, and says what it left out", () => {
		const { body, notes } = renderEvent(alertmanager(), monstrousEvent(), {});
		expect(body["generatorURL"]).toBe(RUN_URL);
		expect(JSON.stringify(body["annotations"])).toContain(" failed on ");
		expect(notes).toContain("error truncated to 5000 characters");
	});

	it("opens an alert for failures and warnings, ends one with a success, and takes nothing else", () => {
		const all = ["pipeline_start", "pipeline_error", "drift_detected", "commit", "job.stopped", "pipeline_complete"];
		const [first = event(), ...others] = all.map((name) => event(name));
		const taken = alertmanager().takes?.([first, ...others], {}) ?? [];
		expect(taken.map(({ definition }) => definition.name)).toEqual([
			"pipeline_error",
			"drift_detected",
			"pipeline_complete",
		]);
	});

	it("posts a batch as a list of alerts", () => {
		const { body } = renderBatch(alertmanager(), [event("pipeline_error"), event("pipeline_complete")], {});
		expect(body).toEqual([alert("pipeline_error"), alert("pipeline_complete")]);
	});
});
