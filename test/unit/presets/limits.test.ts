// The limits that presets state for `render`: no message of their own is over one, whatever is in it.
import { describe, expect, it } from "vitest";
import { sizesOf } from "../../../src/deliver/sizes.ts";
import { findPreset, PRESET_NAMES } from "../../../src/presets/index.ts";
import { event, preset } from "../../helpers/make.ts";
import { batch, hostileEvent, monstrousEvent } from "../../helpers/presets.ts";

const OPTIONS = { chat_id: "1", mention: ["here"], links: { Runbook: `https://wiki.example/${"x".repeat(400)}` } };

describe.each(PRESET_NAMES.filter((name) => findPreset(name)?.limits !== undefined))("%s", (name) => {
	const { limits, service } = preset(name);
	const sizes = (...events: readonly ReturnType<typeof event>[]) => {
		const [first = event(), ...rest] = events;
		return sizesOf(JSON.stringify(service(OPTIONS).body([first, ...rest], rest.length > 0).body), limits);
	};

	it.each([
		["an event", [event()]],
		["a monstrous one", [monstrousEvent()]],
		["a hostile one", [hostileEvent("<>&*_`@#".repeat(500))]],
		[
			"a batch",
			batch(100, (index) => event("model_error", { model: "m".repeat(900 + index), error: "e".repeat(2000) })),
		],
	] as const)("is kept by %s", (_, events) => {
		for (const { of, size, most = size } of sizes(...events)) expect(size, of).toBeLessThanOrEqual(most);
	});
});
