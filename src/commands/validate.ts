// `validate`: whether the config is valid, and which variables it needs.
import { advise } from "../config/advice.ts";
import { jsonSchema } from "../config/json-schema.ts";
import { count, excerpt } from "../lib/text.ts";
import { vocabulary } from "../model/catalog.ts";
import { namesIn, variablesOf } from "../model/hook-references.ts";
import { isCopy } from "../model/people.ts";
import { throwIfAny } from "../model/problem.ts";
import { selects } from "../model/selector.ts";
import { problemLines } from "../report/text.ts";
import { defineCommand, EXIT, loadRun } from "./command.ts";
import { untakenBy } from "./untaken.ts";

interface Flags {
	readonly config?: string;
	readonly strict?: boolean;
	readonly schema?: boolean;
}

export const registerValidate = defineCommand<Flags>(
	(program) =>
		program
			.command("validate")
			.summary("check the config")
			.description(
				"Checks the config that `fire` would read, and shows which environment variables it reads. The exit code is 2 if there " +
					"are errors, otherwise 0, also with warnings. Each is shown with its line.",
			)
			.option("--config <file>", "config file")
			.option("--strict", "take warnings for errors")
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
		const { file, hooks: all, warnings, events: declared, store } = (await loadRun(call, advise)).config;
		const hooks = all.filter((hook) => !isCopy(hook));
		if (call.flags.strict === true) throwIfAny(warnings);
		const enabled = hooks.filter((hook) => hook.enabled);
		const disabled = hooks.length - enabled.length;
		const used = [...all.filter((hook) => hook.enabled).flatMap(variablesOf), ...namesIn(store?.url)];
		const names = [...new Set(used)].sort();
		const variables = names.map((name) => ({ name, set: (env[name] ?? "") !== "" }));
		const selectors = enabled.flatMap((hook) => hook.selectors);
		const known = vocabulary(declared).events;
		const events = known.filter((event) => selectors.some((selector) => selects(selector, event))).length;
		const untaken = enabled.map((hook) => ({ hook: hook.name, events: untakenBy(hook, known) }));
		const unsent = untaken.filter((each) => each.events.length > 0);
		if (call.json) {
			const told = warnings.map(({ code, message, remedy, place }) => ({ code, message, remedy, ...place }));
			printJson({
				result: "valid",
				config: file,
				hooks: hooks.length,
				disabled,
				events,
				variables,
				warnings: told,
				unsent,
			});
			return EXIT.ok;
		}
		const off = disabled === 0 ? "" : `, ${disabled} of them disabled,`;
		const warned = warnings.length === 0 ? "" : `, with ${count(warnings.length, "warning")}`;
		print(`${file} is valid: ${count(hooks.length, "hook")}${off} on ${count(events, "event")}${warned}`);
		for (const line of warnings.flatMap((warning) => problemLines(warning, "warning"))) print(line);
		for (const { hook, events: names } of unsent) {
			print(`note: ${hook} sends nothing for ${excerpt(names.join(", "), 150)}, which pages nobody`);
		}
		for (const { name, set } of variables) print(`  \${${name}} is ${set ? "set" : "not set here"}`);
		return EXIT.ok;
	},
);
