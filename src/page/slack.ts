// A message of Slack: the blocks of Block Kit that webhooks may send, and attachments with a colour.
// https://docs.slack.dev/reference/block-kit/blocks
import type { Json, JsonObject } from "../lib/json.ts";
import type { Draw } from "./draw.ts";
import { h, join, lines, link, type Part } from "./html.ts";
import { MRKDWN, moment } from "./inline.ts";
import { blocks } from "./markdown.ts";
import { stripe } from "./sheet.ts";
import { objectOf, objectsOf, textOf } from "./values.ts";

export const drawSlack: Draw = (body, sheet) => {
	const shown = objectsOf(body["blocks"]);
	const attachments = objectsOf(body["attachments"]);
	if (shown.length === 0 && attachments.length === 0 && textOf(body["text"]) === "") return undefined;
	return h(
		"div",
		{},
		h("div", { class: "who" }, h("b", {}, "pipeline-hooks"), " ", h("span", { class: "tag" }, "APP")),
		shown.length > 0 ? shown.map(block) : h("div", { class: "text" }, blocks(textOf(body["text"]), MRKDWN)),
		attachments.map((attachment) =>
			h("div", { class: stripe(sheet, textOf(attachment["color"])) }, attachmentParts(attachment)),
		),
	);
};

function attachmentParts(attachment: JsonObject): Part {
	const shown = objectsOf(attachment["blocks"]);
	if (shown.length > 0) return shown.map(block);
	return [
		h("div", {}, h("b", {}, linked(attachment["title"], attachment["title_link"]))),
		h("div", { class: "text" }, blocks(textOf(attachment["text"]) || textOf(attachment["fallback"]), MRKDWN)),
	];
}

function linked(text: Json | undefined, url: Json | undefined): Part {
	return textOf(url) === "" ? textOf(text) : link(textOf(url), textOf(text));
}

function block(value: JsonObject): Part {
	switch (value["type"]) {
		case "header":
			return h("h2", {}, textOf(objectOf(value["text"])["text"]));
		case "section":
			return h(
				"div",
				{ class: "block" },
				textObject(value["text"]),
				fields(objectsOf(value["fields"])),
				button(objectOf(value["accessory"])),
			);
		case "context":
			return h(
				"div",
				{ class: "block small inline" },
				objectsOf(value["elements"]).map((item) => [textObject(item), " "]),
			);
		case "rich_text":
			return h("div", { class: "block" }, objectsOf(value["elements"]).map(richText));
		case "markdown":
			return h("div", { class: "block" }, blocks(textOf(value["text"]), MRKDWN));
		case "divider":
			return h("hr", {});
		case "actions":
			return h("div", { class: "block" }, objectsOf(value["elements"]).map(button));
		default:
			return h("div", { class: "block small" }, `[${textOf(value["type"])}]`);
	}
}

function fields(values: readonly JsonObject[]): Part {
	if (values.length === 0) return undefined;
	return h("div", { class: "fields" }, values.map(textObject));
}

function textObject(value: Json | undefined): Part {
	const { type, text } = objectOf(value);
	if (text === undefined) return undefined;
	return h("div", { class: "text" }, type === "mrkdwn" ? blocks(textOf(text), MRKDWN) : lines(textOf(text)));
}

function button({ type, text, url, style }: JsonObject): Part {
	if (type !== "button") return undefined;
	const label = textOf(objectOf(text)["text"]);
	return h("a", { class: `button ${style === "danger" ? "danger" : ""}`, href: textOf(url) }, label);
}

function richText(value: JsonObject): Part {
	const elements = objectsOf(value["elements"]);
	switch (value["type"]) {
		case "rich_text_preformatted":
			return h("pre", {}, elements.map(richElement));
		case "rich_text_quote":
			return h("blockquote", {}, elements.map(richElement));
		case "rich_text_list":
			return h(
				"ul",
				{},
				elements.map((item) => h("li", {}, richText(item))),
			);
		default:
			return h("div", { class: "rich" }, elements.map(richElement));
	}
}

/** https://docs.slack.dev/reference/block-kit/blocks/rich-text-block#element-types */
function richElement(value: JsonObject): Part {
	const text = textOf(value["text"]);
	switch (value["type"]) {
		case "text":
			return styled(join(lines(text)), objectOf(value["style"]));
		case "link":
			return link(textOf(value["url"]), text || textOf(value["url"]));
		case "emoji":
			return `:${textOf(value["name"])}:`;
		case "date":
			return moment(Number(textOf(value["timestamp"])));
		default: {
			const { user_id: user, usergroup_id: group, channel_id: channel, range } = value;
			return h("span", { class: "mention" }, `@${textOf(user) || textOf(group) || textOf(channel) || textOf(range)}`);
		}
	}
}

function styled(text: Part, { bold, italic, strike, code }: JsonObject): Part {
	let shown = text;
	if (code === true) shown = h("code", {}, shown);
	if (strike === true) shown = h("del", {}, shown);
	if (italic === true) shown = h("em", {}, shown);
	return bold === true ? h("b", {}, shown) : shown;
}
