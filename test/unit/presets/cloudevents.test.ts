// The cloudevents preset: what CloudEvents' own reader makes of it, in every mode, and the rules for headers and URIs.
import { CloudEvent, HTTP } from "cloudevents";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isHeaderName, isHeaderValue } from "../../../src/lib/header.ts";
import type { Json, JsonObject } from "../../../src/lib/json.ts";
import type { PipelineEvent } from "../../../src/model/event.ts";
import type { Options, ServiceRequest } from "../../../src/model/preset.ts";
import { cloudevents } from "../../../src/presets/cloudevents.ts";
import { anyEvent, anyOptions } from "../../helpers/any-event.ts";
import { event } from "../../helpers/make.ts";
import { failedPipeline, HOSTILE, hostileEvent, monstrousEvent, RUN_URL } from "../../helpers/presets.ts";
import { renderBatch, renderEvent, requestOf } from "../../helpers/rendered.ts";
import { listOf } from "../../suites/preset-envelopes.ts";
import { presetSuite } from "../../suites/preset-suite.ts";

/** Structured events are checked by CloudEvents' own schema; in binary mode the body is the context alone. */
function validate(body: JsonObject): void {
	if (Object.hasOwn(body, "specversion")) expect(new CloudEvent(body).validate()).toBe(true);
	else expect(body).toHaveProperty("status");
}

const service = { validate, limits: () => [] };
presetSuite(cloudevents(), { options: {}, secretsAt: [], ...service, batch: listOf(service), whole: true });

/** Headers and body of a message. */
function message(of: PipelineEvent, options: Options = {}) {
	const { headers = {} } = cloudevents().service(options).request?.([of], false) ?? {};
	return { headers, body: renderEvent(cloudevents(), of, options).body };
}

const binary = (of: PipelineEvent, options: Options = {}) => message(of, { ...options, mode: "binary" });

/** What CloudEvents' own reader makes of a request; it hands header values on as they are. */
function received({ body, headers }: { body: Json; headers: Record<string, string> }) {
	return HTTP.toEvent({ headers, body: JSON.stringify(body) });
}

/** As the binding tells receivers to decode header values. */
function attributesOf({ headers = {} }: ServiceRequest): Record<string, string> {
	const own = Object.entries(headers).filter(([name]) => name.startsWith("ce-"));
	return Object.fromEntries(own.map(([name, value]) => [name.slice(3), decodeURIComponent(value)]));
}

describe("the cloudevents preset", () => {
	it("renders a failed pipeline in structured mode", () => {
		const sent = message(failedPipeline());
		expect(sent.headers).toEqual({ "Content-Type": "application/cloudevents+json" });
		expect(JSON.stringify(sent.body)).toBe(
			'{"specversion":"1.0","id":"evt_1","source":"https://github.com/acme/shop",' +
				'"type":"dev.pipeline-hooks.pipeline_error","subject":"etl","time":"2026-04-02T14:30:00Z",' +
				`"datacontenttype":"application/json","data":${JSON.stringify(failedPipeline().context)}}`,
		);
		expect(received(sent)).toMatchObject({
			type: "dev.pipeline-hooks.pipeline_error",
			data: failedPipeline().context,
		});
	});

	it("renders the same in binary mode: the attributes in headers, the data alone as the body", () => {
		const sent = binary(failedPipeline());
		expect(sent).toEqual({
			body: failedPipeline().context,
			headers: {
				"Content-Type": "application/json",
				"ce-specversion": "1.0",
				"ce-id": "evt_1",
				"ce-source": "https://github.com/acme/shop",
				"ce-type": "dev.pipeline-hooks.pipeline_error",
				"ce-subject": "etl",
				"ce-time": "2026-04-02T14:30:00Z",
			},
		});
		expect(received(sent)).toMatchObject({
			id: "evt_1",
			subject: "etl",
			datacontenttype: "application/json",
			data: failedPipeline().context,
		});
	});

	it("renders a batch in the batch format, whatever the mode", () => {
		for (const mode of ["structured", "binary"]) {
			const { headers = {} } = requestOf(cloudevents(), { mode }, undefined, true);
			const { body } = renderBatch(cloudevents(), [event("job.started"), event("job.failed")], { mode });
			expect(headers).toEqual({ "Content-Type": "application/cloudevents-batch+json" });
			expect(received({ headers, body })).toMatchObject([
				{ type: "dev.pipeline-hooks.job.started", data: { event: "job.started" } },
				{ type: "dev.pipeline-hooks.job.failed", data: { event: "job.failed" } },
			]);
		}
	});

	// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#3132-http-header-values
	it.each([
		["Euro € 😀", "Euro%20%E2%82%AC%20%F0%9F%98%80"],
		['a"b', "a%22b"],
		["100%", "100%25"],
		["%20", "%2520"],
		["a!#$&'()*+,-./:;<=>?@[\\]^_`{|}~", "a!#$&'()*+,-./:;<=>?@[\\]^_`{|}~"],
		["é", "%C3%A9"],
	])("encodes %j in a header as %j", (model, encoded) => {
		const sent = binary(event("model_error", { model }));
		expect(sent.headers["ce-subject"]).toBe(encoded);
		expect(attributesOf(sent)["subject"]).toBe(model);
	});

	it("gives headers that any server takes and that decode to the attributes of the body, for any event", () => {
		const known = anyEvent.filter(({ context }) => context.id !== "");
		fc.assert(
			fc.property(known, anyOptions(cloudevents(), {}), (of, options) => {
				const sent = binary(of, options);
				for (const [name, value] of Object.entries(sent.headers)) {
					expect(isHeaderName(name) && isHeaderValue(value) && /^[!-~]+( ?[!-~]+)*$/.test(value), name).toBe(true);
				}
				const {
					data,
					datacontenttype: _,
					...attributes
				} = renderEvent(cloudevents(), of, { ...options, mode: "" }).body;
				expect(attributesOf(sent)).toEqual(attributes);
				expect(sent.body).toEqual(data);
				expect(received(sent)).toMatchObject({ id: sent.headers["ce-id"] });
				expect(JSON.stringify(sent.headers).length).toBeLessThan(8000);
			}),
			{ numRuns: 60 },
		);
	});

	it("names as its subject the model, else the table, the entity, the pipeline, if anything is to be seen of it", () => {
		const subject = (given: Parameters<typeof event>[1]) =>
			renderEvent(cloudevents(), event("drift_detected", given), {}).body["subject"];
		expect(subject({ model: "m", table: "t", entity: { name: "e" } })).toBe("m");
		expect(subject({ table: "t", entity: { name: "e" } })).toBe("t");
		expect(subject({ model: " \u0007", entity: { name: "e" } })).toBe("e");
		expect(subject({ table: "a\ufdd0b" })).toBe("a\ufffdb");
		expect(subject({})).toBe("etl");
		expect(renderEvent(cloudevents(), event("ping", { pipeline: "\n" }), {}).body).not.toHaveProperty("subject");
		expect(subject({ model: "m".repeat(300) })).toBe(`${"m".repeat(199)}…`);
	});

	it("takes the prefix of the type from its option", () => {
		const type = (type_prefix: string) => renderEvent(cloudevents(), event("job.failed"), { type_prefix }).body["type"];
		expect(type("com.example.data")).toBe("com.example.data.job.failed");
		expect(type("com.example.data.")).toBe("com.example.data.job.failed");
		expect(type(" ")).toBe("dev.pipeline-hooks.job.failed");
		expect(type(`a\ufffe${"b".repeat(100)}`)).toBe(`a\ufffd${"b".repeat(97)}….job.failed`);
	});

	it.each([
		["the repository", { repository: "acme/shop", run_url: RUN_URL }, "https://github.com/acme/shop"],
		["a server with a port", { repository: "a/b", run_url: "http://h:80/a/b/-/1?x#y" }, "http://h/a/b"],
		["a run elsewhere", { repository: "a/b", run_url: "https://u:p@ci.example/job/1?t=s" }, "https://ci.example/job/1"],
		["a run without repository", { run_url: "https://ci.example/a b/1" }, "https://ci.example/a%20b/1"],
		["no run", { repository: "acme/shop" }, "/etl"],
		["a run that is not a page", { run_url: "javascript:alert(1)" }, "/etl"],
		["a run whose address is odd", { run_url: "https://ci.example/[1]|2" }, "/etl"],
		["a run whose address is long", { run_url: `https://ci.example/${"a".repeat(600)}` }, "/etl"],
	])("names as its source %s", (_, ci, source) => {
		expect(renderEvent(cloudevents(), event("ping", { ci }), {}).body["source"]).toBe(source);
	});

	it.each([
		["urn:example:etl", "urn:example:etl"],
		["https://example.com/etl#nightly", "https://example.com/etl#nightly"],
		["/etl/nightly", "/etl/nightly"],
		["etl nightly", "/etl%20nightly"],
		["//etl", "/%2F%2Fetl"],
		["a#b#c", "/a%23b%23c"],
		["https://[bad", "/https%3A%2F%2F%5Bbad"],
	])("takes the source %j from its option as %j", (source, expected) => {
		expect(renderEvent(cloudevents(), event("ping"), { source }).body["source"]).toBe(expected);
	});

	it("has a source even where the pipeline is too long for one", () => {
		expect(renderEvent(cloudevents(), event("ping", { pipeline: "p".repeat(600) }), {}).body["source"]).toBe(
			"/pipeline-hooks",
		);
	});

	it("keeps an id as long as it fits, and hashes the rest of a longer one", () => {
		const id = (given: string) => renderEvent(cloudevents(), event("ping", { id: given }), {}).body["id"];
		expect(id("i".repeat(200))).toBe("i".repeat(200));
		expect(id("i".repeat(201))).toMatch(/^i{167}#[0-9a-f]{32}$/);
		expect(id("a\u0000\ufffeb")).toBe("a\ufffd\ufffdb");
	});

	it("leaves a time out that no RFC 3339 time can be", () => {
		const { definition, context } = event("ping");
		const body = (timestamp: string) =>
			renderEvent(cloudevents(), { definition, context: { ...context, timestamp } }, {}).body;
		expect(body("+010000-01-01T00:00:00Z")).not.toHaveProperty("time");
	});

	it.each([...HOSTILE.map(hostileEvent), monstrousEvent()])("is read by CloudEvents' own reader: event %#", (of) => {
		for (const mode of ["structured", "binary"]) {
			const read = received(message(of, { mode }));
			expect(Array.isArray(read) || new CloudEvent(read).validate()).toBe(true);
		}
	});
});
