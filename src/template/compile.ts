// From a config string to a template: its tags are paired.
import type { Reference } from "../model/reference.ts";
import type { FieldPath, Node, Template } from "../model/template.ts";
import { inWords, type Piece, piecesOf, type Tag, type TemplateText, templateText } from "./tags.ts";

/** Sections inside sections: far more than a message needs, far fewer than the call stack holds. */
const DEPTH_LIMIT = 100;

/** A section that waits for its closing tag. */
interface Section {
	readonly tag: Tag;
	readonly kind: "section" | "inverted" | "if" | "else" | "truncate";
	readonly nodes: Node[];
}

/** Parses a template once, so that it can be rendered often. Throws a `TemplateError` at an error. */
export function compileTemplate(source: Reference, isRocky = false): Template {
	const text = templateText(source);
	const nodes: Node[] = [];
	const open: Section[] = [];
	for (const piece of piecesOf(text)) add(piece, nodes, open, text);
	const unclosed = open.at(-1)?.tag;
	if (unclosed === undefined) return { source, nodes, isRocky };
	throw text.errorAt(unclosed.start, `${unclosed.shown} is not closed`, `close it with ${closingOf(unclosed)}`);
}

/** Adds a piece to the innermost section, or opens or closes one. */
function add(piece: Piece, root: Node[], open: Section[], { errorAt }: TemplateText): void {
	const section = open.at(-1);
	const nodes = section?.nodes ?? root;
	const begin = (into: Node[], kind: Section["kind"], tag: Tag) => {
		const inside: Node[] = [];
		if (kind === "truncate") into.push({ kind, limit: Number(tag.name), nodes: inside });
		else into.push({ kind, path: pathOf(tag.name), nodes: inside });
		open.push({ tag, kind, nodes: inside });
	};
	switch (piece.kind) {
		case "comment":
			return;
		case "text":
			if (piece.text !== "") nodes.push(piece);
			return;
		case "variable":
			nodes.push(piece);
			return;
		case "value":
		case "json":
			nodes.push({ kind: piece.kind, path: pathOf(piece.name) });
			return;
		case "section":
		case "inverted":
		case "if":
		case "truncate":
			if (piece.kind === "truncate" && open.some(({ kind }) => kind === "truncate")) {
				throw errorAt(piece.start, "{{#truncate}} is inside another", "keep one of them");
			}
			if (open.length === DEPTH_LIMIT) {
				throw errorAt(piece.start, `sections are nested more than ${DEPTH_LIMIT} deep`, "close the ones before");
			}
			begin(nodes, piece.kind, piece);
			return;
		case "else": {
			if (section?.tag.kind !== "if") {
				const field = inWords(section?.tag.name ?? "");
				const remedy = section === undefined ? "" : `; for a section write {{/${field}}}{{^${field}}}`;
				throw errorAt(piece.start, "{{else}} must be inside {{#if}}", `open it with {{#if field}}${remedy}`);
			}
			const { tag, kind } = section;
			if (kind === "else") throw errorAt(piece.start, `${tag.shown} has a second {{else}}`, "keep one of them");
			open.pop();
			begin(open.at(-1)?.nodes ?? root, "else", tag);
			return;
		}
		case "end if":
		case "end": {
			const { start, shown } = piece;
			if (section === undefined) throw errorAt(start, `${shown} closes nothing`, "remove it, or open it before");
			const { tag } = section;
			const name = tag.kind === "truncate" ? "truncate" : tag.name;
			const fits = tag.kind === "if" ? piece.kind === "end if" : piece.kind === "end" && piece.name === name;
			if (!fits) throw errorAt(start, `${shown} does not close ${tag.shown}`, `write ${closingOf(tag)} before it`);
			open.pop();
			return;
		}
	}
}

function closingOf(tag: Tag): string {
	if (tag.kind === "if" || tag.kind === "truncate") return `{{/${tag.kind}}}`;
	return `{{/${inWords(tag.name)}}}`;
}

function pathOf(name: string): FieldPath {
	return name === "." ? [] : name.split(".");
}
