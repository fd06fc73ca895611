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

/** The events that an alert is made of. */
export function alerting(events: Events): readonly PipelineEvent[] {
	return events.filter(({ context }) => ALERTS[context.status]);
}
