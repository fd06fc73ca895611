// `import`: a config of ours from webhooks that are set up elsewhere.
import { resolve } from "node:path";
import { parseConfig } from "../config/load.ts";
import { decodeText } from "../config/syntax.ts";
import { nodeFiles } from "../entry/node.ts";
import { count } from "../lib/text.ts";
import { errorCode, UserError } from "../model/problem.ts";
import { jsonText } from "../report/json.ts";
import { terminalReporter } from "../report/terminal.ts";
import { type Call, defineCommand, EXIT, type Terminal } from "./command.ts";
import { readBytes } from "./flags.ts";
import type { Findings } from "./import/draft.ts";
import { importAny } from "./import/source.ts";
import { writeToml } from "./import/toml.ts";
import { Variables } from "./import/variables.ts";

interface Flags {
	readonly output?: string;
	readonly force?: boolean;
}

const SOURCE = {
	what: "what is imported",
	/** As large as a config may be. */
	limit: 10 * 1024 * 1024,
	unreadable: (message: string) => ({ code: "usage", message, remedy: "name the file, or - for stdin" }) as const,
};

export const registerImport = defineCommand<Flags>(
	(program) =>
		program
			.command("import")
			.summary("write a config from OpenMetadata's, DataChonk's or Rocky's webhooks")
			.description(
				"Reads webhooks of OpenMetadata's API (one, a list, or what its list call gives), the body of DataChonk's call that " +
					"creates one, or the hooks of a rocky.toml, and writes a config that sends the same. Secrets become variables, " +
					"which are listed at the end with what cannot be carried over.",
			)
			.argument("<file>", "file to read; - reads stdin")
			.option("--output <file>", "write the config there, and not to stdout")
			.option("--force", "with --output, overwrite a file")
			.option("--json", "write JSON"),
	"import webhooks.json --output .github/pipeline-hooks.toml",
	async (call) => {
		const { argument = "-", terminal, flags } = call;
		await refuseOverwriting(flags, terminal);
		const file = argument === "-" ? "stdin" : argument;
		const text = decodeText(await readBytes(argument, SOURCE, terminal), file);
		const findings: Findings = { variables: new Variables(text), notes: [], events: new Map() };
		const { of, sections, events } = importAny(text, file, findings);
		for (const value of findings.variables.values) terminal.known.push(value);
		const head = `Imported from ${of} by pipeline-hooks import. Commands to try it: validate, list, render.`;
		const config = writeToml([head], [...events, ...sections]);
		parseConfig(config, flags.output ?? "the config", "native");
		await show(config, `${count(sections.length, "hook")} of ${of}`, findings, call);
		return EXIT.ok;
	},
);

/** Throws `UserError` where `--output` names a file that is there. */
async function refuseOverwriting({ output, force }: Flags, { cwd }: Terminal): Promise<void> {
	if (output === undefined) {
		if (force !== true) return;
		throw new UserError({ code: "usage", message: "--force: there is no --output", remedy: "name the file" });
	}
	const { kind } = await nodeFiles.read(resolve(cwd, output), 0);
	if (kind === "missing" || force === true) return;
	const message = `--output: ${output} is there already`;
	throw new UserError({ code: "usage", message, remedy: "name another file, or overwrite it with --force" });
}

async function show(config: string, what: string, { notes, variables }: Findings, call: Call<Flags>): Promise<void> {
	const { flags, json, terminal } = call;
	if (flags.output !== undefined) await write(flags.output, config, terminal);
	const { secrets } = variables;
	if (json) {
		terminal.out(jsonText({ config, notes, variables: secrets }));
		return;
	}
	if (flags.output === undefined) terminal.write(config);
	// Stdout is for the config.
	const { print } = terminalReporter(terminal, true);
	const where = flags.output === undefined ? "" : ` written to ${flags.output}`;
	print(`imported: ${what}${where}`);
	for (const note of notes) print(`note: ${note}`);
	if (secrets.length === 0) return;
	print("set these as secrets of the repository, and give them to the step in its env:");
	const width = secrets.reduce((most, { name }) => Math.max(most, name.length), 0);
	for (const { name, from } of secrets) print(`  gh secret set ${name.padEnd(width)}  # ${from}`);
}

async function write(file: string, config: string, { cwd }: Terminal): Promise<void> {
	try {
		await nodeFiles.write(resolve(cwd, file), config);
	} catch (thrown) {
		const code = errorCode(thrown);
		if (code === undefined) throw thrown;
		const message = `--output: ${file} cannot be written: ${code}`;
		throw new UserError({ code: "usage", message, remedy: "name a file in a folder that you can write to" });
	}
}
