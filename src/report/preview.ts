// What a delivery would send, for a person and for scripts.
import { indented } from "../lib/indent.ts";
import { stripTerminal } from "../lib/text.ts";
import type { Delivery, Preview, Size } from "../model/delivery.ts";
import type { Mask } from "../secrets/mask.ts";

/** What a delivery would send, masked, as a person reads an HTTP request or a command with its stdin. */
export function previewLines(shown: Preview, mask: Mask): readonly string[] {
	const notes = previewNotes(shown, mask);
	switch (shown.kind) {
		case "problem":
		case "nothing":
			return notes;
		case "shell":
			return [`$ ${mask(shown.command)}`, "", ...linesIn(shown.stdin.trimEnd(), mask), ...notes];
		case "webhook": {
			const headers = Object.entries(shown.headers).map(([name, value]) => mask(`${name}: ${value}`));
			const { link, reason } = showcase(shown, mask);
			return [
				mask(`${shown.method} ${shown.target}`),
				...headers,
				"",
				...linesIn(shown.body, mask),
				...sizeLines(shown),
				...(link === undefined ? [] : [`preview: ${link}`]),
				...(reason === undefined ? [] : [`preview: no link, because ${reason}`]),
				...notes,
			];
		}
	}
}

/** What to know of a message: why there would be none, what is too large, what was truncated, what is in the place of a variable. */
export function previewNotes(shown: Preview, mask: Mask): readonly string[] {
	if (shown.kind === "problem") return [mask(`would fail: ${shown.reason}`)];
	if (shown.kind === "nothing") return [mask(`would be skipped: ${shown.reason}`)];
	const { notes, sizes } = shown.kind === "webhook" ? shown : { notes: [], sizes: [] };
	const tooLarge = sizes.filter(({ size, most = size }) => size > most);
	const unset = shown.placeholders.map((name) => `variable ${name} is unset here, and shown as \${${name}}`);
	return [
		...tooLarge.map((size) => `too large for the service: ${sizeText(size)}`),
		...[...notes, ...unset].map((note) => mask(`note: ${note}`)),
	];
}

/** How large a message and its parts are. */
export function sizeLines(shown: Preview): readonly string[] {
	const sizes = shown.kind === "webhook" ? shown.sizes.map(sizeText) : [];
	return sizes.length === 0 ? [] : [`size: ${sizes.join(", ")}`];
}

/** The same for scripts, not masked but for the link, which would still hold a secret in another encoding. */
export function previewDocument({ hook }: Delivery, shown: Preview, mask: Mask): object {
	return { hook: hook.name, ...shown, ...(shown.kind === "webhook" ? { showcase: showcase(shown, mask).link } : {}) };
}

/** Whether a mask finds a secret in a text, from which it takes terminal sequences in any case. */
export function holdsSecret(text: string, mask: Mask): boolean {
	return mask(text) !== stripTerminal(text);
}

/** UTF-16 code units that a terminal still opens as one link. */
const LINK_LIMIT = 8000;

/** The link that shows a message in its service, or why there is none; neither where the service has no such page. */
function showcase(
	{ body, showcase: link }: Preview & { readonly kind: "webhook" },
	mask: Mask,
): { readonly link?: string; readonly reason?: string } {
	if (link === undefined) return {};
	if (holdsSecret(body, mask)) return { reason: "the message has a secret in it" };
	return link.length <= LINK_LIMIT ? { link } : { reason: `it would be longer than ${LINK_LIMIT} characters` };
}

/** `578 bytes`, `blocks 5/50`, `embeds.*.title + … 107/6000`: what it is of tells the unit. */
function sizeText({ of, size, unit, most }: Size): string {
	const part = of === "body" ? "" : `${of.replace(/ \+ .*$/, " + …")} `;
	return `${part}${size}${most === undefined ? "" : `/${most}`}${part === "" ? ` ${unit}` : ""}`;
}

/** JSON indented; masked before that, since a secret may be of several lines then. */
function linesIn(text: string, mask: Mask): readonly string[] {
	return text === "" ? [] : indented(mask(text)).split("\n");
}
