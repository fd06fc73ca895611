// `events`: every event there is.
import { vocabulary } from "../model/catalog.ts";
import { defineCommand, EXIT } from "./command.ts";
import { tableLines } from "./table.ts";

export const registerEvents = defineCommand(
	(program) =>
		program
			.command("events")
			.summary("list the events that hooks can be attached to")
			.description("Lists the built-in events. A config declares further ones as [event.<name>].")
			.option("--json", "write JSON"),
	"events",
	async ({ json, terminal: { out, columns } }) => {
		const { events } = vocabulary();
		const rows = events.map(({ name, phase, status, title }) => [name, phase, status, title]);
		if (json) out(JSON.stringify(events, undefined, 2));
		else for (const line of tableLines(["EVENT", "PHASE", "STATUS", "MEANING"], rows, columns)) out(line);
		return EXIT.ok;
	},
);
