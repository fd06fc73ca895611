// The teams preset: an Adaptive Card for Teams Workflows, and the retired connectors' way of saying no.

import type { JsonObject } from "../lib/json.ts";
import type { Status } from "../model/event.ts";
import type { Preset, Response, Verdict } from "../model/preset.ts";
import { listEvents } from "./list.ts";
import { choice, textOption } from "./options.ts";
import { type Story, storyBody } from "./story.ts";
import { type Escaping, escapeMarkdown, type Truncator } from "./text.ts";

/**
 * A message has 28 KB in all. These parts (bytes of JSON), the link and the frame around them stay below it together.
 * https://learn.microsoft.com/microsoftteams/limits-specifications-teams
 */
const TITLE_LIMIT = 600;
const ERROR_LIMIT = 8000;
const FACT = { label: 100, value: 400, most: 30 };
/** Each line is an element of its own, whose frame the size does not count. */
const LIST = { lines: 40, size: 18_000, title: 500, error: 500 };

/** https://adaptivecards.io/explorer/TextBlock.html: the colours are words, which each theme shows in its own way. */
const COLORS: Readonly<Record<Status, "accent" | "good" | "attention" | "warning">> = {
	started: "accent",
	success: "good",
	failure: "attention",
	cancelled: "warning",
	info: "accent",
	warning: "warning",
};

/** Posts to the URL of a Workflow, on whichever host it lives. */
export const teams = (): Preset => ({
	name: "teams",
	title: "Microsoft Teams",
	options: {
		card: choice(
			["message", "bare"],
			"Whether the card is wrapped in a message (the default) or bare, as some flows expect",
		),
	},
	needs: { url: true, json: true },
	service: (options, url) => ({
		request: () => ({ notes: retired(url) }),
		body: storyBody("bytes", escapeCard, (story, truncator) => {
			const content = card(story, truncator);
			if (textOption(options, "card") === "bare") return content;
			// https://learn.microsoft.com/connectors/teams/#microsoft-teams-webhook
			const contentType = "application/vnd.microsoft.card.adaptive";
			return { type: "message", attachments: [{ contentType, contentUrl: null, content }] };
		}),
		judge,
	}),
});

function retired(url: URL | undefined): readonly string[] {
	if (!/(^|\.)webhook\.office\.com$/.test(url?.hostname ?? "")) return [];
	return ["connector URLs of webhook.office.com are retired: make a Workflow in Teams and use its URL"];
}

function card(story: Story, truncator: Truncator): JsonObject {
	const { link } = story;
	const title = textBlock(truncator.text("title", literal(story.headline), TITLE_LIMIT));
	const main = story.isBatch ? list(story, truncator) : errorBlock(story, truncator);
	const facts = [...story.facts, ...story.details].map(([label, value]) => [literal(label), literal(value)] as const);
	return {
		$schema: "http://adaptivecards.io/schemas/adaptive-card.json",
		type: "AdaptiveCard",
		version: "1.4",
		body: [
			{ ...title, size: "Large", weight: "Bolder", color: COLORS[story.status] },
			...main,
			{ type: "FactSet", facts: truncator.facts(facts, FACT, (title, value) => ({ title, value })) },
		],
		...(link === undefined ? {} : { actions: [{ type: "Action.OpenUrl", title: link.text, url: link.url }] }),
		msteams: { width: "Full" },
	};
}

function list({ events }: Story, truncator: Truncator): readonly JsonObject[] {
	const { lines, more } = listEvents(events, truncator, LIST);
	return lines.map((line) => ({ ...textBlock(line), spacing: "Small", ...(line === more ? { isSubtle: true } : {}) }));
}

function errorBlock({ error }: Story, truncator: Truncator): readonly JsonObject[] {
	if (error === "") return [];
	return [{ ...textBlock(truncator.ends("error", literal(error), ERROR_LIMIT)), fontType: "Monospace" }];
}

function textBlock(text: string): JsonObject {
	return { type: "TextBlock", text, wrap: true };
}

/**
 * A line that begins with white space or with a mark of Markdown's (list, quote, heading) begins with no-break spaces
 * instead: the indentation stays, and no block can begin after one.
 */
function literal(text: string): string {
	return text.replaceAll(/^([ \t]+)|^(?=>|(?:[-+#]+|\d+[.)])(?:\s|$))/gm, (indent) =>
		"\u00a0".repeat(indent.length || 1),
	);
}

/** https://learn.microsoft.com/adaptive-cards/authoring-cards/text-features: a Markdown subset, without line breaks. */
const escapeCard: Escaping = (text) => escapeMarkdown(text).replaceAll("\n", "\n\n");

/** Connectors reported errors inside a 200: `… endpoint returned HTTP error 429 …`. */
function judge({ status, body }: Response): Verdict {
	const error = /returned HTTP error (\d{3})/.exec(body)?.[1];
	if (error !== undefined) {
		return { ok: false, reason: `Teams responded with ${status}, but with HTTP error ${error} in its text` };
	}
	return status === 202 ? { ok: true, note: "accepted by the Workflow, not yet posted" } : { ok: true };
}
