// The job summary: one table of what went where, in Markdown that foreign text cannot break out of.
import type { Outcome } from "../delivery.ts";
import { formatPlace, type Problem } from "../errors.ts";
import type { Mask } from "../mask/mask.ts";
import { count, excerpt } from "../text.ts";
import { type Report, rank, reasonOf, resultOf, tally } from "./report.ts";

/** GitHub takes 1 MiB a step, https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits; rows past this are counted. */
const LIMIT_BYTES = 900 * 1024;

const ICONS: Readonly<Record<Outcome["status"], string>> = { delivered: "✅", failed: "❌", skipped: "⏭️" };

/** The summary of a report, inside GitHub's limit; failures first. */
export function summaryMarkdown(report: Report, mask: Mask): string {
	const { delivered, failed, skipped } = tally(report.outcomes);
	const { definition, context } = report.event;
	const counts = `${delivered} delivered, ${failed} failed, ${skipped} skipped`;
	const lines = [
		`### ${plain(definition.title)} · \`${definition.name}\` · ${report.dryRun ? "dry run" : resultOf(report.outcomes)}`,
		"",
		`Pipeline ${plain(excerpt(mask(context.pipeline), 200))}, run ${plain(excerpt(mask(context.run_id), 200))}: ${counts}.`,
		"",
	];
	if (report.outcomes.length === 0)
		return `${lines.join("\n")}No hook in ${plain(report.configFile)} is attached to it.\n\n`;
	lines.push("| | Hook | Target | Attempts | Time | Detail |", "|---|---|---|--:|--:|---|");
	const ordered = [...report.outcomes].sort((a, b) => rank(a) - rank(b));
	return bounded(
		lines,
		ordered.map((outcome) => tableRow(outcome, mask)),
		"the results file",
	);
}

/** The summary of mistakes, where nothing was run. */
export function problemsMarkdown(problems: readonly Problem[], mask: Mask): string {
	const rows = problems.map(({ place, message, remedy }) => {
		const where = place === undefined ? "" : formatPlace(place);
		return `| ${[where, message, remedy].map((text) => plain(mask(text))).join(" | ")} |`;
	});
	const head = `### Nothing was run: ${count(problems.length, "problem")}`;
	return bounded([head, "", "| Where | What | What to do |", "|---|---|---|"], rows, "the log");
}

/** As many of the rows as fit under the lines, and where the others are. */
function bounded(lines: readonly string[], rows: readonly string[], elsewhere: string): string {
	let size = Buffer.byteLength(lines.join("\n"));
	const cut = rows.findIndex((row) => {
		size += Buffer.byteLength(row) + 1;
		return size > LIMIT_BYTES;
	});
	const shown = cut < 0 ? rows : rows.slice(0, cut);
	const rest = cut < 0 ? [] : ["", `${count(rows.length - cut, "row")} more are in ${elsewhere}.`];
	return `${[...lines, ...shown, ...rest].join("\n")}\n\n`;
}

function tableRow(outcome: Outcome, mask: Mask): string {
	const { hook } = outcome.delivery;
	const detail = [reasonOf(outcome, mask), ...outcome.notes.map(mask)].filter((text) => text !== "").join("; ");
	const cells = [
		ICONS[outcome.status],
		`${plain(hook.name)}${hook.onFailure === "abort" ? " (gate)" : ""}`,
		plain(mask(outcome.target)),
		String(outcome.attempts.length),
		`${outcome.durationMs} ms`,
		plain(detail || (outcome.httpStatus === undefined ? outcome.status : String(outcome.httpStatus))),
	];
	return `| ${cells.join(" | ")} |`;
}

/** Text that Markdown, HTML and tables show as it is: every ASCII punctuation that could mean something is an entity. */
function plain(text: string): string {
	return text
		.replaceAll(/[\r\n]+/g, " ")
		.replaceAll(/[&<>"'`*_~|[\]()#!\\@:]/g, (character) => `&#${character.charCodeAt(0)};`);
}
