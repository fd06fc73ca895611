// The ntfy preset: a push notification, published as JSON.

import type { Events, Status } from "../model/event.ts";
import type { Message, Options, Preset } from "../model/preset.ts";
import { listEvents } from "./list.ts";
import { textOption, textsOption } from "./options.ts";
import { type Story, storyOf } from "./story.ts";
import { type Fact, oneLine, saidUnder, Truncator } from "./text.ts";

/** Bytes of a message; a longer one becomes an attachment. https://docs.ntfy.sh/publish/#limitations */
const MESSAGE_LIMIT = 4096;
/** Ours, in bytes of JSON: the whole has room for 8192, twice the limit of a message. */
const TITLE_LIMIT = 250;
const ERROR_LIMIT = 1500;
const FACT = { label: 60, value: 120 };
const LIST = { lines: 30, title: 150, error: 150 };
const TAGS_LIMIT = 10;
const TAG_LIMIT = 50;

/** One line of facts: name and value. */
const ITEM_LIMIT = FACT.label + FACT.value + ": \\n".length;

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

export const ntfy = (): Preset => ({
	name: "ntfy",
	title: "ntfy",
	options: {
		topic: {
			kind: "string",
			secret: true,
			required: true,
			summary: "Topic; anyone who knows it can read and write it",
		},
		token: { kind: "string", secret: true, summary: "Access token of a user who may publish to the topic" },
		priority: {
			kind: "choice",
			choices: PRIORITIES,
			summary: "How urgent it is; by default high for a failure, default for the rest",
		},
		tags: { kind: "strings", summary: "Additional tags" },
	},
	needs: { json: true },
	service: (options, url) => ({
		request: () => {
			const token = textOption(options, "token");
			return {
				url: url?.href ?? "https://ntfy.sh/",
				headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
				notes: url === undefined || url.pathname === "/" ? [] : [PATH_NOTE],
			};
		},
		body: (events) => message(events, options),
		// {"code": 42901, "http": 429, "error": "limit reached: …", "link": "https://ntfy.sh/docs/…"}
		explain: ({ body }) => saidUnder("error", body),
	}),
});

/** https://docs.ntfy.sh/publish/#publish-as-json */
const PATH_NOTE = "the url has a path, where ntfy takes JSON for plain text: leave the path out, and set topic instead";

function message(events: Events, options: Options): Message {
	const truncator = new Truncator("bytes");
	const story = storyOf(events, truncator.notes);
	const priority = textOption(options, "priority") ?? (story.status === "failure" ? "high" : "default");
	const own = textsOption(options, "tags")
		.map(oneLine)
		.filter((tag) => tag !== "");
	const tags = truncator.list("tags", own, TAGS_LIMIT).map((tag) => truncator.text("tag", tag, TAG_LIMIT));
	const body = {
		topic: oneLine(textOption(options, "topic") ?? ""),
		title: truncator.text("title", story.headline, TITLE_LIMIT),
		message: (story.isBatch ? listed(story, truncator) : told(story, truncator)).join("\n"),
		priority: PRIORITIES.indexOf(priority) + 1 || 3,
		tags: [EMOJI[story.status], ...tags],
		...(story.link === undefined ? {} : { click: story.link.url }),
	};
	return { body, notes: truncator.notes };
}

function told(story: Story, truncator: Truncator): readonly string[] {
	const parts = [
		...(story.error === "" ? [] : [truncator.ends("error", story.error, ERROR_LIMIT)]),
		...items(story.facts, truncator),
	];
	const room = MESSAGE_LIMIT - truncator.size([...parts, ""].join("\n"));
	const details = truncator.list("details", story.details, Math.floor(room / ITEM_LIMIT));
	return [...parts, ...items(details, truncator)];
}

function listed(story: Story, truncator: Truncator): readonly string[] {
	const facts = items(story.facts, truncator);
	// The size of a list counts 1 for a line break, and JSON writes two bytes.
	const size = MESSAGE_LIMIT - truncator.size(["", ...facts].join("\n")) - LIST.lines - 1;
	return [...listEvents(story.events, truncator, { ...LIST, size }).lines, ...facts];
}

function items(facts: readonly Fact[], truncator: Truncator): readonly string[] {
	return truncator.facts(facts, FACT, (name, value) => `${name}: ${value}`);
}
