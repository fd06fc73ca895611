// The mattermost preset: one attachment for incoming webhooks, which mentions nobody but whom its option names.

import type { Events, Status } from "../model/event.ts";
import type { Message, Options, Preset } from "../model/preset.ts";
import { listEvents } from "./list.ts";
import { mentionOption, mentions } from "./options.ts";
import { type Story, storyOf } from "./story.ts";
import { escapeMarkdown, type Fact, muted, saidUnder, Truncator } from "./text.ts";

/**
 * Ours: a text takes 16,383 characters, all attachments together 800,000 (`PostMessageMaxRunesV2`, `PostPropsMaxRunes`).
 * https://github.com/mattermost/mattermost/blob/master/server/public/model/post.go
 */
const TITLE_LIMIT = 250;
const ERROR_LIMIT = 5000;
const FOOTER_LIMIT = 400;
const FIELD = { label: 80, value: 300, most: 25 };
const LIST = { lines: 50, size: 8000, title: 200, error: 200 };

const COLORS: Readonly<Record<Status, string>> = {
	started: "#3498db",
	success: "#2ecc71",
	failure: "#e74c3c",
	cancelled: "#95a5a6",
	info: "#3498db",
	warning: "#f1c40f",
};

/** Success is a 200, and any failure another status. https://developers.mattermost.com/integrate/webhooks/incoming/ */
export const mattermost = (): Preset => ({
	name: "mattermost",
	title: "Mattermost",
	options: { mention: mentionOption("channel, here, all, and users by name") },
	needs: { url: true, json: true },
	service: (options) => ({
		body: (events) => message(events, options),
		// {"id": "…", "message": "Invalid webhook.", "status_code": 400}
		explain: ({ body }) => saidUnder("message", body),
		escape: (text) => text.replaceAll("@", "@\u200b"),
	}),
});

/** https://developers.mattermost.com/integrate/reference/message-attachments/ */
function message(events: Events, options: Options): Message {
	const truncator = new Truncator("characters", literal);
	const story = storyOf(events, truncator.notes);
	const { mark, link } = story;
	const title = `${mark} ${truncator.text("title", story.headline, TITLE_LIMIT)}`;
	const text = mentions(options, truncator, (name) => (/^[a-z0-9._-]{1,64}$/i.test(name) ? `@${name}` : undefined));
	const attachment = {
		fallback: title,
		color: COLORS[story.status],
		title,
		...(link === undefined ? {} : { title_link: link.url }),
		text: what(story, truncator),
		fields: fields(story, truncator),
		footer: footer(story, truncator),
	};
	return { body: { ...(text === "" ? {} : { text }), attachments: [attachment] }, notes: truncator.notes };
}

function what({ isBatch, events, error }: Story, truncator: Truncator): string {
	if (isBatch) return listEvents(events, truncator, LIST, literal).lines.join("\n");
	return error === "" ? "" : truncator.codeBlock(error, ERROR_LIMIT, muted);
}

function fields({ isBatch, subject, details, period }: Story, truncator: Truncator) {
	const facts: readonly Fact[] = [...subject, ...details, ...(isBatch ? [["Time", period] as const] : [])];
	return truncator.facts(facts, FIELD, (title, value) => ({ title, value, short: true }));
}

/** Mattermost shows no Markdown in it. */
function footer({ isBatch, origin, period }: Story, truncator: Truncator): string {
	const facts = [...origin.map(([, value]) => value), ...(isBatch ? [] : [period])];
	return truncator.text("footer", facts.join(" · "), FOOTER_LIMIT, muted);
}

function literal(point: string): string {
	return point === "#" || point === "|" || point === ">" ? `\\${point}` : muted(escapeMarkdown(point));
}
