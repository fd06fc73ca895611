// `render --html`: the page with the messages, made by a bundle that is loaded only for it.
import { resolve } from "node:path";
import { nodeFiles } from "../entry/node.ts";
import type { Preview } from "../model/delivery.ts";
import type { Hook } from "../model/hook.ts";
import { errorCode, UserError } from "../model/problem.ts";
import type { PageMessage, page } from "../page/page.ts";
import { previewNotes, sizeLines } from "../report/preview.ts";
import { nameOf, type Report } from "../report/report.ts";
import { madeUpLines } from "../report/text.ts";
import type { Mask } from "../secrets/mask.ts";
import type { Call } from "./command.ts";

/** What one hook would send. */
export interface Shown {
	readonly hook: Hook;
	readonly preview: Preview;
}

/** Writes the page to a file. Throws `UserError` where that cannot be done. */
export async function writePage(
	file: string,
	shown: readonly Shown[],
	report: Report,
	{ terminal, reporter }: Call,
): Promise<void> {
	const messages = shown.map((each) => messageOf(each, reporter.redact));
	const write = await loadPage();
	try {
		await nodeFiles.write(resolve(terminal.cwd, file), write(nameOf(report.source), madeUpLines(report), messages));
	} catch (thrown) {
		const code = errorCode(thrown);
		if (code === undefined) throw thrown;
		throw new UserError({
			code: "input",
			message: `html: ${file} cannot be written: ${code}`,
			remedy: "name a file in a folder that you can write to",
		});
	}
	reporter.print(`page: ${file}`);
}

function messageOf({ hook, preview }: Shown, mask: Mask): PageMessage {
	const notes = [...sizeLines(preview), ...previewNotes(preview, mask)];
	const [preset, service] = hook.kind === "webhook" ? [hook.preset.name, hook.preset.title] : ["", ""];
	const shown = { hook: mask(hook.name), preset, notes };
	switch (preview.kind) {
		case "problem":
		case "nothing":
			return { ...shown, target: mask(preview.target), body: "" };
		case "shell":
			return { ...shown, target: mask(`$ ${preview.command}`), body: mask(preview.stdin) };
		case "webhook": {
			const { method, target, body } = preview;
			return { ...shown, target: mask(`${service} · ${method} ${target}`), body: mask(body) };
		}
	}
}

/** The bundle lies beside ours in dist/. The bundler must neither follow the import nor see the file as an asset. */
async function loadPage(): Promise<typeof page> {
	const ours = import.meta.url;
	const theirs = new URL("../page/index.js", ours).href;
	try {
		// The exports of a CommonJS bundle are the default export of its namespace.
		const bundle: { readonly default: { readonly page: typeof page } } = await import(/* webpackIgnore: true */ theirs);
		return bundle.default.page;
	} catch (thrown) {
		if (errorCode(thrown) !== "ERR_MODULE_NOT_FOUND") throw thrown;
		const remedy = "install the command as the README says: the page is made by dist/page, beside dist/cli";
		throw new UserError({ code: "input", message: "html: the file dist/page/index.js does not exist", remedy });
	}
}
