// The registry of presets.
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findPreset, PRESET_NAMES } from "../../../src/presets/index.ts";

describe("the registry of presets", () => {
	it("finds each preset under its own name, and nothing else", () => {
		expect(PRESET_NAMES).toEqual([...PRESET_NAMES].sort());
		expect(PRESET_NAMES.length).toBeGreaterThan(16);
		for (const name of PRESET_NAMES) expect(findPreset(name)?.name).toBe(name);
		for (const name of ["", "Slack", "constructor", "__proto__", "toString"]) expect(findPreset(name)).toBeUndefined();
	});

	it("has a suite for each preset", () => {
		const tested = readdirSync(import.meta.dirname);
		for (const name of PRESET_NAMES) expect(tested).toContain(`${name}.test.ts`);
	});
});
