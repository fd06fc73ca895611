// The teams preset: an Adaptive Card for Teams Workflows, and the retired connectors' way of saying no.

import type { JsonObject } from "../lib/json.ts";
import type { Status } from "../model/event.ts";
import type { Preset, Response, Verdict } from "../model/preset.ts";
import { COLOR_OPTION, MESSAGE_OPTIONS, mentionOption } from "./custom.ts";
import { listEvents } from "./list.ts";
import { choice, mentioned, textOption } from "./options.ts";
import type { Story } from "./story.ts";
import { storyBody } from "./story-body.ts";
import { type Escaping, escapeMarkdown, type Truncator } from "./text.ts";

/**
 * A message has 28 KB in all. These parts (bytes of JSON), the link and the frame around them stay below it together.
 * https://learn.microsoft.com/microsoftteams/limits-specifications-teams
 */
const TITLE_LIMIT = 600;
const TEXT_LIMIT = 1500;
const TRACE_LIMIT = 6000;
const ORIGIN_LIMIT = 1500;
const FACT = { label: 100, value: 400, most: 25 };
/** Teams shows six actions. https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-reference */
const LINKS_LIMIT = 5;
/** Lines of a trace that is not folded. */
const OPEN_LINES = 5;
/** Each line is an element of its own, whose frame the size does not count. */
const LIST = { lines: 40, size: 16_000, title: 500, error: 500 };

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
		...MESSAGE_OPTIONS,
		...COLOR_OPTION,
		...mentionOption("users by e-mail address or object id"),
		card: choice(
			["message", "bare"],
			"Whether the card is wrapped in a message (the default) or bare, as some flows expect",
		),
	},
	needs: { url: true, json: true },
	limits: { bytes: 28 * 1024 },
	mention,
	service: (options, _, fill) => ({
		body: storyBody("bytes", escapeCard, fill, (story, truncator) => {
			const content = card(story, truncator);
			if (textOption(options, "card") === "bare") return content;
			// https://learn.microsoft.com/connectors/teams/#microsoft-teams-webhook
			const contentType = "application/vnd.microsoft.card.adaptive";
			return { type: "message", attachments: [{ contentType, contentUrl: null, content }] };
		}),
		judge,
	}),
});

function card(story: Story, truncator: Truncator): JsonObject {
	const title = textBlock(truncator.text("title", literal(story.headline), TITLE_LIMIT));
	const facts = story.facts.map(([label, value]) => [literal(label), literal(value)] as const);
	const shown = truncator.facts(facts, FACT, (title, value) => ({ title, value }));
	const named = mentioned(story.mentions, truncator, mention);
	const links = truncator.list("links", story.links, LINKS_LIMIT);
	const isFolded = story.trace.split("\n").length > OPEN_LINES;
	const actions = [
		...links.map(({ text, url }) => ({ type: "Action.OpenUrl", title: text, url })),
		...(isFolded ? [{ type: "Action.ToggleVisibility", title: "Show trace", targetElements: ["trace"] }] : []),
	];
	return {
		$schema: "http://adaptivecards.io/schemas/adaptive-card.json",
		type: "AdaptiveCard",
		version: "1.4",
		body: [
			{ ...title, size: "Large", weight: "Bolder", color: COLORS[story.tone] },
			...(named === "" ? [] : [textBlock(named)]),
			...(story.text === "" ? [] : [textBlock(truncator.text("text", literal(story.text), TEXT_LIMIT))]),
			...(story.isBatch ? list(story, truncator) : []),
			...(shown.length === 0 ? [] : [{ type: "FactSet", facts: shown }]),
			...traceBlock(story, isFolded, truncator),
			originBlock(story, truncator),
		],
		...(actions.length === 0 ? {} : { actions }),
		msteams: { width: "Full", ...mentionEntities(named) },
	};
}

function traceBlock({ trace }: Story, isFolded: boolean, truncator: Truncator): readonly JsonObject[] {
	if (trace === "") return [];
	const block = textBlock(truncator.ends("trace", literal(trace), TRACE_LIMIT));
	return [{ ...block, id: "trace", fontType: "Monospace", ...(isFolded ? { isVisible: false } : {}) }];
}

/** With the time in the reader's own zone. https://learn.microsoft.com/adaptive-cards/authoring-cards/text-features */
function originBlock({ origin, times }: Story, truncator: Truncator): JsonObject {
	const values = origin.map(([, value]) => value).join(" · ");
	const text = truncator.text("origin", literal(values), ORIGIN_LIMIT);
	const shown = times.map((time) => {
		const seconds = `${new Date(time).toISOString().slice(0, 19)}Z`;
		return `{{DATE(${seconds}, SHORT)}} {{TIME(${seconds})}}`;
	});
	return { ...textBlock([text, shown.join(" – ")].filter((part) => part !== "").join(" · ")), isSubtle: true };
}

/** https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format#mention-support-within-adaptive-cards */
function mentionEntities(named: string): JsonObject {
	const ids = [...new Set(Array.from(named.matchAll(/<at>([^<]+)<\/at>/g), ([, id = ""]) => id))];
	const entities = ids.map((id) => ({ type: "mention", text: `<at>${id}</at>`, mentioned: { id, name: id } }));
	return entities.length === 0 ? {} : { entities };
}

function mention(who: string): string | undefined {
	const id = who.replace(/^<at>(.*)<\/at>$/, "$1");
	const isKnown = /^[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+$|^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id);
	return isKnown ? `<at>${id}</at>` : undefined;
}

function list({ events }: Story, truncator: Truncator): readonly JsonObject[] {
	const { lines, more } = listEvents(events, truncator, LIST);
	return lines.map((line) => ({ ...textBlock(line), spacing: "Small", ...(line === more ? { isSubtle: true } : {}) }));
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
