// The datachonk preset: the body of DataChonk's webhooks (https://www.datachonk.com/docs/api/webhooks).

import { ExactNumber } from "../lib/exact-number.ts";
import { isJsonArray, isJsonObject, type Json, type JsonObject, wellFormed } from "../lib/json.ts";
import type { PipelineEvent } from "../model/event.ts";
import { CannotRender, type Preset } from "../model/preset.ts";
import { contextWithout, listed } from "./context.ts";

/** What the body says in keys of its own, or in place of everything else. */
const SAID = ["id", "event", "timestamp", "project_id", "data"] as const;

/** A batch, which DataChonk itself does not send, is a list of the same bodies. */
export const datachonk = (): Preset => ({
	name: "datachonk",
	title: "DataChonk",
	options: {},
	needs: { url: true },
	service: () => ({ body: listed(bodyOf) }),
});

/**
 * Always the same five keys in the order of DataChonk's page. Without a project its place takes the repository, else the
 * pipeline; without `data` its place takes all else that the context says.
 */
function bodyOf({ context }: PipelineEvent): JsonObject {
	const { id, event, timestamp, project_id: project, data, ci, pipeline } = context;
	const body = reserialisable({
		id,
		event,
		created_at: timestamp,
		project_id: project ?? ci?.repository ?? pipeline,
		data: data ?? contextWithout(context, SAID),
	});
	return isJsonObject(body) ? body : {};
}

/**
 * The value as JavaScript writes it again after parsing it, which DataChonk's receivers hash. Throws {@link CannotRender}
 * for a number of which digits would be lost on the way.
 */
function reserialisable(value: Json): Json {
	return wellFormed(withPlainNumbers(value));
}

function withPlainNumbers(value: Json): Json {
	if (value instanceof ExactNumber) {
		const number = value.toNumber();
		if (number !== undefined) return number;
		throw new CannotRender("the data has a number that loses digits at a receiver of DataChonk's: put it in quotes");
	}
	if (isJsonArray(value)) return value.map(withPlainNumbers);
	if (!isJsonObject(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withPlainNumbers(item)]));
}
