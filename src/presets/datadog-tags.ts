// Datadog's tags, written as Datadog keeps them.

import { excerpt } from "../lib/text.ts";
import type { EventContext } from "../model/event.ts";
import type { Options } from "../model/preset.ts";
import { textsOption } from "./options.ts";
import { type Cuts, oneLine } from "./text.ts";

/** https://docs.datadoghq.com/getting_started/tagging/ */
const TAG_LIMIT = 200;

/** The tags of an event, or of what a batch of them shares, and those of the option `tags`; each once. */
export function tags(context: EventContext, options: Options, cuts: Cuts): readonly string[] {
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
	const written = [...given, ...textsOption(options, "tags")].map((tag) => normalTag(tag, cuts));
	return [...new Set(written.filter((tag) => tag !== ""))];
}

/** https://docs.datadoghq.com/getting_started/tagging/#define-tags, applied here so that limits count what is kept. */
function normalTag(tag: string, cuts: Cuts): string {
	const normal = oneLine(tag)
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N}_\-:./]+/gu, "_")
		.replace(/^[^\p{L}]+/u, "")
		.replaceAll(/__+/g, "_");
	// The ellipsis of a cut tag would become an underscore, which Datadog takes off the end of a tag.
	return cuts.text(`tag ${excerpt(tag, 20)}`, normal, TAG_LIMIT).replace(/[_…]+$/, "");
}
