// Collects the titles of fault scenarios from test sources: `fault 6: a reset before the response is retried`.
import { type ESTree, parseSync, Visitor } from "vite";

/** One scenario's title that carries a fault's number. */
export interface FaultTitle {
	readonly number: number;
	/** What goes wrong and what happens then, without the number; with the values of `each` if those are written out, else with `…`. */
	readonly sentence: string;
	/** As it was given to {@link faultTitles}. */
	readonly file: string;
}

/** The numbers go from 1 to this one. */
export const LAST_FAULT = 66;

const FUNCTIONS: ReadonlySet<string> = new Set(["describe", "it", "test"]);

/** What is meant as such a title, however it is misspelt. */
const MEANT = /^\s*faults?\s*#?\d/i;

const TITLE = /^fault ([1-9]\d?): (\S.*)$/;

/**
 * The fault titles of one file, in its order; also those of `it.each` and `describe.each`. They are read from the source
 * and not from a run, so that they are the same on every machine, whatever is installed there. Throws if one is malformed,
 * never runs, or is in the wrong place.
 */
export function faultTitles(file: string, source: string): readonly FaultTitle[] {
	const { program, errors } = parseSync(file, source);
	if (errors[0] !== undefined) throw new Error(`${file}: ${errors[0].message}`);
	const refuse = (node: ESTree.Node, why: string): never => {
		throw new Error(`${file}:${source.slice(0, node.start).split("\n").length}: ${why}`);
	};
	const titles: FaultTitle[] = [];
	const read = new Set<number>();
	new Visitor({
		CallExpression(call) {
			const words = calleeWords(call.callee);
			const [title] = call.arguments;
			if (title === undefined || !FUNCTIONS.has(words[0] ?? "") || title.type === "SpreadElement") return;
			const text = textOf(title);
			if (text === undefined || !MEANT.test(text)) return;
			read.add(title.start);
			const [, digits, sentence] = TITLE.exec(text) ?? [];
			const number = Number(digits);
			if (title.type === "TemplateLiteral" && title.expressions.length > 0) {
				refuse(title, `"${text}" is put together when it runs: write one text, or use each`);
			} else if (sentence === undefined || number > LAST_FAULT) {
				refuse(title, `"${text}" is not a fault title: write "fault N: …" with a number from 1 to ${LAST_FAULT}`);
			} else if (words.includes("skip") || words.includes("todo")) {
				refuse(title, `"${text}" never runs, so it proves nothing`);
			} else {
				titles.push({ number, sentence: fill(sentence, rowsOf(call.callee)), file });
			}
		},
		Literal: misplaced,
		TemplateLiteral: misplaced,
	}).visit(program);
	return titles;

	function misplaced(node: ESTree.Node): void {
		const text = textOf(node);
		if (text === undefined || !MEANT.test(text) || read.has(node.start)) return;
		refuse(node, `"${text}" is not read as a title here: give it to describe, it or test itself`);
	}
}

/** `["it", "each"]` of `it.each(…)(…)`. */
function calleeWords(callee: ESTree.Node): readonly string[] {
	switch (callee.type) {
		case "Identifier":
			return [callee.name];
		case "MemberExpression":
			return [...calleeWords(callee.object), ...(callee.property.type === "Identifier" ? [callee.property.name] : [])];
		case "CallExpression":
			return calleeWords(callee.callee);
		case "TaggedTemplateExpression":
			return calleeWords(callee.tag);
		default:
			return [];
	}
}

/** The text of a string, or of a template up to its first expression. */
function textOf(node: ESTree.Node): string | undefined {
	switch (node.type) {
		case "Literal":
			return typeof node.value === "string" ? node.value : undefined;
		case "TemplateLiteral":
			return node.quasis[0]?.value.cooked ?? undefined;
		default:
			return undefined;
	}
}

/** From this many values on, they do not make a sentence. */
const MANY = 8;

type Row = readonly (string | undefined)[];

/** The rows of `each([…])`, one per test; undefined for a value that is not plain text or a number. */
function rowsOf(callee: ESTree.Node): readonly Row[] {
	if (callee.type !== "CallExpression") return [];
	const [table] = callee.arguments;
	if (table?.type !== "ArrayExpression") return [];
	return table.elements.map((row) => (row?.type === "ArrayExpression" ? row.elements : [row]).map(plainValue));
}

function plainValue(node: ESTree.Node | null): string | undefined {
	return node?.type === "Literal" && ["string", "number"].includes(typeof node.value) ? String(node.value) : undefined;
}

/** The placeholders of `each` become the values that they stand for: `400, 401 and 404`. */
function fill(sentence: string, rows: readonly Row[]): string {
	let column = 0;
	return sentence.replaceAll(/%[sdifjoOc#$]|\$[A-Za-z_][\w.]*/g, (mark) => {
		const values = /^%[sdi]/.test(mark) ? [...new Set(rows.map((row) => row[column]))] : [];
		column++;
		const last = values.pop();
		if (last === undefined || values.includes(undefined) || values.length >= MANY) return "…";
		return values.length === 0 ? last : `${values.join(", ")} and ${last}`;
	});
}
