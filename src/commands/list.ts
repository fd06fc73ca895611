// `list`: the hooks of the config, or those that one event selects.
import type { Config, Hook } from "../config/hook.ts";
import { showTarget } from "../deliver/target.ts";
import { formatPlace } from "../errors.ts";
import { showSelector } from "../event/selector.ts";
import { findEvent } from "../fire.ts";
import { selectHooks } from "../plan/plan.ts";
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
		.description("Lists the hooks of the config in the order of the file; with an event, only those it selects.")
		.argument("[event]", "name of an event")
		.option("--config <file>", "config file")
		.option("--json", "write JSON")
		.addHelpText("after", "\nExample:\n  $ pipeline-hooks list pipeline_error\n")
		.action(async (event: string | undefined, flags: ConfigFlags) =>
			done(await withConfig(flags, terminal, (config) => show(config, event, flags.json === true, terminal))),
		);
};

function show(config: Config, event: string | undefined, json: boolean, terminal: Terminal): void {
	const hooks = event === undefined ? config.hooks : selectHooks(config.hooks, findEvent(event, config));
	const rows = hooks.map((hook) => describe(hook, terminal));
	if (json) {
		terminal.out(jsonText({ config: config.file, hooks: rows }));
		return;
	}
	if (rows.length === 0) {
		terminal.out(
			event === undefined ? `${config.file} has no hooks` : `no hook in ${config.file} is attached to ${event}`,
		);
		return;
	}
	const cells = rows.map((row) => [
		row.name,
		row.event,
		row.preset ?? "shell",
		row.on_failure,
		excerpt(row.target, 48),
		row.place,
	]);
	for (const line of tableLines(["NAME", "EVENT", "KIND", "ON FAILURE", "TARGET", "WHERE"], cells)) terminal.out(line);
}

function describe(hook: Hook, { env }: Terminal) {
	return {
		name: hook.name,
		event: hook.selectors.map(showSelector).join(", "),
		kind: hook.kind,
		...(hook.kind === "webhook" ? { preset: hook.preset.name } : {}),
		on_failure: hook.onFailure,
		target: showTarget(hook, env),
		place: formatPlace(hook.place),
	};
}
