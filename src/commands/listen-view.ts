// How `listen` shows one request: lines for a person, or one line of JSON. Foreign text in it is made safe.
import { readJson } from "../lib/json-reader.ts";
import { excerpt } from "../lib/text.ts";
import type { Received } from "../receiver/receiver.ts";
import { inertJson } from "../report/json.ts";
import { neutralise } from "../report/neutralise.ts";
import type { Mask } from "../secrets/mask.ts";
import type { Paint, Style } from "./command.ts";

/** A request at the moment it is shown. */
export interface Shown {
	readonly received: Received;
	readonly time: Date;
	/** The delivery id was seen before: another attempt, or a redelivery. */
	readonly again: boolean;
}

/** Code units of a body that a person is shown. */
const SHOWN_BODY = 8000;

const VERDICTS: Readonly<Record<Received["signature"], { readonly text: string; readonly style: Style }>> = {
	valid: { text: "✓ signature valid", style: "green" },
	invalid: { text: "✗ signature INVALID", style: "red" },
	missing: { text: "✗ no signature", style: "red" },
	"too old": { text: "✗ signature valid, but too old", style: "red" },
	"too new": { text: "✗ signature valid, but from the future", style: "red" },
	"not checked": { text: "signature not checked", style: "dim" },
};

/** A headline, a line of identity, and the body, indented. */
export function requestLines({ received, time, again }: Shown, mask: Mask, paint: Paint): readonly string[] {
	const { method, path, event, deliveryId, signature, status } = received;
	const said = (text: string, limit: number) => visible(excerpt(mask(text), limit));
	const verdict = VERDICTS[signature];
	const id = deliveryId === undefined ? "no delivery id" : `${said(deliveryId, 80)}${again ? " (again)" : ""}`;
	const title = `${said(method, 20)} ${said(path, 120)} ${event === undefined ? "" : said(event, 80)}`.trimEnd();
	return [
		`${paint("dim", clockTime(time))}  ${paint("bold", title)} → ${status}`,
		`          ${again ? paint("yellow", id) : id} · ${paint(verdict.style, verdict.text)}`,
		...bodyLines(received, mask).map((line) => `          ${line}`),
		"",
	].flatMap(neutralise);
}

/** One line of JSON; a body that is not JSON becomes a string. */
export function requestJson({ received, time, again }: Shown, mask: Mask): string {
	const { method, path, event, deliveryId, signature, status, body } = received;
	const text = new TextDecoder().decode(body);
	const read = readJson(text);
	const document = {
		time: time.toISOString(),
		method,
		path,
		event,
		delivery: deliveryId,
		again,
		signature,
		status,
		body: read.kind === "value" ? read.value : text,
	};
	return inertJson(visible(mask(JSON.stringify(document))));
}

function bodyLines({ body, status }: Received, mask: Mask): readonly string[] {
	if (status === 413 && body.length === 0) return ["the body is larger than 1 MiB and was not kept"];
	const text = new TextDecoder().decode(body);
	const read = readJson(text);
	const whole = mask(read.kind === "value" ? JSON.stringify(read.value, undefined, 2) : text.trimEnd());
	const shown = whole
		.slice(0, SHOWN_BODY)
		.split(/\r\n|\n|\r/)
		.map(visible);
	const rest = whole.length - SHOWN_BODY;
	const lines = rest > 0 ? [...shown, `… and ${rest} characters more`] : shown;
	return whole === "" ? [] : lines;
}

/** Escapes every control and direction character as `\uXXXX`, which means the same inside JSON; tabs stay. */
function visible(text: string): string {
	return text.replaceAll(
		/(?!\t)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
	);
}

function clockTime(time: Date): string {
	return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}
