// The arraylake preset: the body of Arraylake's webhooks, or its Slack message.
import { entityName } from "../event/entity.ts";
import type { Events, PipelineEvent } from "../event/event.ts";
import { isJsonObject, type Json, type JsonObject, wellFormed } from "../json.ts";
import { contextWithout } from "./context.ts";
import { headline } from "./facts.ts";
import { textOption } from "./options.ts";
import type { Message, Options, Preset } from "./preset.ts";
import { slack } from "./slack.ts";
import { Cuts, type Escaping, oneLine } from "./text.ts";

/** Arraylake's own name for the event `commit`, the only one that it sends. */
const COMMIT = { event: "commit", theirs: "NewCommit", text: "New commit" } as const;

/** What the body says in keys of its own, or in place of everything else. */
const SAID = ["event", "data"] as const;

/** Ours, in characters, of each part of a line. */
const PART_LIMIT = 300;

/** In characters: Slack cuts what is longer than 40,000. https://docs.slack.dev/changelog/2018-truncating-really-long-messages */
const TEXT_LIMIT = 39_000;

const escaping: Escaping = (point) => slack.escape?.(point) ?? point;

/**
 * A batch, which Arraylake itself does not send, is a list of the same bodies; in Slack a line for each event.
 * https://docs.earthmover.io/guide/notifications
 */
export const arraylake: Preset = {
	name: "arraylake",
	title: "Arraylake",
	options: {
		format: {
			kind: "choice",
			choices: ["json", "slack"],
			secret: false,
			required: false,
			summary: "Whether it posts the webhook's body (json, the default) or the line for Slack (slack)",
		},
	},
	jsonOnly: false,
	mustReadAnswer: false,
	postsTo: (options) => (isSlack(options) ? slack : undefined),
	render: (event, options) => (isSlack(options) ? inSlack([event]) : { body: bodyOf(event), cut: [] }),
	renderBatch: (events, options): Message<Json> =>
		isSlack(options) ? inSlack(events) : { body: events.map(bodyOf), cut: [] },
};

function isSlack(options: Options): boolean {
	return textOption(options, "format") === "slack";
}

/**
 * An event that is no commit keeps its own name: a receiver must not take it for one. Its details are `data`, before
 * which the repository stands; without `data` a commit has the repository alone, any other event the whole context.
 */
function bodyOf({ definition, context }: PipelineEvent): JsonObject {
	const { entity, data, ci, pipeline } = context;
	const isCommit = definition.name === COMMIT.event;
	const body = wellFormed({
		event: isCommit ? COMMIT.theirs : context.event,
		details: {
			repo_name: data?.["repo_name"] ?? repositoryName(context),
			repo_id: data?.["repo_id"] ?? entity?.["id"] ?? ci?.repository ?? pipeline,
			...(data ?? (isCommit ? {} : contextWithout(context, SAID))),
		},
	});
	return isJsonObject(body) ? body : {};
}

/** The last part of the CI's repository: Arraylake's names have no owner before them. */
function repositoryName({ entity, ci, pipeline }: PipelineEvent["context"]): string {
	return entityName(entity) ?? (ci?.repository?.split("/").at(-1) || pipeline);
}

function inSlack(events: Events): Message {
	const cuts = new Cuts("characters");
	const lines: string[] = [];
	let room = TEXT_LIMIT;
	for (const event of events) {
		const line = lineOf(event, cuts);
		room -= line.length + 1;
		if (room < 0) break;
		lines.push(line);
	}
	const left = events.length - lines.length;
	if (left > 0) {
		lines.push(`… and ${left} more`);
		cuts.phrases.push(`${left} of ${events.length} events left out`);
	}
	return { body: { text: lines.join("\n") }, cut: [...new Set(cuts.phrases)] };
}

/** `New commit 1CECHNKREP0F1RSTCMT0 in repository ocean on branch main`; what is not known is left out. */
function lineOf(event: PipelineEvent, cuts: Cuts): string {
	const { data, ci } = event.context;
	const isCommit = event.definition.name === COMMIT.event;
	const part = (what: string, before: string, value: Json | undefined) => {
		const text = typeof value === "string" ? oneLine(value) : "";
		return text === "" ? [] : [`${before}${cuts.text(what, text, PART_LIMIT, escaping)}`];
	};
	const parts = [
		...(isCommit ? [COMMIT.text] : part("headline", "", headline(event))),
		...(isCommit ? part("commit", "", data?.["commit"] ?? ci?.commit) : []),
		...part("repository", "in repository ", data?.["repo_name"] ?? repositoryName(event.context)),
		...part("branch", "on branch ", data?.["branch"] ?? ci?.branch),
	];
	return parts.join(" ");
}
