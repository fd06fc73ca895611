// `export`: a hook as a webhook of OpenMetadata, or as JSON-LD.
import { resolve } from "node:path";
import { dialectOf, parseConfig } from "../config/load.ts";
import { nodePorts } from "../entry/node.ts";
import { compact } from "../lib/json.ts";
import { closest } from "../lib/suggest.ts";
import { excerpt } from "../lib/text.ts";
import { vocabulary } from "../model/catalog.ts";
import type { Config, Webhook } from "../model/hook.ts";
import { UserError } from "../model/problem.ts";
import { jsonText } from "../report/json.ts";
import { terminalReporter } from "../report/terminal.ts";
import type { RunContext } from "../run/prepare.ts";
import { type Call, defineCommand, EXIT, loadRun } from "./command.ts";
import { changesBetween } from "./export/changes.ts";
import { readHistory } from "./export/history.ts";
import { linkedData } from "./export/linked-data.ts";
import type { OpenMetadataWebhook } from "./export/model.ts";
import { type Origin, webhookOf } from "./export/webhook.ts";
import { CONFIG, STORE } from "./fire.ts";
import { checkFlags } from "./flags.ts";
import { statusOf } from "./status.ts";
import { type StoreFlags, storeOf } from "./store.ts";

interface Flags extends StoreFlags {
	readonly format: string;
}

const FORMATS = ["openmetadata", "jsonld"] as const;

export const registerExport = defineCommand<Flags>(
	(program) =>
		program
			.command("export")
			.summary("write a hook as OpenMetadata's webhook or as JSON-LD")
			.description(
				"Writes one webhook of the config as JSON: as OpenMetadata's schema of webhooks has it, or as JSON-LD by its context. " +
					"Variables are shown by their names. Its version and who changed it last come from the config's history in Git, and " +
					"its status and last failure from the store, where there is one.",
			)
			.argument("<name>", "name of a webhook")
			.option("--format <name>", `what to write: ${FORMATS.join(", ")}`, "openmetadata")
			.option(...CONFIG)
			.option(...STORE)
			.option("--json", "the same, since both formats are JSON"),
	"export tell-slack --format jsonld",
	async (call) => {
		const format = checkFlags((reject) => {
			const found = FORMATS.find((name) => name === call.flags.format.trim());
			const message = `--format: ${JSON.stringify(excerpt(call.flags.format, 40))} is unknown`;
			return found ?? reject(message, `write one of ${FORMATS.join(", ")}`);
		});
		// Stdout is for the document.
		const reporter = terminalReporter(call.terminal, true);
		const run = await loadRun({ ...call, reporter });
		const hook = webhookNamed(call.argument ?? "", run.config);
		const tell = (note: string) => reporter.print(`note: ${hook.name}: ${note}`);
		const told = { ...call, reporter };
		const status = await storeOf(told, run)?.((store) => statusOf(hook, store));
		const isLinked = format === "jsonld";
		const webhook = await exported(hook, run, told, tell, { state: status, withCustom: isLinked });
		const document = isLinked ? linkedData(webhook, customOf(hook)) : webhook;
		call.terminal.out(jsonText(document));
		return EXIT.ok;
	},
);

/** Throws `UserError` where there is no such webhook. */
function webhookNamed(name: string, { hooks, file }: Config): Webhook {
	const hook = hooks.find((each) => each.name === name);
	if (hook?.kind === "webhook") return hook;
	const shown = JSON.stringify(excerpt(name, 100));
	if (hook !== undefined) {
		const message = `${shown} is a shell hook, and only webhooks can be exported`;
		throw new UserError({ code: "usage", message, remedy: "name a webhook", place: hook.place });
	}
	const names = hooks.flatMap((each) => (each.kind === "webhook" ? [each.name] : []));
	const near = closest(name, names);
	const remedy = near === undefined ? "`pipeline-hooks list` shows all hooks" : `did you mean "${near}"?`;
	throw new UserError({ code: "usage", message: `no webhook in ${file} is named ${shown}`, remedy });
}

/** The webhook with what its history tells. */
async function exported(
	hook: Webhook,
	{ ci, config, vocabulary: events, facts }: RunContext,
	{ terminal, reporter }: Call<Flags>,
	tell: (note: string) => void,
	about: Pick<Origin, "state" | "withCustom">,
): Promise<OpenMetadataWebhook> {
	const origin = { repository: ci.facts.repository, file: config.file, vocabulary: events, ...about };
	const webhook = webhookOf(hook, origin, tell);
	const { shell } = nodePorts(terminal.env, reporter.log);
	// No program is run in a workspace that a stranger may have written.
	const read =
		facts.untrusted === undefined
			? await readHistory(resolve(ci.workspace, config.file), shell, terminal.env, terminal.signal)
			: { problem: "a stranger may have written this workspace, so Git is not run in it" };
	if ("problem" in read) {
		tell(`version, updatedAt and updatedBy are left out: ${read.problem}`);
		return webhook;
	}
	const { commits, at, author, before } = read.history;
	const old = before === undefined ? undefined : configBefore(before, config.file);
	const previous = old?.hooks.find(({ name }) => name === hook.name);
	const changeDescription =
		previous?.kind === "webhook"
			? changesBetween(
					webhookOf(previous, { ...origin, vocabulary: vocabulary(old?.events) }, () => {}),
					webhook,
					versionOf(commits - 1),
				)
			: undefined;
	return compact<OpenMetadataWebhook>({
		...webhook,
		version: versionOf(commits),
		updatedAt: at,
		updatedBy: author,
		changeDescription,
	});
}

/** OpenMetadata begins with 0.1, and adds 0.1 for each change. */
function versionOf(commits: number): number {
	return commits / 10;
}

/** The config before the last change; undefined if it was wrong then. */
function configBefore(text: string, file: string): Config | undefined {
	try {
		return parseConfig(text, file, dialectOf(file));
	} catch (error) {
		if (error instanceof UserError) return undefined;
		throw error;
	}
}

/** What the config says in `custom`, but for what `import` has put there. */
function customOf({ about }: Webhook) {
	const { webhook_type: _, ...custom } = about.custom ?? {};
	return Object.keys(custom).length === 0 ? undefined : custom;
}
