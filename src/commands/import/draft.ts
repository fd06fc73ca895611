// One hook while it is imported: its table, what was changed, and what cannot be carried over.
import { isCredentialUrl } from "../../config/secret-advice.ts";
import { CREDENTIAL, keyName } from "../../config/words.ts";
import { SECRET_NAME } from "../../model/hook-references.ts";
import { addressNote } from "../../presets/addresses.ts";
import { findPreset } from "../../presets/index.ts";
import { isSecretValue } from "../../secrets/parts.ts";
import type { Section, TomlValue } from "./toml.ts";
import { escapeReferences, hasVariable, type Variables } from "./variables.ts";

/** What an import has found so far. */
export interface Findings {
	readonly variables: Variables;
	/** What was changed, and what cannot be carried over: a line each. */
	readonly notes: string[];
	/** Events that a config has to declare, with their phases. */
	readonly events: Map<string, string>;
}

/** What is written before a credential in a header, with the quotes around it. */
const SCHEME = /^((?:Basic|Bearer|Token|Bot|ApiKey|GenieKey)\s+(?:token=)?("?))(.+?)\2$/i;

/** A credential in a text, with what follows it up to a blank or a quote. */
const CREDENTIAL_IN_TEXT = new RegExp(`(?:${CREDENTIAL.source})[^\\s"'<>\\\\]*`, "g");

/** Whoever has the URL of one of these can write to it. */
const CHATS: readonly string[] = ["slack", "teams", "google_chat", "discord", "mattermost"];

/** The table of a hook. Keys are written in the order in which they are set. */
export class Draft {
	readonly name: string;
	readonly findings: Findings;
	/** What its variables are named after. */
	readonly #stem: string;
	readonly #table: Record<string, TomlValue | undefined> = {};
	readonly #comments = new Map<string, string[]>();

	constructor(name: string, findings: Findings, stem = name) {
		this.name = name;
		this.findings = findings;
		this.#stem = stem;
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

	/** A URL as the config has it: as a variable, if there is a secret in it. `from` says where it was. */
	url(text: string, from: string): string {
		const isSecret = isCredentialUrl(text) || CREDENTIAL.test(text);
		return isSecret || hasVariable(text) ? this.secret(text, "URL", from) : escapeReferences(text);
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

	/** A secret as a variable. `what` ends the variable's name. */
	secret(text: string, what: string, from: string): string {
		const { variables } = this.findings;
		if (hasVariable(text)) return variables.keep(text, this.#where(from));
		return variables.hide(text, this.#stem, what, this.#where(from));
	}

	/** A secret that the new hook needs, and the old one did not have. */
	needed(what: string, summary: string): string {
		return this.findings.variables.ask(this.#stem, what, `for ${keyName(this.name)}: ${summary}`);
	}

	/** The value under a name, which says whether it is a secret: that of a header or of a variable. */
	named(name: string, text: string, from: string): string {
		const isTelling = SECRET_NAME.test(name);
		if (hasVariable(text)) return this.findings.variables.keep(text, this.#where(from));
		if (!isTelling && !CREDENTIAL.test(text) && !isSecretValue(name, text)) return escapeReferences(text);
		const [, scheme = "", quotes = "", secret = text] = SCHEME.exec(text) ?? [];
		const bare = name.replace(/^x-/i, "");
		const what = /^authorization$/i.test(name) ? "token" : isTelling ? bare : `${bare}-secret`;
		return `${escapeReferences(scheme)}${this.secret(secret, what, from)}${quotes}`;
	}

	/** A text that may have a credential somewhere in it, which becomes a variable. */
	text(text: string, from: string): string {
		return text.replaceAll(CREDENTIAL_IN_TEXT, (found) => this.secret(found, "secret", from));
	}

	/** A command, in which the shell inserts the variable: not between single quotes. */
	command(text: string, from: string): string {
		return text.replaceAll(CREDENTIAL_IN_TEXT, (found, at: number) => {
			const variable = this.secret(found, "secret", from);
			return quoteAt(text, at) === "'" ? `'"${variable}"'` : variable;
		});
	}

	/** A text for people, in which no variable means anything: a credential in it is left out. */
	prose(text: string): string {
		return text.replaceAll(CREDENTIAL_IN_TEXT, "…");
	}

	#where(from: string): string {
		return `${from} of ${keyName(this.name)}`;
	}
}

/** The quote that a place of a command is between, as a POSIX shell reads it; empty if it is in none. */
function quoteAt(command: string, end: number): string {
	let quote = "";
	for (let at = 0; at < end; at++) {
		const character = command[at] ?? "";
		const isComment = quote === "" && character === "#" && /^$|\s/.test(command[at - 1] ?? "");
		if (isComment) at = Math.max(at, command.indexOf("\n", at) - 1);
		else if (character === "\\" && quote !== "'") at++;
		else if (character === quote) quote = "";
		else if (quote === "" && /["']/.test(character)) quote = character;
	}
	return quote;
}
