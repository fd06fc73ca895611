// The end of the demo: what was received, whether all went well, the config that did it, and what to do next.

import { count, duration, excerpt } from "../../lib/text.ts";
import type { Paint } from "../paint.ts";
import { tableLines } from "../table.ts";
import { CONFIG_PATH, configExcerpt, configText } from "./config.ts";
import type { Played } from "./play.ts";
import { type Receipt, receiptsOf } from "./receipts.ts";

/** Columns of the table's last cell and of the frame. */
const READS_WIDTH = 42;
const FRAME_WIDTH = 96;

const NEXT: readonly (readonly [string, string])[] = [
	["1  Write the hooks", `${CONFIG_PATH}, beginning with the lines above`],
	["2  Check them", "pipeline-hooks validate"],
	["3  Fire an event", "- { uses: pipeline-hooks/pipeline-hooks@v0, with: { event: pipeline_start } }"],
];

/** All lines after the story. */
export function closingLines(played: Played, problems: readonly string[], paint: Paint): readonly string[] {
	const { received, mask } = played;
	return [
		"",
		paint("bold", "What the services got"),
		...receiptLines(receiptsOf(received), paint),
		"",
		...verdictLines(played, problems, paint),
		"",
		...configLines(paint),
		"",
		paint("bold", "Next"),
		...NEXT.map(([what, how]) => `  ${what.padEnd(18)}  ${how}`),
	].map(mask);
}

function receiptLines(receipts: readonly Receipt[], paint: Paint): readonly string[] {
	const rows = receipts.map(({ service, event, delivery, statuses, signed, reads }) => [
		service,
		event,
		delivery.replace(/^dlv_/, "").slice(0, 7),
		statuses.join(", "),
		signed ? "✓" : "✗ NO",
		excerpt(reads, READS_WIDTH),
	]);
	const [head = "", ...lines] = tableLines(
		["SERVICE", "EVENT", "ID", "ANSWERS", "SIGNED", "WHAT A PERSON READS"],
		rows,
	);
	return [`  ${paint("dim", head)}`, ...lines.map((line) => `  ${line}`)];
}

function verdictLines(
	{ fired, received, durationMs }: Played,
	problems: readonly string[],
	paint: Paint,
): readonly string[] {
	const outcomes = fired.flatMap(({ report }) => report.outcomes);
	const { delivered, failed, skipped } = fired
		.map(({ report }) => report.counts)
		.reduce((sum, counts) => ({
			delivered: sum.delivered + counts.delivered,
			failed: sum.failed + counts.failed,
			skipped: sum.skipped + counts.skipped,
			held: sum.held + counts.held,
		}));
	const meant = problems.length === 0 ? " on purpose" : "";
	const deliveries = `${count(fired.length, "event")}, ${outcomes.length} deliveries: ${delivered} delivered, ${failed} failed${meant}, ${skipped} skipped`;
	const lines = problems.map((problem) => `  ${paint("red", `✗ ${problem}`)}`);
	if (lines.length === 0) {
		lines.push(`  ${paint("green", "✓")} Every signature was valid, and everything ended as it should.`);
	}
	return [`  ${deliveries}; ${count(received.length, "request")} in ${duration(durationMs)}.`, ...lines];
}

function configLines(paint: Paint): readonly string[] {
	const lines = configExcerpt(process.platform).trimEnd().split("\n");
	const all = configText(process.platform).trimEnd().split("\n").length;
	const title = `─ ${CONFIG_PATH}, lines 1 to ${lines.length} of ${all} `;
	return [
		`  ${paint("dim", `┌${title.padEnd(FRAME_WIDTH, "─")}`)}`,
		...lines.map((line) => `  ${paint("dim", "│")} ${line}`.trimEnd()),
		`  ${paint("dim", `└${"─".repeat(FRAME_WIDTH)}`)}`,
	];
}
