// The names of hooks: as the config gives them, or made of event, kind and number; unique in the file.
import type { Selection } from "./selection.ts";
import { quote } from "./words.ts";

/** Names are shown in annotations and tables. */
const MAX_NAME = 100;

/** A hook with the name that it goes by. */
export interface NamedSelection {
	readonly selection: Selection;
	readonly name: string;
}

/**
 * Names each hook: by its `name`, else `<event>-<kind>-<n>`, the n-th of its event and kind in the file from 1, or
 * `subscription-<n>`; a number is passed over where a hook has that name already. Mistakes are noted.
 */
export function nameHooks(selections: readonly Selection[]): readonly NamedSelection[] {
	const taken = new Map<string, Selection>();
	const own = selections.map((selection) => ownName(selection, taken));
	const counts = new Map<string, number>();
	return selections.map((selection, index) => {
		const stem = selection.event === undefined ? "subscription" : `${selection.event}-${selection.kind}`;
		let count = (counts.get(stem) ?? 0) + 1;
		while (own[index] === undefined && taken.has(`${stem}-${count}`)) count++;
		counts.set(stem, count);
		return { selection, name: own[index] ?? `${stem}-${count}` };
	});
}

function ownName(selection: Selection, taken: Map<string, Selection>): string | undefined {
	const { fields } = selection;
	const name = fields.text("name")?.trim();
	if (name === undefined) return undefined;
	const twin = taken.get(name);
	if (name.length > MAX_NAME) {
		fields.wrong("name", `name is longer than ${MAX_NAME} characters`, "shorten it");
	} else if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name)) {
		fields.wrong("name", "name has a line break or control character in it", "write it on one line");
	} else if (twin !== undefined) {
		const line = fields.problems.spot(twin.fields.at("name")).line;
		fields.wrong(
			"name",
			`name ${quote(name)} is that of the hook on line ${line} already`,
			"give each hook its own name",
		);
	} else {
		taken.set(name, selection);
	}
	return name;
}
