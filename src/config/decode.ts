// A parsed config file as typed hooks, with every mistake in it found at once.

import { closest } from "../lib/suggest.ts";
import { type Vocabulary, vocabulary } from "../model/catalog.ts";
import type { Config, ConfigWarning, Hook } from "../model/hook.ts";
import { UserError } from "../model/problem.ts";
import { checkTargets, readChains } from "./chains.ts";
import { readDefaults } from "./defaults.ts";
import { readEvents } from "./events.ts";
import { Fields, type Table } from "./fields.ts";
import { readFilters } from "./filter.ts";
import { gateIn } from "./gates.ts";
import { type Explanation, refuseUnknown } from "./keys.ts";
import type { Located } from "./locate.ts";
import { nameHooks } from "./names.ts";
import { Problems } from "./problems.ts";
import { explainUnknown, Resolver, type UnknownEvent } from "./resolve.ts";
import { header } from "./selection.ts";
import { readSelections } from "./selectors.ts";
import type { Flavour } from "./settings.ts";
import { readShellHook } from "./shell-hook.ts";
import { refuseIdleSigning } from "./signing.ts";
import { refuseIdleRequireAllow, unbatchStandIns } from "./stand-ins.ts";
import { readSubscriptions, requireEvents } from "./subscriptions.ts";
import { readWebhook } from "./webhook.ts";
import { keyName, quote } from "./words.ts";

/** A parsed file, and where things stand in it. */
interface ParsedFile {
	readonly table: Table;
	readonly source: string;
	readonly located: Located;
	/** For messages and places. */
	readonly file: string;
	readonly flavour: Flavour;
}

const HOOK_KEYS: readonly string[] = ["hook", "hooks"];

/** The config that a file says. Throws one {@link UserError} with all its mistakes, in the order of the file. */
export function decodeConfig({ table, source, located, file, flavour }: ParsedFile): Config {
	const problems = new Problems(source, file, located);
	const whole = new Fields(table, [], problems);
	const root = flavour === "own" ? whole : whole.only(whole.keys().filter((key) => HOOK_KEYS.includes(key)));
	refusePrototype(root);
	const builtIn = vocabulary();
	refuseUnknown(root, [...HOOK_KEYS, "subscription", "defaults", "event"], (key) => explainTopLevel(key, builtIn));

	const events = readEvents(root);
	const defaults = readDefaults(root, flavour);
	const resolver = new Resolver(vocabulary(events));
	const { selections, unknown } = readSelections(root, resolver, flavour === "own");
	for (const event of unknown) {
		if (flavour === "own") problems.add("config_value", event.path, ...explainUnknown(event));
		else if (event.gate !== undefined) problems.add("config_value", event.path, ...explainLostGate(event));
	}
	if (flavour === "rocky") refuseStrayGates(whole, builtIn);
	const all = [...selections, ...readSubscriptions(root, resolver)].toSorted((a, b) => a.spot.offset - b.spot.offset);
	const named = nameHooks(all);
	const chains = readChains(named, problems);
	const read = named.flatMap(({ selection, name }, order): Hook[] => {
		requireEvents(selection, chains.reaches(name));
		const { fallback, onSuccess } = chains.of(name);
		const identity = {
			name,
			selectors: selection.selectors,
			enabled: selection.fields.boolean("enabled") ?? true,
			filters: readFilters(selection, resolver),
			fallback: fallback?.text,
			onSuccess: onSuccess.map(({ text }) => text),
			place: problems.place(selection.spot),
			order,
		};
		const hook =
			selection.kind === "shell"
				? readShellHook(selection, identity, defaults.shell, flavour)
				: readWebhook(selection, identity, defaults.webhook, flavour);
		return hook === undefined ? [] : [hook];
	});
	const hooks = unbatchStandIns(read, chains, named, problems);
	refuseIdleRequireAllow(read, chains, named);
	const disabled = checkTargets(hooks, chains, problems);
	refuseIdleSigning(defaults.webhook.signing, all, problems);
	problems.throwIfAny();

	const warnings = [...unknown.map((event) => toWarning(event, problems)), ...disabled];
	if (hooks.length === 0 && warnings.length === 0) throw withoutHooks(file, whole.keys().length === 0);
	return { file, hooks, events, concurrency: defaults.concurrency, warnings };
}

/** `__proto__` is no key that anyone needs, and one that JavaScript may take for something else. */
function refusePrototype({ table, problems }: Fields): void {
	for (const { path, key } of problems.located.prototypes) {
		if (problems.full) return;
		if (!Object.hasOwn(table, path[0] ?? "")) continue;
		problems.addAt("config_shape", key, "__proto__ cannot be a key", "choose another name");
	}
}

function explainTopLevel(key: string, { find, events }: Vocabulary): Explanation | undefined {
	const message = `${key} stands outside of hook`;
	if (key === "webhooks") return [message, "write [[hook.webhooks.<event>]]"];
	const event = find(key);
	if (event !== undefined) {
		return [message, `write it as ${header("shell", event.name)} or ${header("webhook", event.name)}`];
	}
	if (!events.some(({ name }) => name.startsWith(`${key}.`))) return undefined;
	return [message, `write [[hook.${key}.<…>]] or [[hook.webhooks.${key}.<…>]]`];
}

/** Tables that Rocky's own file cannot have for us, and that people may take for ours. */
const OURS_ELSEWHERE: readonly string[] = ["subscription", "defaults"];

/** Whatever else is in Rocky's own file belongs to Rocky, but for a gate that was surely meant for us. */
function refuseStrayGates({ table, problems }: Fields, builtIn: Vocabulary): void {
	for (const [key, value] of Object.entries(table)) {
		const gate = HOOK_KEYS.includes(key) ? undefined : gateIn(value, [key]);
		if (gate === undefined) continue;
		const near = closest(key, [...HOOK_KEYS, ...OURS_ELSEWHERE]);
		if (near === undefined && explainTopLevel(key, builtIn) === undefined) continue;
		const remedy =
			near !== undefined && HOOK_KEYS.includes(near)
				? `did you mean ${quote(near)}?`
				: `write it as ${header("shell", builtIn.find(key)?.name ?? "pipeline_start")}, or move it to .github/pipeline-hooks.toml`;
		problems.add("config_value", gate, `${keyName(key)} has a gate, but is not read in rocky.toml`, remedy);
	}
}

/** Without its event a gate would never be asked, and everything behind it go ahead. */
function explainLostGate(event: UnknownEvent): Explanation {
	const [message, remedy] = explainUnknown(event);
	// Nothing can be declared in Rocky's own file.
	const helps = event.near !== undefined || event.longer.length > 0;
	const list =
		'`pipeline-hooks events` lists the known ones; with on_failure = "warn" the hook is left out with a warning';
	return [`${message}: its gate would never be asked`, helps ? remedy : list];
}

/** In Rocky's own file an event may be one that only a later Rocky knows. */
function toWarning(event: UnknownEvent, problems: Problems): ConfigWarning {
	const [message] = explainUnknown(event);
	const hint = event.near === undefined ? "" : `; did you mean ${quote(event.near)}?`;
	return { message: `${message}, its hooks are left out${hint}`, place: problems.place(problems.spot(event.path)) };
}

function withoutHooks(file: string, empty: boolean): UserError {
	return new UserError({
		code: "config_shape",
		message: `${file} ${empty ? "is empty" : "has no hooks"}`,
		remedy: `add one, as ${header("shell", "pipeline_error")} with a command or ${header("webhook", "pipeline_error")} with a url`,
		place: { file, line: 1, column: 1 },
	});
}
