// Presets by name.
import type { Preset } from "../model/preset.ts";
import * as registry from "./registry.ts";

const PRESETS: ReadonlyMap<string, Preset> = new Map(Object.values(registry).map((preset) => [preset.name, preset]));

/** The names that a config may write, in alphabetical order. */
export const PRESET_NAMES: readonly string[] = [...PRESETS.keys()];

/** The preset of exactly that name. */
export function findPreset(name: string): Preset | undefined {
	return PRESETS.get(name);
}
