// One hook while it is imported: its table, what was changed, and what cannot be carried over.
import { CREDENTIAL, keyName } from "../../config/words.ts";
import { SECRET_NAME } from "../../model/hook-references.ts";
import { parseReference, type Variable } from "../../model/reference.ts";
import { addressNote } from "../../presets/addresses.ts";
import { findPreset } from "../../presets/index.ts";
import { isSecretValue } from "../../secrets/parts.ts";
import { isSecretUrl, mayHaveCredential, replaceCredentials, secretIn, withoutCredentials } from "./secret-text.ts";
import { shellQuotes } from "./shell-quotes.ts";
import type { Section, TomlValue } from "./toml.ts";
import { escapeReferences, isOneVariable, type Variables } from "./variables.ts";

/** What an import has found so far. */
export interface Findings {
	readonly variables: Variables;
	/** What was changed, and what cannot be carried over: a line each. */
	readonly notes: string[];
	/** Events that a config has to declare, with their phases. */
	readonly events: Map<string, string>;
}

type Parts = readonly (string | Variable)[];

/** Whoever has the URL of one of these can write to it. */
const CHATS: readonly string[] = ["slack", "teams", "google_chat", "discord", "mattermost"];

/** What to do about a credential where variables are inserted. */
const INSERTED = "put a variable in its place";

/** The table of a hook. Keys are written in the order in which they are set. */
export class Draft {
	readonly name: string;
	readonly findings: Findings;
	/** What its variables are named after. */
	readonly #stem: string;
	readonly #hasVariables: boolean;
	readonly #table: Record<string, TomlValue | undefined> = {};
	readonly #comments = new Map<string, string[]>();

	/** `hasVariables`: whether `${…}` means a variable where the hook is from. */
	constructor(name: string, findings: Findings, { stem = name, hasVariables = false } = {}) {
		this.name = name;
		this.findings = findings;
		this.#stem = stem;
		this.#hasVariables = hasVariables;
	}

	set(key: string, value: TomlValue | undefined): void {
		this.#table[key] = value;
	}

	section(path: readonly string[], head: readonly string[] = []): Section {
		return { path, isList: true, table: this.#table, head, comments: this.#comments };
	}

	/** Tells the user something about this hook. */
	note(text: string): void {
		this.findings.notes.push(`${keyName(this.name)}: ${text}`);
	}

	/** Says that a key cannot be carried over. */
	leftOut(key: string): void {
		this.note(`${keyName(key)} is not carried over: nothing here is like it`);
	}

	/** Says something above a key. */
	comment(key: string, text: string): void {
		this.#comments.set(key, [...(this.#comments.get(key) ?? []), text]);
	}

	/** Both. */
	remark(key: string, text: string): void {
		this.comment(key, text);
		this.note(text);
	}

	/** Whether its messages can also go to people. */
	get isForMessages(): boolean {
		const preset = findPreset(String(this.#table["preset"]));
		return preset?.needs.url === true || preset?.mention !== undefined;
	}

	/** Sets the preset and the URL, and says what there is to know of the two. The URLs of chats are secrets. */
	address(preset: string, text: string, from: string): void {
		const url = URL.canParse(text) ? new URL(text) : undefined;
		const found = findPreset(preset);
		const about = url === undefined || found === undefined ? undefined : addressNote(url, found, false);
		if (about !== undefined) this.remark("url", `${about.what}: ${about.remedy}`);
		this.set("preset", preset);
		this.set("url", CHATS.includes(preset) ? this.secret(text, "URL", from) : this.url(text, from));
		if (url?.protocol === "http:") {
			this.set("allow_http", true);
			this.remark(
				"allow_http",
				"the address has plain http, which everyone on the way can read: use https if it has it",
			);
		}
	}

	/** A URL as the config has it: as a variable, if there is a secret in it. `from` says where it was. */
	url(text: string, from: string): string {
		const parts = this.#parts(text);
		// Where `${` means nothing it is not valid in a host, and says nothing of the rest.
		const isOdd = parts.some((part) => typeof part === "string" && part.includes("${"));
		if (isOdd || isSecretUrl(addressOf(parts, undefined))) {
			const names = parts.flatMap((part) => (typeof part === "string" ? [] : [part.name]));
			if (names.length > 0) this.note(`${from} becomes one variable: put the values of ${names.join(", ")} into it`);
			return this.#hide(text, "URL", from);
		}
		return this.#write(parts, from, (variable) => isSecretUrl(addressOf(parts, variable)));
	}

	/** A secret as a variable. `what` ends the variable's name. */
	secret(text: string, what: string, from: string): string {
		const parts = this.#parts(text);
		const isWritten = (part: string) => parts.length === 1 || /[\p{L}\d]/u.test(part);
		const hide = (part: string) => (isWritten(part) ? this.#hide(part, what, from) : escapeReferences(part));
		return this.#write(parts, from, () => true, hide);
	}

	/** A secret that the new hook needs, and the old one did not have. */
	needed(what: string, summary: string): string {
		return this.findings.variables.ask(this.#stem, what, `for ${keyName(this.name)}: ${summary}`);
	}

	/** The value under a name, which says whether it is a secret: that of a header or of a variable. */
	named(name: string, text: string, from: string): string {
		const parts = this.#parts(text);
		const bare = name.replace(/^x-/i, "");
		const isTelling = SECRET_NAME.test(name);
		const what = /^authorization$/i.test(name) ? "token" : isTelling ? bare : `${bare}-secret`;
		const hide = (part: string) => {
			const found = secretIn(name, part, parts.length > 1);
			if (found === undefined) return escapeReferences(part);
			return escapeReferences(found.before) + this.#hide(found.secret, what, from) + found.after;
		};
		const isSecret = ({ fallback = "" }: Variable) => CREDENTIAL.test(fallback) || isSecretValue(name, fallback);
		return this.#write(parts, from, isSecret, hide);
	}

	/** A text that may have a credential somewhere in it, which becomes a variable. */
	text(text: string, from: string): string {
		const hide = (part: string) => replaceCredentials(part, (found) => this.#hide(found, "secret", from));
		const isSecret = ({ fallback = "" }: Variable) => CREDENTIAL.test(fallback);
		return this.#lookedAt(this.#write(this.#parts(text), from, isSecret, hide), from, INSERTED);
	}

	/** A command, in which the shell inserts the variable: not between single quotes. */
	command(text: string, from: string): string {
		const quoteAt = shellQuotes(text);
		const written = replaceCredentials(text, (found, at) => {
			const quote = quoteAt(at);
			const [, secret = found, rest = ""] = (quote === "" ? /^([^;|&()]+)(.*)$/s.exec(found) : null) ?? [];
			const variable = this.#hide(secret, "secret", from);
			return `${quote === "'" ? `'"${variable}"'` : variable}${rest}`;
		});
		return this.#lookedAt(written, from, INSERTED);
	}

	/** A text for people, in which no variable means anything: a credential in it is left out. */
	prose(text: string, from: string): string {
		const written = withoutCredentials(text);
		if (written !== text) this.note(`${from} has a credential, which is left out: … is in its place`);
		return this.#lookedAt(written, from, "remove it");
	}

	/** Says that a text should be looked at. */
	#lookedAt(text: string, from: string, remedy: string): string {
		if (mayHaveCredential(text)) this.note(`${from} may have a credential in it: if so, ${remedy}`);
		return text;
	}

	#parts(text: string): Parts {
		return this.#hasVariables || isOneVariable(text) ? parseReference(text).parts : [text];
	}

	/** Parts as the config has them; without a default that is a secret, which the variable then has to have. */
	#write(
		parts: Parts,
		from: string,
		isSecret: (variable: Variable) => boolean,
		write: (part: string) => string = escapeReferences,
	): string {
		const { variables } = this.findings;
		const written = parts.map((part) => {
			if (typeof part === "string") return write(part);
			const { name, fallback = "" } = part;
			if (fallback === "" || !isSecret(part)) return variables.keep(part, this.#where(from));
			this.note(`the default of ${name} is a secret, so it is left out: give ${name} that value`);
			variables.conceal(fallback);
			return variables.keep({ name, fallback: undefined }, this.#where(from));
		});
		return written.join("");
	}

	#hide(secret: string, what: string, from: string): string {
		return this.findings.variables.hide(secret, this.#stem, what, this.#where(from));
	}

	#where(from: string): string {
		return `${from} of ${keyName(this.name)}`;
	}
}

/** A URL with the default of one variable, and with nothing in place of the others; with a host in any case. */
function addressOf(parts: Parts, inserted: Variable | undefined): string {
	const texts = parts.map((part) => (typeof part === "string" ? part : part === inserted ? (part.fallback ?? "") : ""));
	const text = texts[0] === "" ? `https://h${texts.join("")}` : texts.join("");
	return text.replace(/^\s*([a-z][\w+.-]*:\/\/(?:[^/?#]*@)?)(?=:\d|[/?#]|$)/i, "$1h");
}
