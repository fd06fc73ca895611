// Foreign output made unable to act as a workflow command, and still readable.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands

/**
 * Invisible, and not white space for any parser. .NET ignores it in comparisons; but the runner counts from the start of
 * its prefix to the start of the name, and so finds a name that begins with `:` or `[`.
 */
const ZERO_WIDTH_SPACE = "\u200b";

/**
 * `::` at the start of a line after white space (.NET's, which has U+0085 too). The runner ends lines at CR, LF and both;
 * other readers of logs end them at more. The look-behind comes last, which keeps the time linear.
 */
const START = /::(?<=(?:^|[\v\f\u0085\u2028\u2029])[\s\u0085]*::)/g;

/**
 * The lines of a text, so that the runner reads none as a command: it knows `::name::` at the start of a line and
 * `##[name]` anywhere. A lone carriage return ends a line for the runner, so it does here.
 */
export function neutralise(text: string): readonly string[] {
	return text
		.split(/\r\n|\n|\r/)
		.map((line) => line.replaceAll(START, `${ZERO_WIDTH_SPACE}::`).replaceAll("##[", `##${ZERO_WIDTH_SPACE}[`));
}

/** A text on one line, which the runner does not read as a command. */
export function inertLine(text: string): string {
	return neutralise(text).join(" ");
}
