// The slack preset: blocks, mentions, limits and what Slack's responses mean.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isJsonObject, type Json, type JsonObject } from "../../../src/lib/json.ts";
import { slack } from "../../../src/presets/slack.ts";
import { event } from "../../helpers/make.ts";
import { batch, monstrousEvent } from "../../helpers/presets.ts";
import { type Measure, renderBatch, renderEvent, textsOf, UNSEEN } from "../../helpers/rendered.ts";
import { blockFaults } from "../../helpers/slack-schema.ts";
import { presetSuite } from "../../suites/preset-suite.ts";

const blocksOf = (body: JsonObject): readonly Json[] => (Array.isArray(body["blocks"]) ? body["blocks"] : []);

/** The `text` of every text object in a value. */
function textObjects(value: Json | undefined): readonly string[] {
	if (Array.isArray(value)) return value.flatMap(textObjects);
	if (!isJsonObject(value)) return [];
	if (typeof value["text"] === "string") return [value["text"]];
	return Object.values(value).flatMap(textObjects);
}

function limits(body: JsonObject): readonly Measure[] {
	const blocks = blocksOf(body);
	const measure = (what: string, texts: readonly string[], max: number) =>
		texts.map((text) => ({ what, size: text.length, max }));
	return [
		{ what: "blocks", size: blocks.length, max: 50 },
		{ what: "all block texts", size: textObjects(blocks).join("").length, max: 12_000 },
		...measure("text", [String(body["text"])], 4000),
		...blocks.flatMap((block) => {
			if (!isJsonObject(block)) return [];
			if (block["type"] === "header") return measure("header", textObjects(block["text"]), 150);
			const fields = textObjects(block["fields"]);
			return [
				{ what: "fields", size: fields.length, max: 10 },
				...measure("field", fields, 2000),
				...measure("text object", textObjects(block), 3000),
			];
		}),
	];
}

function validate(body: JsonObject): void {
	expect(Object.keys(body)).toEqual(["text", "blocks"]);
	for (const block of blocksOf(body)) expect(blockFaults(block)).toEqual([]);
	for (const text of textObjects(body["blocks"])) expect(text.trim()).not.toBe("");
}

/** The only markup is the link to the run, and an error is in one block of code. */
function literal(body: JsonObject): void {
	for (const text of textsOf(body)) {
		const shown = text.replace(/^<https?:\/\/(?:[^<>|&]|&amp;)+\|View (?:first failed )?run>/, "");
		expect(shown).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
		expect(shown).not.toMatch(UNSEEN);
		if (text.startsWith("```\n")) expect(text).toMatch(/^```\n(?:(?!```)[\s\S])*\n```$/);
	}
	const sent = JSON.stringify(body);
	expect(sent.split('"verbatim":true')).toHaveLength(sent.split('"type":"mrkdwn"').length);
}

presetSuite(slack(), { options: { mention: ["here"] }, secretsAt: [], validate, limits, literal });

describe("the slack preset", () => {
	it("is held to a schema that refuses what Slack does not know", () => {
		expect(blockFaults({ type: "header", text: { type: "plain_text", text: "x" } })).toEqual([]);
		expect(blockFaults({ type: "header", text: { type: "mrkdwn", text: "x" } })).not.toEqual([]);
		expect(blockFaults({ type: "section", texts: [] })).not.toEqual([]);
	});

	it("renders the batch that the docs show", () => {
		const [, shown = ""] = /^```text\n([\s\S]*?)\n```/m.exec(readFileSync("docs/presets.md", "utf8")) ?? [];
		const { body } = renderBatch(
			slack(),
			[
				event("pipeline_start"),
				event("after_model_run", { model: "stg_orders", duration_ms: 4200 }),
				event("model_error", { model: "dim_orders", duration_ms: 45_200, error: "Table raw_orders not found" }),
				event("pipeline_error", { duration_ms: 130_000, error: "1 model failed" }),
			],
			{},
		);
		const [header, list] = textObjects(isJsonObject(body) ? body["blocks"] : []);
		expect(`${header}\n${list}`).toBe(shown);
	});

	it("spreads a long batch over sections, each line whole, and fills its list before it leaves anything out", () => {
		const failed = (index: number) =>
			event("model_error", { model: `${index}${"m".repeat(120)}`, error: "e".repeat(90) });
		const { body } = renderBatch(slack(), batch(100, failed), {});
		const texts = textObjects(isJsonObject(body) ? body["blocks"] : []).slice(1, -1);
		expect(texts).toHaveLength(3);
		for (const text of texts) {
			for (const line of text.split("\n"))
				expect(line).toMatch(/^(?:❌ Model failed: \d+m{120} – e{90}|… and 75 more: 75 failed)$/);
		}
		expect(texts.join("\n").split("\n")).toHaveLength(26);
	});

	it("lets no line of a batch hide the others in a block of code", () => {
		const { body } = renderBatch(slack(), [event("model_error", { model: "``` a", error: "b ```" }), event()], {});
		expect(JSON.stringify(body)).toContain("❌ Model failed: ''' a – b '''");
	});

	it("tells the first failure in the notification of a batch, and nothing more where none failed", () => {
		const text = (name: string) => {
			const { body } = renderBatch(slack(), [event("pipeline_start"), event(name)], {});
			return isJsonObject(body) ? body["text"] : undefined;
		};
		expect(text("pipeline_error")).toBe("❌ 2 events: 1 failed, 1 started – etl – Pipeline failed: etl");
		expect(text("pipeline_complete")).toBe("✅ 2 events: 1 succeeded, 1 started – etl");
	});

	it("lets no error leave its code block", () => {
		const { body } = renderEvent(slack(), event("pipeline_error", { error: "a ``` b ````` c `" }), {});
		expect(textObjects(body["blocks"])[1]).toBe("```\na ''' b '''`` c `\n```");
	});

	it.each([
		["channel", "<!channel>"],
		["@here", "<!here>"],
		["everyone", "<!everyone>"],
		["U012AB3CD", "<@U012AB3CD>"],
		["W012AB3CD", "<@W012AB3CD>"],
		["S012AB3CD", "<!subteam^S012AB3CD>"],
		["data team", "@data team"],
		["<!channel>", "@&lt;!channel&gt;"],
		["data\r\nteam\u0007", "@data team"],
	])("mentions %s as %s", (who, written) => {
		const { body, notes } = renderEvent(slack(), event("pipeline_complete"), { mention: [who] });
		expect(String(body["text"]).startsWith(`${written} ✅`)).toBe(true);
		expect(textObjects(body["blocks"])[1]).toBe(written);
		expect(notes).toEqual([]);
	});

	it("stays inside the limits with many long mentions, and says so", () => {
		const mention = Array.from({ length: 30 }, (_, index) => `${index} ${"<".repeat(100)}`);
		const { body, notes } = renderEvent(slack(), monstrousEvent(), { mention });
		validate(body);
		for (const { what, size, max } of limits(body)) expect(size, what).toBeLessThanOrEqual(max);
		expect(notes[0]).toBe("10 of 30 mentions left out");
	});

	it("fills each limit to the last character", () => {
		const { body, notes } = renderEvent(
			slack(),
			event("model_error", { model: "m".repeat(500), error: "e".repeat(5000) }),
			{},
		);
		const [header, main] = textObjects(body["blocks"]);
		expect(header?.length).toBe(150);
		expect(header?.endsWith("m…")).toBe(true);
		expect(main?.length).toBe(2999);
		expect(main).toMatch(/^```\ne{996}…e{1994}\n```$/);
		expect(notes.slice(0, 2)).toEqual(["title truncated to 148 characters", "error truncated to 2991 characters"]);
	});

	it("splits neither an escape nor a character", () => {
		for (const error of ["&".repeat(5000), "🙂".repeat(5000)]) {
			const { body } = renderEvent(slack(), event("pipeline_error", { error }), {});
			expect(textObjects(body["blocks"])[1]).toMatch(/^```\n(?:&amp;|🙂)+…(?:&amp;|🙂)+\n```$/u);
		}
	});

	it("escapes what a template inserts", () => {
		expect(slack().service({}).escape?.("<!channel> & co")).toBe("&lt;!channel&gt; &amp; co");
	});

	it.each(["ok", "ok\n", "", '{"ok":true}', ' {"ok": true, "ts": "1"} '])(
		"takes the response %j for a success",
		(body) => {
			expect(slack().service({}).judge?.({ status: 200, headers: {}, body })).toEqual({ ok: true });
		},
	);

	it.each([
		["invalid_blocks", 'Slack responded with "invalid_blocks"'],
		["okay", 'Slack responded with "okay"'],
		['{"ok":false,"error":"channel_not_found"}', "Slack responded with channel_not_found"],
		['{"ok":"true"}', 'Slack responded with "{"ok":"true"}"'],
		["[true]", 'Slack responded with "[true]"'],
		[`<html>\n${"x".repeat(500)}`, `Slack responded with "<html> ${"x".repeat(92)}…"`],
	])("takes the response %j for a failure", (body, reason) => {
		expect(slack().service({}).judge?.({ status: 200, headers: {}, body })).toEqual({ ok: false, reason });
	});
});
