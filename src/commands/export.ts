// `export`: a hook as a webhook of OpenMetadata, or as JSON-LD.
import { dirname, join, relative, resolve, sep } from "node:path";
import { dialectOf, parseConfig } from "../config/load.ts";
import { nodeFiles, nodePorts } from "../entry/node.ts";
import { compact } from "../lib/json.ts";
import { closest } from "../lib/suggest.ts";
import { excerpt } from "../lib/text.ts";
import { vocabulary } from "../model/catalog.ts";
import type { Config, Webhook } from "../model/hook.ts";
import { isCopy } from "../model/people.ts";
import { UserError } from "../model/problem.ts";
import type { Files } from "../ports.ts";
import { jsonText } from "../report/json.ts";
import { terminalReporter } from "../report/terminal.ts";
import type { RunContext } from "../run/prepare.ts";
import { createMask } from "../secrets/mask.ts";
import { type Call, defineCommand, EXIT, loadRun } from "./command.ts";
import { changesBetween } from "./export/changes.ts";
import { readHistory } from "./export/history.ts";
import { linkedData } from "./export/linked-data.ts";
import type { OpenMetadataWebhook } from "./export/model.ts";
import { redactedWebhook } from "./export/redacted.ts";
import { customOf, type Origin, webhookOf } from "./export/webhook.ts";
import { CONFIG, STORE } from "./fire.ts";
import { checkFlags } from "./flags.ts";
import { statusOf } from "./status.ts";
import { type StoreFlags, storeOf } from "./store.ts";
import { redactedTable, writtenSecrets } from "./written-secrets.ts";

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
		reporter.log.protect(writtenSecrets(run.config.hooks));
		const hook = webhookNamed(call.argument ?? "", run.config);
		const tell = (note: string) => reporter.print(`note: ${hook.name}: ${note}`);
		const told = { ...call, reporter };
		const status = await storeOf(told, run)?.((store) => statusOf(hook, store));
		const isLinked = format === "jsonld";
		const { webhook, old } = await exported(hook, run, told, tell, { state: status, withCustom: isLinked });
		const written = createMask(writtenSecrets([...run.config.hooks, ...(old?.hooks ?? [])]));
		const mask = (text: string) => written(run.mask(text));
		const shown = redactedWebhook(webhook, mask);
		const custom = customOf(hook);
		const document = isLinked ? linkedData(shown, custom && redactedTable(custom, mask)) : shown;
		call.terminal.out(jsonText(document));
		return EXIT.ok;
	},
);

/** Throws `UserError` where there is no such webhook. */
function webhookNamed(name: string, { hooks, file }: Config): Webhook {
	const hook = hooks.find((each) => each.name === name);
	const shown = JSON.stringify(excerpt(name, 100));
	if (hook?.kind === "shell") {
		const message = `${shown} is a shell hook, and only webhooks can be exported`;
		throw new UserError({ code: "usage", message, remedy: "name a webhook", place: hook.place });
	}
	if (hook !== undefined && !isCopy(hook)) return hook;
	const names = hooks.flatMap((each) => (each.kind === "webhook" && !isCopy(each) ? [each.name] : []));
	// The copy of a hook for one of the people is called by both.
	const near = names.find((each) => hook?.name === `${each} (${hook?.copyFor})`) ?? closest(name, names);
	const remedy = near === undefined ? "`pipeline-hooks list` shows all hooks" : `did you mean ${JSON.stringify(near)}?`;
	throw new UserError({ code: "usage", message: `no webhook in ${file} is named ${shown}`, remedy });
}

/** The webhook with what its history tells, and the config before its last change. */
async function exported(
	hook: Webhook,
	{ ci, config, vocabulary: events, facts }: RunContext,
	{ terminal, reporter }: Call<Flags>,
	tell: (note: string) => void,
	about: Pick<Origin, "state" | "withCustom">,
): Promise<{ readonly webhook: OpenMetadataWebhook; readonly old?: Config | undefined }> {
	const { shell } = nodePorts(terminal.env, reporter.log);
	const path = resolve(ci.workspace, config.file);
	const file = (await pathInRepository(path, nodeFiles)) ?? config.file;
	const origin = { repository: ci.facts.repository, file, vocabulary: events, ...about };
	const webhook = webhookOf(hook, origin, tell);
	// No program is run in a workspace that a stranger may have written.
	const read =
		facts.untrusted === undefined
			? await readHistory(path, nodeFiles, { shell, env: terminal.env, signal: terminal.signal })
			: { problem: "a stranger may have written this workspace, so Git is not run in it" };
	if ("problem" in read) {
		tell(`version, updatedAt and updatedBy are left out: ${read.problem}`);
		return { webhook };
	}
	const { commits, at, author, before } = read.history;
	const old = before === undefined ? undefined : configBefore(before.text, before.file);
	const previous = old?.hooks.find(({ name }) => name === hook.name);
	const changeDescription =
		previous?.kind === "webhook"
			? changesBetween(
					webhookOf(previous, { ...origin, vocabulary: vocabulary(old?.events) }, () => {}),
					webhook,
					versionOf(commits - 1),
				)
			: undefined;
	return {
		old,
		webhook: compact<OpenMetadataWebhook>({
			...webhook,
			version: versionOf(commits),
			updatedAt: at,
			updatedBy: author,
			changeDescription,
		}),
	};
}

/** The path of a file from the top of its repository, with `/`; undefined where it is in none. */
async function pathInRepository(path: string, files: Files): Promise<string | undefined> {
	for (let folder = dirname(path), below = path; folder !== below; below = folder, folder = dirname(folder)) {
		const { kind } = await files.read(join(folder, ".git"), 0);
		if (kind !== "missing") return relative(folder, path).replaceAll(sep, "/");
	}
	return undefined;
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
