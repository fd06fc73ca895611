// A separate bundle: the page that shows messages as their services do. It is loaded only for a page.
import { hash } from "node:crypto";
import { indented } from "../lib/indent.ts";
import { isJsonObject, parseJson } from "../lib/json.ts";
import { drawTeams } from "./card.ts";
import type { Draw } from "./draw.ts";
import { drawDiscord, drawMattermost } from "./embeds.ts";
import { drawGoogleChat } from "./google-chat.ts";
import { type Html, h, join, type Part } from "./html.ts";
import { Sheet } from "./sheet.ts";
import { drawSlack } from "./slack.ts";
import { STYLE } from "./style.ts";
import { drawTelegram } from "./telegram.ts";

/** One message. Every text is masked already. */
export interface PageMessage {
	/** The name of the hook. */
	readonly hook: string;
	/** The name of the preset; empty for a command. */
	readonly preset: string;
	/** For people: the service and where it goes, or the command. */
	readonly target: string;
	readonly body: string;
	readonly notes: readonly string[];
}

/** By the name of the preset. */
const DRAWN: Readonly<Record<string, Draw>> = {
	slack: drawSlack,
	teams: drawTeams,
	discord: drawDiscord,
	google_chat: drawGoogleChat,
	mattermost: drawMattermost,
	telegram: drawTelegram,
};

/**
 * The page, which loads nothing and runs nothing: its policy allows one style sheet, by its hash, and forbids all else.
 * https://www.w3.org/TR/CSP3/
 */
export function page(title: string, notes: readonly string[], messages: readonly PageMessage[]): string {
	const sheet = new Sheet();
	const shown = messages.map((message) => article(message, sheet));
	const main = h("main", {}, h("h1", {}, title), notesOf(notes), shown);
	const style = `${STYLE}${sheet.css()}\n`;
	const policy = `default-src 'none'; style-src 'sha256-${hash("sha256", style, "base64")}'; base-uri 'none'; form-action 'none'`;
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width">
<title>${join(title).source}</title>
<style>${style}</style>
</head>
<body>
${main.source}
</body>
</html>
`;
}

function article({ hook, preset, target, body, notes }: PageMessage, sheet: Sheet): Html {
	const value = parseJson(body);
	const drawn = isJsonObject(value) ? DRAWN[preset]?.(value, sheet) : undefined;
	const json = body === "" ? undefined : h("pre", {}, indented(body));
	return h(
		"article",
		{},
		h("header", {}, h("b", {}, hook), " ", h("span", { class: "small" }, target)),
		drawn === undefined ? json : h("div", { class: `message ${preset}` }, drawn),
		drawn === undefined ? undefined : h("details", {}, h("summary", {}, "JSON"), json),
		notesOf(notes),
	);
}

function notesOf(notes: readonly string[]): Part {
	return notes.map((note) => h("div", { class: "small" }, note));
}
