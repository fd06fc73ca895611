// Marks inside a line of text, as each service reads them.
import { type Html, h, link, type Part } from "./html.ts";

/** One mark: a sticky pattern, and what it becomes. `inner` reads a part of it in turn. */
export interface Rule {
	readonly at: RegExp;
	readonly make: (groups: readonly string[], inner: (text: string) => Part) => Part;
}

/** How a service reads a text. */
export interface Dialect {
	readonly rules: readonly Rule[];
	/** Whether lists, quotes and headings begin at marks of their own. */
	readonly hasBlocks: boolean;
	/** What code says, in which no rule counts. */
	readonly code: (text: string) => string;
}

/** Marks in marks in marks: more is not worth the stack. */
const DEPTH = 12;

/** Reads one line by the first rule that fits at each place. */
export function inline(text: string, { rules }: Pick<Dialect, "rules">, depth = 0): Part {
	if (depth > DEPTH) return text;
	const parts: Part[] = [];
	let plain = 0;
	for (let place = 0; place < text.length; ) {
		const found = SPECIAL.test(text.charAt(place)) ? firstAt(text, place, rules) : undefined;
		if (found === undefined) {
			place++;
			continue;
		}
		parts.push(text.slice(plain, place));
		parts.push(found.rule.make(found.groups, (inner) => inline(inner, { rules }, depth + 1)));
		place += found.length;
		plain = place;
	}
	return [...parts, text.slice(plain)];
}

/** What any rule begins with. */
const SPECIAL = /[\\*_~`[<&@h]/;

function firstAt(text: string, place: number, rules: readonly Rule[]) {
	for (const rule of rules) {
		rule.at.lastIndex = place;
		const found = rule.at.exec(text);
		if (found !== null) return { rule, groups: found.slice(1).map((group) => group ?? ""), length: found[0].length };
	}
	return undefined;
}

const around = (at: RegExp, tag: "strong" | "em" | "del" | "u"): Rule => ({
	at,
	make: ([text = ""], inner) => h(tag, {}, inner(text)),
});
const mention = (text: string): Html => h("span", { class: "mention" }, text);

const CODE: Rule = { at: /`([^`\n]{1,2000})`/y, make: ([text = ""]) => h("code", {}, text) };
const ADDRESS: Rule = { at: /<?(https?:\/\/[^\s<>|)\]]{1,2000})>?/y, make: ([url = ""]) => link(url, url) };
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">" };

/** Markdown, as Teams, Mattermost and others read it. */
const RULES: readonly Rule[] = [
	{ at: /\\([!-/:-@[-`{-~])/y, make: ([sign]) => sign },
	CODE,
	around(/\*\*(?=\S)(.{1,2000}?)\*\*/y, "strong"),
	around(/__(?=\S)(.{1,2000}?)__/y, "strong"),
	around(/\*(?=\S)([^*\n]{1,2000})\*/y, "em"),
	around(/(?<!\w)_(?=\S)([^_\n]{1,2000})_(?!\w)/y, "em"),
	around(/~~(?=\S)(.{1,2000}?)~~/y, "del"),
	{
		at: /\[((?:\\.|[^\]\\\n]){1,500})\]\(<?([^()\s<>]{1,2000})>?\)/y,
		make: ([text = "", url = ""], inner) => link(url, inner(text)),
	},
	{ at: /<at>([^<]{1,200})<\/at>/y, make: ([name]) => mention(`@${name}`) },
	ADDRESS,
];

export const MARKDOWN: Dialect = { rules: RULES, hasBlocks: true, code: (text) => text };

/** https://docs.discord.com/developers/reference#message-formatting */
const DISCORDS: readonly Rule[] = [
	{ at: /<t:(-?\d{1,12})(?::\w)?>/y, make: ([seconds = ""]) => moment(Number(seconds)) },
	{ at: /<(@[!&]?|#)(\d{1,20})>/y, make: ([sign, id]) => mention(`${sign === "#" ? "#" : "@"}${id}`) },
	{ at: /@(everyone|here)\b/y, make: ([name]) => mention(`@${name}`) },
	around(/__(?=\S)(.{1,2000}?)__/y, "u"),
	...RULES,
];

export const DISCORD: Dialect = { ...MARKDOWN, rules: DISCORDS };

/** A name after an `@` is a mention. */
export const MATTERMOST: Dialect = {
	...MARKDOWN,
	rules: [...RULES, { at: /@([a-z0-9][\w.-]{0,63})/iy, make: ([name]) => mention(`@${name}`) }],
};

/** https://docs.slack.dev/messaging/formatting-message-text */
const MRKDWNS: readonly Rule[] = [
	{ at: /&(amp|lt|gt);/y, make: ([name = ""]) => ENTITIES[name] },
	{ at: CODE.at, make: ([text = ""]) => h("code", {}, decoded(text)) },
	{ at: /<!date\^(\d{1,12})\^[^|>]{0,500}(?:\|[^>]{0,500})?>/y, make: ([seconds = ""]) => moment(Number(seconds)) },
	{ at: /<(?:!subteam\^|[!@#])([\w-]{1,60})(?:\|([^>]{0,500}))?>/y, make: ([id, name]) => mention(`@${name || id}`) },
	{ at: /<users\/([^>\s]{1,100})>/y, make: ([id]) => mention(`@${id}`) },
	{
		at: /<((?:https?:\/\/|mailto:)[^|>\s]{1,2000})(?:\|([^>]{0,2000}))?>/y,
		make: ([url = "", text = ""], inner) => link(decoded(url), text === "" ? decoded(url) : inner(text)),
	},
	around(/(?<!\w)\*(?=\S)([^*\n]{1,2000})\*(?!\w)/y, "strong"),
	around(/(?<!\w)_(?=\S)([^_\n]{1,2000})_(?!\w)/y, "em"),
	around(/(?<!\w)~(?=\S)([^~\n]{1,2000})~(?!\w)/y, "del"),
];

export const MRKDWN: Dialect = { rules: MRKDWNS, hasBlocks: false, code: decoded };

function decoded(text: string): string {
	return text.replaceAll(/&(amp|lt|gt);/g, (_, name: string) => ENTITIES[name] ?? "");
}

/** A time, in UTC, since a page without scripts does not know the reader's zone. */
export function moment(seconds: number): Html | string {
	const date = new Date(seconds * 1000);
	if (Number.isNaN(date.getTime())) return String(seconds);
	const iso = date.toISOString();
	return h("time", { datetime: iso }, `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`);
}
