// Hooks with one attempt a run, and what they have sent, for tests of what is stored.
import type { Webhook } from "../../src/model/hook.ts";
import { answer } from "./fakes.ts";
import { preset, webhook } from "./make.ts";
import type { World } from "./stored-runs.ts";

export const once = { retryCount: 0, selectors: [{ kind: "glob", pattern: "*" }] } as const;

export const DOWN = answer(503);

export const plain = (given: Partial<Webhook> = {}) => webhook({ name: "audit", ...once, ...given });

export const pager = (name: string, given: Partial<Webhook> = {}) =>
	webhook({
		name,
		...once,
		preset: preset("pagerduty"),
		url: undefined,
		options: { routing_key: "R0000000000000000000000000000001" },
		...given,
	});

/** What the requests since the last time were about: the ids of their events. */
export const idsOf = (world: World) => world.sent().map((body) => /"id":"(evt_\d+)"/.exec(body)?.[1] ?? body);

/** What they do to alerts. */
export const actionsOf = (world: World) => world.sent().map((body) => JSON.parse(body).event_action);
