// The preset of `[relay]`: the event itself, for the workers of a fleet. No other hook can have it.
import { randomUUID } from "node:crypto";
import type { PipelineEvent } from "../model/event.ts";
import { CannotRender, type Preset } from "../model/preset.ts";
import { NO_STREAM, RELAY, RELAY_STREAM, RELAY_VERSION, relayStream, relaySubject } from "../model/relay.ts";
import { contextShown } from "./context.ts";

/** The stream has had a message with this id in the last minutes. */
const REPEATED = /"duplicate": ?true/;

let run: string | undefined;

/**
 * What nobody else can know of a run. The stream has one window of message ids for all repositories, so who knew the id of
 * another's event could publish under it first, and the event would pass for a repetition.
 */
function runOf(): string {
	run ??= randomUUID();
	return run;
}

export const relay = (): Preset => ({
	name: RELAY,
	title: "Relay",
	portable: true,
	options: {},
	needs: { url: true, json: true },
	natsSubject: RELAY_STREAM,
	service: (_, url) => ({
		request: ([event]) => ({
			url: urlFor(url, event),
			messageId: (id) => `${id}.${runOf()}`,
		}),
		body: ([{ definition, context, run, line }]) => ({
			body: {
				version: RELAY_VERSION,
				definition: { ...definition },
				...(run !== undefined && { run: { ...run } }),
				...(line !== undefined && { line }),
				context: contextShown(context),
			},
			notes: [],
		}),
		judge: ({ body }) => {
			const note = "the relay has had an event with this id before, and keeps one of them";
			return REPEATED.test(body) ? { ok: true, note } : { ok: true };
		},
		explain: ({ body }) =>
			body === NO_STREAM ? `${NO_STREAM}; \`pipeline-hooks work\` makes it, and must have run once` : undefined,
	}),
});

function urlFor(url: URL | undefined, event: PipelineEvent): string {
	const found = url === undefined ? { problem: "nats is missing" } : relayStream(url);
	if ("problem" in found) throw new CannotRender(found.problem);
	return new URL(`/${relaySubject(found.stream, event)}`, url).href;
}
