// `validate`: whether the config is right, and which variables it needs.
import type { Config } from "../config/hook.ts";
import { variablesOf } from "../config/references.ts";
import { showSelector } from "../event/selector.ts";
import { jsonText } from "../report/json.ts";
import { count } from "../text.ts";
import type { Register, Terminal } from "./command.ts";
import { type ConfigFlags, withConfig } from "./config.ts";

/** Checks the config. */
export const registerValidate: Register = (program, terminal, done) => {
	program
		.command("validate")
		.summary("check the config")
		.description(
			"Checks the config as firing an event would, and tells which environment variables it reads. Exit code 2 with " +
				"every mistake at its line, 0 without any.",
		)
		.option("--config <file>", "config file")
		.option("--json", "write JSON")
		.addHelpText("after", "\nExample:\n  $ pipeline-hooks validate --config .github/pipeline-hooks.toml\n")
		.action(async (flags: ConfigFlags) =>
			done(await withConfig(flags, terminal, (config) => show(config, flags.json === true, terminal))),
		);
};

function show(config: Config, json: boolean, { env, out }: Terminal): void {
	const names = [...new Set(config.hooks.flatMap(variablesOf))].sort();
	const variables = names.map((name) => ({ name, set: (env[name] ?? "") !== "" }));
	const events = new Set(config.hooks.flatMap(({ selectors }) => selectors.map(showSelector))).size;
	if (json) {
		const { file, hooks, warnings } = config;
		const document = { result: "valid", config: file, hooks: hooks.length, events, variables, warnings };
		out(jsonText(document));
		return;
	}
	out(`${config.file} is valid: ${count(config.hooks.length, "hook")} on ${count(events, "event")}`);
	for (const { message, place } of config.warnings) out(`warning: line ${place.line}: ${message}`);
	for (const { name, set } of variables) out(`  \${${name}} is ${set ? "set" : "not set here"}`);
}
