// A message of a bot in Telegram.
// https://core.telegram.org/bots/api#html-style

import type { Draw } from "./draw.ts";
import { h } from "./html.ts";
import { tags } from "./tags.ts";
import { textOf } from "./values.ts";

export const drawTelegram: Draw = (body) => {
	const text = textOf(body["text"]);
	if (text === "") return undefined;
	const isHtml = body["parse_mode"] === "HTML";
	return h("div", { class: "bubble" }, isHtml ? tags(text) : h("div", { class: "text pre" }, text));
};
