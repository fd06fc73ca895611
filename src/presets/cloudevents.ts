// The cloudevents preset: CloudEvents 1.0 as JSON, with the attributes in headers, or several in one batch.
// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md

import type { JsonObject } from "../lib/json.ts";
import { excerpt } from "../lib/text.ts";
import { type EventContext, entityName, type PipelineEvent } from "../model/event.ts";
import type { Options, Preset } from "../model/preset.ts";
import { listed } from "./context.ts";
import { boundedKey } from "./key-text.ts";
import { choice, inRequest, text, textOption } from "./options.ts";

/** Ours, in characters: in binary mode all of these are in headers together, and servers take some 8 KB of headers. */
const ID_LIMIT = 200;
const TYPE_PREFIX_LIMIT = 100;
const SOURCE_LIMIT = 500;
const SUBJECT_LIMIT = 200;

/** Events of a name as common as `commit` must not be taken for another producer's on a shared broker. */
const TYPE_PREFIX = "dev.pipeline-hooks";

/**
 * `data` is the whole context. A batch is a list of events in the batch format, whatever the mode, since there is no
 * batch in binary mode. Receivers need take no more than 64 KiB an event; nothing is truncated for it.
 */
export const cloudevents = (): Preset => ({
	name: "cloudevents",
	title: "CloudEvents",
	portable: true,
	options: {
		mode: inRequest(
			choice(
				["structured", "binary"],
				"Whether the attributes are in the body (structured, the default) or in ce- headers (binary)",
			),
		),
		type_prefix: inRequest(text(`Reverse-DNS prefix of the event's name in type; default ${TYPE_PREFIX}`)),
		source: inRequest(text("URI of the event's origin; default the repository's address, or else the run's")),
	},
	needs: { url: true, json: true },
	service: (options) => ({
		request: ([first], batch) => ({ headers: headersOf(first, options, batch) }),
		body: (events, batch) => listed((event) => bodyOf(event, options, batch))(events, batch),
	}),
});

function isBinary(options: Options): boolean {
	return textOption(options, "mode") === "binary";
}

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md#4-json-batch-format */
function headersOf(event: PipelineEvent, options: Options, batch: boolean): Readonly<Record<string, string>> {
	if (batch) return { "Content-Type": "application/cloudevents-batch+json" };
	if (!isBinary(options)) return { "Content-Type": "application/cloudevents+json" };
	const attributes = Object.entries(attributesOf(event, options));
	const headers = attributes.map(([name, value]) => [`ce-${name}`, headerValue(value)] as const);
	return { "Content-Type": "application/json", ...Object.fromEntries(headers) };
}

function bodyOf(event: PipelineEvent, options: Options, batch: boolean): JsonObject {
	if (isBinary(options) && !batch) return event.context;
	return { ...attributesOf(event, options), datacontenttype: "application/json", data: event.context };
}

/** In the order in which they are written. */
function attributesOf({ context }: PipelineEvent, options: Options): Readonly<Record<string, string>> {
	const { id, event, model, table, entity, pipeline, timestamp } = context;
	const prefix = attribute(excerpt(textOption(options, "type_prefix") ?? "", TYPE_PREFIX_LIMIT)).replace(/\.+$/, "");
	const subject = [model, table, entityName(entity), pipeline]
		.map((name) => attribute(excerpt(name ?? "", SUBJECT_LIMIT)))
		.find((name) => name !== "");
	return {
		specversion: "1.0",
		id: boundedKey(attribute(id), ID_LIMIT),
		source: sourceOf(context, textOption(options, "source")),
		type: `${prefix || TYPE_PREFIX}.${event}`,
		...(subject === undefined ? {} : { subject }),
		// RFC 3339 has years of four digits.
		...(/^\d{4}-/.test(timestamp) ? { time: timestamp } : {}),
	};
}

/** What no attribute may hold: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#type-system */
function attribute(text: string): string {
	return text.toWellFormed().replaceAll(/[\p{Cc}\p{Noncharacter_Code_Point}]/gu, "\ufffd");
}

/** The repository's address where the run's lies below it, else the run's, else a path that names the pipeline. */
function sourceOf({ ci, pipeline }: EventContext, given: string | undefined): string {
	const path = (text: string) => `/${encodeURIComponent(attribute(text))}`;
	const run = ci?.run_url !== undefined && URL.canParse(ci.run_url) ? new URL(ci.run_url) : undefined;
	const own = given === undefined || isUriReference(given) ? given : path(given);
	const repository = ci?.repository === undefined ? "" : `/${ci.repository}`;
	const page = run?.protocol === "https:" || run?.protocol === "http:" ? run : undefined;
	const below = repository !== "" && page?.pathname.startsWith(`${repository}/`);
	const candidates = [own, page && `${page.origin}${below ? repository : page.pathname}`, path(pipeline)];
	const fits = (uri: string | undefined) => uri !== undefined && uri.length <= SOURCE_LIMIT && isUriReference(uri);
	return candidates.find(fits) ?? "/pipeline-hooks";
}

/** Whether the text is a URI or a path from the root, as RFC 3986 writes them; stricter than that about anything else. */
function isUriReference(text: string): boolean {
	const [base = "", fragment = "", ...more] = text.split("#");
	const other = /[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]|%(?![0-9A-Fa-f]{2})/;
	if (more.length > 0 || other.test(base) || other.test(fragment)) return false;
	if (base.startsWith("/")) return !base.startsWith("//");
	return /^[A-Za-z][A-Za-z0-9+.-]*:./.test(base) && URL.canParse(base);
}

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#3132-http-header-values */
function headerValue(text: string): string {
	return text.replaceAll(/[^\x21-\x7e]|["%]/gu, encodeURIComponent);
}
