// The mattermost preset: the attachment and its limits, whom it never mentions, and what Mattermost's errors say.
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/lib/json.ts";
import { mattermost } from "../../../src/presets/mattermost.ts";
import { event } from "../../helpers/make.ts";
import { failedPipeline, finishedRun, HOSTILE, hostileEvent, RUN_URL } from "../../helpers/presets.ts";
import { renderBatch, renderEvent, textsOf } from "../../helpers/rendered.ts";
import { presetSuite } from "../../suites/preset-suite.ts";

const text = { type: "string", minLength: 1 };

/** https://developers.mattermost.com/integrate/reference/message-attachments/ */
const conforms = new Ajv().compile({
	type: "object",
	required: ["attachments"],
	additionalProperties: false,
	properties: {
		text: { ...text, maxLength: 16_383 },
		attachments: {
			type: "array",
			minItems: 1,
			maxItems: 1,
			items: {
				type: "object",
				required: ["fallback", "color", "title", "text", "fields", "footer"],
				additionalProperties: false,
				properties: {
					fallback: text,
					color: { type: "string", pattern: "^#[0-9a-f]{6}$" },
					title: text,
					title_link: { type: "string", pattern: "^https?://" },
					text: { type: "string" },
					footer: { type: "string" },
					fields: {
						type: "array",
						items: {
							type: "object",
							required: ["title", "value", "short"],
							additionalProperties: false,
							properties: { title: text, value: text, short: { type: "boolean" } },
						},
					},
				},
			},
		},
	},
});

function validate(body: JsonObject): void {
	conforms(body);
	expect(conforms.errors).toBe(null);
}

presetSuite(mattermost(), {
	options: { mention: ["here"] },
	secretsAt: [],
	validate,
	limits: (body) => [{ what: "characters of a post", size: textsOf(body).join("").length, max: 16_383 * 2 }],
});

describe("the mattermost preset", () => {
	it("renders a failed pipeline", () => {
		expect(renderEvent(mattermost(), failedPipeline(), { mention: ["@data.team", "channel"] })).toEqual({
			notes: [],
			body: {
				text: "@data.team @channel",
				attachments: [
					{
						fallback: "❌ Pipeline failed: etl",
						color: "#e74c3c",
						title: "❌ Pipeline failed: etl",
						title_link: RUN_URL,
						text: "```\nTable `dim_orders` not found\n  at load <orders> & more\n```",
						fields: [
							{ title: "Status", value: "failure", short: true },
							{ title: "Pipeline", value: "etl", short: true },
							{ title: "Duration", value: "45.2s", short: true },
							{ title: "Run", value: "1234567890-1", short: true },
							{ title: "tables\\_copied", value: "20", short: true },
							{ title: "shards", value: "\\[1,2\\]", short: true },
						],
						footer: "acme/shop · main · 1a2b3c4 · octocat · 2026-04-02T14:30:00Z",
					},
				],
			},
		});
	});

	it("renders a batch as a list of its events", () => {
		const { body } = renderBatch(mattermost(), finishedRun(), {});
		expect(body).toHaveProperty(
			"attachments.0.text",
			expect.stringMatching(
				/^▶️ Pipeline started: etl\n✅ Model run complete: stg\\_orders \(4\.2s\)\n❌ [\s\S]*1 model failed$/,
			),
		);
		expect(body).toHaveProperty("attachments.0.fields.2", {
			title: "Time",
			value: "2026-04-02T14:30:00Z – 2026-04-02T14:32:10Z",
			short: true,
		});
	});

	it.each(HOSTILE)("mentions nobody in a user's text: %j", (hostile) => {
		for (const { body } of [
			renderEvent(mattermost(), hostileEvent(hostile), {}),
			renderBatch(mattermost(), [event("ping"), hostileEvent(hostile)], {}),
		]) {
			for (const sent of textsOf(body)) if (!sent.startsWith("https://")) expect(sent).not.toMatch(/@(?!\u200b)/);
		}
	});

	it("keeps a name that is not one of Mattermost's as text", () => {
		expect(renderEvent(mattermost(), event("ping"), { mention: ["data team"] }).body["text"]).toBe("@\u200bdata team");
	});

	it("says of an error what Mattermost says", () => {
		const { explain } = mattermost().service({});
		const body = '{"id":"web.incoming_webhook.invalid.app_error","message":"Invalid webhook.","status_code":400}';
		expect(explain?.({ status: 400, headers: {}, body })).toBe("Invalid webhook.");
		for (const other of ["", "<html>", "[]", '{"message":7}']) {
			expect(explain?.({ status: 400, headers: {}, body: other })).toBeUndefined();
		}
	});

	it("lets no value of a template mention anybody", () => {
		expect(mattermost().service({}).escape?.("@all & @here")).toBe("@\u200ball & @\u200bhere");
	});
});
