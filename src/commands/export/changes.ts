// What the last change of a config did to a hook, in OpenMetadata's words.
import type { Json } from "../../lib/json.ts";
import type { ChangeDescription, FieldChange, OpenMetadataWebhook } from "./model.ts";

/** The differences between two versions of a webhook; nothing if there are none. */
export function changesBetween(
	before: OpenMetadataWebhook,
	now: OpenMetadataWebhook,
	previousVersion: number,
): ChangeDescription | undefined {
	const [old, current] = [fieldsOf(before), fieldsOf(now)];
	const names = [...new Set([...old.keys(), ...current.keys()])];
	const changed = names.filter((name) => JSON.stringify(old.get(name)) !== JSON.stringify(current.get(name)));
	if (changed.length === 0) return undefined;
	const fieldsAdded: FieldChange[] = [];
	const fieldsUpdated: FieldChange[] = [];
	const fieldsDeleted: FieldChange[] = [];
	for (const name of changed) {
		const [oldValue, newValue] = [old.get(name), current.get(name)];
		if (oldValue === undefined) fieldsAdded.push({ name, ...(newValue === undefined ? {} : { newValue }) });
		else if (newValue === undefined) fieldsDeleted.push({ name, oldValue });
		else fieldsUpdated.push({ name, oldValue, newValue });
	}
	return { fieldsAdded, fieldsUpdated, fieldsDeleted, previousVersion };
}

/** What a store tells is not a change of the config. */
function fieldsOf({ failureDetails: _, status: __, ...webhook }: OpenMetadataWebhook): ReadonlyMap<string, Json> {
	const fields: Readonly<Record<string, Json>> = JSON.parse(JSON.stringify(webhook));
	return new Map(Object.entries(fields));
}
