// `validate`: whether the config is valid, and which variables it needs.
import { jsonSchema } from "../config/json-schema.ts";
import { count } from "../lib/text.ts";
import { vocabulary } from "../model/catalog.ts";
import { variablesOf } from "../model/hook-references.ts";
import { formatPlace } from "../model/problem.ts";
import { selects } from "../model/selector.ts";
import { defineCommand, EXIT, loadRun } from "./command.ts";

export const registerValidate = defineCommand<{ readonly config?: string; readonly schema?: boolean }>(
	(program) =>
		program
			.command("validate")
			.summary("check the config")
			.description(
				"Checks the config that `fire` would read, and shows which environment variables it reads. The exit code is 2 if there " +
					"are errors, each shown with its line, otherwise 0.",
			)
			.option("--config <file>", "config file")
			.option("--json", "write JSON")
			.option("--schema", "print the JSON Schema of configs, and check nothing"),
	"validate --config .github/pipeline-hooks.toml",
	async (call) => {
		const { env, out } = call.terminal;
		const { print, printJson } = call.reporter;
		if (call.flags.schema === true) {
			out(JSON.stringify(jsonSchema(), null, "\t"));
			return EXIT.ok;
		}
		const { file, hooks, warnings, events: declared } = (await loadRun(call)).config;
		const enabled = hooks.filter((hook) => hook.enabled);
		const disabled = hooks.length - enabled.length;
		const names = [...new Set(enabled.flatMap(variablesOf))].sort();
		const variables = names.map((name) => ({ name, set: (env[name] ?? "") !== "" }));
		const selectors = enabled.flatMap((hook) => hook.selectors);
		const known = vocabulary(declared).events;
		const events = known.filter((event) => selectors.some((selector) => selects(selector, event))).length;
		if (call.json) {
			printJson({ result: "valid", config: file, hooks: hooks.length, disabled, events, variables, warnings });
			return EXIT.ok;
		}
		const off = disabled === 0 ? "" : `, ${disabled} of them disabled,`;
		print(`${file} is valid: ${count(hooks.length, "hook")}${off} on ${count(events, "event")}`);
		for (const { message, place } of warnings) print(`warning: ${formatPlace(place)}: ${message}`);
		for (const { name, set } of variables) print(`  \${${name}} is ${set ? "set" : "not set here"}`);
		return EXIT.ok;
	},
);
