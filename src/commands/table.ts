// Tables for a terminal: columns as wide as their widest cell, or one block a row if the columns do not fit.

/**
 * The lines of a table; `head` and every row have the same number of cells. If the table is wider than `columns`, each
 * row becomes a block that begins with its first cell. The cells must have no control characters.
 */
export function tableLines(
	head: readonly string[],
	rows: readonly (readonly string[])[],
	columns = Number.POSITIVE_INFINITY,
): readonly string[] {
	const lines = aligned([head, ...rows]);
	if (lines.every((line) => width(line) <= columns)) return lines;
	return rows.flatMap(([first = "", ...cells]) => [
		first,
		...pairLines(
			cells.map((cell, index) => [head[index + 1] ?? "", cell] as const),
			columns,
		),
	]);
}

/** Columns that a name may take, the most first. */
const NAME_LIMITS = [40, 30, 22, 16, 14, 12] as const;

/** The rows with names that are as long as fits into the width; `make` gets the columns that a name may take. */
export function fittingRows(
	head: readonly string[],
	columns: number,
	make: (limit: number) => readonly (readonly string[])[],
): readonly (readonly string[])[] {
	const fits = (rows: readonly (readonly string[])[]) =>
		aligned([head, ...rows]).every((line) => width(line) <= columns);
	const limit = NAME_LIMITS.find((each) => fits(make(each)));
	return make(limit ?? 12);
}

/**
 * As {@link tableLines}, with a text for each row, which may be empty: a last column under its head where it fits, else
 * below the row.
 */
export function notedTableLines(
	head: readonly string[],
	rows: readonly (readonly string[])[],
	notes: { readonly head: string; readonly texts: readonly string[] },
	columns: number,
): readonly string[] {
	const whole = aligned([[...head, notes.head], ...rows.map((row, at) => [...row, notes.texts[at] ?? ""])]);
	if (whole.every((line) => width(line) <= columns)) return whole;
	const [first = "", ...lines] = aligned([head, ...rows]);
	const below = (at: number) => wrapped(notes.texts[at] ?? "", columns - 2).filter((line) => line !== "");
	const noted = [first, ...lines.flatMap((line, at) => [line, ...below(at).map((text) => `  ${text}`)])];
	if (noted.every((line) => width(line) <= columns)) return noted;
	return tableLines(
		[...head, notes.head],
		rows.map((row, at) => [...row, notes.texts[at] ?? ""]),
		columns,
	);
}

/** Names with their texts, one a line, indented; a text that is too wide for `columns` wraps below itself. */
export function pairLines(
	pairs: readonly (readonly [name: string, text: string])[],
	columns: number,
): readonly string[] {
	const indent = widest(pairs.map(([name]) => name)) + 4;
	return pairs.flatMap(([name, text]) => {
		const [first = "", ...rest] = wrapped(text, Math.max(20, columns - indent));
		return [`  ${pad(name, indent - 4)}  ${first}`.trimEnd(), ...rest.map((line) => " ".repeat(indent) + line)];
	});
}

/** The text in lines of at most `room` columns, broken between words, or inside a word that is longer than a line. */
export function wrapped(text: string, room: number): readonly string[] {
	const lines: string[] = [];
	const points = Array.from(text);
	let start = 0;
	while (points.length - start > room) {
		const line = points.slice(start, start + room + 1);
		const space = line.lastIndexOf(" ");
		const length = space > 0 ? space : room;
		lines.push(line.slice(0, length).join(""));
		start += space > 0 ? length + 1 : length;
	}
	return [...lines, points.slice(start).join("")];
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
	const widths = (rows[0] ?? []).map((_, column) => widest(rows.map((row) => row[column] ?? "")));
	return rows.map((row) =>
		row
			.map((cell, column) => pad(cell, widths[column] ?? 0))
			.join("  ")
			.trimEnd(),
	);
}

/** How many columns the widest of them takes: a loop, since there may be more than a function takes as arguments. */
function widest(texts: readonly string[]): number {
	return texts.reduce((most, text) => Math.max(most, width(text)), 0);
}

function pad(text: string, columns: number): string {
	return text + " ".repeat(Math.max(0, columns - width(text)));
}

/** Columns that a text takes, counting code points. */
function width(text: string): number {
	return Array.from(text).length;
}
