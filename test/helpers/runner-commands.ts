// What GitHub's runner takes for a command in a line, as its own parser does.
// https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs

/** A command that the runner would carry out. */
export interface RunnerCommand {
	readonly name: string;
	readonly properties: Readonly<Record<string, string>>;
	readonly data: string;
}

/** The commands that it knows; in any case of letters. */
export const COMMAND_NAMES: readonly string[] = (
	"stop-commands set-env set-output save-state add-mask add-path add-matcher remove-matcher debug warning error notice " +
	"group endgroup echo internal-set-repo-path"
).split(" ");

/** The lines that it reads: .NET ends one at CR, LF and both together. */
export function linesRead(output: string): readonly string[] {
	return output.split(/\r\n|\n|\r/);
}

/** The command in a line, of any of the two forms; undefined where there is none. */
export function commandIn(line: string, names: readonly string[] = COMMAND_NAMES): RunnerCommand | undefined {
	return doubleColon(line, names) ?? brackets(line, names);
}

/** The names of the commands that the runner carries out, in their order, each with what follows it. */
export function carriedOut(output: string): readonly string[] {
	const names = [...COMMAND_NAMES];
	const done: string[] = [];
	let token: string | undefined;
	for (const line of linesRead(output)) {
		const { name, data = "" } = commandIn(line, names) ?? {};
		if (name === undefined || (token !== undefined && name !== token)) continue;
		token = name === "stop-commands" ? data.toLowerCase() : undefined;
		if (token !== undefined) names.push(token);
		done.push(`${name} ${data}`);
	}
	return done;
}

/** What .NET's `TrimStart` takes away. */
const SPACE = /^[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

function doubleColon(line: string, names: readonly string[]): RunnerCommand | undefined {
	const text = line.replace(SPACE, "");
	if (!startsAlike(text, 0, "::")) return undefined;
	// Where the name begins is counted in UTF-16 code units, whatever the prefix was found to be.
	const info = (end: number) => text.slice(2, end);
	for (const end of alike(text, "::", 2)) {
		const command = known(
			names,
			info(end),
			",",
			[
				["%3A", ":"],
				["%2C", ","],
			],
			text.slice(end + 2),
			[],
		);
		if (command !== undefined) return command;
	}
	return undefined;
}

function brackets(line: string, names: readonly string[]): RunnerCommand | undefined {
	const more = [
		["%3B", ";"],
		["%5D", "]"],
	] as const;
	for (const start of alike(line, "##[", 0)) {
		const end = line.indexOf("]", start);
		const command =
			end < 0 ? undefined : known(names, line.slice(start + 3, end), ";", more, line.slice(end + 1), more);
		if (command !== undefined) return command;
	}
	return undefined;
}

type Escapes = readonly (readonly [string, string])[];

function known(
	names: readonly string[],
	info: string,
	separator: string,
	inProperties: Escapes,
	data: string,
	inData: Escapes,
): RunnerCommand | undefined {
	const space = info.indexOf(" ");
	const name = (space < 0 ? info : info.slice(0, space)).toLowerCase();
	if (!names.includes(name)) return undefined;
	const pairs = space < 0 ? [] : info.slice(space).trim().split(separator);
	const properties = pairs.flatMap((pair) => {
		const at = pair.indexOf("=");
		return at < 1 || at === pair.length - 1
			? []
			: [[pair.slice(0, at), unescaped(pair.slice(at + 1), inProperties)] as const];
	});
	return { name, properties: Object.fromEntries(properties), data: unescaped(data, inData) };
}

function unescaped(text: string, more: Escapes): string {
	let plain = text.replaceAll("%0D", "\r").replaceAll("%0A", "\n");
	for (const [code, mark] of more) plain = plain.replaceAll(code, mark);
	return plain.replaceAll("%25", "%");
}

/**
 * .NET compares texts as people of a culture do, by ICU: what has no weight in sorting, such as a zero-width space or a
 * control character, is passed over. Nothing else than the marks themselves sorts as they do.
 */
const collator = new Intl.Collator("en-US");
const weightless = new Map<string, boolean>();

function isWeightless(point: string): boolean {
	const found = weightless.get(point) ?? (point.isWellFormed() && collator.compare(`a${point}`, "a") === 0);
	weightless.set(point, found);
	return found;
}

function startsAlike(text: string, from: number, wanted: string): boolean {
	let at = 0;
	for (const point of text.slice(from, from + 100)) {
		if (point === wanted[at]) at++;
		else if (!isWeightless(point)) return false;
		if (at === wanted.length) return true;
	}
	return false;
}

/** Wherever the text goes on alike, what is the same first; which of these .NET takes where several touch, is not said. */
function alike(text: string, wanted: string, from: number): readonly number[] {
	const same = text.indexOf(wanted, from);
	const found: number[] = same < 0 ? [] : [same];
	for (let at = from; at < text.length; at++) {
		const point = String.fromCodePoint(text.codePointAt(at) ?? 0);
		if ((point === wanted[0] || isWeightless(point)) && startsAlike(text, at, wanted)) found.push(at);
	}
	return found;
}
