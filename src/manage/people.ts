// Which people an event concerns: who started its run, who owns or follows what it is about, who administers.
import { resolve } from "node:path";
import { isJsonArray, isJsonObject, type Json } from "../lib/json.ts";
import { count, excerpt } from "../lib/text.ts";
import type { EventContext } from "../model/event.ts";
import type { Audience, Config, Person, Webhook } from "../model/hook.ts";
import { AUTHOR, mentionsIn, OWNER, type People } from "../model/people.ts";
import type { Files } from "../ports.ts";
import { CODEOWNERS_FILES, CODEOWNERS_LIMIT, readCodeOwners } from "./codeowners.ts";

/** Code points of a name in a note. */
const NAMED = 60;

/** Notes of one delivery: an event may name very many people. */
const MAX_NOTES = 20;

/** What an object of an owner goes by, as OpenMetadata has them. */
const NAMES = ["name", "email", "fullyQualifiedName", "displayName"] as const;

type Messages = Parameters<People["mentioning"]>[0];

/** Whom an event names. */
interface Named {
	/** As the event, CODEOWNERS or the config has them, whether they are among the people or not. */
	readonly texts: readonly string[];
	/** The names of those who are among the people. */
	readonly people: ReadonlySet<string>;
	/** What nobody has looked up. */
	readonly note?: string | undefined;
}

/** Finds the people of events by the config, and by CODEOWNERS if a hook needs owners. */
export async function openPeople({ hooks, people }: Config, files: Files, workspace: string): Promise<People> {
	const needsOwners = hooks.some((hook) => {
		if (hook.kind === "shell" || !hook.enabled) return false;
		return hook.sendTo.includes("owners") || mentionsIn(hook).some((text) => roleOf(text) === "owners");
	});
	for (const name of needsOwners ? CODEOWNERS_FILES : []) {
		const read = await files.read(resolve(workspace, name), CODEOWNERS_LIMIT);
		if (read.kind === "file") return findPeople(people, new TextDecoder().decode(read.bytes));
	}
	return findPeople(people, "");
}

/** Finds the people of events. `ownersFile` is the text of CODEOWNERS; empty where there is none, or nobody needs it. */
export function findPeople(people: readonly Person[], ownersFile: string): People {
	const byName = new Map(people.toReversed().flatMap((person) => namesOf(person).map((name) => [name, person])));
	const find = (text: string) => byName.get(plain(text));
	const isKnown = (text: string) => find(text) !== undefined;

	/** The author is known by the login alone: anybody may have the name or the address of one of the people as a login. */
	const personOf = (whom: Audience | "author", text: string) =>
		whom === "author" ? people.find(({ github }) => github !== undefined && plain(github) === plain(text)) : find(text);

	const namedBy = (given: readonly string[], note?: string): Named => {
		const texts = [...new Set(given)];
		return { texts, people: new Set(texts.flatMap((text) => find(text)?.name ?? [])), note };
	};

	// Only events that have no owners of their own need the file.
	let codeOwners: ReturnType<typeof readCodeOwners> | undefined;
	const ownersOf = (context: EventContext): Named => {
		const own = textsAt(context, isKnown, "owners", "owner");
		const paths = own.length > 0 || ownersFile === "" ? [] : pathsOf(context);
		if (paths.length === 0) return namedBy(own);
		codeOwners ??= readCodeOwners(ownersFile);
		const found = codeOwners(paths);
		const left = `owners of ${found.left} of ${found.paths} paths left out: too many to look up in CODEOWNERS`;
		return namedBy(found.owners, found.left === 0 ? undefined : left);
	};

	const namedIn = (whom: Audience | "author", context: EventContext): Named => {
		switch (whom) {
			case "author":
				return namedBy(context.ci?.actor === undefined ? [] : [context.ci.actor]);
			case "admins":
				return namedBy(people.filter(({ admin }) => admin).map(({ name }) => name));
			case "followers":
				return namedBy(textsAt(context, isKnown, "followers"));
			case "owners":
				return ownersOf(context);
		}
	};

	// All hooks and copies ask the same of an event.
	const known = new WeakMap<EventContext, Map<Audience | "author", Named>>();
	const named = (whom: Audience | "author", hook: Webhook, context: EventContext): Named => {
		const ofEvent = known.get(context) ?? new Map<Audience | "author", Named>();
		known.set(context, ofEvent);
		const found = ofEvent.get(whom) ?? namedIn(whom, context);
		ofEvent.set(whom, found);
		const { owner } = hook.about;
		const isOwnerless = whom === "owners" && found.texts.length === 0;
		return isOwnerless && owner !== undefined ? namedBy([owner], found.note) : found;
	};

	const mentioning = (delivery: Messages) => {
		const { hook } = delivery;
		const written = mentionsIn(hook);
		const roles = written.map(roleOf);
		// A copy is for one of them, and mentions nobody instead of the others.
		const audiences = hook.copyFor === undefined ? hook.sendTo : [];
		if (audiences.length === 0 && roles.every((role) => role === undefined)) return { hook, notes: [] };
		const notes = new Set<string>();
		const handlesOf = (whom: Audience | "author", mention: string | undefined) => {
			const found = delivery.events.map(({ context }) => named(whom, hook, context));
			for (const { note } of found) if (note !== undefined) notes.add(note);
			const all = new Set(found.flatMap(({ texts }) => texts));
			if (mention !== undefined && all.size === 0) notes.add(`mention ${mention} left out: the event names nobody`);
			return [...all].flatMap((text): readonly string[] => {
				const person = personOf(whom, text);
				// They get a copy.
				if (mention === undefined && person?.webhook !== undefined && hook.preset.needs.url === true) return [];
				const handle = person === undefined ? undefined : handleOf(person, hook);
				if (handle !== undefined) return [handle];
				const who = `${mention === undefined ? `one of the ${whom}` : `mention ${mention}`} left out: ${excerpt(text, NAMED)}`;
				notes.add(`${who} ${person === undefined ? "is not among the people" : lacks(hook, mention === undefined)}`);
				return [];
			});
		};
		const mentions = written.flatMap((text, at) => {
			const role = roles[at];
			return role === undefined ? [text] : handlesOf(role, text.trim());
		});
		const more = audiences.flatMap((whom) => handlesOf(whom, undefined));
		const told = [...notes].slice(0, MAX_NOTES);
		if (notes.size > told.length) told.push(`${count(notes.size - told.length, "more note")} like these`);
		if (hook.preset.mention === undefined) return { hook, notes: told };
		const mention = [...new Set([...mentions, ...more])];
		return { hook: { ...hook, options: { ...hook.options, mention } }, notes: told };
	};

	return {
		isFor: (hook, event) => {
			const { copyFor } = hook;
			if (copyFor === undefined) return true;
			return hook.sendTo.some((whom) => named(whom, hook, event.context).people.has(copyFor));
		},
		mentioning,
	};
}

function roleOf(mention: string): "author" | "owners" | undefined {
	const text = mention.trim();
	return text === AUTHOR ? "author" : text === OWNER ? "owners" : undefined;
}

function lacks({ preset }: Webhook, orWebhook: boolean): string {
	if (preset.mention === undefined) return `has no webhook, and preset ${preset.name} mentions nobody`;
	return `has no ${preset.name} among the people${orWebhook && preset.needs.url === true ? ", and no webhook" : ""}`;
}

/** What the service of a hook knows somebody by. */
function handleOf({ handles, email }: Person, { preset }: Webhook): string | undefined {
	// A name of Mattermost's or Telegram's has no @ in it, so an address is not one.
	return handles.get(preset.name) ?? (email !== undefined && preset.mention?.(email) !== undefined ? email : undefined);
}

/** A name as it is compared: GitHub ignores case, and CODEOWNERS and people write an `@` before it. */
function plain(text: string): string {
	return text.trim().replace(/^@/, "").toLowerCase();
}

function namesOf({ name, github, email }: Person): readonly string[] {
	return [name, github, email].flatMap((text) => (text === undefined ? [] : [plain(text)]));
}

/** Owners or followers: the context's, or else those of the entity. One with several names goes by one that is known. */
function textsAt(
	context: EventContext,
	isKnown: (text: string) => boolean,
	...keys: readonly ["owners" | "followers", "owner"?]
): readonly string[] {
	const own = context[keys[0]] ?? [];
	if (own.length > 0) return own;
	const entity = context.entity ?? {};
	const values = keys.flatMap((key) => (key !== undefined && Object.hasOwn(entity, key) ? listOf(entity[key]) : []));
	return values.flatMap((value) => {
		const named = isJsonObject(value) ? NAMES.map((name) => (Object.hasOwn(value, name) ? value[name] : "")) : [value];
		const texts = named.filter((text) => typeof text === "string").filter((text) => text.trim() !== "");
		return (texts.find(isKnown) ?? texts[0] ?? []) satisfies string | readonly never[];
	});
}

/** The files that an event is about: `path` in its metadata, its entity or its data. */
function pathsOf({ metadata, entity, data }: EventContext): readonly string[] {
	const [found] = [metadata, entity, data].flatMap((part) =>
		part !== undefined && Object.hasOwn(part, "path") ? [listOf(part["path"])] : [],
	);
	return (found ?? []).filter((path) => typeof path === "string");
}

function listOf(value: Json | undefined): readonly Json[] {
	return value === undefined ? [] : isJsonArray(value) ? value : [value];
}
