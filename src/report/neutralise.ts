// Foreign output made unable to act as a workflow command, and still readable.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands

/** Invisible, and no white space to any parser. */
const ZERO_WIDTH_SPACE = "\u200b";

/**
 * The lines of a text, none of which the runner takes for a command: it knows `::name::` at the start of a line after
 * white space (.NET's, which has U+0085 too), and `##[name]` anywhere. A lone carriage return ends a line for the runner, so it does here.
 */
export function neutralise(text: string): readonly string[] {
	return text
		.split(/\r\n|\n|\r/)
		.map((line) =>
			line.replace(/^([\s\u0085]*)::/, `$1${ZERO_WIDTH_SPACE}::`).replaceAll("##[", `##${ZERO_WIDTH_SPACE}[`),
		);
}
