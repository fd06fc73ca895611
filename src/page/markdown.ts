// Blocks of text: code between fences, lists, quotes, headings, paragraphs.
import { h, type Part } from "./html.ts";
import { type Dialect, inline } from "./inline.ts";

/** A text of any number of lines. */
export function blocks(text: string, dialect: Dialect): Part {
	return text.split(/(```[\s\S]*?(?:```|$))/).map((piece, index) => {
		if (index % 2 === 1) return h("pre", {}, dialect.code(unfenced(piece)));
		return grouped(piece.split("\n"), dialect.hasBlocks).map((group) => block(group, dialect));
	});
}

function block({ kind, lines }: Group, dialect: Dialect): Part {
	switch (kind) {
		case "blank":
			return undefined;
		case "quote":
			return h("blockquote", {}, withBreaks(lines, dialect));
		case "list":
			return h("ul", {}, ...lines.map((line) => h("li", {}, inline(line, dialect))));
		case "heading":
			return h("p", {}, h("strong", {}, withBreaks(lines, dialect)));
		case "text":
			return h("p", {}, withBreaks(lines, dialect));
	}
}

function unfenced(piece: string): string {
	return piece.replace(/^```(?:\w*\n)?/, "").replace(/\n?```$/, "");
}

function withBreaks(lines: readonly string[], dialect: Dialect): Part {
	return lines.map((line, index) => [index === 0 ? undefined : h("br", {}), inline(line, dialect)]);
}

interface Group {
	readonly kind: "blank" | "quote" | "list" | "heading" | "text";
	readonly lines: string[];
}

const MARKS: readonly (readonly [Group["kind"], RegExp])[] = [
	["blank", /^\s*$/],
	["quote", /^>\s?/],
	["list", /^\s*(?:[-*+•]|\d{1,9}[.)])\s+/],
	["heading", /^#{1,6}\s+/],
];

/** Lines of one kind that follow each other. */
function grouped(lines: readonly string[], marks: boolean): readonly Group[] {
	const groups: Group[] = [];
	for (const line of lines) {
		const [kind, mark] = MARKS.find(([kind, pattern]) => (marks || kind === "blank") && pattern.test(line)) ?? [
			"text",
			/^/,
		];
		const last = groups.at(-1);
		const bare = line.replace(mark, "");
		if (last?.kind === kind && kind !== "heading") last.lines.push(bare);
		else groups.push({ kind, lines: [bare] });
	}
	return groups;
}
