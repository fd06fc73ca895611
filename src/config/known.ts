// Keys that a table cannot have, each with an explanation; and `[defaults]`.
import type { Vocabulary } from "../model/catalog.ts";
import type { Hook } from "../model/hook.ts";
import type { Preset } from "../model/preset.ts";
import { Fields } from "./fields.ts";
import type { Key } from "./keys.ts";
import { allPresets, optionRows, ownersOf } from "./options.ts";
import { TABLES } from "./schema.ts";
import { didYouMean, type Explanation, keyName, list, quote } from "./words.ts";

/** The keys of a table by name. */
type Rows = ReadonlyMap<string, Pick<Key<unknown, unknown>, "public">>;

/** How a hook's header is written. */
export function header(kind: Hook["kind"], event: string): string {
	return kind === "shell" ? `[[hook.${keyName(event)}]]` : `[[hook.webhooks.${keyName(event)}]]`;
}

/** Reports every unknown key of the table. Also decides which of its values frames may show. */
export function refuseUnknown(
	fields: Fields,
	rows: Rows,
	explain: (key: string) => Explanation | undefined = () => undefined,
): void {
	fields.problems.know(fields.path, (key) => rows.get(key)?.public === true);
	for (const key of fields.keys()) {
		if (rows.has(key)) continue;
		const help = () => didYouMean(key, rows.keys(), `known keys here: ${[...rows.keys()].join(", ")}`);
		const [message, remedy] = explain(key) ?? [`unknown key ${quote(key)}`, help];
		fields.wrong(key, message, remedy, "config_shape");
	}
}

/** The keys of hooks of each kind. */
const HOOKS: Readonly<Record<Hook["kind"], Rows>> = {
	shell: new Map([...TABLES.hook, ...TABLES.command, ...TABLES.shell]),
	webhook: new Map([...TABLES.hook, ...TABLES.url, ...TABLES.webhook]),
};
const ALL: Rows = new Map([...TABLES.subscription, ...HOOKS.shell, ...HOOKS.webhook]);
/** The keys without a default. */
const OWN: Rows = new Map([...TABLES.hook, ...TABLES.subscription, ...TABLES.command, ...TABLES.url]);
const DEFAULTS = new Map([...TABLES.shell, ...TABLES.webhook, ...TABLES.defaults]);

/** Whether hooks of any kind have such a key. */
export function isHookKey(key: string): boolean {
	return ALL.has(key) || ownersOf(key).length > 0;
}

/** The tables that hooks are under. */
export const HOOK_KEYS: readonly string[] = ["hook", "hooks"];

/** Explains a key at the top of a file that belongs under `hook`. */
export function explainTopLevel(key: string, { find, events }: Vocabulary): Explanation | undefined {
	const message = `${keyName(key)} must be inside [hook]`;
	if (key === "webhooks") return [message, "write [[hook.webhooks.<event>]]"];
	const event = find(key);
	if (event !== undefined) {
		return [message, `write it as ${header("shell", event.name)} or ${header("webhook", event.name)}`];
	}
	if (!events.some(({ name }) => name.startsWith(`${key}.`))) return undefined;
	return [message, `write [[hook.${key}.<…>]] or [[hook.webhooks.${key}.<…>]]`];
}

/** A hook's table before it is read. */
interface HookTable {
	readonly kind: Hook["kind"];
	/** As its header names it; undefined where it is a subscription. */
	readonly event: string | undefined;
	readonly fields: Fields;
}

/** Reports the keys that a hook cannot have. A webhook with an unknown preset may have the options of any. */
export function refuseUnknownInHook(table: HookTable, preset: Preset | undefined): void {
	const { kind, event, fields } = table;
	const options = kind === "shell" ? [] : optionRows(...(preset === undefined ? allPresets() : [preset]));
	const rows = new Map([...(event === undefined ? TABLES.subscription : []), ...HOOKS[kind], ...options]);
	refuseUnknown(fields, rows, (key) => explainMisplaced(key, table) ?? explainOption(key, preset));
}

/** Explains a key that other hooks can have. */
function explainMisplaced(key: string, { kind, event, fields }: HookTable): Explanation | undefined {
	if (key === "events" && event !== undefined) {
		const where = fields.problems.dialect === "native" ? "" : " in a pipeline-hooks.toml";
		return [
			"events belongs to a subscription; this hook is attached to an event by its header",
			`write [[subscription]]${where} in place of ${header(kind, event)}, and name the events there`,
		];
	}
	if (key === "webhooks" && event !== undefined)
		return ["webhooks goes before the event", `write ${header("webhook", event)}`];
	const other = kind === "shell" ? "webhook" : "shell";
	if (!HOOKS[other].has(key) && !(kind === "shell" && ownersOf(key).length > 0)) return undefined;
	if (event === undefined && key === "url") {
		const message = "a subscription has both url and command, and a hook either runs a command or is sent to a url";
		return [message, "remove one of the two, or write two subscriptions"];
	}
	const message = `${key} belongs to ${KIND_NAMES[other]}, and this is ${KIND_NAMES[kind]}`;
	const [target, own] = kind === "shell" ? ["url", "command"] : ["command", "url"];
	if (event === undefined) return [message, `remove it, or write ${target} in place of ${own}`];
	return [message, `write ${header(other, event)} above it`];
}

const KIND_NAMES: Readonly<Record<Hook["kind"], string>> = { shell: "a shell hook", webhook: "a webhook" };

function explainOption(key: string, preset: Preset | undefined): Explanation | undefined {
	const others = ownersOf(key).map(({ name }) => name);
	if (others.length === 0) return undefined;
	const [only, second] = others;
	const message = `${key} is an option of ${second === undefined ? "preset" : "presets"} ${list(others)}; this hook's preset is ${preset?.name}`;
	return [
		message,
		second === undefined ? `remove it, or set preset = "${only}"` : "remove it, or set the preset that it is for",
	];
}

/** The tables of defaults; the first one that has a key wins. */
export interface Defaults {
	/** Of hooks of both kinds. */
	readonly all: readonly Fields[];
	readonly shell: readonly Fields[];
	readonly webhook: readonly Fields[];
}

/** Reads the tables of `[defaults]` and reports the errors in them. */
export function readDefaults(root: Fields): Defaults {
	const all = root.problems.dialect === "native" ? root.get("defaults")?.fields() : undefined;
	if (all === undefined) return { all: [], shell: [], webhook: [] };
	const none = new Fields({}, all.path, all.problems);
	// In [defaults] itself, shell is not the key but the table of that name.
	const both = all.only(all.keys().filter((key) => key !== "shell" && key !== "webhook"));
	const shell = all.get("shell")?.fields('write shell = "bash" below [defaults.shell]') ?? none;
	const webhook = all.get("webhook")?.fields() ?? none;
	const options = optionRows(...allPresets());
	refuseUnknown(both, new Map([...DEFAULTS, ...options]), explainDefault);
	refuseUnknown(shell, TABLES.shell, (key) => {
		return explainDefault(key) ?? (TABLES.webhook.has(key) || options.has(key) ? ofOther(key, "webhook") : undefined);
	});
	refuseUnknown(webhook, new Map([...TABLES.webhook, ...options]), (key) => {
		return explainDefault(key) ?? (TABLES.shell.has(key) ? ofOther(key, "shell") : undefined);
	});
	for (const row of DEFAULTS.values()) row.read(both);
	for (const row of TABLES.shell.values()) row.read(shell);
	for (const row of TABLES.webhook.values()) row.read(webhook);
	return { all: [both], shell: [shell, both], webhook: [webhook, both] };
}

function explainDefault(key: string): Explanation | undefined {
	return OWN.has(key) ? [`${key} cannot have a default`, "set it in each hook"] : undefined;
}

function ofOther(key: string, kind: Hook["kind"]): Explanation {
	return [`${key} is a key of ${kind} hooks`, `move it to [defaults.${kind}]`];
}
