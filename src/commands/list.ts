// `list`: the hooks of the config, those that one event selects, or one hook whole.

import { closest } from "../lib/suggest.ts";
import { duration, excerpt } from "../lib/text.ts";
import type { Unmatched } from "../model/delivery.ts";
import type { EventDefinition } from "../model/event.ts";
import type { Hook } from "../model/hook.ts";
import { UserError } from "../model/problem.ts";
import { selection } from "../plan/select.ts";
import type { Printer } from "../report/terminal.ts";
import type { RunContext } from "../run/prepare.ts";
import { type ConfigFlags, type Register, type Terminal, withConfig } from "./command.ts";
import { type HookRow, hookRow, wholeHook } from "./hook-facts.ts";
import { pairLines, tableLines, wrapped } from "./table.ts";

/** Lists hooks. */
export const registerList: Register = (program, terminal, done) => {
	program
		.command("list")
		.summary("list the hooks, those that an event selects, or one hook whole")
		.description(
			"Lists the hooks of the config that firing an event would read, in the order of the file; with an event, those it selects, and why the others " +
				"are not among them; with the name of a hook, all that is set for it. A filter also asks for what only a real event has: `render` tells whether it holds.",
		)
		.argument("[name]", "name of an event or of a hook; an event goes first")
		.option("--config <file>", "config file")
		.option("--json", "write JSON")
		.addHelpText("after", "\nExample:\n  $ pipeline-hooks list pipeline_error\n")
		.action(async (name: string | undefined, flags: ConfigFlags) =>
			done(
				await withConfig(flags, terminal, (run, printer) => show(run, name, flags.json === true, terminal, printer)),
			),
		);
};

function show(run: RunContext, name: string | undefined, json: boolean, terminal: Terminal, printer: Printer): void {
	const { hooks } = run.config;
	const hook = hooks.find((each) => each.name === name);
	if (name === undefined) showHooks(run, hooks, json, terminal, printer);
	else if (hook !== undefined && run.vocabulary.find(name) === undefined) {
		showHook(hook, run, json, terminal, printer);
	} else {
		const { selected, unmatched } = selection(hooks, { definition: findNamed(name, run) });
		showHooks(run, selected, json, terminal, printer, { event: name, unmatched });
	}
}

/** Throws `UserError` for a name that is neither an event's nor a hook's. */
function findNamed(name: string, { config, vocabulary }: RunContext): EventDefinition {
	const found = vocabulary.find(name);
	if (found !== undefined) return found;
	const near = closest(
		name,
		[...config.hooks, ...vocabulary.events].map((each) => each.name),
	);
	const message = `no event or hook is named ${JSON.stringify(excerpt(name, 100))}`;
	const all = "`pipeline-hooks list` shows all hooks, `pipeline-hooks events` all events";
	throw new UserError({ code: "event", message, remedy: near === undefined ? all : `did you mean "${near}"?` });
}

function showHooks(
	{ config, facts }: RunContext,
	hooks: readonly Hook[],
	json: boolean,
	{ env, columns }: Terminal,
	{ print, printJson }: Printer,
	of?: { readonly event: string; readonly unmatched: readonly Unmatched[] },
): void {
	const rows = hooks.map((hook) => hookRow(hook, facts, env));
	const unmatched = of?.unmatched ?? [];
	if (json) {
		const reasons = unmatched.map(({ hook, reason }) => ({ hook: hook.name, reason }));
		printJson({ config: config.file, hooks: rows, ...(of !== undefined && { not_matched: reasons }) });
		return;
	}
	if (rows.length === 0) {
		const fate = unmatched.some(({ attached }) => attached) ? "matches" : "is attached to";
		print(of === undefined ? `${config.file} has no hooks` : `no hook in ${config.file} ${fate} ${of.event}`);
	}
	const not = unmatched.map(({ hook, reason }) => [hook.name, reason] as const);
	for (const line of [...linesOf(rows, columns), ...listed("not matched:", not, columns)]) print(line);
}

/** All that is set for a hook, credentials by their variables only. */
function showHook(hook: Hook, run: RunContext, json: boolean, { env, columns }: Terminal, printer: Printer): void {
	const whole = wholeHook(hook, run, env);
	if (json) {
		printer.printJson({ config: run.config.file, hook: whole });
		return;
	}
	const { name, event: _, ...settings } = whole;
	const pairs = Object.entries(settings).flatMap(([key, value]) => {
		return value === undefined ? [] : [[key.replace(/_ms$/, "").replaceAll("_", " "), textOf(key, value)] as const];
	});
	for (const line of [name, ...pairLines(pairs, columns)]) printer.print(line);
}

function textOf(key: string, value: string | number | boolean | readonly string[]): string {
	if (typeof value === "number") return key.endsWith("_ms") ? duration(value) : String(value);
	return typeof value === "object" ? value.join(", ") : String(value);
}

/** The table of hooks, and below it what has no room in a column; nothing without any. */
function linesOf(rows: readonly HookRow[], columns: number): readonly string[] {
	if (rows.length === 0) return [];
	const cells = rows.map((row) => [
		row.enabled === false ? `${row.name} (disabled)` : row.name,
		excerpt(row.event, 48) || "–",
		row.preset ?? "shell",
		row.on_failure,
		excerpt(row.target, 48),
		row.place,
	]);
	const table = tableLines(["NAME", "EVENT", "KIND", "ON FAILURE", "TARGET", "WHERE"], cells, columns);
	return [
		...table,
		...listed(
			"more about them:",
			rows.map(({ name, ...row }) => [name, moreOf(row)] as const),
			columns,
		),
	];
}

function moreOf({ filter, batch_size, fallback, on_success, refused }: Omit<HookRow, "name">): string {
	return [
		...(filter === undefined ? [] : [`if ${filter.join(", or ")}`]),
		...(batch_size === undefined ? [] : [`in batches of ${batch_size}`]),
		...(fallback === undefined ? [] : [`fallback ${fallback}`]),
		...(on_success === undefined ? [] : [`then ${on_success.join(", ")}`]),
		...(refused === undefined ? [] : [refused]),
	].join(" · ");
}

/** A list with an empty line before it, of the hooks that there is something to tell of. */
function listed(
	head: string,
	all: readonly (readonly [name: string, text: string])[],
	columns: number,
): readonly string[] {
	const told = all.filter(([, text]) => text !== "");
	const lines = told.flatMap(([name, text]) => {
		const [first = "", ...rest] = wrapped(`${name}: ${excerpt(text, 300)}`, columns - 4);
		return [`  – ${first}`, ...rest.map((line) => `    ${line}`)];
	});
	return told.length === 0 ? [] : ["", head, ...lines];
}
