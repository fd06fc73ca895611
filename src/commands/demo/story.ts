// The demo while it runs: one line a hook, as soon as its outcome is known.
import { duration, excerpt } from "../../lib/text.ts";
import { isGate, type Outcome, reasonOf } from "../../model/delivery.ts";
import type { Mask } from "../../secrets/mask.ts";
import type { Paint, Style } from "../command.ts";

/** Columns of what is said of an outcome. */
const DETAIL_WIDTH = 50;

const FAILURES = {
	abort: { style: "red", word: "denied" },
	warn: { style: "yellow", word: "warning" },
	ignore: { style: "dim", word: "ignored" },
} as const;

/** The line of an outcome. `printed` is the last line that a command wrote. */
export function outcomeLine(outcome: Outcome, printed: string, mask: Mask, paint: Paint): string {
	const { attempts, durationMs, delivery } = outcome;
	const { hook } = delivery;
	const { mark, style, text } = verdictOf(outcome, printed);
	const service = hook.kind === "shell" ? "shell" : hook.preset.title.replace(/^(Generic|Microsoft) /, "");
	const target = isGate(hook) ? `gate · ${service}` : service;
	const time = attempts.length === 0 ? "" : duration(durationMs);
	const facts = paint("dim", `${target.padEnd(15)}  ${time.padStart(6)}`);
	const detail = excerpt(mask(text), DETAIL_WIDTH);
	return `    ${paint(style, mark)} ${hook.name.padEnd(17)}  ${facts}  ${mark === "✓" ? detail : paint(style, detail)}`;
}

function verdictOf(outcome: Outcome, printed: string): { mark: "✓" | "✗" | "–"; style: Style; text: string } {
	const { status, attempts, delivery } = outcome;
	const { hook } = delivery;
	if (status === "failed") {
		const { style, word } = FAILURES[hook.onFailure];
		return { mark: "✗", style, text: `${word}: ${reasonOf(outcome)}` };
	}
	if (status !== "delivered") return { mark: "–", style: "dim", text: `${status}: ${reasonOf(outcome)}` };
	if (hook.kind === "shell") {
		return { mark: "✓", style: "green", text: printed === "" ? "exit code 0" : `printed ${printed}` };
	}
	const statuses = attempts.map(({ httpStatus }) => String(httpStatus)).join(", then ");
	return { mark: "✓", style: "green", text: `${statuses}${isGate(hook) ? ", allowed" : ""}` };
}
