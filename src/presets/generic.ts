// The generic preset: the context itself, for receivers of one's own.

import type { Preset } from "../model/preset.ts";
import { contextBody } from "./context.ts";

/** Every 2xx is a success; whether a gate is denied in one is judged for all presets alike. */
export const generic: Preset = {
	name: "generic",
	title: "Generic webhook",
	options: {},
	jsonOnly: false,
	mustReadAnswer: false,
	render: ({ context }) => ({ body: contextBody(context), cut: [] }),
	renderBatch: (events) => ({ body: { events: events.map(({ context }) => contextBody(context)) }, cut: [] }),
};
