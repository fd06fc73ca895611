// What a written selector means: an event, a glob of events or a phase; and the help with one that selects nothing.

import { closest } from "../lib/suggest.ts";
import { excerpt } from "../lib/text.ts";
import { isEventName, type Vocabulary } from "../model/catalog.ts";
import type { EventDefinition } from "../model/event.ts";
import { type Selector, selects } from "../model/selector.ts";
import type { Explanation } from "./keys.ts";
import type { Path } from "./locate.ts";
import { keyName, list, quote } from "./words.ts";

/** A written selector that selects no event. */
export interface UnknownEvent {
	readonly name: string;
	readonly path: Path;
	/** The events that it is the beginning of, as `generation` is of `generation.completed`. */
	readonly longer: readonly string[];
	/** What was probably meant. */
	readonly near: string | undefined;
	/** What there is, where that is few. */
	readonly phases: readonly string[];
}

/** Words compared in search of those that were meant; for more mistakes than anyone reads, it would only cost time. */
const MAX_COMPARED = 50_000;

const PHASE = "phase:";

/** Reads selectors against the events that a config can name. */
export class Resolver {
	readonly #vocabulary: Vocabulary;
	readonly #phases: ReadonlySet<string>;
	readonly #globs = new Map<string, Selector | undefined>();
	#stems: readonly string[] | undefined;
	#room = MAX_COMPARED;

	constructor(vocabulary: Vocabulary) {
		this.#vocabulary = vocabulary;
		this.#phases = new Set(vocabulary.events.map(({ phase }) => phase));
	}

	/** Every event, the declared ones last. */
	get events(): readonly EventDefinition[] {
		return this.#vocabulary.events;
	}

	/** What is meant: an event's own name before other spellings of one, those before globs; undefined for nothing. */
	resolve(written: string): Selector | undefined {
		const event = this.#vocabulary.find(written);
		if (event !== undefined) return { kind: "event", event: event.name };
		if (written.startsWith(PHASE)) {
			const phase = written.slice(PHASE.length).trim();
			return this.#phases.has(phase) ? { kind: "phase", phase } : undefined;
		}
		return written.includes("*") ? this.#glob(written) : undefined;
	}

	/** The events that any of the selectors selects. */
	select(selectors: readonly Selector[]): readonly EventDefinition[] {
		return this.events.filter((event) => selectors.some((selector) => selects(selector, event)));
	}

	/** The word that was probably meant, while there is room to look for one. */
	near(written: string, words: readonly string[]): string | undefined {
		this.#room -= words.length;
		return this.#room < 0 ? undefined : closest(written, words);
	}

	/** What there is to tell of a selector that selects nothing. */
	unknown(name: string, path: Path): UnknownEvent {
		const phases = name.startsWith(PHASE) ? [...this.#phases] : [];
		const longer = this.events.flatMap((known) => (known.name.startsWith(`${bare(name)}.`) ? [known.name] : []));
		return { name, path, longer, near: this.#meant(name), phases };
	}

	#glob(written: string): Selector | undefined {
		if (this.#globs.has(written)) return this.#globs.get(written);
		const found = [written, bare(written)]
			.map((pattern): Selector => ({ kind: "glob", pattern }))
			.find((selector) => this.events.some((event) => selects(selector, event)));
		this.#globs.set(written, found);
		return found;
	}

	#meant(name: string): string | undefined {
		if (!name.startsWith(PHASE)) return this.near(bare(name), this.#candidates(name));
		const phase = this.near(name.slice(PHASE.length), [...this.#phases]);
		return phase === undefined ? undefined : PHASE + phase;
	}

	#candidates(name: string): readonly string[] {
		const names = this.events.map((event) => event.name);
		if (!name.includes("*")) return names;
		this.#stems ??= [...new Set(names.flatMap(stems))];
		return this.#stems;
	}
}

/** Rocky's `on_<event>` means the event. */
export function bare(name: string): string {
	return name.startsWith("on_") ? name.slice(3) : name;
}

/** What is wrong with a selector that selects nothing, and what to do. */
export function explainUnknown({ name, longer, near, phases }: UnknownEvent): Explanation {
	const several = name.includes("*") || name.startsWith(PHASE);
	const message = several ? `${quote(name)} selects no event` : `unknown event ${quote(name)}`;
	if (name.includes(",") && !/[{}]/.test(name)) {
		const items = name.split(",").map((item) => quote(item.trim()));
		return [message, `a subscription takes a list: events = [${excerpt(items.join(", "), 200)}]`];
	}
	if (longer.length > 0)
		return [message, `say which: ${longer.join(", ")}, or ${quote(`${bare(name)}.*`)} for all of them`];
	if (near !== undefined) return [message, `did you mean ${quote(near)}?`];
	if (phases.length > 0 && phases.length < 50) return [message, `phases are ${list(phases.map(keyName))}`];
	if (isEventName(name)) return [message, `declare an event of your own as [event.${keyName(name)}]`];
	return [message, "`pipeline-hooks events` lists those that there are"];
}

/** The globs that people make of a name: `job.*` and `*.failed` of `job.failed`. */
function stems(name: string): readonly string[] {
	return [...name.matchAll(/[._]|(?=[A-Z])/g)].flatMap(({ index, 0: { length } }) => [
		`${name.slice(0, index + length)}*`,
		`*${name.slice(index)}`,
	]);
}
