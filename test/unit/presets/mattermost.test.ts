// The mattermost preset: the attachment and its limits, whom it never mentions, and what Mattermost's errors say.
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/lib/json.ts";
import { mattermost } from "../../../src/presets/mattermost.ts";
import { event } from "../../helpers/make.ts";
import { failedPipeline, hostileEvent, RUN_URL } from "../../helpers/presets.ts";
import { renderEvent, textsOf, UNSEEN } from "../../helpers/rendered.ts";
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
			maxItems: 2,
			items: {
				type: "object",
				required: ["color", "text"],
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

function literal(body: JsonObject): void {
	for (const text of textsOf(body).filter((each) => !each.startsWith("https://"))) {
		expect(text).not.toMatch(/@(?!\u200b)/);
		expect(text).not.toMatch(UNSEEN);
	}
}

presetSuite(mattermost(), {
	literal,
	options: { mention: ["here"] },
	secretsAt: [],
	validate,
	limits: (body) => [{ what: "characters of a post", size: textsOf(body).join("").length, max: 16_383 * 2 }],
});

describe("the mattermost preset", () => {
	const attachmentsOf = (body: JsonObject) =>
		(Array.isArray(body["attachments"]) ? body["attachments"] : []).map(Object);

	it("escapes Markdown only where Mattermost reads it: not in a title that is a link, nor in the name of a fact", () => {
		const ci = { branch: "a_b_c", run_url: RUN_URL };
		const metadata = { some_key_x: "some_value_x" };
		const [linked] = attachmentsOf(renderEvent(mattermost(), event("pipeline_error", { ci, metadata }), {}).body);
		expect(linked.title).toBe("❌ etl failed on a_b_c");
		expect(linked.fields).toEqual([{ title: "some_key_x", value: "some\\_value\\_x", short: true }]);
		const [bare] = attachmentsOf(renderEvent(mattermost(), event("pipeline_error", { pipeline: "a_b_c" }), {}).body);
		expect(bare.title).toBe("❌ a\\_b\\_c failed");
		expect(bare.fallback).toBe("❌ a_b_c failed");
	});

	it("says in the notification what went wrong, and shows the trace below the facts", () => {
		const [what, why, ...more] = attachmentsOf(renderEvent(mattermost(), failedPipeline(), {}).body);
		expect(what.fallback).toBe("❌ etl failed on main – Table `dim_orders` not found");
		expect(what).not.toHaveProperty("footer");
		expect(why).toEqual({
			color: "#e74c3c",
			text: "```\nTable `dim_orders` not found\n  at load <orders> & more\n```",
			footer: "acme/shop · 1a2b3c4 · octocat · 2026-04-02 14:30:00 UTC",
		});
		expect(more).toEqual([]);
	});

	it("mentions users by name and groups of people, each on purpose", () => {
		const { body } = renderEvent(mattermost(), hostileEvent("@all @jane"), { mention: ["@jane.doe", "here"] });
		expect(body["text"]).toBe("@jane.doe @here");
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
