// The google_chat preset: the card, its size, its thread, and that nobody's text is markup.
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/lib/json.ts";
import { googleChat } from "../../../src/presets/google-chat.ts";
import { messageFaults } from "../../helpers/google-chat-types.ts";
import { event } from "../../helpers/make.ts";
import { batch, failedPipeline, hostileEvent } from "../../helpers/presets.ts";
import { renderBatch, renderEvent, requestOf, textsOf, UNSEEN } from "../../helpers/rendered.ts";
import { presetSuite } from "../../suites/preset-suite.ts";

const MESSAGE_BYTES = 32_000;

const object = (required: readonly string[], properties: JsonObject, optional: JsonObject = {}): JsonObject => ({
	type: "object",
	required,
	additionalProperties: false,
	properties: { ...properties, ...optional },
});
const text = { type: "string", minLength: 1 };
/** Of the tags that a card knows only the line break is used; everything else is text. */
const html = { type: "string", pattern: "^(?:[^&<>]|&(?:amp|lt|gt);|<br>)+$" };
/** No tag, mention or link begins, whether it is taken for HTML, for Google Chat's own marks or for neither. */
const inert = { type: "string", pattern: "^(?:[^<]|<\\u200b)+$" };
const button = object(["text", "onClick"], {
	text,
	onClick: object(["openLink"], { openLink: object(["url"], { url: { type: "string", pattern: "^https?://" } }) }),
});
const paragraph = object(["text"], { text: html }, { maxLines: { const: 5 } });
const decorated = object(["topLabel", "text", "wrapText"], { topLabel: inert, text: html, wrapText: { const: true } });
const widget = {
	oneOf: [
		object(["textParagraph"], { textParagraph: paragraph }),
		object(["decoratedText"], { decoratedText: decorated }),
		object(["buttonList"], {
			buttonList: object(["buttons"], { buttons: { type: "array", minItems: 1, items: button } }),
		}),
	],
};
const section = object(
	["widgets"],
	{ widgets: { type: "array", minItems: 1, items: widget } },
	{ header: text, collapsible: { const: true }, uncollapsibleWidgetsCount: { type: "integer", minimum: 0 } },
);
const card = object(["header", "sections"], {
	header: object(["title"], { title: inert }),
	sections: { type: "array", minItems: 1, items: section },
});

/** https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages */
const conforms = new Ajv().compile(
	object(
		["cardsV2", "fallbackText", "thread"],
		{
			cardsV2: { type: "array", minItems: 1, maxItems: 1, items: object(["cardId", "card"], { cardId: text, card }) },
			fallbackText: inert,
			thread: object(["threadKey"], { threadKey: { type: "string", minLength: 1, maxLength: 4000 } }),
		},
		{ text: { type: "string", pattern: "^(?:[^<]|<\\u200b|<users/(?:all|\\d+|[\\w.+-]+@[\\w.-]+)>)+$" } },
	),
);

function validate(body: JsonObject): void {
	conforms(body);
	expect(conforms.errors).toBe(null);
	expect(messageFaults(body)).toEqual([]);
}

/** No tag, mention or link begins, but for line breaks. */
function literal({ thread: _, ...body }: JsonObject): void {
	for (const text of textsOf(body)) {
		expect(text).not.toMatch(/<(?!br>|\u200b)/);
		expect(text).not.toMatch(UNSEEN);
	}
	expect(body).not.toHaveProperty("text");
}

presetSuite(googleChat(), {
	options: {},
	secretsAt: [],
	validate,
	literal,
	limits: (body) => [
		{ what: "bytes", size: Buffer.byteLength(JSON.stringify(body)), max: MESSAGE_BYTES },
		{
			what: "widgets",
			size: JSON.stringify(body).split(/"(?:decoratedText|textParagraph|buttonList)":/).length,
			max: 100,
		},
	],
});

/** What someone reads in the HTML of a card. */
const shown = (written: string) =>
	written.replaceAll("<br>", "\n").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
const keyOf = (...given: Parameters<typeof event>) => renderEvent(googleChat(), event(...given), {}).body["thread"];

describe("the google_chat preset", () => {
	it("shows a few facts, and folds the others", () => {
		const details = (count: number) => {
			const metadata = Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, "v"]));
			return renderEvent(googleChat(), event("ping", { metadata }), {}).body;
		};
		expect(details(8)).not.toHaveProperty("cardsV2.0.card.sections.0.collapsible");
		expect(details(9)).toMatchObject({
			cardsV2: [{ card: { sections: [{ collapsible: true, uncollapsibleWidgetsCount: 8 }, {}] } }],
		});
	});

	it("says what happened, what leads on, the facts, the trace and the origin, in this order", () => {
		const { body } = renderEvent(googleChat(), failedPipeline(), {});
		expect(body["fallbackText"]).toBe("❌ etl failed on main – Table `dim_orders` not found");
		const places = ["etl failed", "not found", "View run", "Duration", "at load", "octocat", "14:30:00 UTC"].map(
			(part) => JSON.stringify(body["cardsV2"]).indexOf(part),
		);
		expect(places.toSorted((one, other) => one - other)).toEqual(places);
		expect(places).not.toContain(-1);
	});

	it("is wrong by Google's types where a key, a list or a text is not theirs", () => {
		const card = { header: { title: 7 }, sections: [{ widgets: [{ textParagraph: { text: "x", lines: 5 } }] }] };
		expect(messageFaults({ cardsV2: [{ card }], fallbackText: "x", thread: [] })).toEqual([
			"message.cardsV2.0.card.header.title is no string",
			"message.cardsV2.0.card.sections.0.widgets.0.textParagraph.lines is unknown",
			"message.thread is no Schema$Thread",
		]);
	});

	it.each([
		["all", "<users/all>"],
		["@all", "<users/all>"],
		[" 111803362263611858271\n", "<users/111803362263611858271>"],
		["users/111803362263611858271", "<users/111803362263611858271>"],
		["ada.l+oncall@example.com", "<users/ada.l+oncall@example.com>"],
		["here", "@here"],
		["<users/all>", "<users/all>"],
		["<users/all> x", "@<\u200busers/all> x"],
		["all>", "@all>"],
	])("mentions %j as %j", (mention, written) => {
		const hostile = hostileEvent("<users/all>");
		for (const { body } of [
			renderEvent(googleChat(), hostile, { mention }),
			renderBatch(googleChat(), [event("ping"), hostile], { mention }),
		]) {
			expect(body).toHaveProperty("text", written);
			expect(JSON.stringify({ ...Object(body), text: "", thread: {} })).not.toContain("<users");
		}
	});

	it("leaves out sections that would be empty, which Google Chat refuses", () => {
		const { body } = renderEvent(googleChat(), event("ping"), {});
		expect(body).toHaveProperty("cardsV2.0.card.sections.length", 1);
		expect(body).toHaveProperty("fallbackText", "ℹ️ Ping: etl");
	});

	it("keeps one thread for all events of a run, and another for each other run, pipeline or repository", () => {
		const ci = { repository: "acme/shop" };
		expect(keyOf("pipeline_start", { ci })).toEqual(keyOf("model_error", { ci, model: "orders", error: "x" }));
		const keys = [
			keyOf("ping"),
			keyOf("ping", { run_id: "2" }),
			keyOf("ping", { pipeline: "2" }),
			keyOf("ping", { ci }),
			keyOf("ping", { run_id: "r".repeat(300) }),
			keyOf("ping", { run_id: `${"r".repeat(300)}2` }),
		];
		expect(new Set(keys.map((key) => JSON.stringify(key))).size).toBe(keys.length);
	});

	it("asks for the thread in the query, without which Google Chat ignores its key", () => {
		expect(requestOf(googleChat(), {}, "https://chat.googleapis.com/v1/spaces/x/messages?key=a").url).toBe(
			"https://chat.googleapis.com/v1/spaces/x/messages?key=a&messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD",
		);
	});

	it("takes the thread of the option, and its own where that has nothing to see", () => {
		const key = (thread_key: string) => renderEvent(googleChat(), event("ping"), { thread_key }).body["thread"];
		expect(key(" nightly\nload ")).toEqual({ threadKey: "nightly load" });
		expect(key("\u0000\u001b[0m")).toEqual(keyOf("ping"));
		expect(key("k".repeat(300))).toEqual({ threadKey: expect.stringMatching(/^k{167}#[0-9a-f]{32}$/) });
		const [first] = [renderBatch(googleChat(), [event("ping"), event("ping")], { thread_key: "nightly" }).body];
		expect(first).toHaveProperty("thread.threadKey", "nightly");
	});

	it("has a thread even for an event that tells neither run nor pipeline", () => {
		const { definition, context } = event("ping");
		const { body } = renderEvent(googleChat(), { definition, context: { ...context, run_id: "", pipeline: "" } }, {});
		expect(body["thread"]).toEqual({ threadKey: "pipeline-hooks" });
	});

	it("shows what was written, escapes undone", () => {
		const error = "a < b && c > d <users/all> &amp;";
		const { body } = renderEvent(googleChat(), event("pipeline_error", { error, metadata: { message: error } }), {});
		const read = textsOf(body).map(shown);
		expect(read.filter((sent) => sent === error)).toHaveLength(2);
	});

	it("keeps indentation and columns, which HTML would not", () => {
		const { body } = renderEvent(googleChat(), event("pipeline_error", { error: "top\n\tat x\na  b c" }), {});
		expect(JSON.stringify(body)).toContain('"top<br>\u00a0at x<br>a\u00a0\u00a0b c"');
	});

	it("breaks marks in templates by a character that nobody sees, wherever they stand", () => {
		expect(googleChat().service({}).escape?.("<users/all> <https://e.example|x> a<b & c")).toBe(
			"<\u200busers/all> <\u200bhttps://e.example|x> a<\u200bb & c",
		);
	});

	it("truncates the trace before anything that identifies the event, and never inside an escape", () => {
		const { body, notes } = renderEvent(googleChat(), event("pipeline_error", { error: "<".repeat(9000) }), {});
		expect(notes).toEqual(["text truncated to 1500 bytes", "error truncated to 6000 bytes"]);
		expect(JSON.stringify(body)).toMatch(/"(?:&lt;){499}…(?:&lt;){1000}"/);
	});

	it("leaves facts out where they would not fit, and says how many", () => {
		const metadata = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`key${index}`, "日".repeat(500)]));
		const error = "first\nError: 日".repeat(2000);
		const { notes } = renderEvent(googleChat(), event("pipeline_error", { error, metadata, owners: ["us"] }), {});
		expect(notes).toContain("16 of 41 facts left out");
		const links = Object.fromEntries(
			Array.from({ length: 12 }, (_, index) => [`${index}`, `https://wiki.example/${"x".repeat(400)}`]),
		);
		expect(renderEvent(googleChat(), event("ping"), { links }).notes).toEqual(["2 of 12 links left out"]);
	});

	it("stays inside of the limit with the longest of everything", () => {
		const long = (piece: string) => piece.repeat(3000);
		for (const piece of ["x", "日", "😀", "\\", '"', "<", "\n"]) {
			const given = {
				error: long(piece),
				run_id: long(piece),
				pipeline: long(piece),
				model: long(piece),
				table: long(piece),
			};
			const metadata = Object.fromEntries(
				Array.from({ length: 60 }, (_, index) => [`${index}${long(piece).slice(0, 200)}`, long(piece)]),
			);
			const ci = { repository: long(piece), branch: long(piece), run_url: `https://ci.example/${"x".repeat(480)}` };
			const full = event("pipeline_error", { ...given, metadata, ci });
			const many = (value: string) =>
				Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${piece}${index}`, value]));
			const options = {
				title: long(piece),
				text: long(piece),
				fields: many(long(piece)),
				links: many(`https://wiki.example/${"x".repeat(470)}`),
				mention: Array.from({ length: 30 }, () => long(piece)),
				thread_key: long(piece),
			};
			for (const { body } of [
				renderEvent(googleChat(), full, options),
				renderBatch(
					googleChat(),
					batch(25, () => full),
					options,
				),
			]) {
				expect(Buffer.byteLength(JSON.stringify(body)), piece).toBeLessThanOrEqual(MESSAGE_BYTES);
				if (piece !== "\n") expect(JSON.stringify(body), piece).toContain("decoratedText");
			}
		}
	});
});
