// The teams preset: an Adaptive Card for Teams Workflows, and the retired connectors' way of saying no.

import type { JsonObject } from "../lib/json.ts";
import { STATUSES, type Status } from "../model/event.ts";
import type { Preset, Response, Verdict } from "../model/preset.ts";
import { MESSAGE_OPTIONS, mentionOption, template } from "./custom.ts";
import { CHAT } from "./late.ts";
import { listEvents } from "./list.ts";
import { LOOKS } from "./looks.ts";
import { choice, mentioned, text, textOption } from "./options.ts";
import type { Story } from "./story.ts";
import { storyBody } from "./story-body.ts";
import { type Escaping, escapeMarkdown, jsonBytes, type Truncator } from "./text.ts";

/** Bytes of a message, in the smaller of the two meanings of 28 KB. https://learn.microsoft.com/microsoftteams/limits-specifications-teams */
const MESSAGE_LIMIT = 28_000;
/** Of what is around the card and of its own frame. */
const FRAME = 600;
/** In bytes of JSON. What these parts leave of a message is for the list of a batch, or else for the trace. */
const TITLE_LIMIT = 600;
const TEXT_LIMIT = 1500;
const ORIGIN_LIMIT = 1000;
const FACT = { label: 100, value: 400, most: 20 };
const BATCH_FACTS = 8;
const MENTIONS_LIMIT = 10;
/** Teams shows six actions. https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-reference */
const LINKS_LIMIT = 5;
/** Ours: as much of a trace as people read, and as many of its lines as need not be folded. */
const TRACE_LIMIT = 8000;
const OPEN_LINES = 5;
/** Each line is an element of its own, whose frame its size does not count. */
const LIST = { lines: 40, title: 500, error: 500 };
const LINE_FRAME = 80;

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
	late: CHAT,
	options: {
		...MESSAGE_OPTIONS,
		color: template({ ...text("The colour: that of this status; by default the event's"), words: STATUSES }),
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
	const { tone, color, hasOwnColor, trace, text } = story;
	if (hasOwnColor && color !== LOOKS[tone].color)
		truncator.notes.push("color left out: Teams has those of a status only");
	const title = textBlock(truncator.text("title", literal(story.headline), TITLE_LIMIT));
	const whom = truncator.list("mentions", story.mentions, MENTIONS_LIMIT);
	const named = mentioned(whom, truncator, mention);
	const top = [
		{ ...title, size: "Large", weight: "Bolder", color: COLORS[tone] },
		...(named === "" ? [] : [textBlock(named)]),
		...(text === "" ? [] : [textBlock(truncator.text("text", literal(text), TEXT_LIMIT))]),
	];
	const facts = factSet(story, truncator);
	const origin = originBlock(story, truncator);
	const links = shownLinks(story, truncator);
	const actions = links.map(({ text, url }) => ({ type: "Action.OpenUrl", title: text, url }));
	const msteams = { width: "Full", ...mentionEntities(whom) };
	const room = MESSAGE_LIMIT - FRAME - jsonBytes([...top, ...facts, origin, actions, msteams]);
	return {
		$schema: "http://adaptivecards.io/schemas/adaptive-card.json",
		type: "AdaptiveCard",
		version: "1.4",
		body: [
			...top,
			...(story.isBatch ? list(story, room, truncator) : []),
			...facts,
			...traceBlocks(trace, room, truncator),
			origin,
		],
		...(actions.length === 0 ? {} : { actions }),
		msteams,
	};
}

function factSet({ facts, isBatch }: Story, truncator: Truncator): readonly JsonObject[] {
	const written = facts.map(([label, value]) => [literal(label), literal(value)] as const);
	const limits = isBatch ? { ...FACT, most: BATCH_FACTS } : FACT;
	const shown = truncator.facts(written, limits, (title, value) => ({ title, value }));
	return shown.length === 0 ? [] : [{ type: "FactSet", facts: shown }];
}

/** Where there are too many, the first two and the config's own are kept: the others lead to nothing that these do not. */
function shownLinks({ links, ownLinks }: Story, truncator: Truncator): Story["links"] {
	const best = new Set([...links.slice(0, 2), ...ownLinks, ...links]);
	const shown = truncator.list("links", [...best], LINKS_LIMIT);
	return links.filter((link) => shown.includes(link));
}

/** A long one is folded, below the button that unfolds it. */
function traceBlocks(trace: string, room: number, truncator: Truncator): readonly JsonObject[] {
	if (trace === "") return [];
	const block = textBlock(truncator.ends("error", literal(trace), Math.min(room, TRACE_LIMIT)));
	const shown = { ...block, id: "trace", fontType: "Monospace" };
	if (trace.split("\n").length <= OPEN_LINES) return [shown];
	const toggle = { type: "Action.ToggleVisibility", title: "Show trace", targetElements: ["trace"] };
	return [
		{ type: "ActionSet", actions: [toggle] },
		{ ...shown, isVisible: false },
	];
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
function mentionEntities(whom: readonly string[]): JsonObject {
	const ids = [...new Set(whom.map(idOf))].filter((id) => id !== undefined);
	const entities = ids.map((id) => ({ type: "mention", text: `<at>${id}</at>`, mentioned: { id, name: id } }));
	return entities.length === 0 ? {} : { entities };
}

function mention(who: string): string | undefined {
	const id = idOf(who);
	return id === undefined ? undefined : `<at>${id}</at>`;
}

/** A user principal name, which looks like an e-mail address, or an object id; undefined for what is neither. */
function idOf(who: string): string | undefined {
	const id = who.replace(/^<at>(.*)<\/at>$/, "$1").replace(/^@/, "");
	const isName = id.length <= 100 && /^[\w.+'#-]+@[\w-]+(?:\.[\w-]+)+$/.test(id);
	return isName || /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id) ? id : undefined;
}

function list({ events }: Story, room: number, truncator: Truncator): readonly JsonObject[] {
	const size = room - (LIST.lines + 2) * LINE_FRAME;
	const { lines, more } = listEvents(events, truncator, { ...LIST, size });
	return lines.map((line) => ({ ...textBlock(line), spacing: "Small", ...(line === more ? { isSubtle: true } : {}) }));
}

function textBlock(text: string): JsonObject {
	return { type: "TextBlock", text, wrap: true };
}

/**
 * A line that begins with white space or with a mark of Markdown's (list, quote, heading) begins with no-break spaces
 * instead: the indentation stays, and no block can begin after one. `{{DATE(…)}}` is not a function.
 */
function literal(text: string): string {
	const lines = text.replaceAll(/^([ \t]+)|^(?=>|(?:[-+#]+|\d+[.)])(?:\s|$))/gm, (indent) =>
		"\u00a0".repeat(indent.length || 1),
	);
	return lines.replaceAll(/\{\{(?=\s*(?:DATE|TIME)\b)/gi, "{\u200b{");
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
