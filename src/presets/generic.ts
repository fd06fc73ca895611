// The generic preset: the context itself, for receivers of one's own.

import type { Preset } from "../model/preset.ts";
import { listed } from "./context.ts";

/** Every 2xx is a success; whether a gate is denied in one is judged for all presets alike. */
export const generic = (): Preset => ({
	name: "generic",
	title: "Generic webhook",
	portable: true,
	options: {},
	needs: { url: true },
	service: () => ({
		body: (events, batch) => {
			const { body, notes } = listed(({ context }) => context)(events, batch);
			return { body: batch ? { events: body } : body, notes };
		},
	}),
});
