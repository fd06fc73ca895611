// The job summary: one table of what went where, in Markdown that foreign text cannot break out of.
import { count, excerpt } from "../lib/text.ts";
import type { Outcome, OutcomeStatus } from "../model/delivery.ts";
import { formatPlace, type Problem } from "../model/problem.ts";
import type { Mask } from "../secrets/mask.ts";
import { countsLine, isListed, nameOf, type Report, type Source, unmatchedLine } from "./report.ts";
import { fitting, linesOf, rowOf, worstFirst } from "./row.ts";

/**
 * What GitHub takes of a step; of more it shows nothing at all.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
 */
export const STEP_LIMIT_BYTES = 1024 * 1024;

/** Ours, so that there is room for what comes after it. */
const LIMIT_BYTES = 900 * 1024;

const ICONS: Readonly<Record<OutcomeStatus, string>> = { delivered: "✅", failed: "❌", skipped: "⏭️", held: "⏳" };

/** The summary of a report in at most `room` bytes, failures first; undefined if not even its head fits. */
export function summaryMarkdown(report: Report, mask: Mask, room = LIMIT_BYTES): string | undefined {
	const { source, stopped, outcomes } = report;
	const result = report.dryRun ? "dry run" : stopped === undefined ? report.result : "error";
	const listed = isListed(report) ? "" : "; the first of each outcome are listed";
	const lines = [
		`### ${titleOf(source, mask)} · ${result}`,
		"",
		`${subjectOf(source, mask)}: ${countsLine(report.counts)}${listed}.`,
		"",
	];
	if (stopped !== undefined) lines.push(`${plain(mask(stopped.message))}. ${plain(mask(stopped.remedy))}`, "");
	else if (outcomes.length === 0) lines.push(`${plain(capitalised(mask(unmatchedLine(report, "it"))))}.`);
	if (outcomes.length > 0) lines.push("| | Hook | Target | Attempts | Time | Detail |", "|---|---|---|--:|--:|---|");
	const rows = worstFirst(outcomes).map((outcome) => tableRow(outcome, mask));
	return bounded(lines, rows, "the results file", room);
}

/** The summary of errors, where nothing was run; bounded as {@link summaryMarkdown} is. */
export function problemsMarkdown(problems: readonly Problem[], mask: Mask, room = LIMIT_BYTES): string | undefined {
	const rows = problems.map(({ place, message, remedy }) => {
		const where = place === undefined ? "" : formatPlace(place);
		return `| ${[where, message, remedy].map((text) => plain(mask(text))).join(" | ")} |`;
	});
	const head = `### Nothing was run: ${count(problems.length, "problem")}`;
	return bounded([head, "", "| Where | What | What to do |", "|---|---|---|"], rows, "the log", room);
}

function titleOf(source: Source, mask: Mask): string {
	if (source.kind === "held") return capitalised(nameOf(source));
	if (source.kind === "file") return plain(mask(nameOf(source)));
	const { title, name } = source.event.definition;
	return `${plain(mask(title))} · \`${name}\``;
}

function subjectOf(source: Source, mask: Mask): string {
	if (source.kind !== "event") return "Deliveries";
	const { pipeline, run_id: run } = source.event.context;
	return `Pipeline ${plain(excerpt(mask(pipeline), 200))}, run ${plain(excerpt(mask(run), 200))}`;
}

function capitalised(text: string): string {
	return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The lines, as many of the rows as fit below them, and where to find the others. */
function bounded(
	lines: readonly string[],
	rows: readonly string[],
	elsewhere: string,
	room: number,
): string | undefined {
	const rest = (left: number) => ["", `${count(left, "more row")}: see ${elsewhere}.`];
	const text = (shown: readonly string[]) => `${shown.join("\n")}\n\n`;
	const most = Math.min(room, LIMIT_BYTES) - Buffer.byteLength(text([...lines, ...rest(rows.length)]));
	if (most < 0) return undefined;
	const shown = fitting(rows, most);
	const left = rows.length - shown;
	return text([...lines, ...rows.slice(0, shown), ...(left === 0 ? [] : rest(left))]);
}

function tableRow(outcome: Outcome, mask: Mask): string {
	const row = rowOf(outcome, mask);
	const detail = [
		row.events === undefined ? "" : count(row.events, "event"),
		linesOf(outcome.delivery),
		row.via === undefined ? "" : `via fallback ${row.via}`,
		row.error ?? "",
		...(row.notes ?? []),
	]
		.filter((text) => text !== "")
		.join("; ");
	const cells = [
		ICONS[row.status],
		`${plain(row.hook)}${outcome.delivery.hook.onFailure === "abort" ? " (gate)" : ""}`,
		plain(row.target),
		String(row.attempts),
		`${row.duration_ms} ms`,
		plain(detail || String(row.http_status ?? row.status)),
	];
	return `| ${cells.join(" | ")} |`;
}

/**
 * Text that Markdown, HTML and tables show as it is: every ASCII punctuation that could mean something is an entity, and
 * so is the dot that would make an address without a scheme a link. GitHub looks for mentions in the decoded text, so an
 * `@` needs a zero-width space behind it.
 */
function plain(text: string): string {
	return text
		.replaceAll(/[\r\n]+/g, " ")
		.replaceAll(/[&<>"'`*_~|[\]()#!\\@:$]/g, (character) => `&#${character.charCodeAt(0)};`)
		.replaceAll("&#64;", "&#64;&#8203;")
		.replaceAll(/www\./gi, (start) => `${start.slice(0, -1)}&#46;`);
}
