// The events that a config declares with `[event.x]`, beside those of the catalog.
import { isEventName, MAX_EVENT_NAME, type Vocabulary, vocabulary } from "../model/catalog.ts";
import { type EventDefinition, STATUSES } from "../model/event.ts";
import { type Fields, isTable } from "./fields.ts";
import { type Explanation, refuseUnknown } from "./keys.ts";
import type { Path } from "./locate.ts";
import { quote } from "./words.ts";

const KEYS = ["phase", "status", "title"];

/** The declared events in the order of the file. `[event.a.b]` and `[event."a.b"]` declare the same one. */
export function readEvents(root: Fields): readonly EventDefinition[] {
	const found = new Map<string, EventDefinition>();
	const table = root.nested("event");
	if (table !== undefined) declareAll(table, "", { found, builtIn: vocabulary(), headed: headers(root) });
	return [...found.values()];
}

/** What is known on the way through the tables. */
interface Declaring {
	readonly found: Map<string, EventDefinition>;
	readonly builtIn: Vocabulary;
	/** Whether a table has a header of its own, and so is declared although nothing stands under it. */
	readonly headed: (path: Path) => boolean;
}

function headers({ problems }: Fields): Declaring["headed"] {
	let written: ReadonlySet<string> | undefined;
	return (path) => {
		written ??= new Set(
			problems.located.entries.flatMap((entry) => (entry.value === undefined ? [JSON.stringify(entry.path)] : [])),
		);
		return written.has(JSON.stringify(path));
	};
}

function declareAll(parent: Fields, prefix: string, declaring: Declaring): void {
	const { found, builtIn, headed } = declaring;
	for (const key of parent.keys()) {
		const name = prefix + key;
		const fields = parent.nested(key);
		if (fields === undefined) continue;
		const inner = fields.keys().filter((child) => isTable(fields.table[child]));
		const rest = fields.keys().filter((child) => !isTable(fields.table[child]));
		const isBare = inner.length > 0 && rest.length === 0 && name.length < MAX_EVENT_NAME;
		const begins = isBare && !headed(fields.path);
		const fault = begins ? undefined : nameFault(name, found, builtIn);
		if (fault !== undefined) {
			parent.wrong(key, ...fault);
			continue;
		}
		if (!begins) found.set(name, define(name, fields.only(rest)));
		declareAll(fields.only(inner), `${name}.`, declaring);
	}
}

function nameFault(
	name: string,
	found: ReadonlyMap<string, EventDefinition>,
	builtIn: Vocabulary,
): Explanation | undefined {
	const remedy = "choose another name";
	if (!isEventName(name)) {
		return [
			`${quote(name)} cannot be an event's name`,
			`begin with a letter and use letters, digits, "_", "-" and "." only, at most ${MAX_EVENT_NAME} in all; "webhooks" is taken`,
		];
	}
	if (found.has(name)) return [`event ${quote(name)} is declared twice`, "merge the two tables into one"];
	const known = builtIn.find(name);
	if (known === undefined) return undefined;
	const same = known.name === name;
	return [
		`${quote(name)} is ${same ? "a built-in event already" : `another name of the built-in event ${quote(known.name)}`}`,
		remedy,
	];
}

function define(name: string, fields: Fields): EventDefinition {
	refuseUnknown(fields, KEYS);
	return {
		name,
		phase: fields.text("phase")?.trim() ?? "custom",
		status: fields.choice("status", STATUSES) ?? "info",
		title: fields.text("title") ?? humanise(name),
	};
}

/** `deploy_approved` and `deployApproved` become `Deploy approved`. */
function humanise(name: string): string {
	const words = name
		.replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
		.split(/[\s_.-]+/)
		.filter((word) => word !== "")
		.map((word) => word.toLowerCase());
	const text = words.join(" ");
	return text.charAt(0).toUpperCase() + text.slice(1);
}
