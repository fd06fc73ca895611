// The page of messages: each service's look, and that no text of a body becomes an element, an attribute or a style.
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { type PageMessage, page } from "../../../src/page/page.ts";
import { withinCpuTime } from "../../helpers/cpu-time.ts";
import { event, preset } from "../../helpers/make.ts";
import { hostileEvent, monstrousEvent } from "../../helpers/presets.ts";
import { startTags } from "../../helpers/written-html.ts";

const DRAWN = ["slack", "teams", "discord", "google_chat", "mattermost", "telegram"];

const message = (name: string, body: unknown): PageMessage => ({
	hook: "h",
	preset: name,
	target: "t",
	body: typeof body === "string" ? body : JSON.stringify(body),
	notes: [],
});
const draw = (name: string, body: unknown) => page("title", [], [message(name, body)]);
/** What is drawn, without the JSON below it. */
const drawn = (name: string, body: unknown) => {
	const [, part = ""] =
		/<div class="message \w+">([\s\S]*?)<details><summary>JSON<\/summary>/.exec(draw(name, body)) ?? [];
	return part;
};
/** As a person reads it. */
const read = (html: string) =>
	html
		.replaceAll(/<br>|<\/(?:div|p|li|h2|pre|td|tr)>/g, "\n")
		.replaceAll(/<[^>]*>/g, "")
		.replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
		.replaceAll(/\s*\n\s*/g, "\n")
		.trim();

/** What the page may be made of, whatever is in a body. */
function expectSafe(html: string): void {
	for (const { name, attributes } of startTags(html.replace(/<style>[^<]*<\/style>/, ""))) {
		expect(name).not.toMatch(/^(?:script|img|iframe|object|embed|svg|form|input|base|style|video|audio)$/);
		const allowed = name === "meta" || name === "html" ? [] : Object.keys(attributes);
		for (const key of allowed) expect(["class", "href", "title", "datetime", "open"]).toContain(key);
		expect(attributes["href"] ?? "https://").toMatch(/^(?:https?:\/\/|mailto:)/i);
	}
	const [style = ""] = /<style>[^<]*<\/style>/.exec(html) ?? [];
	expect(style).not.toBe("");
	expect(style).not.toMatch(/url\(|@import|expression/i);
}

const HOSTILE = [
	"<script>alert(1)</script>",
	'"><img src=x onerror=alert(1)>',
	"</style><style>*{background:url(https://evil.example/x)}",
	"[a](javascript:alert(1)) <javascript:alert(1)|b> <a href='javascript:alert(1)'>c</a>",
	'<a href="https://x.example" onclick="alert(1)" style="position:fixed">d</a>',
	"</pre></div></article><iframe src=//evil.example>",
	"<b><i><u></b>*_~`**__``` \\",
];

describe.each(DRAWN)("a message of %s", (name) => {
	const options = { chat_id: "1", mention: ["here"] };
	const bodyOf = (of = event("pipeline_error", { error: "no disk", table: "orders", owners: ["data"] })) =>
		preset(name).service(options).body([of], false).body;

	it("shows what it says", () => {
		const text = read(drawn(name, bodyOf()));
		for (const words of ["etl failed", "no disk", "data"]) expect(text).toContain(words);
	});

	it.each(HOSTILE)("shows %s as text", (text) => {
		const body = bodyOf(event("pipeline_error", { error: `x: ${text}`, pipeline: text, metadata: { [text]: text } }));
		const html = draw(name, body);
		expectSafe(html);
		expect(read(drawn(name, body)).replaceAll(/[\u200b\s]/g, "")).toContain(text.replaceAll(/\s/g, ""));
	});

	it("is shown of any event", () => {
		for (const of of [hostileEvent(HOSTILE.join("\n")), monstrousEvent()]) expectSafe(draw(name, bodyOf(of)));
	});

	it("takes a body of any shape, and any text where the service reads marks", () => {
		const text = fc.oneof(
			fc.string({ unit: "grapheme" }),
			fc
				.array(
					fc.constantFrom(
						..."*_~`<>[]()|&;!@#^\\\n\"'/: ahb",
						'<a href="',
						"<br>",
						"```",
						"&lt;",
						"https://x.example",
						"javascript:",
						"<!date^1^x|y>",
					),
					{ maxLength: 40 },
				)
				.map((parts) => parts.join("")),
		);
		const keys = [
			"text",
			"type",
			"blocks",
			"elements",
			"fields",
			"attachments",
			"content",
			"body",
			"cardsV2",
			"card",
			"sections",
			"widgets",
			"embeds",
			"title",
			"url",
			"color",
			"style",
			"header",
			"textParagraph",
			"decoratedText",
			"buttonList",
			"buttons",
			"facts",
			"items",
			"columns",
			"isVisible",
			"actions",
			"backgroundImage",
			"parse_mode",
		];
		const types = [
			"header",
			"section",
			"mrkdwn",
			"rich_text",
			"rich_text_section",
			"rich_text_list",
			"context",
			"actions",
			"button",
			"link",
			"AdaptiveCard",
			"TextBlock",
			"Container",
			"FactSet",
			"Image",
			"Media",
			"ColumnSet",
			"RichTextBlock",
			"ActionSet",
			"Action.OpenUrl",
			"Input.Text",
			"Input.ChoiceSet",
			"Carousel",
			"Table",
			"HTML",
		];
		const { value } = fc.letrec((tie) => ({
			value: fc.oneof(
				{ depthSize: "small" },
				text,
				fc.constantFrom(...types),
				fc.boolean(),
				fc.integer(),
				tie("list"),
				tie("object"),
			),
			list: fc.array(tie("value"), { maxLength: 4 }),
			object: fc.dictionary(fc.constantFrom(...keys), tie("value"), { maxKeys: 6 }),
		}));
		fc.assert(
			fc.property(fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 8 }), (body) => {
				expectSafe(draw(name, name === "teams" ? { ...body, type: "AdaptiveCard", version: "1.4" } : body));
			}),
			{ numRuns: 150 },
		);
	});
});

test("its one style sheet is allowed by its hash, and nothing else is", async () => {
	const html = draw("discord", { embeds: [{ color: 0x112233, title: "x" }] });
	const [, style = ""] = /<style>([^<]*)<\/style>/.exec(html) ?? [];
	expect(style).toContain("border-left-color:#112233");
	const digest = Buffer.from(await crypto.subtle.digest("SHA-256", Buffer.from(style))).toString("base64");
	expect(html).toContain(
		`content="default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'"`,
	);
});

test("another preset's message, and one in which nothing is found, is shown as JSON", () => {
	for (const [name, body] of [
		["pagerduty", { a: 1 }],
		["slack", { a: 1 }],
		["teams", { a: 1 }],
		["", "$ text"],
	] as const) {
		const html = draw(name, body);
		expect(html).not.toContain("<details>");
		expect(read(html)).toContain(typeof body === "string" ? body : '{\n"a": 1\n}');
	}
	expect(draw("generic", "")).not.toContain("<pre>");
});

describe("marks", () => {
	test.each(["<!date^1^", "<!date^1^|", "<!a|", "<#a", "<https://a|", "*a", "`"])(
		"are read in little time: many %s",
		(mark) => {
			withinCpuTime(3000, () => {
				draw("slack", { text: mark.repeat(200_000 / mark.length) });
			});
		},
	);

	test.each([
		[
			"slack",
			{ text: "*b* _i_ ~s~ `c &lt;` <https://x.example/?a&amp;b|t> <!here> <@U1> a*b* &amp;lt;" },
			'<strong>b</strong> <em>i</em> <del>s</del> <code>c &#60;</code> <a href="https://x.example/?a&#38;b">t</a> <span class="mention">@here</span> <span class="mention">@U1</span> a*b* &#38;lt;',
		],
		[
			"slack",
			{ text: "<!date^1775100730^{date}|x>" },
			'<time datetime="2026-04-02T03:32:10.000Z">2026-04-02 03:32 UTC</time>',
		],
		[
			"slack",
			{
				blocks: [
					{
						type: "rich_text",
						elements: [{ type: "rich_text_section", elements: [{ type: "text", text: "*a*", style: { bold: true } }] }],
					},
				],
			},
			"<b>*a*</b>",
		],
		[
			"discord",
			{ content: "**b** __u__ \\*x\\* <t:1775100730:R> @everyone" },
			'<strong>b</strong> <u>u</u> *x* <time datetime="2026-04-02T03:32:10.000Z">2026-04-02 03:32 UTC</time> <span class="mention">@everyone</span>',
		],
		[
			"mattermost",
			{ text: "- a\n- **b**\n> q" },
			"<ul><li>a</li><li><strong>b</strong></li></ul><blockquote>q</blockquote>",
		],
		[
			"mattermost",
			{
				attachments: [
					{ title: "a_b_c *d*", title_link: "https://x.example/", fields: [{ title: "k_e_y", value: "*v*" }] },
				],
			},
			'<a href="https://x.example/">a_b_c *d*</a>',
		],
		["mattermost", { attachments: [{ title: "*d*", fields: [{ title: "k_e_y", value: "v" }] }] }, "<b>k_e_y</b>"],
		[
			"telegram",
			{ text: '<b>a &lt;</b> <pre>c</pre><a href="https://x.example/?a&amp;b">l</a>', parse_mode: "HTML" },
			'<b>a &#60;</b> <pre>c</pre><a href="https://x.example/?a&#38;b">l</a>',
		],
		["telegram", { text: "<b>a</b>" }, "&#60;b&#62;a&#60;/b&#62;"],
		[
			"google_chat",
			{ cardsV2: [{ card: { sections: [{ widgets: [{ textParagraph: { text: "<b>a</b><br>b" } }] }] } }] },
			"<b>a</b><br>b",
		],
		[
			"teams",
			{ type: "AdaptiveCard", version: "1.4", body: [{ type: "TextBlock", text: "**b** \\*x\\* <at>Jane</at>" }] },
			'<strong>b</strong> *x* <span class="mention">@Jane</span>',
		],
	])("of %s: %j", (name, body, html) => {
		expect(drawn(name, body)).toContain(html);
	});

	test("a card's links lead on, and what is hidden at first can be unfolded", () => {
		const html = drawn("teams", {
			type: "AdaptiveCard",
			version: "1.4",
			body: [{ type: "Container", id: "trace", isVisible: false, items: [{ type: "TextBlock", text: "deep" }] }],
			actions: [
				{ type: "Action.OpenUrl", title: "Run", url: "https://x.example/run" },
				{ type: "Action.ToggleVisibility", title: "Show trace", targetElements: ["trace", "nowhere"] },
			],
		});
		expect(html).toMatch(/<a class="[^"]*" href="https:\/\/x.example\/run">/);
		expect(html).toMatch(/<details class="unfolds"><summary>[\s\S]*Show trace[\s\S]*<\/summary>[\s\S]*deep/);
		expect(html.match(/deep/g)).toHaveLength(1);
	});

	test("the renderer leaves nothing of its browser behind", () => {
		for (const name of ["document", "window", "HTMLElement"]) expect(globalThis).not.toHaveProperty(name);
	});
});
