// A record as text: JSON of one version, checked when it is read, since others may have written into the store.
import { compact, isJsonArray, isJsonObject, type Json, type JsonObject, parseJson } from "../lib/json.ts";
import { type DeliveryRecord, RECORD_STATES, type RecordedAttempt } from "../model/records.ts";

const VERSION = 1;

export function writeRecord(record: DeliveryRecord): string {
	return JSON.stringify({ version: VERSION, ...record });
}

/** The record, or as a phrase what is wrong with the text. */
export function readRecord(text: string): DeliveryRecord | { readonly problem: string } {
	const value = parseJson(text);
	if (!isJsonObject(value)) return { problem: "it is not a JSON object" };
	const { version } = value;
	if (typeof version === "number" && version > VERSION) return { problem: "a newer version has written it" };
	const reader = new Reader(value);
	const record = readFields(reader);
	const [wrong] = reader.wrong;
	return version === VERSION && wrong === undefined ? record : { problem: `its ${wrong ?? "version"} is not valid` };
}

function readFields(reader: Reader): DeliveryRecord {
	return compact<DeliveryRecord>({
		id: reader.text("id"),
		scope: reader.text("scope"),
		hook: reader.text("hook"),
		key: reader.optional("key", isText),
		eventTime: reader.number("eventTime"),
		line: reader.optional("line", isTime),
		created: reader.number("created"),
		runId: reader.text("runId"),
		names: reader.list("names", isText),
		events: reader.list("events", isText, 1),
		attempts: reader.list("attempts", isAttempt).map(readAttempt),
		state: reader.state(),
		failures: reader.number("failures"),
		due: reader.optional("due", isTime),
		expires: reader.number("expires"),
		supersededBy: reader.optional("supersededBy", isText),
	});
}

/** Longer than any id, name, or event that fits into a message. */
const TEXT_LIMIT = 16 * 1024 * 1024;

const isText = (value: Json): value is string => typeof value === "string" && value.length <= TEXT_LIMIT;
/** The end of the range of `Date`: https://tc39.es/ecma262/#sec-time-values-and-time-range */
const isTime = (value: Json): value is number => typeof value === "number" && value >= 0 && value <= 8.64e15;

type AttemptJson = JsonObject & { readonly at: number; readonly ms: number };

function isAttempt(value: Json): value is AttemptJson {
	return isJsonObject(value) && isTime(value["at"] ?? null) && isTime(value["ms"] ?? null);
}

function readAttempt({ at, ms, status, cause, reason }: AttemptJson): RecordedAttempt {
	return compact<RecordedAttempt>({
		at,
		ms,
		status: typeof status === "number" ? status : undefined,
		cause: typeof cause === "string" ? cause : undefined,
		reason: typeof reason === "string" ? reason : undefined,
	});
}

/** Reads the fields of an object, and notes those that are not what they must be. */
class Reader {
	readonly wrong: string[] = [];
	readonly #object: JsonObject;

	constructor(object: JsonObject) {
		this.#object = object;
	}

	text(name: string): string {
		return this.optional(name, isText) ?? this.#refuse(name, "");
	}

	number(name: string): number {
		return this.optional(name, isTime) ?? this.#refuse(name, 0);
	}

	state(): DeliveryRecord["state"] {
		const { state } = this.#object;
		return RECORD_STATES.find((known) => known === state) ?? this.#refuse("state", "failed");
	}

	list<T extends Json>(name: string, is: (value: Json) => value is T, least = 0): readonly T[] {
		const value = this.#object[name];
		if (!isJsonArray(value) || value.length < least) return this.#refuse(name, []);
		const items = value.filter(is);
		return items.length === value.length ? items : this.#refuse(name, []);
	}

	optional<T extends Json>(name: string, is: (value: Json) => value is T): T | undefined {
		const value = this.#object[name];
		return value === undefined || is(value) ? value : this.#refuse(name, undefined);
	}

	#refuse<T>(name: string, otherwise: T): T {
		this.wrong.push(name);
		return otherwise;
	}
}
