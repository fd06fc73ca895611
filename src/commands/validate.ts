// `validate`: whether the config is right, and which variables it needs.

import { jsonSchema } from "../config/json-schema.ts";
import type { Env } from "../lib/env.ts";
import { count } from "../lib/text.ts";
import { vocabulary } from "../model/catalog.ts";
import type { Config } from "../model/hook.ts";
import { variablesOf } from "../model/hook-references.ts";
import { selects } from "../model/selector.ts";
import type { Printer } from "../report/terminal.ts";
import { type ConfigFlags, type Register, withConfig } from "./command.ts";

/** Checks the config. */
export const registerValidate: Register = (program, terminal, done) => {
	program
		.command("validate")
		.summary("check the config")
		.description(
			"Checks the config that firing an event would read, and tells which environment variables it reads. Exit code 2 with " +
				"every error at its line, 0 without any.",
		)
		.option("--config <file>", "config file")
		.option("--json", "write JSON")
		.option("--schema", "print the JSON Schema of configs, and check nothing")
		.addHelpText("after", "\nExample:\n  $ pipeline-hooks validate --config .github/pipeline-hooks.toml\n")
		.action(async (flags: ConfigFlags & { readonly schema?: boolean }) => {
			if (flags.schema === true) {
				terminal.out(JSON.stringify(jsonSchema(), null, "\t"));
				return done(0);
			}
			done(
				await withConfig(flags, terminal, ({ config }, printer) =>
					show(config, flags.json === true, terminal.env, printer),
				),
			);
		});
};

function show(config: Config, json: boolean, env: Env, { print, printJson }: Printer): void {
	const { file, hooks, warnings } = config;
	const enabled = hooks.filter((hook) => hook.enabled);
	const names = [...new Set(enabled.flatMap(variablesOf))].sort();
	const variables = names.map((name) => ({ name, set: (env[name] ?? "") !== "" }));
	const events = vocabulary(config.events).events.filter((event) =>
		enabled.some(({ selectors }) => selectors.some((selector) => selects(selector, event))),
	).length;
	const disabled = hooks.length - enabled.length;
	if (json) {
		printJson({ result: "valid", config: file, hooks: hooks.length, disabled, events, variables, warnings });
		return;
	}
	const off = disabled === 0 ? "" : `, ${disabled} of them disabled,`;
	print(`${file} is valid: ${count(hooks.length, "hook")}${off} on ${count(events, "event")}`);
	for (const { message, place } of warnings) print(`warning: line ${place.line}: ${message}`);
	for (const { name, set } of variables) print(`  \${${name}} is ${set ? "set" : "not set here"}`);
}
