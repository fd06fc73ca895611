// The mattermost preset: attachments for incoming webhooks, which mentions nobody but whom its option names.

import type { JsonObject } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";
import type { Preset } from "../model/preset.ts";
import { COLOR_OPTION, MESSAGE_OPTIONS, mentionOption } from "./custom.ts";
import { CHAT } from "./late.ts";
import { listEvents } from "./list.ts";
import { originLine } from "./message-text.ts";
import { mentioned } from "./options.ts";
import { saidUnder } from "./response.ts";
import type { Story } from "./story.ts";
import { storyBody } from "./story-body.ts";
import { type Escaping, escapeMarkdown, muted, type Truncator } from "./text.ts";

/**
 * Ours: a text takes 16,383 characters, all attachments together 800,000 (`PostMessageMaxRunesV2`, `PostPropsMaxRunes`).
 * https://github.com/mattermost/mattermost/blob/master/server/public/model/post.go
 */
const TITLE_LIMIT = 250;
const TEXT_LIMIT = 1000;
const LINKS_LIMIT = 10;
const TRACE_LIMIT = 4000;
const FOOTER_LIMIT = 500;
const FIELD = { label: 80, value: 300, most: 25 };
const LIST = { lines: 50, size: 8000, title: 200, error: 200 };
/** Ours: code points of what went wrong in a notification. */
const CAUSE_LIMIT = 300;

/** Success is a 200, and any failure another status. https://developers.mattermost.com/integrate/webhooks/incoming/ */
export const mattermost = (): Preset => ({
	name: "mattermost",
	title: "Mattermost",
	late: CHAT,
	options: { ...MESSAGE_OPTIONS, ...COLOR_OPTION, ...mentionOption("channel, here, all, and users by name") },
	needs: { url: true, json: true },
	limits: { text: 16_383 },
	mention,
	service: (_, __, fill) => ({
		body: storyBody("characters", literal, fill, (story, truncator) => {
			const named = mentioned(story.mentions, truncator, mention);
			return { ...(named === "" ? {} : { text: named }), attachments: attachmentsOf(story, truncator) };
		}),
		// {"id": "…", "message": "Invalid webhook.", "status_code": 400}
		explain: ({ body }) => saidUnder("message", body),
		escape: muted,
	}),
});

/**
 * What happened, and below it the trace, each folded by Mattermost where it is long. Notifications show the `fallback`.
 * https://developers.mattermost.com/integrate/reference/message-attachments/
 */
function attachmentsOf(story: Story, truncator: Truncator): readonly JsonObject[] {
	const { mark, isBatch, events, text, telling, trace, links, color } = story;
	// A title that is a link is not Markdown, and neither is the name of a field.
	const escaping = links.length === 0 ? literal : muted;
	const title = `${mark} ${truncator.text("title", story.headline, TITLE_LIMIT, escaping)}`;
	const plain = `${mark} ${muted(excerpt(story.headline, TITLE_LIMIT))}`;
	const shown = truncator.list("links", links, LINKS_LIMIT);
	const parts = [
		text === "" ? "" : truncator.text("text", text, TEXT_LIMIT),
		isBatch ? listEvents(events, truncator, LIST).lines.join("\n") : "",
		shown.map((link) => `[${literal(link.text)}](${link.url})`).join(" · "),
	];
	const what = {
		fallback: telling === "" ? plain : `${plain} – ${muted(excerpt(telling, CAUSE_LIMIT))}`,
		title,
		...(links[0] === undefined ? {} : { title_link: links[0].url }),
		text: parts.filter((part) => part !== "").join("\n\n"),
		fields: fieldsOf(story, truncator),
	};
	const why = trace === "" ? [] : [{ text: truncator.codeBlock(trace, TRACE_LIMIT, muted) }];
	// Mattermost shows no Markdown in it.
	const footer = truncator.text("origin", originLine(story), FOOTER_LIMIT, muted);
	return [what, ...why].map((part, index) => ({ color, ...part, ...(index === why.length ? { footer } : {}) }));
}

function fieldsOf(story: Story, truncator: Truncator): readonly JsonObject[] {
	return truncator.list("facts", story.facts, FIELD.most).map(([label, value]) => ({
		title: truncator.text("fact name", label, FIELD.label, muted),
		value: truncator.text(`fact ${excerpt(label, 40)}`, value, FIELD.value),
		short: true,
	}));
}

function mention(who: string): string | undefined {
	const name = who.replace(/^@/, "");
	return /^[a-z0-9._-]{1,64}$/i.test(name) ? `@${name}` : undefined;
}

const literal: Escaping = (text) => muted(escapeMarkdown(text)).replaceAll(/[#|>]/g, "\\$&");
