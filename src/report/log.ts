// The log of a report: every line redacted, and a group kept whole.
import { clip, LINE_LIMIT, SHOWN_LIMIT, stripTerminal } from "../lib/text.ts";
import type { Outcome } from "../model/delivery.ts";
import type { Log } from "../ports.ts";
import type { Mask } from "../secrets/mask.ts";
import { outcomeLine } from "./text.ts";

/** How a log writes. */
interface Sink {
	readonly redact: Mask;
	readonly protect: Log["protect"];
	readonly print: (text: string) => void;
	readonly debug: (text: string) => void;
	/** Opens a group; the title is redacted. */
	readonly open: (title: string) => void;
	readonly close: () => void;
}

/** A log that keeps a group whole: other lines, such as those of webhooks in flight, wait until the group is closed. */
export function createLog({ redact, protect, print, debug, open, close }: Sink): Log {
	let waiting: (() => void)[] | undefined;
	const write = (one: () => void) => (waiting === undefined ? one() : waiting.push(one));
	const show = (line: string) => print(shownLine(line, redact));
	return {
		protect,
		info: (line) => write(() => show(line)),
		debug: (line) => write(() => debug(redact(line))),
		openGroup: (title) => {
			open(redact(title));
			waiting = [];
			return show;
		},
		closeGroup: () => {
			close();
			const lines = waiting ?? [];
			waiting = undefined;
			for (const one of lines) one();
		},
	};
}

/** The line redacted, and only then truncated. A line that was truncated before gets a `…`, so that a secret truncated with it is found. */
export function shownLine(line: string, redact: Mask): string {
	return clip(redact(line.length < LINE_LIMIT ? line : `${stripTerminal(line)}…`), SHOWN_LIMIT);
}

/** Logs outcomes; one whose failure is ignored only where debug output is on. */
export function logOutcome(log: Log, redact: Mask): (outcome: Outcome, about?: string) => void {
	return (outcome, about) => {
		const isQuiet = outcome.status === "failed" && outcome.delivery.hook.onFailure === "ignore";
		log[isQuiet ? "debug" : "info"](outcomeLine(outcome, redact, about));
	};
}

/** Makes every part of a report in turn, even if one throws; then throws the first error. */
export async function inParts(...parts: readonly (() => unknown)[]): Promise<void> {
	const thrown: unknown[] = [];
	for (const part of parts) {
		try {
			await part();
		} catch (error) {
			thrown.push(error);
		}
	}
	if (thrown.length > 0) throw thrown[0];
}
