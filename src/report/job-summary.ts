// The job summary: one table of what went where, in Markdown that foreign text cannot break out of.
import type { Outcome } from "../delivery.ts";
import { formatPlace, type Problem } from "../errors.ts";
import type { Mask } from "../mask/mask.ts";
import { count, excerpt } from "../text.ts";
import { noteOf, type Report, rank, reasonOf, resultOf, tally } from "./report.ts";

/**
 * What GitHub takes of a step; of more it shows nothing at all.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
 */
export const STEP_LIMIT_BYTES = 1024 * 1024;

/** Ours, so that there is room for what comes after it. */
const LIMIT_BYTES = 900 * 1024;

const ICONS: Readonly<Record<Outcome["status"], string>> = { delivered: "✅", failed: "❌", skipped: "⏭️" };

/** The summary of a report in at most `room` bytes, failures first; undefined where not even its head finds room. */
export function summaryMarkdown(report: Report, mask: Mask, room = LIMIT_BYTES): string | undefined {
	const { delivered, failed, skipped } = tally(report.outcomes);
	const { definition, context } = report.event;
	const counts = `${delivered} delivered, ${failed} failed, ${skipped} skipped`;
	const lines = [
		`### ${plain(definition.title)} · \`${definition.name}\` · ${report.dryRun ? "dry run" : resultOf(report.outcomes)}`,
		"",
		`Pipeline ${plain(excerpt(mask(context.pipeline), 200))}, run ${plain(excerpt(mask(context.run_id), 200))}: ${counts}.`,
		"",
	];
	if (report.outcomes.length === 0) {
		return bounded([...lines, `No hook in ${plain(report.configFile)} is attached to it.`], [], "", room);
	}
	lines.push("| | Hook | Target | Attempts | Time | Detail |", "|---|---|---|--:|--:|---|");
	const ordered = [...report.outcomes].sort((a, b) => rank(a) - rank(b));
	return bounded(
		lines,
		ordered.map((outcome) => tableRow(outcome, mask)),
		"the results file",
		room,
	);
}

/** The summary of mistakes, where nothing was run; bounded as {@link summaryMarkdown} is. */
export function problemsMarkdown(problems: readonly Problem[], mask: Mask, room = LIMIT_BYTES): string | undefined {
	const rows = problems.map(({ place, message, remedy }) => {
		const where = place === undefined ? "" : formatPlace(place);
		return `| ${[where, message, remedy].map((text) => plain(mask(text))).join(" | ")} |`;
	});
	const head = `### Nothing was run: ${count(problems.length, "problem")}`;
	return bounded([head, "", "| Where | What | What to do |", "|---|---|---|"], rows, "the log", room);
}

/** As many of the rows as find room under the lines, and where the others are. */
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
	let size = 0;
	const cut = rows.findIndex((row) => {
		size += Buffer.byteLength(row) + 1;
		return size > most;
	});
	return text(cut < 0 ? [...lines, ...rows] : [...lines, ...rows.slice(0, cut), ...rest(rows.length - cut)]);
}

function tableRow(outcome: Outcome, mask: Mask): string {
	const { hook } = outcome.delivery;
	const notes = outcome.notes.map((note) => noteOf(note, mask));
	const detail = [reasonOf(outcome, mask), ...notes].filter((text) => text !== "").join("; ");
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

/**
 * Text that Markdown, HTML and tables show as it is: every ASCII punctuation that could mean something is an entity, and
 * so is what would make a link of an address without a scheme. Addresses of people are found in the text that comes of
 * it, so that an `@` needs a zero-width space behind it.
 */
function plain(text: string): string {
	return text
		.replaceAll(/[\r\n]+/g, " ")
		.replaceAll(/[&<>"'`*_~|[\]()#!\\@:$]/g, (character) => `&#${character.charCodeAt(0)};`)
		.replaceAll("&#64;", "&#64;&#8203;")
		.replaceAll(/www\./gi, (start) => `${start.slice(0, -1)}&#46;`);
}
