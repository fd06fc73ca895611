// A message of Google Chat: its text and its cards.
// https://developers.google.com/workspace/chat/api/reference/rest/v1/cards
import type { JsonObject } from "../lib/json.ts";
import type { Draw } from "./draw.ts";
import { h, type Part } from "./html.ts";
import { MRKDWN } from "./inline.ts";
import { blocks } from "./markdown.ts";
import { tags } from "./tags.ts";
import { objectOf, objectsOf, textOf } from "./values.ts";

export const drawGoogleChat: Draw = (body) => {
	const cards = objectsOf(body["cardsV2"]).map(({ card }) => objectOf(card));
	const text = textOf(body["text"]);
	if (cards.length === 0 && text === "") return undefined;
	return h(
		"div",
		{},
		h("div", { class: "who" }, h("b", {}, "pipeline-hooks"), " ", h("span", { class: "tag" }, "App")),
		h("div", { class: "text" }, blocks(text, MRKDWN)),
		cards.map(({ header, sections }) =>
			h("div", { class: "card" }, head(objectOf(header)), objectsOf(sections).map(section)),
		),
	);
};

function head({ title, subtitle }: JsonObject): Part {
	if (title === undefined) return undefined;
	return [h("h2", {}, textOf(title)), h("div", { class: "small" }, textOf(subtitle))];
}

/** What is folded is folded here too. */
function section({ header, widgets, collapsible, uncollapsibleWidgetsCount: count }: JsonObject): Part {
	const shown = objectsOf(widgets);
	const open = collapsible === true ? (typeof count === "number" ? count : 0) : shown.length;
	const rest = shown.slice(open).map(widget);
	return h(
		"section",
		{},
		header === undefined ? undefined : h("div", { class: "small" }, tags(textOf(header))),
		shown.slice(0, open).map(widget),
		rest.length === 0 ? undefined : h("details", {}, h("summary", {}, "Show more"), rest),
	);
}

function widget(value: JsonObject): Part {
	const { textParagraph, decoratedText, buttonList, divider, columns, chipList } = value;
	if (textParagraph !== undefined) return h("div", { class: "block" }, tags(textOf(objectOf(textParagraph)["text"])));
	if (decoratedText !== undefined) return decorated(objectOf(decoratedText));
	if (buttonList !== undefined) return buttons(objectOf(buttonList)["buttons"], "text");
	if (chipList !== undefined) return buttons(objectOf(chipList)["chips"], "label");
	if (divider !== undefined) return h("hr", {});
	const items = objectsOf(objectOf(columns)["columnItems"]);
	return h(
		"div",
		{ class: "fields" },
		items.map((item) => h("div", {}, objectsOf(item["widgets"]).map(widget))),
	);
}

function decorated({ topLabel, text, bottomLabel, button }: JsonObject): Part {
	return h(
		"div",
		{ class: "block" },
		h("div", { class: "small" }, textOf(topLabel)),
		tags(textOf(text)),
		h("div", { class: "small" }, textOf(bottomLabel)),
		button === undefined ? undefined : buttons([objectOf(button)], "text"),
	);
}

function buttons(values: JsonObject[string] | undefined, label: string): Part {
	return h(
		"div",
		{ class: "block" },
		objectsOf(values).map((button) => {
			const href = textOf(objectOf(objectOf(button["onClick"])["openLink"])["url"]);
			return h("a", { class: "button", href }, textOf(button[label]));
		}),
	);
}
