// The ntfy preset: the message and its limit, priority and tags, and where it is published.
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/lib/json.ts";
import { ntfy } from "../../../src/presets/ntfy.ts";
import { event } from "../../helpers/make.ts";
import { failedPipeline, finishedRun, RUN_URL } from "../../helpers/presets.ts";
import { renderBatch, renderEvent, requestOf } from "../../helpers/rendered.ts";
import { presetSuite } from "../../suites/preset-suite.ts";

const OPTIONS = { topic: "a-topic-nobody-guesses", token: "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2" };

/** https://docs.ntfy.sh/publish/#publish-as-json */
const conforms = new Ajv().compile({
	type: "object",
	required: ["topic", "title", "message", "priority", "tags"],
	additionalProperties: false,
	properties: {
		topic: { type: "string", pattern: "^[-_A-Za-z0-9]{1,64}$" },
		title: { type: "string", minLength: 1 },
		message: { type: "string", minLength: 1 },
		priority: { type: "integer", minimum: 1, maximum: 5 },
		tags: { type: "array", items: { type: "string", minLength: 1 } },
		click: { type: "string", pattern: "^https?://" },
	},
});

presetSuite(ntfy(), {
	options: OPTIONS,
	secretsAt: ["topic"],
	validate: (body) => {
		conforms(body);
		expect(conforms.errors).toBe(null);
	},
	limits: (body) => [
		{ what: "bytes of the message", size: Buffer.byteLength(String(body["message"])), max: 4096 },
		{ what: "bytes of all", size: Buffer.byteLength(JSON.stringify(body)), max: 8192 },
	],
});

describe("the ntfy preset", () => {
	it("renders a failed pipeline", () => {
		expect(renderEvent(ntfy(), failedPipeline(), { ...OPTIONS, tags: ["data"] })).toEqual({
			notes: [],
			body: {
				topic: OPTIONS.topic,
				title: "Pipeline failed: etl",
				message: [
					"Table `dim_orders` not found\n  at load <orders> & more",
					"Status: failure",
					"Pipeline: etl",
					"Duration: 45.2s",
					"Run: 1234567890-1",
					"Repository: acme/shop",
					"Branch: main",
					"Commit: 1a2b3c4",
					"Actor: octocat",
					"tables_copied: 20",
					"shards: [1,2]",
				].join("\n"),
				priority: 4,
				tags: ["x", "data"],
				click: RUN_URL,
			},
		});
	});

	it("renders a batch as a list, then what its events share", () => {
		const { body } = renderBatch(ntfy(), finishedRun(), OPTIONS);
		expect(body).toMatchObject({ priority: 4, tags: ["x"], click: RUN_URL });
		expect(String(Object(body).message).split("\n").slice(3, 7)).toEqual([
			"⚠️ Schema drift detected: raw_customers",
			"❌ Pipeline failed: etl (2m 10s) – 1 model failed",
			"Pipeline: etl",
			"Run: 1234567890-1",
		]);
	});

	it.each([
		["min", 1],
		["max", 5],
		["${UNKNOWN}", 3],
		[undefined, 3],
	])("has for priority = %j the number %j", (priority, number) => {
		const options = priority === undefined ? OPTIONS : { ...OPTIONS, priority };
		expect(renderEvent(ntfy(), event("pipeline_complete"), options).body["priority"]).toBe(number);
	});

	it("publishes to ntfy.sh or a server of one's own, as whom the token says", () => {
		expect(requestOf(ntfy(), OPTIONS)).toEqual({
			url: "https://ntfy.sh/",
			headers: { Authorization: `Bearer ${OPTIONS.token}` },
			notes: [],
		});
		expect(requestOf(ntfy(), { topic: "t" }, "https://push.example/")).toMatchObject({
			url: "https://push.example/",
			headers: {},
			notes: [],
		});
	});

	it("warns about the URL of a topic, where JSON is a text", () => {
		const [warning, ...more] = requestOf(ntfy(), OPTIONS, "https://ntfy.sh/s3cret").notes ?? [];
		expect([warning, more]).toEqual([expect.stringMatching(/^the url has a path, .*set topic/), []]);
		expect(warning).not.toContain("s3cret");
	});

	it("says of an error what ntfy says", () => {
		const { explain } = ntfy().service(OPTIONS);
		const said = (body: JsonObject | string) =>
			explain?.({ status: 429, headers: {}, body: typeof body === "string" ? body : JSON.stringify(body) });
		const error = { code: 42901, http: 429, error: "limit reached: too many requests" };
		expect(said({ ...error, link: "https://ntfy.sh/docs/publish/#limitations" })).toBe(
			"limit reached: too many requests",
		);
		expect(said(error)).toBe("limit reached: too many requests");
		for (const other of ["", "<html>", "[]", '{"error":7}']) expect(said(other)).toBeUndefined();
	});
});
