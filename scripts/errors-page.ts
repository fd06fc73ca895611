// The text of docs/errors.md: every code of an error and every cause of a failure, as the code explains them.
import { CAUSES, CODES } from "../src/model/explanations.ts";
import { type Cause, failure } from "../src/model/failure.ts";

/** Where the page is kept, from the root of the repository. */
export const PAGE = "docs/errors.md";

/** The whole page. */
export function errorsPage(): string {
	const codes = Object.entries(CODES).map(([name, { meaning, example, remedy }]) => [
		`\`${name}\``,
		`${meaning}.`,
		`\`${example}\``,
		`${remedy}.`,
	]);
	const causes = Object.entries(CAUSES).map(([name, { meaning, example, remedy }]) => [
		`\`${name}\``,
		`${meaning}.`,
		isCause(name) && failure(name, "").retryable ? "yes" : name === "status" ? "by the status" : "no",
		`\`${example}\``,
		`${remedy}.`,
	]);
	const text = [
		INTRODUCTION,
		...table(["code", "what it means", "for example", "what to do"], codes),
		CAUSES_INTRODUCTION,
		...table(["cause", "what it means", "another attempt may succeed", "for example", "what to do"], causes),
	];
	return `${text.join("\n")}\n`;
}

function isCause(name: string): name is Cause {
	return Object.hasOwn(CAUSES, name);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
	const lines = [head, head.map(() => "---"), ...rows.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")))];
	return lines.map((cells) => `| ${cells.join(" | ")} |`);
}

const INTRODUCTION = `# Errors and failures

An **error** is something that cannot be carried out as it is written, or that stops a run. A **failure** is a delivery that did
not succeed. This page is written by \`npm run errors\`.

## Errors

The command tells an error as \`error[config_value]: pipeline-hooks.toml:7:14: …\`, and so does the log of the action; annotations have
the code at their end. With \`--json\`, and in \`results-file\`, it is the \`code\` of a problem. Where the place is known, it is given as
file, line and column. Before the first event is fired, all errors are told at once and nothing is run.
`;

const CAUSES_INTRODUCTION = `
## Failures

Each failed delivery has a \`cause\` in the \`results\` output, in \`results-file\` and in \`--json\`, and its reason as \`error\`. A webhook is
[tried again](gates.md#retries) where another attempt may succeed. A status is retried when it is 408, 425, 429 or 5xx but 501 and 505.
`;
