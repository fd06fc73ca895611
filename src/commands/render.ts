// `render`: what an event would send, for a person, or byte for byte.
import { Option } from "commander";
import { count } from "../lib/text.ts";
import type { Delivery, Preview } from "../model/delivery.ts";
import { holdsSecret, previewNotes } from "../report/preview.ts";
import type { Report } from "../report/report.ts";
import { type Call, defineCommand } from "./command.ts";
import { type FireFlags, fireEvent, ONE_HOOK, withInputs } from "./fire.ts";
import { type Shown, writePage } from "./render-page.ts";

interface Flags extends FireFlags {
	readonly raw?: boolean;
	readonly html?: string;
}

export const registerRender = defineCommand<Flags>(
	(program) =>
		withInputs(program.command("render"))
			.summary("show the exact messages of an event without sending them")
			.description(
				"Shows the exact messages that `fire` would send with the same flags and environment, with secrets redacted. " +
					"Nothing is run or sent. Only what an event of its kind hardly comes without is made up, and named at the end.",
			)
			.option(...ONE_HOOK)
			.option("--html <file>", "also write a page that shows the messages as their services do")
			.addOption(
				new Option("--raw", "write the bodies to stdout byte for byte, everything else to stderr").conflicts("json"),
			),
	"render pipeline_complete --duration-ms 45200",
	async (call) => {
		const shown: Shown[] = [];
		const { raw = false, html } = call.flags;
		const onPreview = (delivery: Delivery, preview: Preview) => {
			shown.push({ hook: delivery.hook, preview });
			if (!raw) call.reporter.preview(delivery, preview);
		};
		const inputs = { dryRun: true, examples: "unmarked", placeholders: true } as const;
		const report = await fireEvent(call, inputs, { onPreview });
		if (html !== undefined) await writePage(html, shown, report, call);
		return raw ? writeRaw(shown, report, call) : report;
	},
);

/** Writes the bodies with a line break between them, and nothing after the last. It is an error if one is missing. */
function writeRaw(shown: readonly Shown[], report: Report, { terminal, reporter }: Call): Report {
	const bodies = shown.flatMap(({ hook: { name }, preview }) => {
		for (const note of previewNotes(preview, reporter.redact)) reporter.print(`${name}: ${note}`);
		if (preview.kind === "problem" || preview.kind === "nothing") return [];
		const body = preview.kind === "shell" ? preview.stdin : preview.body;
		if (!holdsSecret(body, reporter.redact)) return [body];
		reporter.print(`${name}: note: its secrets are redacted, so this is not what is sent`);
		return [reporter.redact(body)];
	});
	terminal.write(bodies.join("\n"));
	const missing = shown.filter(({ preview }) => preview.kind === "problem").length;
	if (bodies.length > 0 && missing === 0) return report;
	const message = missing === 0 ? "there is no message to write" : `${count(missing, "message")} could not be made`;
	return { ...report, stopped: { code: "input", message, remedy: "" } };
}
