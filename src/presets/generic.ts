// The generic preset: the context itself, for receivers of one's own.

import type { Preset } from "../model/preset.ts";
import { contextBody } from "./context.ts";

/** Every 2xx is a success; whether a gate is denied in one is judged for all presets alike. */
export const generic = (): Preset => ({
	name: "generic",
	title: "Generic webhook",
	options: {},
	needs: { url: true },
	service: () => ({
		body: (events, batch) => {
			const bodies = events.map(({ context }) => contextBody(context));
			return { body: batch ? { events: bodies } : (bodies[0] ?? {}), notes: [] };
		},
	}),
});
