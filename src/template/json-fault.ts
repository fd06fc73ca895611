// Finds where a text stops being JSON (RFC 8259): `JSON.parse` does not tell the place of every fault.

/** What is wrong at an offset. `missing_value` and `bare` stand where a value was wanted, `separator` where none was. */
export interface JsonFault {
	readonly kind:
		| "missing_value"
		| "trailing_comma"
		| "bare"
		| "key"
		| "separator"
		| "extra"
		| "ended"
		| "control"
		| "backslash";
	/** In UTF-16 code units, after any white space; the length of the text for `ended`. */
	readonly offset: number;
}

const SPACE = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a JSON string may not hold.
const PLAIN = /[^"\\\x00-\x1f]*/y;
const ESCAPED = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const LITERAL = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![^\s,:{}[\]"])/y;

/** The offset after a match at `offset`; the same offset when there is none. */
function skip(pattern: RegExp, text: string, offset: number): number {
	pattern.lastIndex = offset;
	return pattern.test(text) ? pattern.lastIndex : offset;
}

/** The first fault, or undefined when the text is JSON. Takes time in proportion to the text, however deep it nests. */
export function findJsonFault(text: string): JsonFault | undefined {
	const open: ("{" | "[")[] = [];
	let wanted: "value" | "first item" | "key" | "first key" | "colon" | "more" = "value";
	let before = "";
	let at = skip(SPACE, text, 0);
	for (; ; at = skip(SPACE, text, at)) {
		const character = text[at];
		const fault = (kind: JsonFault["kind"]) => ({ kind, offset: at });
		if (wanted === "more" && open.length === 0) return character === undefined ? undefined : fault("extra");
		if (character === undefined) return fault("ended");
		const wantsKey: boolean = wanted === "key" || wanted === "first key";
		const closes = character === (open.at(-1) === "{" ? "}" : "]");

		if (closes && (wanted === "more" || wanted === "first item" || wanted === "first key")) {
			open.pop();
			wanted = "more";
			at++;
		} else if (closes && before === ",") {
			return fault("trailing_comma");
		} else if (wanted === "more") {
			if (character !== ",") return fault("separator");
			wanted = open.at(-1) === "{" ? "key" : "value";
			at++;
		} else if (wanted === "colon") {
			if (character !== ":") return fault("separator");
			wanted = "value";
			at++;
		} else if (character === '"') {
			const string = readString(text, at);
			if (typeof string !== "number") return string;
			wanted = wantsKey ? "colon" : "more";
			at = string;
		} else if (wantsKey) {
			return fault("key");
		} else if (character === "{" || character === "[") {
			open.push(character);
			wanted = character === "{" ? "first key" : "first item";
			at++;
		} else {
			const end = skip(LITERAL, text, at);
			if (end === at) return fault(",]}".includes(character) ? "missing_value" : "bare");
			wanted = "more";
			at = end;
		}
		before = character;
	}
}

/** The offset after the closing quote, or the fault inside the string. */
function readString(text: string, start: number): number | JsonFault {
	let at = start + 1;
	for (;;) {
		at = skip(PLAIN, text, at);
		if (text[at] === '"') return at + 1;
		if (at >= text.length) return { kind: "ended", offset: at };
		if (text[at] !== "\\") return { kind: "control", offset: at };
		const end = skip(ESCAPED, text, at);
		if (end === at) return { kind: "backslash", offset: at };
		at = end;
	}
}
