// `list`: the hooks of the config, or those that one event selects.
import type { Config, Hook } from "../config/hook.ts";
import { showTarget } from "../deliver/target.ts";
import type { Unmet } from "../delivery.ts";
import { formatPlace } from "../errors.ts";
import { showSelector } from "../event/selector.ts";
import { findEvent } from "../fire/find-event.ts";
import { showFilter } from "../plan/filter.ts";
import { type Selected, selection } from "../plan/select.ts";
import { jsonText } from "../report/json.ts";
import { tableLines } from "../report/table.ts";
import { excerpt } from "../text.ts";
import type { Register, Terminal } from "./command.ts";
import { type ConfigFlags, withConfig } from "./config.ts";

/** Lists hooks. */
export const registerList: Register = (program, terminal, done) => {
	program
		.command("list")
		.summary("list the hooks, or those that an event selects")
		.description(
			"Lists the hooks of the config in the order of the file; with an event, those it selects, and why the others " +
				"are not among them. A filter also asks for what only a real event has: `render` tells whether it holds.",
		)
		.argument("[event]", "name of an event")
		.option("--config <file>", "config file")
		.option("--json", "write JSON")
		.addHelpText("after", "\nExample:\n  $ pipeline-hooks list pipeline_error\n")
		.action(async (event: string | undefined, flags: ConfigFlags) =>
			done(await withConfig(flags, terminal, (config) => show(config, event, flags.json === true, terminal))),
		);
};

function show(config: Config, event: string | undefined, json: boolean, terminal: Terminal): void {
	const { selected, unmet }: Selected =
		event === undefined
			? { selected: config.hooks, unmet: [] }
			: selection(config.hooks, { definition: findEvent(event, config) });
	const rows = selected.map((hook) => describe(hook, terminal));
	if (json) {
		const reasons = unmet.map(({ hook, reason }) => ({ hook: hook.name, reason }));
		const others = event === undefined ? {} : { not_matched: reasons };
		terminal.out(jsonText({ config: config.file, hooks: rows, ...others }));
		return;
	}
	if (rows.length === 0) {
		terminal.out(
			event === undefined ? `${config.file} has no hooks` : `no hook in ${config.file} is attached to ${event}`,
		);
	}
	for (const line of linesOf(rows)) terminal.out(line);
	for (const line of linesOfUnmet(unmet)) terminal.out(line);
}

/** The table of hooks; none without any. A column for filters and one for chains is there where any hook has them. */
function linesOf(rows: readonly Row[]): readonly string[] {
	if (rows.length === 0) return [];
	const columns: readonly (readonly [head: string, cell: (row: Row) => string, always: boolean])[] = [
		["NAME", ({ name, enabled }) => (enabled === false ? `${name} (disabled)` : name), true],
		["EVENT", ({ event }) => excerpt(event, 48) || "–", true],
		["IF", ({ filter }) => excerpt((filter ?? []).join(", or "), 60), false],
		["KIND", ({ preset }) => preset ?? "shell", true],
		["ON FAILURE", ({ on_failure }) => on_failure, true],
		["CHAIN", chainOf, false],
		["TARGET", ({ target }) => excerpt(target, 48), true],
		["WHERE", ({ place }) => place, true],
	];
	const shown = columns.filter(([, cell, always]) => always || rows.some((row) => cell(row) !== ""));
	const cells = rows.map((row) => shown.map(([, cell]) => cell(row)));
	return tableLines(
		shown.map(([head]) => head),
		cells,
	);
}

function chainOf({ fallback, on_success = [] }: Row): string {
	const parts = [
		...(fallback === undefined ? [] : [`fallback ${fallback}`]),
		...(on_success.length === 0 ? [] : [`then ${on_success.join(", ")}`]),
	];
	return excerpt(parts.join("; "), 60);
}

function linesOfUnmet(unmet: readonly Unmet[]): readonly string[] {
	if (unmet.length === 0) return [];
	return ["", "not fired:", ...unmet.map(({ hook, reason }) => `  ${hook.name}: ${excerpt(reason, 200)}`)];
}

/** A hook as `--json` tells it. */
type Row = ReturnType<typeof describe>;

function describe(hook: Hook, { env }: Terminal) {
	return {
		name: hook.name,
		event: hook.selectors.map(showSelector).join(", "),
		...(hook.enabled ? {} : { enabled: false }),
		...(hook.filters.length === 0 ? {} : { filter: hook.filters.map(showFilter) }),
		kind: hook.kind,
		...(hook.kind === "webhook" ? { preset: hook.preset.name } : {}),
		...(hook.kind === "webhook" && hook.batchSize !== undefined ? { batch_size: hook.batchSize } : {}),
		on_failure: hook.onFailure,
		...(hook.fallback === undefined ? {} : { fallback: hook.fallback }),
		...(hook.onSuccess.length === 0 ? {} : { on_success: hook.onSuccess }),
		target: showTarget(hook, env),
		place: formatPlace(hook.place),
	};
}
