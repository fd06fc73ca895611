// A table for a terminal: columns as wide as their widest cell, two spaces apart.

/** The lines of a table; `head` and every row have the same number of cells. Control characters must be gone already. */
export function tableLines(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
	const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => width(row[column] ?? ""))));
	const line = (row: readonly string[]) =>
		row
			.map((cell, column) => cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - width(cell))))
			.join("  ")
			.trimEnd();
	return [head, ...rows].map(line);
}

/** Columns that a text takes, counting code points. */
function width(text: string): number {
	return Array.from(text).length;
}
