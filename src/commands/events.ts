// `events`: every event there is.
import { vocabulary } from "../model/catalog.ts";
import { EXIT, type Register } from "./command.ts";
import { tableLines } from "./table.ts";

/** Lists the catalog. */
export const registerEvents: Register = (program, terminal, done) => {
	program
		.command("events")
		.summary("list the events that hooks can be attached to")
		.description("Lists the built-in events. A config declares further ones as [event.<name>].")
		.option("--json", "write JSON")
		.addHelpText("after", "\nExample:\n  $ pipeline-hooks events\n")
		.action((flags: { readonly json?: boolean }) => {
			const { events } = vocabulary();
			if (flags.json) terminal.out(JSON.stringify(events, undefined, 2));
			else {
				const rows = events.map(({ name, phase, status, title }) => [name, phase, status, title]);
				const lines = tableLines(["EVENT", "PHASE", "STATUS", "MEANING"], rows, terminal.columns);
				for (const line of lines) terminal.out(line);
			}
			done(EXIT.ok);
		});
};
