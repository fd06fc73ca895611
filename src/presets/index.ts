// Presets by name. Each is built only when it is asked for.
import type { Preset } from "../model/preset.ts";
import * as registry from "./registry.ts";

const PRESETS: Readonly<Record<string, () => Preset>> = { ...registry };

/** The names that a config may write, in alphabetical order. */
export const PRESET_NAMES: readonly string[] = Object.keys(registry).toSorted();

/** The preset of exactly that name. */
export function findPreset(name: string): Preset | undefined {
	return Object.hasOwn(PRESETS, name) ? PRESETS[name]?.() : undefined;
}
