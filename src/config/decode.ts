// A parsed config file as typed hooks, with every error in it found at once.
import { vocabulary } from "../model/catalog.ts";
import type { Config, Hook } from "../model/hook.ts";
import { UserError } from "../model/problem.ts";
import { findPreset } from "../presets/index.ts";
import { nameHooks, readChains } from "./chains.ts";
import { credentialsIn } from "./credentials.ts";
import { Resolver, readEvents } from "./events.ts";
import { Fields, type Table } from "./fields.ts";
import { readFilters } from "./filter.ts";
import { gateIn, refuseStrayGates } from "./gates.ts";
import { readHook } from "./hook.ts";
import { type Layers, setting } from "./keys.ts";
import { explainTopLevel, HOOK_KEYS, header, readDefaults, refuseUnknown } from "./known.ts";
import type { Managing } from "./load-managing.ts";
import type { Problems } from "./problems.ts";
import { readRelay } from "./relay.ts";
import { DEFAULTS } from "./schema.ts";
import { readSelections, readSubscriptions, type UnknownHeader } from "./selections.ts";
import { refuseIdleSigning } from "./signing.ts";
import { readStore } from "./store.ts";

const TOP_LEVEL = new Map(
	[...HOOK_KEYS, "subscription", "defaults", "store", "relay", "event", "people"].map((key) => [
		key,
		{ public: false },
	]),
);

/**
 * Warns of what a valid hook has, and hardly does what its author wants. `layers` are its own table and its defaults,
 * `root` is the whole config.
 */
export type Advise = (hook: Hook, layers: Layers, root: Fields) => void;

/** Decodes a whole file. `managing` is there if the file has people. Throws one {@link UserError} with all its errors, in the order of the file. */
export function decodeConfig(
	table: Table,
	problems: Problems,
	advise: Advise | undefined,
	managing: Managing | undefined,
): Config {
	const { file, dialect } = problems;
	const whole = new Fields(table, [], problems);
	const root = dialect === "native" ? whole : whole.only(whole.keys().filter((key) => HOOK_KEYS.includes(key)));
	const builtIn = vocabulary();
	refuseUnknown(root, TOP_LEVEL, (key) => explainTopLevel(key, builtIn));

	const events = readEvents(root);
	const defaults = readDefaults(root);
	const store = readStore(root);
	const people = managing?.readPeople(root, { refuseUnknown, findPreset }) ?? [];
	const resolver = new Resolver(events.length === 0 ? builtIn : vocabulary(events));
	const { selections, unknown } = readSelections(root, resolver);
	for (const event of unknown) reportHeader(event, resolver, problems);
	if (dialect === "rocky") refuseStrayGates(whole, builtIn);

	const written = [...selections, ...readSubscriptions(root, resolver)];
	const order = (at: (typeof written)[number]) => problems.offset(at.fields.path);
	const all = written.toSorted((a, b) => order(a) - order(b));
	const links = readChains(nameHooks(all, defaults), problems);
	const read = links.flatMap((link, order): [hook: Hook, layers: Layers][] => {
		const { event, fields } = link.selection;
		if (event === undefined && !fields.has("events") && !link.isReached) {
			const example = '["pipeline_error", "job.*", "phase:quality"]';
			fields.missing("events", `add events = ${example}, or name it as another hook's fallback or in its then`);
		}
		const hook = readHook(link, readFilters(fields, resolver), order);
		return hook === undefined ? [] : [[hook, link.layers]];
	});
	const webhooks = all.filter(({ kind }) => kind === "webhook").map(({ fields }) => fields);
	refuseIdleSigning(defaults.webhook, webhooks);
	const own = managing?.withCopies(read, people, { credentialsIn }) ?? read.map(([hook]) => hook);
	const relay = readRelay(root, resolver, links);
	const hooks = relay === undefined ? own : [...own, relay[0]];
	problems.throwIfAny();

	if (hooks.length === 0 && unknown.length === 0) throw withoutHooks(file, whole.keys().length === 0);
	for (const [hook, layers] of [...read, ...(relay === undefined ? [] : [relay])]) advise?.(hook, layers, root);
	const concurrency = setting(DEFAULTS.concurrency, defaults.all);
	return { file, hooks, people, events, concurrency, store, warnings: problems.warnings() };
}

/** In `rocky.toml`, an event may be one that only a later Rocky knows: an error only if a gate would be lost. */
function reportHeader(header: UnknownHeader, resolver: Resolver, problems: Problems): void {
	const { name, explanation, value } = header;
	const { path, raw } = value;
	const [message, remedy] = explanation ?? resolver.explain(name);
	const known = "`pipeline-hooks events` lists the known ones";
	// Nothing can be declared in rocky.toml.
	const help = (otherwise: string) => () => {
		const isKnown = explanation !== undefined || resolver.longer(name).length > 0 || resolver.near(name) !== undefined;
		return isKnown ? (typeof remedy === "string" ? remedy : remedy()) : otherwise;
	};
	if (problems.dialect === "native") {
		problems.add("config_value", path, message, remedy);
	} else if (gateIn(raw, path) !== undefined) {
		const otherwise = `${known}; with on_failure = "warn" the hook is left out with a warning`;
		problems.add("config_value", path, `${message}: its gate would never be asked`, help(otherwise));
	} else {
		problems.warn("hooks_left_out", path, `${message}, its hooks are left out`, help(known));
	}
}

function withoutHooks(file: string, isEmpty: boolean): UserError {
	return new UserError({
		code: "config_shape",
		message: `${file} ${isEmpty ? "is empty" : "has no hooks"}`,
		remedy: `add one, as ${header("shell", "pipeline_error")} with a command or ${header("webhook", "pipeline_error")} with a url`,
		place: { file, line: 1, column: 1 },
	});
}
