// The ntfy preset: a push notification, published as JSON.

import type { JsonObject } from "../lib/json.ts";
import type { Status } from "../model/event.ts";
import type { AddressNote, Preset } from "../model/preset.ts";
import { MESSAGE_OPTIONS } from "./custom.ts";
import { CHAT } from "./late.ts";
import { messageText, type TextFormat } from "./message-text.ts";
import { choice, inRequest, lineOption, required, secret, textOption, textsOption } from "./options.ts";
import { saidUnder } from "./response.ts";
import type { Story } from "./story.ts";
import { storyBody } from "./story-body.ts";
import { oneLine, type Truncator, unescaped } from "./text.ts";

/** Ours, in bytes of JSON: the whole has room for 8192, twice the limit of a message. */
const TITLE_LIMIT = 250;
const TAGS_LIMIT = 10;
const TAG_LIMIT = 50;
/** Bytes; a longer message becomes an attachment. https://docs.ntfy.sh/publish/#limitations */
const MESSAGE_LIMIT = 4096;
const TEXT: TextFormat = {
	limit: MESSAGE_LIMIT,
	textLimit: 500,
	originLimit: 400,
	traceLimit: 1500,
	trace: (text) => text,
	list: { lines: 30, title: 150, error: 150 },
	fact: { label: 60, value: 120 },
	item: (name, value) => `${name}: ${value}`,
};

/** Buttons of a notification. https://docs.ntfy.sh/publish/#action-buttons */
const ACTIONS_LIMIT = 3;

/** https://docs.ntfy.sh/publish/#message-priority */
const PRIORITIES: readonly string[] = ["min", "low", "default", "high", "max"];

/** Tags that are shown as emoji. https://docs.ntfy.sh/emojis/ */
const EMOJI: Readonly<Record<Status, string>> = {
	started: "arrow_forward",
	success: "white_check_mark",
	failure: "x",
	cancelled: "stop_button",
	info: "information_source",
	warning: "warning",
};

/** https://docs.ntfy.sh/publish/#publish-as-json */
const WITH_PATH: AddressNote = {
	what: "the url has a path, where ntfy reads JSON as plain text",
	remedy: "remove the path, and set topic instead",
};

export const ntfy = (): Preset => ({
	name: "ntfy",
	title: "ntfy",
	late: CHAT,
	options: {
		...MESSAGE_OPTIONS,
		topic: required(secret("Topic; anyone who knows it can read and write it")),
		token: inRequest(secret("Access token of a user who may publish to the topic")),
		priority: choice(PRIORITIES, "How urgent it is; by default high for a failure, default for the rest"),
		tags: { kind: "strings", summary: "Additional tags" },
	},
	needs: { json: true },
	limits: { message: { most: MESSAGE_LIMIT, unit: "bytes", size: Buffer.byteLength }, actions: ACTIONS_LIMIT },
	address: ({ pathname }) => (pathname === "/" ? undefined : WITH_PATH),
	service: (options, url, fill) => ({
		request: () => {
			const token = textOption(options, "token");
			return {
				url: url?.href ?? "https://ntfy.sh/",
				headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
			};
		},
		body: storyBody("bytes", unescaped, fill, (story, truncator) => {
			const { status, headline, links } = story;
			const actions = actionsOf(story, truncator);
			const priority = textOption(options, "priority") ?? (status === "failure" ? "high" : "default");
			const own = textsOption(options, "tags")
				.map(oneLine)
				.filter((tag) => tag !== "");
			const tags = truncator.list("tags", own, TAGS_LIMIT).map((tag) => truncator.text("tag", tag, TAG_LIMIT));
			return {
				topic: lineOption(options, "topic"),
				title: truncator.text("title", headline, TITLE_LIMIT),
				message: messageText(story, truncator, TEXT),
				priority: PRIORITIES.indexOf(priority) + 1 || 3,
				tags: [EMOJI[status], ...tags],
				...(links[0] === undefined ? {} : { click: links[0].url, actions }),
			};
		}),
		// {"code": 42901, "http": 429, "error": "limit reached: …", "link": "https://ntfy.sh/docs/…"}
		explain: ({ body }) => saidUnder("error", body),
	}),
});

/** The first link is the job or the run; after it the config's own come before the others. */
function actionsOf({ links, ownLinks }: Story, truncator: Truncator): readonly JsonObject[] {
	const first = links.slice(0, 1);
	const own = ownLinks.filter((link) => !first.includes(link));
	const shown = truncator.list("own links", own, ACTIONS_LIMIT - first.length);
	const chosen = [...new Set([...first, ...shown, ...links])].slice(0, ACTIONS_LIMIT);
	return chosen.map(({ text, url }) => ({ action: "view", label: text, url }));
}
