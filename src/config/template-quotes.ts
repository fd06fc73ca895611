// Tags in a JSON body that cannot give JSON: a text without quotes, and JSON inside of them.
import { inWords, type Tag, type TemplateError } from "../template/tags.ts";
import type { TypedTemplate } from "./template-fields.ts";
import type { Form } from "./template-forms.ts";

/** The tags that break the body: for every event, or for one without a number. */
export function misquoted({ pieces, errorAt }: TypedTemplate): readonly TemplateError[] {
	const found: TemplateError[] = [];
	/** Of each open tag, whether it is inside a string. */
	const open: boolean[] = [];
	let inString = false;
	for (const [piece, form] of pieces) {
		switch (piece.kind) {
			case "text":
				inString = endsInString(piece.text, inString);
				break;
			case "section":
			case "inverted":
			case "if":
			case "truncate":
				open.push(inString);
				break;
			case "else":
			case "end":
			case "end if":
				// A quote that only one branch opens is beyond what can be told without an event.
				if (open.at(-1) !== inString) return [];
				if (piece.kind !== "else") open.pop();
				break;
			case "value":
			case "json": {
				const explained = form && explain(piece, form, inString, open.length > 0);
				if (explained !== undefined) found.push(errorAt(piece.start, ...explained));
				break;
			}
			default:
				break;
		}
	}
	return found;
}

/** Whether a JSON text ends inside a string, where it begins inside or outside of one. */
function endsInString(text: string, inString: boolean): boolean {
	const quotes = text.replaceAll(/\\./gs, "").split('"').length - 1;
	return quotes % 2 === 0 ? inString : !inString;
}

/** Values that every event has. */
const SURE: readonly string[] = ["count", "is_failure", "is_success"];

function explain(
	{ kind, name, shown }: Tag,
	form: Form,
	inString: boolean,
	isOptional: boolean,
): readonly [what: string, remedy: string] | undefined {
	const field = inWords(name);
	const [text, json] = [`"{{${field}}}"`, `{{{${field}}}}`];
	const isPlain = form === "number" || form === "boolean";
	if (form === "unknown" || (kind === "value") === inString || (isPlain && kind === "json")) return undefined;
	if (kind === "json")
		return [`${shown} is in quotes but adds its own`, `write ${json} without quotes, or ${text} with`];
	if (form === "text") return [`${shown} inserts a text without quotes`, `write ${text} in quotes, or ${json} without`];
	if (!isPlain) return [`${shown} inserts JSON that is escaped for a text`, `write ${json}, or ${text} in quotes`];
	if (isOptional || SURE.includes(name)) return undefined;
	return [`${shown} inserts nothing where an event has no ${field}`, `write ${json}, which gives null then`];
}
