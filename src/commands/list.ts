// `list`: the hooks of the config, or those that one event selects.

import { showTarget } from "../deliver/target.ts";
import { untrustedReason } from "../deliver/unsent.ts";
import type { Env } from "../lib/env.ts";
import { excerpt } from "../lib/text.ts";
import type { Unmet } from "../model/delivery.ts";
import type { Hook } from "../model/hook.ts";
import { formatPlace } from "../model/problem.ts";
import { showSelector } from "../model/selector.ts";
import { showFilter } from "../plan/filter.ts";
import { type Selected, selection } from "../plan/select.ts";
import { tableLines } from "../report/table.ts";
import type { Printer } from "../report/terminal.ts";
import { findEvent } from "../run/events.ts";
import type { RunContext } from "../run/prepare.ts";
import type { Register } from "./command.ts";
import { type ConfigFlags, withConfig } from "./config.ts";

/** Lists hooks. */
export const registerList: Register = (program, terminal, done) => {
	program
		.command("list")
		.summary("list the hooks, or those that an event selects")
		.description(
			"Lists the hooks of the config that firing an event would read, in the order of the file; with an event, those it selects, and why the others " +
				"are not among them. A filter also asks for what only a real event has: `render` tells whether it holds.",
		)
		.argument("[event]", "name of an event")
		.option("--config <file>", "config file")
		.option("--json", "write JSON")
		.addHelpText("after", "\nExample:\n  $ pipeline-hooks list pipeline_error\n")
		.action(async (event: string | undefined, flags: ConfigFlags) =>
			done(
				await withConfig(flags, terminal, (run, printer) =>
					show(run, event, flags.json === true, terminal.env, printer),
				),
			),
		);
};

function show(
	run: RunContext,
	event: string | undefined,
	json: boolean,
	env: Env,
	{ print, printJson }: Printer,
): void {
	const { config, facts } = run;
	const { selected, unmet }: Selected =
		event === undefined
			? { selected: config.hooks, unmet: [] }
			: selection(config.hooks, { definition: findEvent(event, run) });
	const rows = selected.map((hook) => describe(hook, facts, env));
	if (json) {
		const reasons = unmet.map(({ hook, reason }) => ({ hook: hook.name, reason }));
		const others = event === undefined ? {} : { not_matched: reasons };
		printJson({ config: config.file, hooks: rows, ...others });
		return;
	}
	if (rows.length === 0) {
		const fate = unmet.some(({ attached }) => attached) ? "matches" : "is attached to";
		print(event === undefined ? `${config.file} has no hooks` : `no hook in ${config.file} ${fate} ${event}`);
	}
	for (const line of linesOf(rows)) print(line);
	for (const line of linesOfUnmet(unmet)) print(line);
}

/** The table of hooks, and below it what has no room in a column; nothing without any. */
function linesOf(rows: readonly Row[]): readonly string[] {
	if (rows.length === 0) return [];
	const cells = rows.map((row) => [
		row.enabled === false ? `${row.name} (disabled)` : row.name,
		excerpt(row.event, 48) || "–",
		row.preset ?? "shell",
		row.on_failure,
		excerpt(row.target, 48),
		row.place,
	]);
	const table = tableLines(["NAME", "EVENT", "KIND", "ON FAILURE", "TARGET", "WHERE"], cells);
	return [
		...table,
		...listed(
			"more about them:",
			rows.map(({ name, ...row }) => [name, moreOf(row)] as const),
		),
	];
}

function moreOf({ filter, batch_size, fallback, on_success, refused }: Omit<Row, "name">): string {
	return [
		...(filter === undefined ? [] : [`if ${filter.join(", or ")}`]),
		...(batch_size === undefined ? [] : [`in batches of ${batch_size}`]),
		...(fallback === undefined ? [] : [`fallback ${fallback}`]),
		...(on_success === undefined ? [] : [`then ${on_success.join(", ")}`]),
		...(refused === undefined ? [] : [refused]),
	].join(" · ");
}

function linesOfUnmet(unmet: readonly Unmet[]): readonly string[] {
	return listed(
		"not matched:",
		unmet.map(({ hook, reason }) => [hook.name, reason] as const),
	);
}

/** A list with an empty line before it, of the hooks that there is something to tell of. */
function listed(head: string, all: readonly (readonly [name: string, text: string])[]): readonly string[] {
	const told = all.filter(([, text]) => text !== "");
	return told.length === 0 ? [] : ["", head, ...told.map(([name, text]) => `  – ${name}: ${excerpt(text, 300)}`)];
}

/** A hook as `--json` tells it. */
type Row = ReturnType<typeof describe>;

function describe(hook: Hook, facts: RunContext["facts"], env: Env) {
	const refused = untrustedReason({ hook }, facts);
	return {
		name: hook.name,
		event: hook.selectors.map(showSelector).join(", "),
		events: hook.selectors.map(showSelector),
		...(hook.enabled ? {} : { enabled: false }),
		...(hook.filters.length === 0 ? {} : { filter: hook.filters.map(showFilter) }),
		kind: hook.kind,
		...(hook.kind === "webhook" ? { preset: hook.preset.name } : {}),
		...(hook.kind === "webhook" && hook.batchSize !== undefined ? { batch_size: hook.batchSize } : {}),
		on_failure: hook.onFailure,
		...(hook.fallback === undefined ? {} : { fallback: hook.fallback }),
		...(hook.onSuccess.length === 0 ? {} : { on_success: hook.onSuccess }),
		target: showTarget(hook, env),
		...(refused === undefined ? {} : { refused }),
		place: formatPlace(hook.place),
	};
}
