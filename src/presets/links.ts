// The links of a message: to the job, the run, the pull request and the commit, and what every link must be like.

import { excerpt } from "../lib/text.ts";
import type { EventContext } from "../model/event.ts";
import { shortSha } from "./facts.ts";
import { oneLine } from "./text.ts";

/** Its address is http(s), without user and password. */
export interface Link {
	readonly text: string;
	readonly url: string;
}

/** Code units of an address that is still shown; GitHub's take about 100. */
const URL_LIMIT = 500;
/** Ours: code points of what a link is called. */
const TEXT_LIMIT = 60;

/** Characters that mean something in Slack's or Markdown's writing, though not in an address: in a link they are encoded. */
const MARKUP = /[|()`\\@]|%(?![0-9A-Fa-f]{2})/g;

/** Those of one event, the one that leads to the cause first. Adds to `notes` what is too long. */
export function linksOf({ ci }: EventContext, notes: string[]): readonly Link[] {
	const run = webAddress(ci?.run_url);
	const repository = run?.replace(/\/actions\/runs\/.*$/, "");
	const isKnown = repository !== undefined && repository !== run;
	const [number, commit = ""] = [ci?.pull_request, ci?.commit];
	return fittingLinks(
		[
			["View job", webAddress(ci?.job_url)],
			["View run", run],
			// GitHub, Gitea and Forgejo lead on from there to the pull request.
			[`Pull request #${number}`, isKnown && number !== undefined ? `${repository}/issues/${number}` : undefined],
			[
				`Commit ${shortSha(commit)}`,
				isKnown && /^[0-9a-f]{7,64}$/.test(commit) ? `${repository}/commit/${commit}` : undefined,
			],
		],
		notes,
	);
}

/** Without those that have no address, or one that is too long. */
export function fittingLinks(
	links: readonly (readonly [text: string, url: string | undefined])[],
	notes: string[],
): readonly Link[] {
	return links.flatMap(([label, url]) => {
		if (url === undefined) return [];
		const text = excerpt(oneLine(label), TEXT_LIMIT);
		if (url.length <= URL_LIMIT) return [{ text, url }];
		notes.push(`link "${text}" left out: longer than ${URL_LIMIT} characters`);
		return [];
	});
}

/**
 * An http(s) address without user and password, normalised so that no link ends inside it; undefined where no link can
 * be made.
 */
export function webAddress(text: string | undefined, protocols = ["https:", "http:"]): string | undefined {
	if (text === undefined || !URL.canParse(text)) return undefined;
	const url = new URL(text);
	if (!protocols.includes(url.protocol)) return undefined;
	url.username = "";
	url.password = "";
	return url.href.replaceAll(MARKUP, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}
