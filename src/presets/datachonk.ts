// The datachonk preset: the body of DataChonk's webhooks (https://www.datachonk.com/docs/api/webhooks).

import { ExactNumber } from "../lib/exact-number.ts";
import { isJsonArray, isJsonObject, type Json, type JsonObject } from "../lib/json.ts";
import type { PipelineEvent } from "../model/event.ts";
import { CannotRender, type Preset } from "../model/preset.ts";
import { contextWithout, listed } from "./context.ts";

/** A batch, which DataChonk itself does not send, is a list of the same bodies. */
export const datachonk = (): Preset => ({
	name: "datachonk",
	title: "DataChonk",
	portable: true,
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
	return {
		id,
		event,
		created_at: timestamp,
		project_id: project ?? ci?.repository ?? pipeline,
		data: reserialisable(data ?? contextWithout(context, ["id", "event", "timestamp", "project_id", "data"])),
	};
}

/**
 * The value as JavaScript writes it again after parsing it, which DataChonk's receivers hash. Throws {@link CannotRender}
 * for a number that would lose digits on the way.
 */
function reserialisable(value: Json): Json {
	if (value instanceof ExactNumber) {
		const number = value.toNumber();
		if (number !== undefined) return number;
		throw new CannotRender("the data has a number that would lose digits in a DataChonk receiver: put it in quotes");
	}
	if (isJsonArray(value)) return value.map(reserialisable);
	if (!isJsonObject(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, reserialisable(item)]));
}
