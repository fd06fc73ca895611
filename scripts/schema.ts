// Writes what is generated from the table of keys: schema/pipeline-hooks.schema.json, and the reference in docs/config.md.
import { readFileSync, writeFileSync } from "node:fs";
import { jsonSchema } from "../src/config/json-schema.ts";
import type { Key } from "../src/config/keys.ts";
import { PERSON_ROWS } from "../src/config/people.ts";
import { TABLES } from "../src/config/schema.ts";

const SCHEMA = "schema/pipeline-hooks.schema.json";
const REFERENCE = "docs/config.md";

/** The files that are generated, with their text; `read` gives the text that a file has now. */
export function generated(read: (file: string) => string): ReadonlyMap<string, string> {
	return new Map([
		[SCHEMA, `${JSON.stringify(jsonSchema(), null, "\t")}\n`],
		[
			REFERENCE,
			read(REFERENCE).replaceAll(
				MARKED,
				(_, name: string) => `<!-- keys: ${name} -->\n\n${reference(name)}\n<!-- end -->`,
			),
		],
	]);
}

/** Where a page has the keys of a kind of table. */
const MARKED = /<!-- keys: (\w+) -->[\s\S]*?<!-- end -->/g;

function reference(name: string): string {
	const rows = sections()[name];
	if (rows === undefined) throw new Error(`${REFERENCE} has a marker for "${name}", which is not a kind of table`);
	const lines = rows.map((row) => `| \`${row.name}\` | ${defaultOf(row)} | ${summaryOf(row).replaceAll("|", "\\|")} |`);
	return `| key | default | |\n|---|---|---|\n${lines.join("\n")}\n`;
}

function sections(): Readonly<Record<string, readonly Key<unknown, unknown>[]>> {
	const own = (rows: ReadonlyMap<string, Key<unknown, unknown>>) => [...rows.values()];
	const both = own(TABLES.shell).filter(({ name }) => TABLES.webhook.has(name));
	const isBoth = ({ name }: Key<unknown, unknown>) => name !== "timeout_ms" && both.some((row) => row.name === name);
	return {
		hook: [...own(TABLES.hook), ...both.filter(isBoth)],
		subscription: own(TABLES.subscription),
		shell: [...own(TABLES.command), ...own(TABLES.shell).filter((row) => !isBoth(row))],
		webhook: [...own(TABLES.url), ...own(TABLES.webhook).filter((row) => !isBoth(row))],
		filter: own(TABLES.filter),
		defaults: own(TABLES.defaults),
		store: own(TABLES.store),
		relay: own(TABLES.relay),
		event: own(TABLES.event),
		person: own(PERSON_ROWS),
	};
}

/** With the words that a key takes, where the summary does not name them all. */
function summaryOf({ summary, choices = [] }: Key<unknown, unknown>): string {
	const names = choices.map((choice) => `\`${choice}\``);
	return names.every((name) => summary.includes(name)) ? summary : `${summary}. One of ${names.join(", ")}`;
}

function defaultOf({ otherwise, default: value }: Key<unknown, unknown>): string {
	return otherwise ?? (value === undefined ? "none" : `\`${JSON.stringify(value)}\``);
}

if (import.meta.main) {
	for (const [file, text] of generated((name) => readFileSync(name, "utf8"))) writeFileSync(file, text);
}
