// What GitHub's runner acts on in the output of a step, by the rules of its own source.
// https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs and Runner.Worker/ActionCommandManager.cs

/** The commands that the runner registers. */
export const COMMANDS = [
	"add-mask",
	"add-matcher",
	"add-path",
	"debug",
	"echo",
	"endgroup",
	"error",
	"group",
	"notice",
	"remove-matcher",
	"save-state",
	"set-env",
	"set-output",
	"stop-commands",
	"warning",
] as const;

/** .NET's white space, which is trimmed before `::`; JavaScript's `\s` lacks U+0085 and has U+FEFF besides. */
const BLANK = "[\\t-\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";

/**
 * What .NET passes over where it compares by culture, as the runner does: the prefix is then found, but the name is
 * still read at a fixed distance.
 */
const IGNORABLE = "[\\u0000-\\u0008\\u000e-\\u001f\\u007f-\\u009f\\u00ad\\u200b-\\u200f\\u2060-\\u2064\\ufeff]*";

const V2 = new RegExp(`^${IGNORABLE}:${IGNORABLE}:`);
const V1 = new RegExp(`#${IGNORABLE}#${IGNORABLE}\\[`);

/** The names of the commands that the runner carries out, in their order, each with what follows it. */
export function carriedOut(output: string): readonly string[] {
	const registered = new Set<string>(COMMANDS);
	const done: string[] = [];
	let token: string | undefined;
	for (const line of output.split(/\r\n|\n|\r/)) {
		const [name, data] = parseV2(line, registered) ?? parseV1(line, registered) ?? [];
		if (name === undefined || (token !== undefined && name !== token)) continue;
		token = name === "stop-commands" ? data?.toLowerCase() : undefined;
		if (token !== undefined) registered.add(token);
		done.push(`${name} ${data}`);
	}
	return done;
}

function parseV2(line: string, registered: ReadonlySet<string>) {
	const text = line.replace(new RegExp(`^${BLANK}+`), "");
	const end = text.indexOf("::", 2);
	if (!V2.test(text) || end < 0) return undefined;
	return known(text.slice(2, end), text.slice(end + 2), registered);
}

function parseV1(line: string, registered: ReadonlySet<string>) {
	const start = line.search(V1);
	const end = line.indexOf("]", start);
	if (start < 0 || end < 0) return undefined;
	return known(line.slice(start + 3, end), line.slice(end + 1), registered);
}

function known(info: string, data: string, registered: ReadonlySet<string>): readonly [string, string] | undefined {
	const name = info.split(" ", 1)[0]?.toLowerCase() ?? "";
	return registered.has(name) ? [name, data] : undefined;
}
