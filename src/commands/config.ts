// What the commands that only look at a config share: loading it, and rendering mistakes.
import { readCi } from "../ci/index.ts";
import type { Config } from "../config/hook.ts";
import { loadConfig } from "../config/load.ts";
import { asUserError } from "../errors.ts";
import { nodeAsk, nodeClock, nodeFiles } from "../node.ts";
import { terminalReporter } from "../report/terminal.ts";
import { EXIT, type ExitCode, type Terminal } from "./command.ts";

/** The flags of such a command. */
export interface ConfigFlags {
	readonly config?: string;
	readonly json?: boolean;
}

/** Loads the config and hands it to `show`; mistakes in it are rendered and give the exit code. */
export async function withConfig(
	flags: ConfigFlags,
	terminal: Terminal,
	show: (config: Config) => void,
): Promise<ExitCode> {
	try {
		show(await load(flags.config, terminal));
		return EXIT.ok;
	} catch (error) {
		await terminalReporter(terminal, flags.json === true).reject(asUserError(error));
		return EXIT.usage;
	}
}

async function load(config: string | undefined, { env, cwd }: Terminal): Promise<Config> {
	const { workspace } = await readCi({ env, files: nodeFiles, ask: nodeAsk, cwd, now: nodeClock.now() });
	return loadConfig({ workspace, config }, nodeFiles);
}
