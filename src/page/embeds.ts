// Messages of Discord (embeds) and Mattermost (attachments): a box with a stripe, a title, a text, fields and a footer.
import type { JsonObject } from "../lib/json.ts";
import type { Draw } from "./draw.ts";
import { type Html, h, link, type Part } from "./html.ts";
import { DISCORD, type Dialect, inline, MATTERMOST, moment } from "./inline.ts";
import { blocks } from "./markdown.ts";
import { type Sheet, stripe } from "./sheet.ts";
import { objectOf, objectsOf, textOf } from "./values.ts";

/** https://docs.discord.com/developers/resources/message#embed-object */
export const drawDiscord: Draw = (body, sheet) => {
	const embeds = objectsOf(body["embeds"]).map((embed) => {
		const { title, url, description, color, fields, footer, timestamp } = embed;
		const time = Date.parse(textOf(timestamp)) / 1000;
		const number = typeof color === "number" ? `#${color.toString(16).padStart(6, "0")}` : "";
		return box(sheet, DISCORD, number, {
			title: titled(textOf(title), textOf(url), DISCORD),
			text: textOf(description),
			fields: objectsOf(fields).map(({ name, value, inline: isShort }) => [
				inline(textOf(name), DISCORD),
				value,
				isShort,
			]),
			foot: [textOf(objectOf(footer)["text"]), Number.isNaN(time) ? undefined : [" · ", moment(time)]],
		});
	});
	const thread = textOf(body["thread_name"]);
	return message(textOf(body["content"]), DISCORD, [thread === "" ? undefined : h("h2", {}, thread), embeds]);
};

/** https://developers.mattermost.com/integrate/reference/message-attachments/ */
export const drawMattermost: Draw = (body, sheet) => {
	const attachments = objectsOf(body["attachments"]).map((attachment) => {
		const { title, title_link: url, pretext, text, color, fields, footer } = attachment;
		return [
			blocks(textOf(pretext), MATTERMOST),
			box(sheet, MATTERMOST, textOf(color), {
				// A title that is a link is not Markdown there, and neither is the name of a field.
				title: textOf(url) === "" ? inline(textOf(title), MATTERMOST) : link(textOf(url), textOf(title)),
				text: textOf(text),
				fields: objectsOf(fields).map(({ title: name, value, short }) => [textOf(name), value, short]),
				foot: textOf(footer),
			}),
		];
	});
	return message(textOf(body["text"]), MATTERMOST, attachments);
};

function message(content: string, dialect: Dialect, rest: Part): Html {
	const who = h("div", { class: "who" }, h("b", {}, "pipeline-hooks"), " ", h("span", { class: "tag" }, "BOT"));
	return h("div", {}, who, h("div", { class: "text" }, blocks(content, dialect)), rest);
}

interface Box {
	readonly title: Part;
	readonly text: string;
	readonly fields: readonly (readonly [name: Part, value: JsonObject[string] | undefined, isShort: unknown])[];
	readonly foot: Part;
}

function box(sheet: Sheet, dialect: Dialect, color: string, { title, text, fields, foot }: Box): Html {
	return h(
		"div",
		{ class: stripe(sheet, color) },
		h("div", { class: "title" }, title),
		h("div", { class: "text" }, blocks(text, dialect)),
		h(
			"div",
			{ class: "fields" },
			fields.map(([name, value, isShort]) =>
				h("div", { class: isShort === true ? undefined : "wide" }, h("b", {}, name), blocks(textOf(value), dialect)),
			),
		),
		h("div", { class: "small" }, foot),
	);
}

function titled(title: string, url: string, dialect: Dialect): Part {
	const text = inline(title, dialect);
	return url === "" ? text : link(url, text);
}
