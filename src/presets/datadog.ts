// The datadog preset: the Events API v1, with tags and a key that groups the events of one thing.

import { excerpt } from "../lib/text.ts";
import type { EventContext } from "../model/event.ts";
import type { Options, Preset } from "../model/preset.ts";
import { MESSAGE_OPTIONS, template } from "./custom.ts";
import { alertKey } from "./key.ts";
import { ALERTS } from "./late.ts";
import { listEvents } from "./list.ts";
import { LOOKS } from "./looks.ts";
import { choice, inRequest, required, secret, text, textOption, textsOption } from "./options.ts";
import type { Story } from "./story.ts";
import { storyBody, storyKey } from "./story-body.ts";
import { type Escaping, escapeMarkdown, type Fact, muted, oneLine, type Truncator, unescaped } from "./text.ts";

/** https://docs.datadoghq.com/api/latest/events/#post-an-event: Datadog's clients state 100 for the title too. */
const TITLE_LIMIT = 100;
const TEXT_LIMIT = 4000;
const KEY_LIMIT = 100;
/** https://docs.datadoghq.com/getting_started/tagging/ */
const TAG_LIMIT = 200;
/** Ours: so that the facts that identify the event, the link and the error all fit into the text. */
const FACT = { label: 80, value: 100 };
const LINE_LIMIT = 300;
const LINKS_LIMIT = 800;
const ERROR_LIMIT = 1000;
const LIST = { lines: 30, title: 150, error: 200, bullet: "- " };

/** One line of the list: marks, name and value. */
const ITEM_LIMIT = FACT.label + FACT.value + "- ****: \n".length;

const [OPEN, CLOSE, GAP, ITEM] = ["%%% \n", "\n %%%", "\n\n", "- "];

/** https://docs.datadoghq.com/getting_started/site/ */
const SITES = [
	"datadoghq.com",
	"us3.datadoghq.com",
	"us5.datadoghq.com",
	"datadoghq.eu",
	"ap1.datadoghq.com",
	"ap2.datadoghq.com",
	"ddog-gov.com",
	"us2.ddog-gov.com",
] as const;

/**
 * Leaves `date_happened` out: Datadog refuses events that are older than 18 hours, and the time is a fact in the text.
 */
export const datadog = (): Preset => ({
	name: "datadog",
	title: "Datadog",
	late: ALERTS,
	options: {
		...MESSAGE_OPTIONS,
		api_key: required(inRequest(secret("API key of the organisation"))),
		site: inRequest(choice(SITES, "Site of the organisation; default datadoghq.com")),
		tags: { kind: "strings", summary: "Additional tags, as key:value" },
		aggregation_key: template(text("Key that groups events; by default made from what the event is about")),
	},
	needs: { json: true },
	limits: { title: TITLE_LIMIT, text: TEXT_LIMIT, aggregation_key: KEY_LIMIT, "tags.*": TAG_LIMIT },
	service: (options, url, fill) => ({
		request: () => ({
			url: url?.href ?? `https://api.${textOption(options, "site") ?? SITES[0]}/api/v1/events`,
			headers: { "DD-API-KEY": textOption(options, "api_key") ?? "" },
		}),
		body: storyBody("characters", literal, fill, (story, truncator) => ({
			title: truncator.text("title", story.headline, TITLE_LIMIT, muted),
			text: OPEN + (story.isBatch ? listed(story, truncator) : told(story, truncator)).join(GAP) + CLOSE,
			alert_type: story.status === "success" ? "success" : LOOKS[story.status].severity,
			aggregation_key: alertKey(story, { ...AGGREGATION_KEY, fill, notes: truncator.notes }),
			tags: tags(story.context, options, truncator),
		})),
		key: storyKey({ ...AGGREGATION_KEY, fill }),
	}),
});

const AGGREGATION_KEY = { name: "aggregation_key", limit: KEY_LIMIT };

/** The list first. */
function listed(story: Story, truncator: Truncator): readonly string[] {
	const time = ["Time", story.times.join(" – ")] as const;
	const rest = [...linkTo(story), items([...story.facts.slice(0, 5), ...story.origin, time], truncator)];
	const size = TEXT_LIMIT - [OPEN, ITEM, ...rest, CLOSE].join(GAP).length;
	const { lines } = listEvents(story.events, truncator, { ...LIST, size });
	return [unclosed(lines.join("\n")), ...rest];
}

/** A headline that the title has no room for, whole. */
function longHeadline({ headline }: Story, truncator: Truncator): readonly string[] {
	if (headline.length <= TITLE_LIMIT) return [];
	return [truncator.text("headline", unclosed(headline), LINE_LIMIT)];
}

/** Headline, error, links and origin first; then as many facts as fit. */
function told(story: Story, truncator: Truncator): readonly string[] {
	const [text, trace] = [unclosed(story.text), unclosed(story.trace)];
	const parts = [
		...longHeadline(story, truncator),
		...(text === "" ? [] : [truncator.text("text", text, LINE_LIMIT)]),
		...linkTo(story),
		items([...story.origin, ["Time", story.times[0]]], truncator),
		...(trace === "" ? [] : [truncator.codeBlock(trace, ERROR_LIMIT, muted)]),
	];
	const room = TEXT_LIMIT - [OPEN, ...parts, "", CLOSE].join(GAP).length;
	const details = truncator.list("facts", story.facts, Math.floor(room / ITEM_LIMIT));
	return details.length === 0 ? parts : [...parts, items(details, truncator)];
}

/** Three percent signs would end the block of Markdown. */
function unclosed(text: string): string {
	return text.replaceAll(/%{3,}/g, "%%");
}

function linkTo({ links }: Story): readonly string[] {
	const written = links.map(({ text, url }) => `[${literal(unclosed(text))}](${url})`);
	const fitting = written.filter((_, index) => written.slice(0, index + 1).join(" · ").length <= LINKS_LIMIT);
	return fitting.length === 0 ? [] : [fitting.join(" · ")];
}

function items(facts: readonly Fact[], truncator: Truncator): string {
	const given = facts.map(([label, value]) => [unclosed(label), unclosed(value)] as const);
	return truncator.facts(given, FACT, (name, value) => `${ITEM}**${name}**: ${value}`).join("\n");
}

/** The tags of an event, or of what a batch of them shares, and those of the option `tags`; each once. */
function tags(context: EventContext, options: Options, truncator: Truncator): readonly string[] {
	const own = {
		event: context.event,
		pipeline: context.pipeline,
		status: context.status,
		table: context.table,
		model: context.model,
		repository: context.ci?.repository,
		branch: context.ci?.branch,
		tag: context.ci?.tag,
	};
	const given = Object.entries(own).flatMap(([key, value]) => (value ? [`${key}:${value}`] : []));
	const written = [...given, ...textsOption(options, "tags")].map((tag) => normalTag(tag, truncator));
	return [...new Set(written.filter((tag) => tag !== ""))];
}

/** https://docs.datadoghq.com/getting_started/tagging/#define-tags, applied here so that limits count what is kept. */
function normalTag(tag: string, truncator: Truncator): string {
	// Unit by unit, and without an anchored run: the call stack does not hold ten million of either.
	const marked = oneLine(tag)
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N}_\-:./]/gu, "_")
		.replaceAll(/__+/g, "_");
	const start = marked.search(/\p{L}/u);
	const normal = start === -1 ? "" : marked.slice(start);
	// The ellipsis of a truncated tag would become an underscore, which Datadog takes off the end of a tag.
	return truncator.text(`tag ${excerpt(tag, 20)}`, normal, TAG_LIMIT, unescaped).replace(/[_…]+$/, "");
}

const literal: Escaping = (text) => muted(escapeMarkdown(text));
