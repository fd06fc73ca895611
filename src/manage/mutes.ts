// PIPELINE_HOOKS_MUTE: hooks that send nothing until a time, `tell-slack until 2026-12-01T08:00Z, audit-* until 2026-12-24`.
import { closest } from "../lib/suggest.ts";
import { excerpt } from "../lib/text.ts";
import { parseMoment } from "../lib/times.ts";
import { isGate } from "../model/delivery.ts";
import type { Hook } from "../model/hook.ts";
import { matchesGlob } from "../model/selector.ts";

/** Code points of a name in a warning. */
const NAMED = 80;

const EXAMPLE = "write <hook> until 2026-12-01T08:00Z, more of them after commas";

/** What is muted, by the name of the hook, and what of the variable mutes nothing. */
export interface Mutes {
	readonly until: ReadonlyMap<string, Date>;
	readonly problems: readonly { readonly message: string; readonly remedy: string }[];
}

/** Reads the variable. A time that is past mutes nothing, and is no problem. */
export function readMutes(text: string, hooks: readonly Hook[], now: Date): Mutes {
	const until = new Map<string, Date>();
	const problems: { message: string; remedy: string }[] = [];
	for (const entry of text.split(/[,\n]/).map((part) => part.trim())) {
		if (entry === "") continue;
		const [, pattern = "", written = ""] = /^(.*\S)\s+until\s+(\S+)$/is.exec(entry) ?? [];
		const time = new Date(parseMoment(written));
		const named = hooks.filter((hook) => namesOf(hook).some((name) => matchesGlob(pattern, name)));
		if (Number.isNaN(time.getTime())) {
			const what = written === "" ? "does not say until when" : "does not end in a date, or a time with its zone";
			problems.push({ message: `${quote(entry)} ${what}`, remedy: EXAMPLE });
		} else if (named.length === 0) {
			const near = closest(
				pattern,
				hooks.map(({ name }) => name),
			);
			const remedy = near === undefined ? "`pipeline-hooks list` names the hooks" : `did you mean ${quote(near)}?`;
			problems.push({ message: `no hook is named ${quote(pattern)}`, remedy });
		} else if (time > now) {
			for (const hook of named) {
				if (isGate(hook)) {
					const remedy = "set enabled = false in the config, where a review sees it";
					problems.push({ message: `${quote(hook.name)} is a gate, and gates are never muted`, remedy });
				} else if (time > (until.get(hook.name) ?? now)) {
					until.set(hook.name, time);
				}
			}
		}
	}
	return { until, problems };
}

/** A copy for one person is muted with its hook. */
function namesOf(hook: Hook): readonly string[] {
	const { name } = hook;
	const copyFor = hook.kind === "webhook" ? hook.copyFor : undefined;
	return copyFor === undefined ? [name] : [name, name.slice(0, -` (${copyFor})`.length)];
}

function quote(text: string): string {
	return JSON.stringify(excerpt(text, NAMED));
}
