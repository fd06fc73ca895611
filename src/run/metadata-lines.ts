// Metadata as lines, written as GITHUB_OUTPUT takes them: `key=value`, or `key<<END`, the lines of a value, and `END`.

/** The entries, or what is wrong in which line, counted from 1. */
export type MetadataLines =
	| { readonly kind: "entries"; readonly entries: ReadonlyMap<string, string> }
	| { readonly kind: "problem"; readonly line: number; readonly problem: string };

/**
 * Reads the lines of a text; blank ones between entries are skipped. Keys and values are trimmed, except for a value
 * between delimiters, whose lines are joined by LF. The delimiter is what follows `<<`, and only a line that is equal to
 * it ends the value. A problem quotes no line, since that may be a part of a secret:
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#multiline-strings
 */
export function readMetadataLines(text: string): MetadataLines {
	const lines = text.split(/\r?\n/);
	const entries = new Map<string, string>();
	const given = new Map<string, number>();
	for (let index = 0; index < lines.length; index++) {
		const line = lines[index] ?? "";
		if (line.trim() === "") continue;
		const broken = (problem: string) => ({ kind: "problem", line: index + 1, problem }) as const;
		const { key, separator, rest } = split(line);
		if (separator === undefined) return broken("is neither JSON nor key=value nor key<<END");
		if (key === "") return broken("has no key before its = or <<");
		const before = given.get(key);
		if (before !== undefined) return broken(`has the same key as line ${before}`);
		given.set(key, index + 1);
		if (separator === "=") {
			entries.set(key, rest.trim());
			continue;
		}
		if (rest === "") return broken("has no delimiter after <<");
		const end = lines.indexOf(rest, index + 1);
		if (end === -1) return broken("opens a value that is not closed: a later line must be exactly what follows <<");
		entries.set(key, lines.slice(index + 1, end).join("\n"));
		index = end;
	}
	return { kind: "entries", entries };
}

/** A line at its `=` or `<<`, whichever comes first. */
function split(line: string) {
	const found = /=|<</.exec(line);
	const separator = found?.[0];
	const at = found?.index ?? line.length;
	return { key: line.slice(0, at).trim(), separator, rest: line.slice(at + (separator?.length ?? 0)) };
}
