// The pagerduty preset: alerts, the successes that resolve them, and the size of an event.
import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isJsonObject, type JsonObject } from "../../../src/lib/json.ts";
import type { Events } from "../../../src/model/event.ts";
import { pagerduty } from "../../../src/presets/pagerduty.ts";
import { jsonBytes } from "../../../src/presets/text.ts";
import { event } from "../../helpers/make.ts";
import { batch, monstrousEvent } from "../../helpers/presets.ts";
import { renderBatch, renderEvent, requestOf, textsOf } from "../../helpers/rendered.ts";
import { presetSuite } from "../../suites/preset-suite.ts";

const ROUTING_KEY = "R0123456789abcdef0123456789abcde";
const options = { routing_key: ROUTING_KEY };

const LINKS = {
	type: "array",
	items: {
		type: "object",
		required: ["href", "text"],
		additionalProperties: false,
		properties: { href: { type: "string", pattern: "^https?://" }, text: { type: "string", minLength: 1 } },
	},
};
const PAYLOAD = {
	summary: { type: "string", minLength: 1, maxLength: 1024 },
	source: { type: "string", minLength: 1, maxLength: 255 },
	timestamp: { type: "string", pattern: "^[+-]?\\d{4,6}-\\d\\d-\\d\\dT[\\d:.]+Z$" },
	custom_details: { type: "object" },
};

/** https://developer.pagerduty.com/docs/send-change-event */
const isChange = new Ajv().compile({
	type: "object",
	required: ["routing_key", "payload"],
	additionalProperties: false,
	properties: {
		routing_key: { type: "string", minLength: 32, maxLength: 32 },
		links: LINKS,
		payload: { type: "object", required: ["summary"], additionalProperties: false, properties: PAYLOAD },
	},
});

/** https://developer.pagerduty.com/docs/send-alert-event */
const conforms = new Ajv().compile({
	type: "object",
	required: ["routing_key", "event_action", "dedup_key", "payload"],
	additionalProperties: false,
	properties: {
		routing_key: { type: "string", minLength: 32, maxLength: 32 },
		event_action: { enum: ["trigger", "resolve"] },
		dedup_key: { type: "string", minLength: 1, maxLength: 255 },
		links: LINKS,
		payload: {
			type: "object",
			required: ["summary", "source", "severity"],
			additionalProperties: false,
			properties: {
				...PAYLOAD,
				severity: { enum: ["critical", "error", "warning", "info"] },
				component: { type: "string", minLength: 1, maxLength: 255 },
				group: { type: "string", minLength: 1, maxLength: 255 },
				class: { type: "string", minLength: 1, maxLength: 255 },
			},
		},
	},
});

function validate(body: JsonObject): void {
	const check = Object.hasOwn(body, "event_action") ? conforms : isChange;
	check(body);
	expect(check.errors).toBe(null);
}

/** All but the details are lines of text. */
function literal(body: JsonObject): void {
	const { custom_details: _, ...payload } = Object(body["payload"]);
	for (const text of textsOf({ ...body, payload })) expect(text).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u);
}

presetSuite(pagerduty(), {
	literal,
	options,
	secretsAt: ["routing_key"],
	validate,
	limits: (body) => [{ what: "bytes", size: Buffer.byteLength(JSON.stringify(body)), max: 512_000 }],
});

const keyOf = (...given: Parameters<typeof event>) =>
	renderEvent(pagerduty(), event(...given), options).body["dedup_key"];

describe("the pagerduty preset", () => {
	it.each([
		["pipeline_error", "pipeline_complete", {}],
		["model_error", "after_model_run", { model: "dim_orders" }],
		["materialize_error", "after_materialize", { table: "dim_orders" }],
		["job.failed", "job.completed", { project_id: "p1" }],
		["generation.failed", "generation.completed", { entity: { name: "orders" } }],
		["cluster.error", "cluster.available", {}],
	])("resolves with %2$s what %1$s triggered", (failure, success, subject) => {
		const ci = { repository: "acme/shop", branch: "main" };
		const failed = renderEvent(pagerduty(), event(failure, { ...subject, ci, run_id: "1", error: "x" }), options).body;
		const ended = renderEvent(
			pagerduty(),
			event(success, { ...subject, ci, run_id: "2", duration_ms: 5 }),
			options,
		).body;
		expect([failed["event_action"], ended["event_action"]]).toEqual(["trigger", "resolve"]);
		expect(ended["dedup_key"]).toBe(failed["dedup_key"]);
	});

	it("goes by the status of the context, so that a check's result triggers and resolves", () => {
		const check = (status: "failure" | "success") =>
			renderEvent(pagerduty(), event("check_result", { table: "t", status }), options);
		expect(check("failure").body["event_action"]).toBe("trigger");
		expect(check("success").body["event_action"]).toBe("resolve");
		expect(check("success").body["dedup_key"]).toBe(check("failure").body["dedup_key"]);
	});

	it("has a severity for each status, which the option overrides on alerts only", () => {
		const severity = (name: string, given: Parameters<typeof event>[1] = {}, more: JsonObject = {}) =>
			renderEvent(pagerduty(), event(name, given), { ...options, ...more }).body["payload"];
		expect(severity("pipeline_error")).toHaveProperty("severity", "error");
		expect(severity("drift_detected")).toHaveProperty("severity", "warning");
		expect(severity("commit")).toHaveProperty("severity", "info");
		expect(severity("pipeline_error", {}, { severity: "critical" })).toHaveProperty("severity", "critical");
		expect(severity("pipeline_error", { metadata: { severity: "critical" } })).toHaveProperty("severity", "error");
		const told = { severity: "{{metadata.severity}}" };
		for (const [written, expected] of [
			["Critical", "critical"],
			["sev1", "error"],
			["", "error"],
		] as const) {
			expect(severity("pipeline_error", { metadata: { severity: written } }, told)).toHaveProperty(
				"severity",
				expected,
			);
		}
		expect(severity("pipeline_complete", {}, { severity: "critical" })).toHaveProperty("severity", "info");
	});

	it("takes the routing key from the metadata where the option is silent, and shows it nowhere", () => {
		const routed = event("pipeline_error", { metadata: { routing_key: ROUTING_KEY, rows: 1 } });
		const { body } = renderEvent(pagerduty(), routed, {});
		expect(body["routing_key"]).toBe(ROUTING_KEY);
		expect(JSON.stringify(body["payload"])).not.toContain(ROUTING_KEY);
		expect(body).toHaveProperty("payload.custom_details.metadata", { rows: 1 });
		expect(renderEvent(pagerduty(), routed, { routing_key: "own" }).body["routing_key"]).toBe("own");
		const only = renderEvent(pagerduty(), event("ping", { metadata: { routing_key: "x" } }), {}).body;
		expect(only).not.toHaveProperty("payload.custom_details.metadata");
	});

	it("puts component, group, class, dedup_key and custom_details where they belong", () => {
		const { body } = renderEvent(pagerduty(), event("model_error", { model: "dim_orders" }), {
			...options,
			component: "warehouse",
			group: "data",
			class: "etl",
			dedup_key: "mine",
			custom_details: { team: "data", status: "overridden" },
		});
		expect(body).toMatchObject({
			dedup_key: "mine",
			payload: {
				component: "warehouse",
				group: "data",
				class: "etl",
				custom_details: { team: "data", status: "overridden", model: "dim_orders" },
			},
		});
		const { body: plain } = renderEvent(pagerduty(), event("model_error", { model: "dim_orders" }), options);
		expect(plain).toHaveProperty("payload.component", "dim_orders");
		expect(plain).not.toHaveProperty("payload.group");
	});

	it("makes a dedup_key of its own where a variable put in nothing to see", () => {
		const { body } = renderEvent(pagerduty(), event("pipeline_error"), { ...options, dedup_key: "\u0000\u001b[0m" });
		expect(body["dedup_key"]).toBe("pipeline=etl; phase=pipeline");
	});

	it("replaces details that are too large by a note, and keeps both ends of the error", () => {
		const { body, notes } = renderEvent(pagerduty(), event("pipeline_error", { error: "e".repeat(600_000) }), options);
		expect(notes).toEqual([
			"custom_details left out: the event is larger than 512000 bytes",
			"error truncated to 10000 characters",
		]);
		expect(body).toHaveProperty("payload.custom_details", {
			status: "failure",
			details: "left out: the event is larger than PagerDuty's 512000 bytes",
			error: `${"e".repeat(3332)}…${"e".repeat(6667)}`,
		});
	});

	it("says in the summary what went wrong, which is all that a phone reads out", () => {
		const error = `load began\n${"loading\n".repeat(1000)}ERROR: duplicate key`;
		const summaries = [
			renderEvent(pagerduty(), event("pipeline_error", { error }), options).body,
			renderBatch(pagerduty(), [event("pipeline_error", { error }), event("ping")], options).body,
		].map((body) => String(Object(body).payload.summary));
		for (const summary of summaries) {
			expect(summary).toMatch(/^(?:etl|.* – etl: etl) failed: ERROR: duplicate key$/);
		}
	});

	it("counts bytes as they are sent, whatever the details are written in", () => {
		const piece = fc.constantFrom("x", "é", "日", "😀", "\\", '"', "\u0001", "\ud800");
		fc.assert(
			fc.property(piece, fc.integer({ min: 470_000, max: 530_000 }), (text, bytes) => {
				const blob = text.repeat(bytes / jsonBytes(text.toWellFormed()));
				const { body } = renderEvent(pagerduty(), event("pipeline_error", { metadata: { blob } }), options);
				expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(512_000);
			}),
			{ numRuns: 20 },
		);
	});

	it("keeps details of any number as long as the event fits", () => {
		const { notes } = renderEvent(
			pagerduty(),
			event("pipeline_error", { metadata: { blob: "b".repeat(500_000) } }),
			options,
		);
		expect(notes).toEqual([]);
		expect(renderEvent(pagerduty(), monstrousEvent(), options).notes).toContain("source truncated to 255 characters");
	});

	it("posts to the region of the account", () => {
		expect(requestOf(pagerduty(), {}).url).toBe("https://events.pagerduty.com/v2/enqueue");
		expect(requestOf(pagerduty(), { region: "us" }).url).toBe("https://events.pagerduty.com/v2/enqueue");
		expect(requestOf(pagerduty(), { region: "eu" }).url).toBe("https://events.eu.pagerduty.com/v2/enqueue");
	});

	it("shows the fields of the config among the details, and its title and text in the summary", () => {
		const failed = event("model_error", { model: "m", metadata: { rows: 3 }, owners: ["data"], error: "boom" });
		const own = { title: "{{model}} is broken", text: "{{metadata.rows}} rows", fields: { Rows: "{{metadata.rows}}" } };
		const { body } = renderEvent(pagerduty(), failed, { ...options, ...own });
		expect(body).toHaveProperty("payload.summary", "m is broken: 3 rows");
		expect(body).toHaveProperty("payload.custom_details", expect.objectContaining({ Rows: "3", owners: ["data"] }));
	});

	it("takes nothing that pages nobody", () => {
		const taken = (...names: readonly string[]) => {
			const [first = event(), ...others] = names.map((name) => event(name));
			return pagerduty()
				.takes?.([first, ...others], {})
				.map(({ definition: { name } }) => name);
		};
		expect(taken("pipeline_start", "commit", "job.stopped")).toEqual([]);
		expect(taken("ping")).toEqual(["ping"]);
		expect(taken("pipeline_start", "pipeline_error", "commit", "drift_detected", "pipeline_complete")).toEqual([
			"pipeline_error",
			"drift_detected",
			"pipeline_complete",
		]);
	});
});

describe("the pagerduty preset's change events", () => {
	const changes = { ...options, change_events: true };
	const link = { provider: "github", run_url: "https://github.com/acme/shop/actions/runs/1" };

	it("tell of what pages nobody, at an address of their own", () => {
		const started = event("pipeline_start", { ci: link, metadata: { rows: 1 } });
		const { body } = renderEvent(pagerduty(), started, changes);
		validate(body);
		expect(body).toEqual({
			routing_key: ROUTING_KEY,
			links: [{ href: link.run_url, text: "View run" }],
			payload: {
				summary: "etl started",
				source: "etl",
				timestamp: "2026-04-02T14:30:00Z",
				custom_details: expect.objectContaining({ event: "pipeline_start", metadata: { rows: 1 } }),
			},
		});
		const address = (name: string, more: JsonObject = {}, url?: string) => {
			const service = pagerduty().service({ ...changes, ...more }, url === undefined ? undefined : new URL(url));
			return service.request?.([event(name)], false).url;
		};
		expect(address("pipeline_start")).toBe("https://events.pagerduty.com/v2/change/enqueue");
		expect(address("commit", { region: "eu" })).toBe("https://events.eu.pagerduty.com/v2/change/enqueue");
		expect(address("pipeline_start", {}, "https://relay.example/pd/v2/enqueue?a=b")).toBe(
			"https://relay.example/pd/v2/change/enqueue?a=b",
		);
		expect(address("pipeline_error")).toBe("https://events.pagerduty.com/v2/enqueue");
	});

	it("are one for a batch of nothing else, and leave an alert what it is", () => {
		const { body } = renderBatch(pagerduty(), [event("pipeline_start"), event("commit")], changes);
		expect(body).toHaveProperty("payload.custom_details.count", 2);
		expect(body).not.toHaveProperty("event_action");
		const mixed: Events = [event("pipeline_start"), event("pipeline_error")];
		expect(pagerduty().takes?.(mixed, changes)).toEqual([mixed[1]]);
	});

	it("lose details that are too large", () => {
		const large = event("pipeline_start", { metadata: { blob: "b".repeat(600_000) } });
		const { body, notes } = renderEvent(pagerduty(), large, changes);
		validate(body);
		expect(notes).toEqual(["custom_details left out: the event is larger than 512000 bytes"]);
	});
});

describe("the pagerduty preset's batches", () => {
	const ci = { repository: "acme/shop", branch: "main" };
	const model = (name: string, of: string, more: Parameters<typeof event>[1] = {}) =>
		event(name, { model: of, ci, ...more });
	const send = (events: Events, more: JsonObject = {}) => {
		const { body } = renderBatch(pagerduty(), events, { ...options, ...more });
		if (!isJsonObject(body)) throw new Error("no object");
		return body;
	};
	it("trigger if anything failed, even where the same thing, or the pipeline, has succeeded since", () => {
		const retried = send([model("model_error", "a"), model("after_model_run", "a")]);
		expect(retried).toMatchObject({ event_action: "trigger", dedup_key: expect.stringMatching(/; model=a$/) });
		const survived = send([model("model_error", "a"), event("pipeline_complete", { ci })]);
		expect(survived).toMatchObject({ event_action: "trigger", dedup_key: retried["dedup_key"] });
	});

	it("are resolved by the pipeline's next success, alone or in a batch, if it has failed", () => {
		const failed = send([model("model_error", "a"), model("model_error", "b"), event("pipeline_error", { ci })]);
		const ended = send([model("after_model_run", "a"), event("pipeline_complete", { ci })]);
		const alone = renderEvent(pagerduty(), event("pipeline_complete", { ci }), options).body;
		expect(ended["event_action"]).toBe("resolve");
		expect([ended["dedup_key"], alone["dedup_key"]]).toEqual([failed["dedup_key"], failed["dedup_key"]]);
		expect(ended).toHaveProperty("payload.summary", "2 events: 2 succeeded – etl on main");
		expect(ended).toHaveProperty("payload.severity", "info");
	});

	it("do not resolve, when good, what an earlier batch of the run has opened", () => {
		const failed = send([model("model_error", "a"), model("after_model_run", "b")]);
		const good = send([model("after_model_run", "c"), model("after_model_run", "d")]);
		expect(good["event_action"]).toBe("resolve");
		expect(good["dedup_key"]).not.toBe(failed["dedup_key"]);
		expect(good["dedup_key"]).toBe(keyOf("model_error", { model: "d", ci }));
	});

	it("resolve by a key of one's own as soon as one of them is good", () => {
		const good = send([model("after_model_run", "a"), model("after_model_run", "b")], { dedup_key: "mine" });
		expect(good).toMatchObject({ event_action: "resolve", dedup_key: "mine" });
		expect(send([model("model_error", "a"), model("after_model_run", "b")], { dedup_key: "mine" })).toMatchObject({
			event_action: "trigger",
			dedup_key: "mine",
		});
	});

	it("trigger by a warning, whatever has succeeded", () => {
		expect(send([event("drift_detected"), event("pipeline_complete")])).toMatchObject({
			event_action: "trigger",
			payload: { severity: "warning" },
		});
	});

	it("have the highest severity of what is worst in them", () => {
		const tells = (severity: string) => ({ metadata: { severity } });
		const events: Events = [
			model("model_error", "a", tells("warning")),
			model("model_error", "b", tells("Critical")),
			model("after_model_run", "c", tells("info")),
		];
		const own = { severity: "{{metadata.severity}}" };
		expect(send(events, own)).toHaveProperty("payload.severity", "critical");
		expect(send(events)).toHaveProperty("payload.severity", "error");
		expect(send(events, { severity: "info" })).toHaveProperty("payload.severity", "info");
		const started: Events = [event("pipeline_start", tells("critical")), event("pipeline_complete")];
		expect(send(started, own)).toHaveProperty("payload.severity", "info");
	});

	it("take the routing key from the metadata of any event where the option is silent, and show it nowhere", () => {
		const routed = event("pipeline_error", { metadata: { routing_key: ROUTING_KEY } });
		const { body } = renderBatch(pagerduty(), [event("pipeline_start"), routed], {});
		expect(body).toHaveProperty("routing_key", ROUTING_KEY);
		expect(JSON.stringify(body).split(ROUTING_KEY)).toHaveLength(2);
	});

	it("put component, group, class and custom_details where they belong", () => {
		const body = send([model("model_error", "a"), model("model_error", "b")], {
			component: "warehouse",
			group: "data",
			class: "etl",
			custom_details: { team: "data", count: "overridden" },
		});
		expect(body).toMatchObject({
			payload: {
				component: "warehouse",
				group: "data",
				class: "etl",
				custom_details: { team: "data", count: "overridden", ci: { repository: "acme/shop" } },
			},
		});
		const plain = send([model("model_error", "a"), model("model_error", "b")]);
		expect(plain).toHaveProperty("payload.class", "model_error");
		expect(plain).not.toHaveProperty("payload.component");
	});

	it("have a source, whatever the events share", () => {
		const source = (repository: string, ...pipelines: readonly string[]) =>
			send(batch(2, (index) => event("ping", { pipeline: pipelines[index] ?? "etl", ci: { repository } })))["payload"];
		expect(source("acme/shop")).toHaveProperty("source", "acme/shop");
		expect(source(" \u0000")).toHaveProperty("source", "etl");
		expect(source("", "a", "b")).toHaveProperty("source", "pipeline-hooks");
	});

	it("keep a list of their own size, and say what a large option displaced", () => {
		const events = batch(1000, (index) => model("model_error", `${index}`, { error: "e".repeat(400) }));
		const { body, notes } = renderBatch(pagerduty(), events, options);
		expect(body).toHaveProperty("payload.custom_details.events.length", 71 + 1);
		expect(notes).toEqual(["929 of 1000 events left out: 929 failed"]);
		const large = renderBatch(pagerduty(), events, { ...options, custom_details: { blob: "b".repeat(600_000) } });
		expect(large.notes).toContain("custom_details left out: the event is larger than 512000 bytes");
		expect(large.body).toHaveProperty("payload.custom_details", {
			status: "failure",
			details: "left out: the event is larger than PagerDuty's 512000 bytes",
			error: "e".repeat(400),
		});
	});
});
