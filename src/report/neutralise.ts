// Foreign output made unable to act as a workflow command, and still readable.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands

/**
 * Invisible, and no white space to any parser. When .NET compares texts it passes over it; but the runner counts from
 * where its prefix begins to where the name must, and so finds a name that begins with `:` or `[`.
 */
const ZERO_WIDTH_SPACE = "\u200b";

/**
 * `::` at the start of a line after white space (.NET's, which has U+0085 too). The runner ends lines at CR, LF and both;
 * others that read logs end them at more. What stands before is looked at last, which takes linear time.
 */
const START = /::(?<=(?:^|[\v\f\u0085\u2028\u2029])[\s\u0085]*::)/g;

/**
 * The lines of a text, none of which the runner takes for a command: it knows `::name::` at the start of a line and
 * `##[name]` anywhere. A lone carriage return ends a line for the runner, so it does here.
 */
export function neutralise(text: string): readonly string[] {
	return text
		.split(/\r\n|\n|\r/)
		.map((line) => line.replaceAll(START, `${ZERO_WIDTH_SPACE}::`).replaceAll("##[", `##${ZERO_WIDTH_SPACE}[`));
}

/** A text on one line, which the runner does not take for a command. */
export function inertLine(text: string): string {
	return neutralise(text).join(" ");
}
