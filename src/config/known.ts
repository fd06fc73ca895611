// Keys that a table cannot have: refused, with the help that fits.
import type { Hook } from "../model/hook.ts";
import type { Preset } from "../model/preset.ts";
import { Fields } from "./fields.ts";
import type { Key } from "./keys.ts";
import { isPublicOption, optionOwners } from "./options.ts";
import { TABLES } from "./schema.ts";
import { didYouMean, type Explanation, keyName, quote } from "./words.ts";

/** The keys of a kind of table, by their names. */
type Rows = ReadonlyMap<string, Pick<Key<unknown>, "public">>;

/** How a hook's header is written. */
export function header(kind: Hook["kind"], event: string): string {
	return kind === "shell" ? `[[hook.${keyName(event)}]]` : `[[hook.webhooks.${keyName(event)}]]`;
}

/**
 * Notes every key of the table that is not known, and says which values of it frames may show. `preset` is that of a
 * webhook, of which options are known as well; `any` allows those of all presets.
 */
export function refuseUnknown(
	fields: Fields,
	rows: Rows,
	explain: (key: string) => Explanation | undefined = () => undefined,
	preset?: Preset | "any",
): void {
	const takesOptions = preset !== undefined;
	fields.problems.know(fields.path, (key) => rows.get(key)?.public ?? (takesOptions && isPublicOption(key)));
	const isOption = (key: string) =>
		preset !== undefined && (preset === "any" ? optionOwners().has(key) : Object.hasOwn(preset.options, key));
	for (const key of fields.keys()) {
		if (rows.has(key) || isOption(key)) continue;
		const help = () => {
			const options =
				preset === undefined ? [] : preset === "any" ? optionOwners().keys() : Object.keys(preset.options);
			const known = [...rows.keys(), ...options];
			return didYouMean(key, known, `known keys here: ${known.join(", ")}`);
		};
		const [message, remedy] = explain(key) ?? [`unknown key ${quote(key)}`, help];
		fields.wrong(key, message, remedy, "config_shape");
	}
}

/** The tables of hooks with all their keys. */
const HOOKS = {
	shell: new Map([...TABLES.hook, ...TABLES.command, ...TABLES.shell]),
	webhook: new Map([...TABLES.hook, ...TABLES.url, ...TABLES.webhook]),
};
const SUBSCRIPTIONS = {
	shell: new Map([...TABLES.subscription, ...HOOKS.shell]),
	webhook: new Map([...TABLES.subscription, ...HOOKS.webhook]),
};
const ALL: Rows = new Map([...SUBSCRIPTIONS.shell, ...SUBSCRIPTIONS.webhook]);
/** The keys without a default. */
const OWN: Rows = new Map([...TABLES.hook, ...TABLES.subscription, ...TABLES.command, ...TABLES.url]);
const DEFAULTS = new Map([...TABLES.shell, ...TABLES.webhook, ...TABLES.defaults]);

/** Whether hooks of any kind have such a key. */
export function isHookKey(key: string): boolean {
	return ALL.has(key) || optionOwners().has(key);
}

/** A hook's table before it is read. */
interface HookTable {
	readonly kind: Hook["kind"];
	/** As its header names it; undefined where it is a subscription. */
	readonly event: string | undefined;
	readonly fields: Fields;
}

/** Notes the keys that a hook cannot have. */
export function refuseUnknownInHook({ kind, event, fields }: HookTable, preset: Preset | undefined): void {
	const rows = (event === undefined ? SUBSCRIPTIONS : HOOKS)[kind];
	const explain = (key: string) => explainMisplaced(key, kind, event, fields) ?? explainOption(key, preset);
	refuseUnknown(fields, rows, explain, kind === "shell" ? undefined : (preset ?? "any"));
}

/** The help with a key that this hook cannot have and others can; undefined for any other key. */
function explainMisplaced(
	key: string,
	kind: Hook["kind"],
	event: string | undefined,
	{ problems }: Fields,
): Explanation | undefined {
	if (key === "events" && event !== undefined) {
		const where = problems.dialect === "native" ? "" : " in a pipeline-hooks.toml";
		return [
			"events belongs to a subscription; this hook is attached to an event by its header",
			`write [[subscription]]${where} in place of ${header(kind, event)}, and name the events there`,
		];
	}
	const isShell = kind === "shell";
	if (!HOOKS[isShell ? "webhook" : "shell"].has(key) && !(isShell && optionOwners().has(key))) return undefined;
	if (event === undefined && key === "url") {
		const message = "a subscription has both url and command, and a hook either runs a command or is sent to a url";
		return [message, "take one of the two out, or write two subscriptions"];
	}
	const [other, target, own] = isShell ? ["webhook", "url", "command"] : ["shell", "command", "url"];
	const message = isShell
		? `${key} belongs to a webhook, and this is a shell hook`
		: `${key} belongs to a shell hook, and this is a webhook`;
	if (event === undefined) return [message, `take it out, or write ${target} in place of ${own}`];
	return [message, `write ${header(other === "shell" ? "shell" : "webhook", event)} above it`];
}

function explainOption(key: string, preset: Preset | undefined): Explanation | undefined {
	const others = (optionOwners().get(key) ?? []).map(({ name }) => name);
	if (others.length === 0) return undefined;
	const message = `${key} is an option of preset ${others.join(" and ")}; this hook's preset is ${preset?.name}`;
	return [message, `take it out, or set preset = "${others[0]}"`];
}

/** What hooks take where they say nothing themselves: tables of settings, the first one above the others. */
export interface Defaults {
	/** Of hooks of both kinds. */
	readonly all: readonly Fields[];
	readonly shell: readonly Fields[];
	readonly webhook: readonly Fields[];
}

/** Finds the tables of `[defaults]`, which may be absent; errors in them are noted once, at their own keys. */
export function readDefaults(root: Fields): Defaults {
	const all = root.problems.dialect === "native" ? root.nested("defaults") : undefined;
	if (all === undefined) return { all: [], shell: [], webhook: [] };
	const none = new Fields({}, all.path, all.problems);
	const shell = all.nested("shell", 'write shell = "bash" below [defaults.shell]') ?? none;
	const webhook = all.nested("webhook") ?? none;
	// In [defaults] itself, shell is the table of defaults of shell hooks.
	const both = all.only(all.keys().filter((key) => key !== "shell" && key !== "webhook"));
	refuseUnknown(both, DEFAULTS, withoutDefault, "any");
	const other = (key: string, kind: string): Explanation => [
		`${key} is a key of ${kind} hooks`,
		`move it to [defaults.${kind}]`,
	];
	const isWebhookKey = (key: string) => TABLES.webhook.has(key) || optionOwners().has(key);
	refuseUnknown(
		shell,
		TABLES.shell,
		(key) => withoutDefault(key) ?? (isWebhookKey(key) ? other(key, "webhook") : undefined),
	);
	refuseUnknown(
		webhook,
		TABLES.webhook,
		(key) => withoutDefault(key) ?? (TABLES.shell.has(key) ? other(key, "shell") : undefined),
		"any",
	);
	for (const row of DEFAULTS.values()) row.read(both);
	for (const row of TABLES.shell.values()) row.read(shell);
	for (const row of TABLES.webhook.values()) row.read(webhook);
	return { all: [both], shell: [shell, both], webhook: [webhook, both] };
}

function withoutDefault(key: string): Explanation | undefined {
	return OWN.has(key) ? [`${key} has no default`, "write it in each hook, which has its own"] : undefined;
}
