// The mattermost preset: one attachment for incoming webhooks, which mentions nobody but whom its option names.

import type { Preset } from "../model/preset.ts";
import { COLOR_OPTION, MESSAGE_OPTIONS, mentionOption } from "./custom.ts";
import { listEvents, originLine } from "./list.ts";
import { mentioned } from "./options.ts";
import { saidUnder } from "./response.ts";
import { storyBody } from "./story-body.ts";
import { type Escaping, escapeMarkdown, muted } from "./text.ts";

/**
 * Ours: a text takes 16,383 characters, all attachments together 800,000 (`PostMessageMaxRunesV2`, `PostPropsMaxRunes`).
 * https://github.com/mattermost/mattermost/blob/master/server/public/model/post.go
 */
const TITLE_LIMIT = 250;
const TEXT_LIMIT = 1000;
const TRACE_LIMIT = 4000;
const FOOTER_LIMIT = 500;
const FIELD = { label: 80, value: 300, most: 25 };
const LIST = { lines: 50, size: 8000, title: 200, error: 200 };

/** Success is a 200, and any failure another status. https://developers.mattermost.com/integrate/webhooks/incoming/ */
export const mattermost = (): Preset => ({
	name: "mattermost",
	title: "Mattermost",
	options: { ...MESSAGE_OPTIONS, ...COLOR_OPTION, ...mentionOption("channel, here, all, and users by name") },
	needs: { url: true, json: true },
	limits: { text: 16_383 },
	mention,
	service: (_, __, fill) => ({
		/** https://developers.mattermost.com/integrate/reference/message-attachments/ */
		body: storyBody("characters", literal, fill, (story, truncator) => {
			const { mark, isBatch, events, text, trace, links } = story;
			const title = `${mark} ${truncator.text("title", story.headline, TITLE_LIMIT)}`;
			const named = mentioned(story.mentions, truncator, mention);
			const parts = [
				text === "" ? "" : truncator.text("text", text, TEXT_LIMIT),
				isBatch ? listEvents(events, truncator, LIST).lines.join("\n") : "",
				links.map((link) => `[${literal(link.text)}](${link.url})`).join(" · "),
				trace === "" ? "" : truncator.codeBlock(trace, TRACE_LIMIT, muted),
			];
			const fields = truncator.facts(story.facts, FIELD, (name, value) => ({ title: name, value, short: true }));
			const attachment = {
				fallback: title,
				color: story.color,
				title,
				...(links[0] === undefined ? {} : { title_link: links[0].url }),
				text: parts.filter((part) => part !== "").join("\n\n"),
				fields,
				// Mattermost shows no Markdown in it.
				footer: truncator.text("footer", originLine(story), FOOTER_LIMIT, muted),
			};
			return { ...(named === "" ? {} : { text: named }), attachments: [attachment] };
		}),
		// {"id": "…", "message": "Invalid webhook.", "status_code": 400}
		explain: ({ body }) => saidUnder("message", body),
		escape: muted,
	}),
});

function mention(who: string): string | undefined {
	const name = who.replace(/^@/, "");
	return /^[a-z0-9._-]{1,64}$/i.test(name) ? `@${name}` : undefined;
}

const literal: Escaping = (text) => muted(escapeMarkdown(text)).replaceAll(/[#|>]/g, "\\$&");
