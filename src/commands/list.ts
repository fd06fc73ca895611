// `list`: the hooks of the config, those that one event selects, or one hook in full.
import { closest } from "../lib/suggest.ts";
import { duration, excerpt } from "../lib/text.ts";
import type { Unmatched } from "../model/delivery.ts";
import type { EventDefinition } from "../model/event.ts";
import type { Hook } from "../model/hook.ts";
import { isCopy } from "../model/people.ts";
import { UserError } from "../model/problem.ts";
import { matchesGlob } from "../model/selector.ts";
import { selection } from "../plan/select.ts";
import { mapTexts } from "../report/json.ts";
import type { RunContext } from "../run/prepare.ts";
import { type Call, defineCommand, EXIT, loadRun } from "./command.ts";
import { type HookRow, hookRow, wholeHook } from "./hook-facts.ts";
import { pairLines, tableLines, wrapped } from "./table.ts";
import { writtenSecrets } from "./written-secrets.ts";

/** What narrows a list of hooks: globs of what they are known by. */
interface Flags {
	readonly config?: string;
	readonly tag?: string;
	readonly owner?: string;
	readonly team?: string;
}

type ListCall = Call<Flags>;

export const registerList = defineCommand<Flags>(
	(program) =>
		program
			.command("list")
			.summary("list all hooks, those that an event selects, or one hook in full")
			.description(
				"Lists the hooks of the config that `fire` would read, in the order of the file. With an event: the hooks that it " +
					"selects, and why the others are not selected. With the name of a hook: everything that is set for it. Whether " +
					"a filter matches may depend on what only a real event has: `render` shows it.",
			)
			.argument("[name]", "name of an event or a hook; if both have it, the event")
			.option("--config <file>", "config file")
			.option("--tag <tag>", "only hooks with this tag; * matches any characters")
			.option("--owner <owner>", "only hooks of this owner")
			.option("--team <team>", "only hooks of this team")
			.option("--json", "write JSON"),
	"list pipeline_error",
	async (call) => {
		const run = await loadRun(call);
		call.reporter.log.protect(writtenSecrets(run.config.hooks));
		const name = call.argument;
		const hook = run.config.hooks.find((each) => each.name === name);
		const hooks = run.config.hooks.filter((each) => !isCopy(each) && isWanted(each, call.flags));
		if (name === undefined) showHooks(call, run, hooks);
		else if (hook !== undefined && run.vocabulary.find(name) === undefined) {
			refuseNarrowing(call.flags);
			showHook(call, run, hook);
		} else {
			const { selected, unmatched } = selection(hooks, { definition: findNamed(name, run) });
			showHooks(call, run, selected, { event: name, unmatched });
		}
		return EXIT.ok;
	},
);

const NARROWING = ["tag", "owner", "team"] as const;

/** Throws `UserError` for a flag that narrows a list, where one hook is named. */
function refuseNarrowing(flags: Flags): void {
	const given = NARROWING.find((flag) => flags[flag] !== undefined);
	if (given === undefined) return;
	const message = `--${given} narrows a list of hooks, and one hook is named`;
	throw new UserError({ code: "usage", message, remedy: `leave out the name, or --${given}` });
}

function isWanted({ about }: Hook, { tag, owner, team }: Flags): boolean {
	const isOne = (wanted: string | undefined, texts: readonly (string | undefined)[]) =>
		wanted === undefined || texts.some((text) => text !== undefined && matchesGlob(wanted, text));
	return isOne(tag, about.tags) && isOne(owner, [about.owner]) && isOne(team, [about.team]);
}

/** Throws `UserError` for a name that is neither an event's nor a hook's. */
function findNamed(name: string, { config, vocabulary }: RunContext): EventDefinition {
	const found = vocabulary.find(name);
	if (found !== undefined) return found;
	const names = [...config.hooks.filter((hook) => !isCopy(hook)), ...vocabulary.events].map((each) => each.name);
	const near = closest(name, names);
	const message = `no event or hook is named ${JSON.stringify(excerpt(name, 100))}`;
	const all = "`pipeline-hooks list` shows all hooks, `pipeline-hooks events` all events";
	throw new UserError({ code: "event", message, remedy: near === undefined ? all : `did you mean "${near}"?` });
}

function showHooks(
	{ json, flags, terminal: { env, columns }, reporter: { print, printJson, redact } }: ListCall,
	{ config, facts }: RunContext,
	hooks: readonly Hook[],
	of?: { readonly event: string; readonly unmatched: readonly Unmatched[] },
): void {
	// Before it is truncated and wrapped: of half a secret nothing tells that it is one.
	const rows = hooks.map((hook) => mapTexts(hookRow(hook, facts, env), redact));
	const unmatched = of?.unmatched ?? [];
	const not = unmatched.map(({ hook, reason }) => [redact(hook.name), redact(reason)] as const);
	if (json) {
		const reasons = not.map(([hook, reason]) => ({ hook, reason }));
		printJson({ config: config.file, hooks: rows, ...(of !== undefined && { not_matched: reasons }) });
		return;
	}
	if (rows.length === 0) {
		const fate = unmatched.some(({ attached }) => attached) ? "matches" : "is attached to";
		const [wanted] = NARROWING.filter((flag) => flags[flag] !== undefined);
		const which = wanted === undefined ? "" : ` with that ${wanted}`;
		print(
			of === undefined
				? `${config.file} has no hooks${which}`
				: `no hook${which} in ${config.file} ${fate} ${of.event}`,
		);
	}
	const more = rows.map((row) => [row.name, moreOf(row)] as const);
	const lists = [...listed("details:", more, columns), ...listed("not matched:", not, columns)];
	for (const line of [...linesOf(rows, columns), ...lists]) print(line);
}

/** All settings of a hook, credentials by their variables only. */
function showHook(
	{ json, terminal: { env, columns }, reporter: { print, printJson, redact } }: ListCall,
	run: RunContext,
	hook: Hook,
): void {
	const whole = mapTexts(wholeHook(hook, run, env), redact);
	if (json) {
		printJson({ config: run.config.file, hook: whole });
		return;
	}
	const { name, event: _, ...settings } = whole;
	const pairs = Object.entries(settings).flatMap(([key, value]) => {
		if (value === undefined) return [];
		const isTime = typeof value === "number" && key.endsWith("_ms");
		const text = isTime ? duration(value) : Array.isArray(value) ? value.join(", ") : textOf(value);
		return [[key.replace(/_ms$/, "").replaceAll("_", " "), text] as const];
	});
	for (const line of [name, ...pairLines(pairs, columns)]) print(line);
}

function textOf(value: unknown): string {
	return typeof value === "object" ? JSON.stringify(value) : excerpt(String(value), 4096);
}

function linesOf(rows: readonly HookRow[], columns: number): readonly string[] {
	if (rows.length === 0) return [];
	const cells = rows.map(({ name, enabled, event, preset, on_failure, target, place }) => [
		enabled === false ? `${name} (disabled)` : name,
		excerpt(event, 48) || "–",
		preset ?? "shell",
		on_failure,
		excerpt(target, 48),
		place,
	]);
	return tableLines(["NAME", "EVENT", "KIND", "ON FAILURE", "TARGET", "WHERE"], cells, columns);
}

/** What does not fit into a column. */
function moreOf({
	muted_until,
	filter,
	batch_size,
	fallback,
	on_success,
	refused,
	display_name,
	owner,
	team,
	tags,
}: HookRow): string {
	return [
		muted_until && `muted until ${muted_until.replace(/:00\.000Z$/, "Z")}`,
		display_name,
		owner && `owner ${owner}`,
		team && `team ${team}`,
		tags && `tags ${tags.join(", ")}`,
		filter && `if ${filter.join(", or ")}`,
		batch_size && `in batches of ${batch_size}`,
		fallback && `fallback ${fallback}`,
		on_success && `then ${on_success.join(", ")}`,
		refused,
	]
		.filter((text) => text !== undefined)
		.join(" · ");
}

/** A list of the hooks with a text, below an empty line and a head; nothing without any. */
function listed(
	head: string,
	all: readonly (readonly [name: string, text: string])[],
	columns: number,
): readonly string[] {
	const lines = all.flatMap(([name, text]) => {
		if (text === "") return [];
		const [first = "", ...rest] = wrapped(`${name}: ${excerpt(text, 300)}`, columns - 4);
		return [`  – ${first}`, ...rest.map((line) => `    ${line}`)];
	});
	return lines.length === 0 ? [] : ["", head, ...lines];
}
