// The mattermost preset: one attachment for incoming webhooks, which mentions nobody but whom its option names.

import type { Preset } from "../model/preset.ts";
import { listEvents } from "./list.ts";
import { mentionOption, mentions } from "./options.ts";
import { saidUnder } from "./response.ts";
import { LOOKS, storyBody } from "./story.ts";
import { type Escaping, escapeMarkdown, muted } from "./text.ts";

/**
 * Ours: a text takes 16,383 characters, all attachments together 800,000 (`PostMessageMaxRunesV2`, `PostPropsMaxRunes`).
 * https://github.com/mattermost/mattermost/blob/master/server/public/model/post.go
 */
const TITLE_LIMIT = 250;
const ERROR_LIMIT = 5000;
const FOOTER_LIMIT = 400;
const FIELD = { label: 80, value: 300, most: 25 };
const LIST = { lines: 50, size: 8000, title: 200, error: 200 };

/** Success is a 200, and any failure another status. https://developers.mattermost.com/integrate/webhooks/incoming/ */
export const mattermost = (): Preset => ({
	name: "mattermost",
	title: "Mattermost",
	options: { mention: mentionOption("channel, here, all, and users by name") },
	needs: { url: true, json: true },
	service: (options) => ({
		/** https://developers.mattermost.com/integrate/reference/message-attachments/ */
		body: storyBody("characters", literal, (story, truncator) => {
			const { mark, status, isBatch, events, error, subject, details, time, origin, period, link } = story;
			const title = `${mark} ${truncator.text("title", story.headline, TITLE_LIMIT)}`;
			const mentioned = mentions(options, truncator, mention);
			const main = isBatch
				? listEvents(events, truncator, LIST).lines.join("\n")
				: error && truncator.codeBlock(error, ERROR_LIMIT, muted);
			const fields = truncator.facts([...subject, ...details, ...time], FIELD, (name, value) => {
				return { title: name, value, short: true };
			});
			// Mattermost shows no Markdown in it.
			const footer = [...origin.map(([, value]) => value), ...(isBatch ? [] : [period])].join(" · ");
			const attachment = {
				fallback: title,
				color: `#${LOOKS[status].color.toString(16)}`,
				title,
				...(link === undefined ? {} : { title_link: link.url }),
				text: main,
				fields,
				footer: truncator.text("footer", footer, FOOTER_LIMIT, muted),
			};
			return { ...(mentioned === "" ? {} : { text: mentioned }), attachments: [attachment] };
		}),
		// {"id": "…", "message": "Invalid webhook.", "status_code": 400}
		explain: ({ body }) => saidUnder("message", body),
		escape: muted,
	}),
});

function mention(name: string): string | undefined {
	return /^[a-z0-9._-]{1,64}$/i.test(name) ? `@${name}` : undefined;
}

const literal: Escaping = (text) => muted(escapeMarkdown(text)).replaceAll(/[#|>]/g, "\\$&");
