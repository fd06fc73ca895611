// The discord preset: one embed for webhooks, which mentions nobody but whom its option names.

import type { JsonObject } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";
import type { Events, PipelineEvent, Status } from "../model/event.ts";
import type { Message, Options, Preset } from "../model/preset.ts";
import { aloneOr, summarize } from "./batch.ts";
import { listEvents } from "./batch-list.ts";
import { explain, judge, retryAfter } from "./discord-answer.ts";
import { details, type Fact, headline, identity, origin, runUrl } from "./facts.ts";
import { codeBlock } from "./markdown.ts";
import { mentionOption, mentions } from "./mention.ts";
import { Cuts, plain } from "./text.ts";

/** All texts of a message together. https://docs.discord.com/developers/resources/message#embed-object-embed-limits */
const MESSAGE_LIMIT = 6000;
const TITLE_LIMIT = 256;
const FIELDS_LIMIT = 25;
/** Discord takes 4096 in the description, 256 and 1024 a field and 2048 in the footer: these leave each other room. */
const ERROR_LIMIT = 2000;
const LABEL_LIMIT = 80;
const VALUE_LIMIT = 300;
const FOOTER_LIMIT = 400;
const LIST = { lines: 40, size: 3500, title: 200, error: 150 };

/** `0xRRGGBB`. */
const COLORS: Readonly<Record<Status, number>> = {
	started: 0x3498db,
	success: 0x2ecc71,
	failure: 0xe74c3c,
	cancelled: 0x95a5a6,
	info: 0x3498db,
	warning: 0xf1c40f,
};

/** Posts to a channel's webhook. */
export const discord: Preset = {
	name: "discord",
	title: "Discord",
	options: {
		mention: mentionOption("everyone, here, user ids, and role ids after an &"),
	},
	jsonOnly: true,
	mustReadAnswer: true,
	// Without it no message that is lost is an error. https://docs.discord.com/developers/resources/webhook#execute-webhook
	query: { wait: "true" },
	judge,
	explain,
	retryAfter,
	escape: inert,
	warnUrl: ({ pathname }) => {
		const suffix = /\/webhooks\/.+\/(slack|github)\/?$/.exec(pathname)?.[1];
		return suffix === undefined
			? undefined
			: `the url ends in /${suffix}, where Discord takes another service's messages: leave that out`;
	},
	render,
	renderBatch: aloneOr(render, renderBatch),
};

function render(event: PipelineEvent, options: Options): Message {
	const { context } = event;
	const cuts = new Cuts("characters");
	const error = plain(context.error ?? "");
	const embed = {
		title: cuts.text("title", headline(event), TITLE_LIMIT, literal),
		description: error === "" ? "" : codeBlock(cuts, "error", error, ERROR_LIMIT),
		url: runUrl(context, cuts),
		status: context.status,
		footer: footer(origin(context), cuts),
		time: { timestamp: context.timestamp },
	};
	return message(embed, [...identity(context), ...details(context)], options, cuts);
}

function renderBatch(events: Events, options: Options): Message {
	const cuts = new Cuts("characters");
	const batch = summarize(events, cuts);
	const { lines, more } = listEvents(events, cuts, LIST, literal);
	const embed = {
		title: cuts.text("title", batch.headline, TITLE_LIMIT, literal),
		description: [...lines, ...(more === undefined ? [] : [more])].join("\n"),
		url: batch.link?.url,
		status: batch.status,
		footer: footer(batch.facts, cuts),
		time: {},
	};
	return message(embed, [["Time", batch.period]], options, cuts);
}

/** An embed without its fields; its texts are cut and escaped, and empty where there are none. */
interface Embed {
	readonly title: string;
	readonly description: string;
	readonly url: string | undefined;
	readonly status: Status;
	readonly footer: string;
	readonly time: { readonly timestamp?: string };
}

/** Of the facts as many as find room. */
function message(
	{ title, description, url, status, footer, time }: Embed,
	facts: readonly Fact[],
	options: Options,
	cuts: Cuts,
): Message {
	let room = MESSAGE_LIMIT - title.length - description.length - footer.length;
	const fitting = facts.slice(0, FIELDS_LIMIT).findIndex((fact) => {
		const { name, value } = field(fact, new Cuts("characters"));
		room -= name.length + value.length;
		return room < 0;
	});
	const kept = cuts.list("fields", facts, fitting === -1 ? FIELDS_LIMIT : fitting);
	const embed = {
		title,
		...(url === undefined ? {} : { url }),
		...(description === "" ? {} : { description }),
		color: COLORS[status],
		fields: kept.map((fact) => ({ ...field(fact, cuts), inline: true })),
		...(footer === "" ? {} : { footer: { text: footer } }),
		...time,
	};
	return { body: { embeds: [embed], ...mentioning(options, cuts) }, cut: cuts.phrases };
}

/**
 * Whom the option names, and nobody else, whatever stands in the texts. Embeds mention nobody, so there is a content.
 * https://docs.discord.com/developers/resources/message#allowed-mentions-object
 */
function mentioning(options: Options, cuts: Cuts): JsonObject {
	const [parse, users, roles] = [new Set<string>(), new Set<string>(), new Set<string>()];
	const write = (name: string) => {
		if (/^(?:everyone|here)$/.test(name)) {
			parse.add("everyone");
			return `@${name}`;
		}
		const [, sign = "", id = ""] = /^(?:<@)?([!&]?)(\d{15,20})>?$/.exec(name) ?? [];
		if (id === "") return undefined;
		(sign === "&" ? roles : users).add(id);
		return sign === "&" ? `<@&${id}>` : `<@${id}>`;
	};
	const content = mentions(options, cuts, write, literal);
	return {
		...(content === "" ? {} : { content }),
		allowed_mentions: {
			parse: [...parse],
			...(users.size === 0 ? {} : { users: [...users] }),
			...(roles.size === 0 ? {} : { roles: [...roles] }),
		},
	};
}

/** Discord shows no Markdown in it. */
function footer(facts: readonly Fact[], cuts: Cuts): string {
	return cuts.text("footer", facts.map(([, value]) => value).join(" · "), FOOTER_LIMIT);
}

/** No value begins a list: a zero-width space comes before the mark of one. */
function field([label, value]: Fact, cuts: Cuts): { readonly name: string; readonly value: string } {
	const item = value.replace(/^(?=(?:-|\d+\.)\s)/, "\u200b");
	return {
		name: cuts.text("field name", label, LABEL_LIMIT, literal),
		value: cuts.text(`field ${excerpt(label, 40)}`, item, VALUE_LIMIT, literal),
	};
}

/**
 * A code point that is no Markdown, mention, emoji or time. Slashes too: a link with escapes in it would lead elsewhere,
 * so there is none. https://support.discord.com/hc/en-us/articles/210298617
 */
function literal(point: string): string {
	if (point === "@") return "@\u200b";
	return /[\\`*_~|[\]<>#/]/.test(point) ? `\\${point}` : point;
}

/** For templates, where text may stand in code, which shows escapes: no mention and no link with a text of its own. */
function inert(text: string): string {
	return text.replaceAll(/[@<]|\](?=\()/g, "$&\u200b");
}
