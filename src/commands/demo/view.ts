// How the demo is shown: a line for each outcome, then what the services got, the verdict and the config.
import { count, duration, excerpt } from "../../lib/text.ts";
import { isGate, type Outcome, reasonOf } from "../../model/delivery.ts";
import type { Mask } from "../../secrets/mask.ts";
import type { Paint, Style } from "../command.ts";
import { tableLines } from "../table.ts";
import { type Played, receiptsOf } from "./play.ts";
import { CONFIG_PATH, configText, SHOWN_CONFIG_LINES } from "./script.ts";

/** Columns. */
const DETAIL_WIDTH = 50;
const READS_WIDTH = 42;
const FRAME_WIDTH = 96;

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

const NEXT = [
	["1  Write the hooks", `${CONFIG_PATH}, beginning with the lines above`],
	["2  Check them", "pipeline-hooks validate"],
	["3  Fire an event", "- { uses: pipeline-hooks/pipeline-hooks@v0, with: { event: pipeline_start } }"],
] as const;

/** All lines after the last outcome. */
export function closingLines(played: Played, problems: readonly string[], paint: Paint): readonly string[] {
	const indented = (line: string) => `  ${line}`;
	return [
		"",
		paint("bold", "What the services got"),
		...receiptLines(played, paint).map(indented),
		"",
		...verdictLines(played, problems, paint).map(indented),
		"",
		...configLines(paint).map(indented),
		"",
		paint("bold", "Next"),
		...NEXT.map(([what, how]) => indented(`${what.padEnd(18)}  ${how}`)),
	];
}

function receiptLines({ received }: Played, paint: Paint): readonly string[] {
	const rows = receiptsOf(received).map(({ service, event, delivery, statuses, signed, reads }) => [
		service,
		event,
		delivery.replace(/^dlv_/, "").slice(0, 7),
		statuses.join(", "),
		signed ? "✓" : "✗ NO",
		excerpt(reads, READS_WIDTH),
	]);
	const columns = ["SERVICE", "EVENT", "ID", "ANSWERS", "SIGNED", "WHAT A PERSON READS"];
	const [head = "", ...lines] = tableLines(columns, rows);
	return [paint("dim", head), ...lines];
}

function verdictLines(
	{ fired, received, durationMs }: Played,
	problems: readonly string[],
	paint: Paint,
): readonly string[] {
	const outcomes = fired.flatMap(({ report }) => report.outcomes);
	const isWell = problems.length === 0;
	const ended = (wanted: string) => `${outcomes.filter(({ status }) => status === wanted).length} ${wanted}`;
	const counts = `${ended("delivered")}, ${ended("failed")}${isWell ? " on purpose" : ""}, ${ended("skipped")}`;
	const requests = `${count(received.length, "request")} in ${duration(durationMs)}.`;
	return [
		`${count(fired.length, "event")}, ${outcomes.length} deliveries: ${counts}; ${requests}`,
		...(isWell ? [`${paint("green", "✓")} Every signature was valid, and everything ended as it should.`] : []),
		...problems.map((problem) => paint("red", `✗ ${problem}`)),
	];
}

function configLines(paint: Paint): readonly string[] {
	const lines = configText(process.platform).trimEnd().split("\n");
	const title = `─ ${CONFIG_PATH}, lines 1 to ${SHOWN_CONFIG_LINES} of ${lines.length} `;
	return [
		paint("dim", `┌${title.padEnd(FRAME_WIDTH, "─")}`),
		...lines.slice(0, SHOWN_CONFIG_LINES).map((line) => `${paint("dim", "│")} ${line}`.trimEnd()),
		paint("dim", `└${"─".repeat(FRAME_WIDTH)}`),
	];
}
