// The arraylake preset: the body of Arraylake's webhooks, or its Slack message.

import type { Json, JsonObject } from "../lib/json.ts";
import { count } from "../lib/text.ts";
import type { Events, PipelineEvent } from "../model/event.ts";
import type { Message, Preset } from "../model/preset.ts";
import { commitLine, repositoryName, wholeRepository } from "./commit-line.ts";
import { contextWithout, listed } from "./context.ts";
import { headline, isOfSeries } from "./headline.ts";
import { leftOut, moreLine } from "./list.ts";
import { choice, inRequest, textOption } from "./options.ts";
import { escapeSlack, slack } from "./slack.ts";
import { statusCounts } from "./story.ts";
import { oneLine, Truncator } from "./text.ts";

/** Arraylake's own name for the event `commit`, the only one that it sends. */
const COMMIT = { event: "commit", theirs: "NewCommit" } as const;

/** Ours, in characters, of each part of a line. */
const PART_LIMIT = 300;

/**
 * Ours: as many lines as people read. All of them together stay below the 40,000 characters that Slack takes.
 * https://docs.slack.dev/changelog/2018-truncating-really-long-messages
 */
const LINES_LIMIT = 25;

/**
 * A batch, which Arraylake itself does not send, is a list of the same bodies; in Slack a count and a line for each event.
 * https://docs.earthmover.io/guide/notifications
 */
export const arraylake = (): Preset => ({
	name: "arraylake",
	title: "Arraylake",
	options: {
		format: inRequest(
			choice(["json", "slack"], "What is posted: the webhook's body (json, the default) or a line for Slack (slack)"),
		),
	},
	needs: { url: true },
	timeoutMs: 5000,
	service: (options) => {
		const isSlack = textOption(options, "format") === "slack";
		return isSlack ? { ...slack().service({}), body: linesFor } : { body: listed(bodyOf) };
	},
});

/**
 * An event other than a commit keeps its own name: a receiver must not take it for one. Its details are the repository
 * and `data`; without `data` a commit has the repository alone, any other event the whole context.
 */
function bodyOf({ definition, context }: PipelineEvent): JsonObject {
	const { entity, data, ci, pipeline } = context;
	const isCommit = definition.name === COMMIT.event;
	return {
		event: isCommit ? COMMIT.theirs : context.event,
		details: {
			repo_name: data?.["repo_name"] ?? repositoryName(context),
			repo_id: data?.["repo_id"] ?? entity?.["id"] ?? ci?.repository ?? pipeline,
			...(data ?? (isCommit ? {} : contextWithout(context, ["event", "data"]))),
		},
	};
}

/** A batch begins with its count. */
function linesFor(events: Events): Message {
	const truncator = new Truncator("characters", escapeSlack);
	const left = events.slice(LINES_LIMIT);
	const lines = events.slice(0, LINES_LIMIT).map((event) => lineOf(event, truncator));
	if (events.length > 1) lines.unshift(statusCounts(count(events.length, "event"), events));
	if (left.length > 0) {
		lines.push(moreLine(left));
		truncator.notes.push(leftOut(left, events));
	}
	return { body: { text: lines.join("\n") }, notes: [...new Set(truncator.notes)] };
}

/** Arraylake's line for a commit; another event has its headline in the same form, without the full stop. */
function lineOf(event: PipelineEvent, truncator: Truncator): string {
	const { definition, context } = event;
	const write = (what: string, text: string) => truncator.text(what, text, PART_LIMIT);
	if (definition.name === COMMIT.event) return commitLine(context, write);
	const part = (what: string, before: string, value: Json | undefined) => {
		const text = typeof value === "string" ? oneLine(value) : "";
		return text === "" ? [] : [`${before}${write(what, text)}`];
	};
	return [
		...part("headline", "", headline(event)),
		...part("repository", "in repository ", wholeRepository(context)),
		...(isOfSeries(definition) ? [] : part("branch", "on branch ", context.data?.["branch"] ?? context.ci?.branch)),
	].join(" ");
}
