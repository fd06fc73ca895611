// The variables that stand in a config for secrets of what is imported.
import type { Variable } from "../../model/reference.ts";

/** A secret that the user must set. */
export interface Secret {
	/** The name of the variable. */
	readonly name: string;
	/** Where its value is in what is imported, or what it is; never the value. */
	readonly from: string;
}

/** Names that GitHub keeps for itself, and those that cannot be a variable's. */
const RESERVED = /^(?:(?:GITHUB|ACTIONS|RUNNER|CI)_|\d)/;

/** Long enough for any hook's name. */
const MAX_STEM = 60;

/** A reference, whatever is around it. */
const REFERENCE = /(?<!\$)\$\{([A-Za-z_]\w*)/g;

/** Gives each secret a variable of its own. */
export class Variables {
	readonly #secrets = new Map<string, Secret>();
	/** Names by the secrets that they stand for: one that is used twice is set once. */
	readonly #names = new Map<string, string>();
	readonly #concealed = new Set<string>();
	readonly #taken: Set<string>;
	/** The last number that was added to a name. */
	readonly #numbers = new Map<string, number>();

	/** `source` is the text that is imported: variables that it names already are not used for anything else. */
	constructor(source: string) {
		this.#taken = new Set(Array.from(source.matchAll(REFERENCE), ([, name = ""]) => name));
	}

	/** What has to be set, in the order in which it was found. */
	get secrets(): readonly Secret[] {
		return [...this.#secrets.values()];
	}

	/** The secrets themselves, so that they are redacted wherever they could be shown. */
	get values(): readonly string[] {
		return [...this.#names.keys(), ...this.#concealed];
	}

	/** `${NAME}` in place of a secret, named after its hook and what it is: `${SLACK_TABLE_NOTIFICATIONS_URL}`. */
	hide(secret: string, hook: string, what: string, from: string): string {
		const name = this.#names.get(secret) ?? this.#newName(hook, what);
		this.#names.set(secret, name);
		return this.#read(name, from);
	}

	/** `${NAME}` for a secret that is needed, and is not in what is imported. */
	ask(hook: string, what: string, from: string): string {
		return this.#read(this.#newName(hook, what), from);
	}

	/** A variable that is one already. Without a default it must be set. */
	keep({ name, fallback }: Variable, from: string): string {
		return fallback === undefined ? this.#read(name, from) : `\${${name}:-${fallback}}`;
	}

	/** Redacts a secret that no variable is made for. */
	conceal(secret: string): void {
		this.#concealed.add(secret);
	}

	#read(name: string, from: string): string {
		if (!this.#secrets.has(name)) this.#secrets.set(name, { name, from });
		return `\${${name}}`;
	}

	#newName(hook: string, what: string): string {
		const stem = upperSnake(hook).slice(0, MAX_STEM).replace(/_$/, "");
		const suffix = upperSnake(what);
		const whole = stem === suffix || stem.endsWith(`_${suffix}`) ? stem : `${stem}_${suffix}`;
		const free = RESERVED.test(whole) || whole.startsWith("_") ? `HOOK_${whole.replace(/^_/, "")}` : whole;
		let name = free;
		for (let number = this.#numbers.get(free) ?? 2; this.#taken.has(name); number++) {
			name = `${free}_${number}`;
			this.#numbers.set(free, number);
		}
		this.#taken.add(name);
		return name;
	}
}

/** `SlackTableNotifications` and `slack table-notifications` become `SLACK_TABLE_NOTIFICATIONS`. */
function upperSnake(text: string): string {
	return text
		.normalize("NFKD")
		.replaceAll(/\p{M}/gu, "")
		.replaceAll(/([a-z\d])([A-Z])/g, "$1_$2")
		.replaceAll(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
		.replaceAll(/[^A-Za-z\d]+/g, "_")
		.replaceAll(/^_+|_+$/g, "")
		.toUpperCase();
}

/** A variable and nothing else, or only the scheme of a credential before it: `Bearer ${TOKEN}`. */
const ONE_VARIABLE = /^(?:\w+ (?:token=)?"?)?\$\{[A-Za-z_]\w*\}"?$/;

/** Whether a text of a system without variables has one all the same, as `export` writes them. */
export function isOneVariable(text: string): boolean {
	return ONE_VARIABLE.test(text);
}

/** A text in which `${` means nothing, as a config writes it. */
export function escapeReferences(text: string): string {
	return text.replaceAll("${", () => "$${");
}
