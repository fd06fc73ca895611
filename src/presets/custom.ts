// What a config changes of a message without writing its body: title, text, fields, colour, links, mentions.

import type { JsonObject } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";
import { STATUSES } from "../model/event.ts";
import type { Fill, OptionSpec } from "../model/preset.ts";
import { facts } from "./facts.ts";
import { fittingLinks, type Link, webAddress } from "./links.ts";
import { LOOKS } from "./looks.ts";
import { text } from "./options.ts";
import type { Story } from "./story.ts";
import { oneLine } from "./text.ts";

/** Ours: code points of a label in a note. */
const NAMED = 60;

/** An option whose texts are templates. */
export const template = (option: OptionSpec): OptionSpec => ({ ...option, template: true });

/** Options of every preset whose messages people read. */
export const MESSAGE_OPTIONS = {
	title: template(text("The headline, in place of the preset's own")),
	text: template(text("The line below the headline; by default the line of the error that says what went wrong")),
	fields: template({
		kind: "table",
		summary: 'Facts in place of the preset\'s own, as { Rows = "{{metadata.rows}}" }',
	}),
	links: template({
		kind: "table",
		summary: 'Additional links, as { Runbook = "https://wiki.example.com/{{table}}" }',
	}),
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** Where a service shows colours. */
export const COLOR_OPTION = {
	color: template(
		text("The colour: #rrggbb, or a status for the colour of that; by default that of the event's status"),
	),
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** The option `mention`; `whom` is what may be named. No text of an event ever mentions anybody. */
export const mentionOption = (whom: string): Readonly<Record<"mention", OptionSpec>> => ({
	mention: template({ kind: "strings", summary: `Who is mentioned: ${whom}` }),
});

/** The story as the options want it. Adds to `notes` what they ask for and cannot have. */
export function customised(story: Story, fill: Fill, view: () => JsonObject, notes: string[]): Story {
	const only = (option: string) => fill(option, view).map(([, written]) => oneLine(written))[0];
	const [title, told, color] = [only("title"), only("text"), only("color")];
	if (title === "") notes.push("title is empty, so the preset's own is shown");
	const fields = fill("fields", view);
	const links = ownLinks(fill, view, notes);
	const mentions = fill("mention", view).map(([, who]) => oneLine(who));
	return {
		...story,
		headline: title || story.headline,
		...(told ? { telling: told, text: told } : {}),
		...(color ? colorOf(color, story, notes) : {}),
		...(fields.length === 0 ? {} : { facts: facts(fields) }),
		links: [...story.links, ...links],
		ownLinks: links,
		mentions: mentions.map((who) => who.replace(/^@/, "")).filter((who) => who !== ""),
	};
}

/** Whether a service can show it. */
export function isColor(written: string): boolean {
	return COLOR.test(written) || STATUSES.some((status) => status === written.toLowerCase());
}

const COLOR = /^#((?:[0-9a-f]{3}){1,2})$/i;

function colorOf(written: string, story: Story, notes: string[]): Pick<Story, "color" | "tone" | "hasOwnColor"> {
	const tone = STATUSES.find((status) => status === written.toLowerCase());
	if (tone !== undefined) return { tone, color: LOOKS[tone].color, hasOwnColor: true };
	const [, digits = ""] = COLOR.exec(written) ?? [];
	const full = digits.length === 3 ? digits.replaceAll(/./g, "$&$&") : digits;
	if (full !== "") return { tone: story.tone, color: `#${full.toLowerCase()}`, hasOwnColor: true };
	notes.push(`color is not #rrggbb or one of ${STATUSES.join(", ")}`);
	return story;
}

/** Where an inserted value ends. No value has it once it is encoded. */
const END = "\0";

/** A value at the beginning that is an address counts as it is: `{{run_link}}/rerun`. What follows must not change its host. */
function withLeadingAddress(encoded: string): string {
	const [, lead = "", rest = encoded] = /^(https%3A%2F%2F[^\0]*)\0([\s\S]*)$/.exec(encoded) ?? [];
	const address = decodeURIComponent(lead);
	const after = rest.replaceAll(END, "");
	const isHost = /^https:\/\/[^/?#]*$/.test(address);
	if (lead === "" || /^https:\/\/[^/?#]*@/.test(address) || (isHost && !/^(?:[/?#]|$)/.test(after)))
		return lead + after;
	return address + after;
}

/** What a value adds to an address is encoded: beside other text it could lead to another host. */
function ownLinks(fill: Fill, view: () => JsonObject, notes: string[]): readonly Link[] {
	const encoded = fill("links", view, (value) => encodeURIComponent(value.toWellFormed()) + END);
	const given = fill("links", view).flatMap(([label, written], index) => {
		if (written.trim() === "") return [];
		const url = webAddress(withLeadingAddress(encoded[index]?.[1].trim() ?? ""), ["https:"]);
		if (url === undefined) notes.push(`link "${excerpt(label, NAMED)}" left out: not an https:// address`);
		return [[oneLine(label) || "Link", url] as const];
	});
	return fittingLinks(given, notes);
}
