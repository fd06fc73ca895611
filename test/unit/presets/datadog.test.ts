// The datadog preset: title, Markdown text, tags and the key that groups events.
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { isJsonObject, type JsonObject } from "../../../src/lib/json.ts";
import type { PipelineEvent } from "../../../src/model/event.ts";
import type { Options } from "../../../src/model/preset.ts";
import { datadog } from "../../../src/presets/datadog.ts";
import { event } from "../../helpers/make.ts";
import { batch, monstrousEvent } from "../../helpers/presets.ts";
import { renderBatch, renderEvent, requestOf, UNSEEN } from "../../helpers/rendered.ts";
import { presetSuite } from "../../suites/preset-suite.ts";

const API_KEY = "0123456789abcdef0123456789abcdef";

/** https://docs.datadoghq.com/api/latest/events/#post-an-event */
const conforms = new Ajv().compile({
	type: "object",
	required: ["title", "text", "alert_type", "aggregation_key", "tags"],
	additionalProperties: false,
	properties: {
		title: { type: "string", minLength: 1 },
		text: { type: "string", pattern: "^%%% \\n" },
		alert_type: { enum: ["error", "warning", "info", "success"] },
		aggregation_key: { type: "string", minLength: 1 },
		tags: { type: "array", uniqueItems: true, items: { type: "string", pattern: "^\\p{L}[\\p{L}\\p{N}_\\-:./]*$" } },
	},
});

function validate(body: JsonObject): void {
	conforms(body);
	expect(conforms.errors).toBe(null);
	expect(String(body["text"]).split("%%%")).toHaveLength(3);
}

/** No text ends the block of Markdown or of code, notifies anybody or makes a link, but for the line of links. */
function literal({ title, text: written }: JsonObject): void {
	const text = String(written);
	expect(text).toMatch(/^%%% \n[\s\S]*\n %%%$/);
	expect(text.slice(5, -5)).not.toContain("%%%");
	expect(`${title}${text}`).not.toMatch(/@(?!\u200b)/);
	expect(`${title}${text}`).not.toMatch(UNSEEN);
	const [outside = "", , after = "", ...more] = text.split(/^```$/m);
	expect(more).toEqual([]);
	const shown = `${outside}${after}`
		.replaceAll(/\[(?:\\[\\`*_~[\]]|[^\\[\]])*\]\(https?:[^()\s`\\|]+\)/g, "")
		.replaceAll(/\\[\\`*_~[\]]/g, "");
	expect(shown).not.toMatch(/[\\`~[\]]/);
}

presetSuite(datadog(), {
	literal,
	options: { api_key: API_KEY, tags: ["team:data"] },
	secretsAt: [],
	validate,
	limits: (body) => [
		{ what: "title", size: String(body["title"]).length, max: 100 },
		{ what: "text", size: String(body["text"]).length, max: 4000 },
		{ what: "aggregation_key", size: String(body["aggregation_key"]).length, max: 100 },
		...(Array.isArray(body["tags"]) ? body["tags"] : []).map((tag) => ({
			what: "tag",
			size: String(tag).length,
			max: 200,
		})),
	],
});

const tagsOf = (of: PipelineEvent, options: Options) => renderEvent(datadog(), of, options).body["tags"];

describe("the datadog preset", () => {
	it("counts in a last item what a batch has left out", () => {
		const { body } = renderBatch(
			datadog(),
			batch(100, () => event()),
			{},
		);
		expect(JSON.stringify(body)).toContain("\\n- … and 70 more: 70 failed\\n");
	});

	it("has tags for no more than what the events of a batch share", () => {
		const { body } = renderBatch(
			datadog(),
			batch(2, (index) => event("model_error", { pipeline: `p${index}`, model: "m", table: "t" })),
			{},
		);
		expect(body).toHaveProperty("tags", ["event:model_error", "status:failure"]);
	});

	it("fills its text to the limit with long lines, but not over it", () => {
		const ci = {
			repository: "r".repeat(200),
			branch: "b".repeat(200),
			run_url: `https://ci.example/${"x".repeat(400)}`,
		};
		for (let length = 1; length < 140; length++) {
			const of = () => event("model_error", { model: "m".repeat(length), error: "e".repeat(200), ci });
			const { body } = renderBatch(datadog(), batch(100, of), {});
			const size = String(isJsonObject(body) ? body["text"] : "").length;
			expect(size).toBeLessThanOrEqual(4000);
			expect(size).toBeGreaterThan(4000 - 400);
		}
	});

	it("groups a failure with the success that ends it", () => {
		const key = (name: string) =>
			renderEvent(datadog(), event(name, { model: "a".repeat(200) }), {}).body["aggregation_key"];
		expect(key("after_model_run")).toBe(key("model_error"));
		expect(String(key("model_error"))).toHaveLength(100);
	});

	it("lets no link end inside its address", () => {
		const { body } = renderEvent(datadog(), event("ping", { ci: { run_url: "https://ci.example/a(b)|c?d=(e)" } }), {});
		expect(body["text"]).toContain("[View run](https://ci.example/a%28b%29%7Cc?d=%28e%29)");
	});

	it("drops facts before anything that identifies the event, and owners never", () => {
		const { body, notes } = renderEvent(datadog(), monstrousEvent(), {});
		for (const name of ["Owners", "Repository", "Commit", "Author", "Time"]) {
			expect(body["text"]).toContain(`- **${name}**: `);
		}
		expect(notes).toContainEqual(expect.stringMatching(/^\d+ of 100\d\d facts left out$/));
	});

	it("ends its block of Markdown in no label of a link", () => {
		const { body } = renderEvent(datadog(), event(), { links: { "%%%": "https://x.example/" } });
		expect(body["text"]).toContain("[%%](https://x.example/)");
	});

	it("groups by a key of the config's own", () => {
		const key = (table: string) =>
			renderEvent(datadog(), event("drift_detected", { table }), { aggregation_key: "{{pipeline}}/{{table}}" }).body;
		expect(key("orders")["aggregation_key"]).toBe("etl/orders");
		expect(String(key("t".repeat(200))["aggregation_key"]).length).toBe(100);
	});

	it("writes no tag of millions of marks", () => {
		for (const tag of ["\u{ff01}".repeat(9_000_000), `${"1".repeat(9_000_000)}\u20ac`]) {
			expect(tagsOf(event("ping"), { tags: [tag, "kept"] })).toEqual(expect.arrayContaining(["kept"]));
		}
	});

	it("writes tags as Datadog keeps them", () => {
		expect(
			tagsOf(event("ping", { pipeline: "Nightly ETL (v2)!" }), {
				tags: [" Team:Data ", "team:data", "1st", "🙂", "ümlaut"],
			}),
		).toEqual(["event:ping", "pipeline:nightly_etl_v2", "status:info", "team:data", "st", "ümlaut"]);
		const { body, notes } = renderEvent(datadog(), event("ping", { table: "t".repeat(300) }), {});
		expect(body["tags"]).toContain(`table:${"t".repeat(193)}`);
		expect(notes).toContain("tag table:ttttttttttttt… truncated to 200 characters");
	});

	it("posts to the organisation's site with its key in a header", () => {
		expect(requestOf(datadog()).url).toBe("https://api.datadoghq.com/api/v1/events");
		for (const site of datadog().options["site"]?.choices ?? []) {
			expect(requestOf(datadog(), { site }).url).toBe(`https://api.${site}/api/v1/events`);
		}
		expect(requestOf(datadog(), { api_key: API_KEY }).headers).toEqual({ "DD-API-KEY": API_KEY });
	});
});
