// The job summary: how it went, what went wrong, and what went where, in Markdown that foreign text cannot break out of.
import { fitting } from "../lib/fitting.ts";
import { count, excerpt } from "../lib/text.ts";
import type { Outcome, OutcomeStatus, Unmatched } from "../model/delivery.ts";
import { formatPlace, type Problem } from "../model/problem.ts";
import { headline } from "../presets/headline.ts";
import { LOOKS } from "../presets/looks.ts";
import { tellingLine } from "../presets/telling-line.ts";
import { Truncator, plain as toPlain } from "../presets/text.ts";
import type { Mask } from "../secrets/mask.ts";
import { countsLine, filteredOf, isKept, isListed, nameOf, type Report, type Source, unmatchedLine } from "./report.ts";
import { helpOf, linesOf, rowOf, worstFirst } from "./row.ts";
import { isOvertaken, REASON_LIMIT, verdictOf } from "./verdict.ts";

/**
 * What GitHub takes of a step; of more it shows nothing at all.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
 */
export const STEP_LIMIT_BYTES = 1024 * 1024;

/** Ours, so that there is room for what comes after it. */
const LIMIT_BYTES = 900 * 1024;

/** Code units of an error that are shown, both its ends. */
const ERROR_LIMIT = 20_000;

/** Hooks that their filter kept out. */
const SHOWN_FILTERED = 20;

const ICONS: Readonly<Record<OutcomeStatus, string>> = { delivered: "✅", failed: "❌", skipped: "⏭️", held: "⏳" };

/**
 * The summary of a report in at most `room` bytes: the verdict, what was fired and its own error, then failures first. A
 * long error is left out before the rest is; undefined if not even the head fits.
 */
export function summaryMarkdown(report: Report, mask: Mask, room = LIMIT_BYTES): string | undefined {
	const { source, stopped, outcomes } = report;
	const { mark, text } = verdictOf(report, mask);
	const listed = isListed(report) ? "" : "; the first of each outcome are listed";
	const head = [
		`### ${mark === "" ? "" : `${mark} `}${plain(capitalised(text))}`,
		"",
		`${subjectOf(source, mask)}: ${countsLine(report.counts)}${listed}.`,
		"",
	];
	const lines: string[] = [];
	if (stopped !== undefined) lines.push(...stoppedLines(stopped, mask));
	else if (outcomes.length === 0) lines.push(`${plain(capitalised(mask(unmatchedLine(report, "it"))))}.`);
	const filtered = filteredOf(report);
	if (filtered.length > 0) lines.push(`Not fired: ${filteredLine(filtered, mask)}.`, "");
	if (outcomes.length > 0) lines.push("| | Hook | Target | Attempts | Time | Detail |", "|---|---|---|--:|--:|---|");
	const rows = worstFirst(outcomes).map((outcome) => tableRow(outcome, mask));
	const [line, whole] = errorOf(source, mask);
	const write = (error: readonly string[]) => bounded([...head, ...error, ...lines], rows, "the results file", room);
	return write([...line, ...whole]) ?? write(line);
}

/** What the headline had no room for, and what to do. */
function stoppedLines({ message, remedy }: Problem, mask: Mask): readonly string[] {
	return [excerpt(mask(message), REASON_LIMIT) === mask(message) ? "" : message, remedy]
		.filter((text) => text !== "")
		.flatMap((text) => [`${plain(capitalised(mask(text)))}.`, ""]);
}

/** What went wrong in the pipeline itself: the line that tells it, and all of it if there is more. */
function errorOf(source: Source, mask: Mask): readonly [line: readonly string[], whole: readonly string[]] {
	const error = source.kind === "event" ? toPlain(mask(source.event.context.error ?? "")) : "";
	if (error === "") return [[], []];
	const telling = tellingLine(error);
	const line = [`**The event's error:** ${plain(telling)}`, ""];
	if (telling === error) return [line, []];
	const shown = new Truncator("characters").ends("error", error, ERROR_LIMIT);
	// Up to its closing tag nothing in a `pre` is Markdown: https://github.github.com/gfm/#html-blocks
	const block = [
		"<details><summary>The whole error</summary>",
		"",
		"<pre>",
		...shown.split("\n").map(plain),
		"</pre>",
		"",
	];
	return [line, [...block, "</details>", ""]];
}

function filteredLine(filtered: readonly Unmatched[], mask: Mask): string {
	const shown = filtered.slice(0, SHOWN_FILTERED);
	const more = filtered.length - shown.length;
	const told = shown.map(({ hook, reason }) => plain(`${mask(hook.name)} (${excerpt(mask(reason), 200)})`));
	return [...told, ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
}

/** The summary of errors, where nothing was run; bounded as {@link summaryMarkdown} is. */
export function problemsMarkdown(problems: readonly Problem[], mask: Mask, room = LIMIT_BYTES): string | undefined {
	const rows = problems.map(({ place, message, remedy }) => {
		const where = place === undefined ? "" : formatPlace(place);
		return `| ${[where, message, remedy].map((text) => plain(mask(text))).join(" | ")} |`;
	});
	const head = `### ❌ Nothing was run: ${count(problems.length, "problem")}`;
	return bounded([head, "", "| Where | What | What to do |", "|---|---|---|"], rows, "the log", room);
}

function subjectOf(source: Source, mask: Mask): string {
	if (isKept(source)) return capitalised(nameOf(source));
	if (source.kind === "file") return plain(mask(nameOf(source)));
	const { definition, context } = source.event;
	const { pipeline, run_id: run } = context;
	const of = `pipeline ${plain(excerpt(mask(pipeline), 200))}, run ${plain(excerpt(mask(run), 200))}`;
	return `${LOOKS[context.status].mark} ${plain(mask(headline(source.event)))} · \`${definition.name}\` · ${of}`;
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
	const shown = fitting(rows, most, (row) => Buffer.byteLength(`${row}\n`));
	const left = rows.length - shown;
	return text([...lines, ...rows.slice(0, shown), ...(left === 0 ? [] : rest(left))]);
}

function tableRow(outcome: Outcome, mask: Mask): string {
	const row = rowOf(outcome, mask);
	const detail = [
		row.events === undefined ? "" : count(row.events, "event"),
		linesOf(outcome.delivery),
		row.via === undefined ? "" : `via fallback ${row.via}`,
		row.status === "failed" && outcome.delivery.hook.onFailure === "ignore" ? "ignored" : "",
		row.error ?? "",
		...(row.notes ?? []),
		row.status === "failed" || isOvertaken(outcome) ? helpOf(outcome.delivery.hook, mask) : "",
	]
		.filter((text) => text !== "")
		.join("; ");
	const cells = [
		isOvertaken(outcome) ? "⚠️" : ICONS[row.status],
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
