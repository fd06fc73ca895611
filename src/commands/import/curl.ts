// The JSON that a `curl` command sends, where the whole command was copied from a page.
import { UserError } from "../../model/problem.ts";
import type { Excerpt } from "./json-source.ts";

/** The command, maybe after a prompt. */
const CURL = /^\s*(?:[$%>]\s+)?curl(?:\.exe)?\s+(?!=)/;

/** Whether the first line of a text, comments aside, calls `curl`. */
export function isCurl(text: string): boolean {
	return CURL.test(text.slice(beginOf(text)));
}

/** Where the first line begins that is neither empty nor a comment. */
function beginOf(text: string): number {
	let at = 0;
	for (;;) {
		const end = text.indexOf("\n", at);
		const line = text.slice(at, end === -1 ? undefined : end).trim();
		if (end === -1 || (line !== "" && !line.startsWith("#"))) return at;
		at = end + 1;
	}
}

/** The body of the call, with the place of each of its characters. Throws `UserError` where it is not in the command. */
export function bodyOfCurl(text: string, file: string): Excerpt {
	const words = wordsOf(text, beginOf(text));
	const bodies = words.flatMap((word, index) => bodyIn(word, words[index + 1]));
	const isJson = (word: Excerpt) => /^\s*[[{]/.test(word.text);
	const [body] = [...bodies, ...words].filter(isJson).concat(bodies);
	if (body !== undefined && !body.text.startsWith("@")) return body;
	const [what, remedy] =
		body === undefined
			? ["without a JSON body", "give the JSON that its -d has, by itself"]
			: ["whose body is in another file", "import that file"];
	throw new UserError({ code: "input", message: `${file} is a curl command ${what}`, remedy });
}

/** An option with the body behind it, or in the word after it. */
const DATA = /^(?:--(?:data(?:-raw|-binary|-ascii)?|json)(?:=|$)|-[a-zA-Z]*d$|-d)/;

function bodyIn(word: Excerpt, next: Excerpt | undefined): readonly Excerpt[] {
	const [option] = DATA.exec(word.text) ?? [];
	if (option === undefined) return [];
	const { length } = option;
	if (word.text.length > length) return [{ text: word.text.slice(length), offsets: word.offsets.slice(length) }];
	return option.endsWith("=") || next === undefined ? [] : [next];
}

/** What `$'…'` has for a character. */
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f" };

/** The words of a command as a POSIX shell reads them, up to its end. */
function wordsOf(text: string, begin: number): readonly Excerpt[] {
	const words: Excerpt[] = [];
	let word: { text: string[]; offsets: number[] } | undefined;
	let quote = "";
	const finish = (end: number) => {
		if (word !== undefined) words.push({ text: word.text.join(""), offsets: [...word.offsets, end] });
		word = undefined;
	};
	const add = (characters: string, at: number) => {
		word ??= { text: [], offsets: [] };
		word.text.push(characters);
		for (let index = 0; index < characters.length; index++) word.offsets.push(at);
	};
	let at = begin;
	for (; at < text.length; at++) {
		const [character = "", next = ""] = [text[at], text[at + 1]];
		if (quote === "" && (character === "'" || character === '"' || (character === "$" && next === "'"))) {
			quote = character;
			if (character === "$") at++;
			add("", at);
		} else if (character === (quote === "$" ? "'" : quote)) quote = "";
		else if (character === "\\" && quote !== "'") {
			const code = quote === "$" ? /^(?:u([\da-f]{4})|x([\da-f]{2}))/i.exec(text.slice(at + 1, at + 6)) : null;
			if (code !== null) add(String.fromCharCode(Number.parseInt(code[1] ?? code[2] ?? "", 16)), at);
			else if (quote === "$") add(ESCAPES[next] ?? next, at);
			else if (next !== "\n") add(quote === '"' && !/["\\$`]/.test(next) ? `\\${next}` : next, at);
			at += code?.[0].length ?? 1;
		} else if (quote !== "" || !/[\s;|&]/.test(character)) add(character, at);
		else {
			finish(at);
			if (!/[ \t\r]/.test(character)) break;
		}
	}
	finish(at);
	return words;
}
