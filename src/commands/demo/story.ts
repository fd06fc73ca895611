// The demo as it goes on: one line a hook, as soon as its outcome is there.

import { duration, excerpt } from "../../lib/text.ts";
import { isGate, type Outcome, reasonOf } from "../../model/delivery.ts";
import type { FailureMode } from "../../model/hook.ts";
import type { Paint } from "../paint.ts";
import type { Watch } from "./play.ts";

/** Columns. */
const NAME_WIDTH = 17;
const TARGET_WIDTH = 15;
const TIME_WIDTH = 6;
const DETAIL_WIDTH = 50;

/** Tells the story to `out`, line by line. */
export function storyTeller(out: (line: string) => void, paint: Paint): Watch {
	let gap: readonly string[] = [];
	return {
		onRun: ({ title }) => {
			for (const line of ["", paint("bold", title)]) out(line);
			gap = [];
		},
		onStep: ({ event, note }) => {
			for (const line of gap) out(line);
			gap = [""];
			out(`  ${paint("cyan", event)}  ${paint("dim", note)}`);
		},
		onRetry: (line) => out(paint("dim", `    ↻ ${excerpt(line, 94)}`)),
		onOutcome: (outcome, said) => out(outcomeLine(outcome, said, paint)),
		onReport: ({ outcomes, result }) => {
			for (const outcome of outcomes) {
				if (outcome.skipCause === "gate_failed") out(outcomeLine(outcome, "", paint));
			}
			if (result === "aborted") out(paint("red", "      → the workflow step fails with exit code 1"));
		},
	};
}

function outcomeLine(outcome: Outcome, said: string, paint: Paint): string {
	const { hook } = outcome.delivery;
	const detail = paintDetail(outcome, excerpt(describe(outcome, said), DETAIL_WIDTH), paint);
	const time = outcome.attempts.length === 0 ? "" : duration(outcome.durationMs);
	const facts = `${target(outcome).padEnd(TARGET_WIDTH)}  ${time.padStart(TIME_WIDTH)}`;
	return `    ${mark(outcome, paint)} ${hook.name.padEnd(NAME_WIDTH)}  ${paint("dim", facts)}  ${detail}`;
}

function target({ delivery: { hook } }: Outcome): string {
	const service = hook.kind === "shell" ? "shell" : hook.preset.title.replace("Generic ", "").replace("Microsoft ", "");
	return isGate(hook) ? `gate · ${service}` : service;
}

function mark({ status, delivery: { hook } }: Outcome, paint: Paint): string {
	switch (status) {
		case "delivered":
			return paint("green", "✓");
		case "skipped":
		case "held":
			return paint("dim", "–");
		case "failed":
			return paint(FAILURES[hook.onFailure].style, "✗");
	}
}

const FAILURES = {
	abort: { style: "red", text: "denied" },
	warn: { style: "yellow", text: "warning" },
	ignore: { style: "dim", text: "ignored" },
} as const satisfies Record<FailureMode, { style: string; text: string }>;

function describe(outcome: Outcome, said: string): string {
	const { status, attempts, delivery } = outcome;
	const { hook } = delivery;
	const reason = reasonOf(outcome);
	switch (status) {
		case "skipped":
		case "held":
			return `${status}: ${reason}`;
		case "failed":
			return `${FAILURES[hook.onFailure].text}: ${reason}`;
		case "delivered":
			if (hook.kind === "shell") return said === "" ? "exit code 0" : `printed ${said}`;
			return attempts.map(({ httpStatus }) => String(httpStatus)).join(", then ") + (isGate(hook) ? ", allowed" : "");
	}
}

function paintDetail({ status, delivery: { hook } }: Outcome, text: string, paint: Paint): string {
	if (status === "failed" && hook.onFailure !== "ignore") return paint(FAILURES[hook.onFailure].style, text);
	return status === "delivered" ? text : paint("dim", text);
}
