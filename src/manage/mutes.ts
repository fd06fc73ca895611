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

/** The name of a hook, and a time. */
const ENTRY = /^(?:(.*\S)\s+)?until(?::\s*|\s+)(\S.*)$/is;

/** What is muted, by the name of the hook, and what of the variable mutes nothing. */
export interface Mutes {
	readonly until: ReadonlyMap<string, Date>;
	readonly problems: readonly { readonly message: string; readonly remedy: string }[];
}

/** Reads the variable. A time in the past mutes nothing, and is not a problem. */
export function readMutes(text: string, hooks: readonly Hook[], now: Date): Mutes {
	const until = new Map<string, Date>();
	const problems: { message: string; remedy: string }[] = [];
	for (const entry of entriesOf(text, hooks)) {
		const [, pattern = "", written = ""] = ENTRY.exec(entry) ?? [];
		const time = new Date(parseMoment(written.replace(/^(\S+)\s+/, "$1T")));
		const named = namedBy(pattern, hooks);
		if (written === "") {
			problems.push({ message: `${quote(entry)} does not say until when`, remedy: EXAMPLE });
		} else if (pattern === "") {
			problems.push({ message: `${quote(entry)} names no hook`, remedy: EXAMPLE });
		} else if (Number.isNaN(time.getTime())) {
			const message = `${quote(entry)} does not end in a date, or a time with its zone`;
			problems.push({ message, remedy: EXAMPLE });
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

/** The entries, between commas and lines. The name of a hook may have commas in it. */
function entriesOf(text: string, hooks: readonly Hook[]): readonly string[] {
	return text.split("\n").flatMap((line) => {
		const entries: string[] = [];
		let unfinished: string[] = [];
		for (const part of line.split(",")) {
			unfinished.push(part);
			if (!ENTRY.test(part.trim())) continue;
			const whole = unfinished.join(",").trim();
			const isName = unfinished.length > 1 && namedBy(ENTRY.exec(whole)?.[1] ?? "", hooks).length > 0;
			entries.push(...(isName ? [whole] : unfinished));
			unfinished = [];
		}
		return [...entries, ...unfinished].map((entry) => entry.trim()).filter((entry) => entry !== "");
	});
}

function namedBy(pattern: string, hooks: readonly Hook[]): readonly Hook[] {
	return hooks.filter((hook) => namesOf(hook).some((name) => matchesGlob(pattern, name)));
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
