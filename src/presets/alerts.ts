// What presets have in common whose messages page people.

import type { Events, PipelineEvent, Status } from "../model/event.ts";

/** Whether a status is worth an alert, or ends one. What has begun, informs or was cancelled wakes nobody. */
const ALERTS: Readonly<Record<Status, boolean>> = {
	failure: true,
	warning: true,
	success: true,
	started: false,
	info: false,
	cancelled: false,
};

/** The events that an alert is made of. A ping is one too: it tries a hook, and no `*` selects it. */
export function alerting(events: Events): readonly PipelineEvent[] {
	return events.filter(({ definition, context }) => ALERTS[context.status] || definition.name === "ping");
}
