// The events that a config declares with `[event.x]`, in addition to the catalog.
import { isEventName, MAX_EVENT_NAME, type Vocabulary, vocabulary } from "../model/catalog.ts";
import type { EventDefinition } from "../model/event.ts";
import { type Fields, isTable } from "./fields.ts";
import { refuseUnknown } from "./known.ts";
import { EVENT, TABLES } from "./schema.ts";
import { quote } from "./words.ts";

/** The declared events in the order of the file. `[event.a.b]` and `[event."a.b"]` declare the same one. */
export function readEvents(root: Fields): readonly EventDefinition[] {
	const table = root.get("event")?.fields();
	if (table === undefined) return [];
	const found = new Map<string, EventDefinition>();
	declareAll(table, "", { found, builtIn: vocabulary() });
	return [...found.values()];
}

/** What has been found so far. */
interface Declaring {
	readonly found: Map<string, EventDefinition>;
	readonly builtIn: Vocabulary;
}

function declareAll(parent: Fields, prefix: string, declaring: Declaring): void {
	for (const [key, value] of parent.entries()) {
		const fields = value.fields();
		if (fields === undefined) continue;
		const name = prefix + key;
		const inner = fields.keys().filter((child) => isTable(fields.table[child]));
		const rest = fields.keys().filter((child) => !isTable(fields.table[child]));
		// Only the beginning of other names, unless it has a header of its own.
		const isBare = inner.length > 0 && rest.length === 0 && name.length < MAX_EVENT_NAME;
		const begins = isBare && parent.problems.positions.find(value.path)?.isHeader !== true;
		const problem = begins ? undefined : nameProblem(name, declaring);
		if (problem !== undefined) {
			parent.wrong(key, ...problem);
			continue;
		}
		if (!begins) declaring.found.set(name, define(name, fields.only(rest)));
		declareAll(fields.only(inner), `${name}.`, declaring);
	}
}

function nameProblem(
	name: string,
	{ found, builtIn }: Declaring,
): readonly [message: string, remedy: string] | undefined {
	if (!isEventName(name)) {
		return [
			`${quote(name)} cannot be an event's name`,
			`begin with a letter and use letters, digits, "_", "-" and "." only, at most ${MAX_EVENT_NAME} in all; "webhooks" is taken`,
		];
	}
	if (found.has(name)) return [`event ${quote(name)} is declared twice`, "merge the two tables into one"];
	const known = builtIn.find(name);
	if (known === undefined) return undefined;
	const what =
		known.name === name ? "a built-in event already" : `another name of the built-in event ${quote(known.name)}`;
	return [`${quote(name)} is ${what}`, "choose another name"];
}

function define(name: string, fields: Fields): EventDefinition {
	refuseUnknown(fields, TABLES.event);
	return {
		name,
		phase: EVENT.phase.read(fields)?.trim() ?? "custom",
		status: EVENT.status.read(fields) ?? EVENT.status.default,
		title: EVENT.title.read(fields) ?? humanise(name),
	};
}

/** `deploy_approved` and `deployApproved` become `Deploy approved`. */
function humanise(name: string): string {
	const words = name
		.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
		.split(/[\s_.-]+/)
		.filter((word) => word !== "");
	const text = words.join(" ").toLowerCase();
	return text.charAt(0).toUpperCase() + text.slice(1);
}
