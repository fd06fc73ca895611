// The subjects of records in NATS: where a record is, by what became of it, and how its subject is found again.
import type { About, DeliveryRecord, DisabledHook, RecordState } from "../../model/records.ts";
import { readRecord } from "../record-text.ts";
import type { Entry } from "./stream.ts";

/**
 * Where records are. All that waits is `open`, and is changed there. What has ended is moved: to `sent` if it was
 * delivered, else to `over`. So who looks for what is due need not read it. Of one that is in two places because its mover
 * was killed, the later of these counts.
 */
export const PLACES = ["over", "sent", "open"] as const;
export type Place = (typeof PLACES)[number];

/** Where a record of each state belongs. */
export const PLACE_OF: Readonly<Record<RecordState, Place>> = {
	waiting: "open",
	failed: "over",
	retry_limit_reached: "over",
	expired: "over",
	superseded: "over",
	delivered: "sent",
};

/** What a subject is known by; all of them for what is left out. */
type Parts = Partial<Pick<DeliveryRecord, "key" | "id">>;

/** The subjects of one store. */
export class RecordSubjects {
	readonly #name: string;

	/** `name` is that of the stream, and the first token of its subjects. */
	constructor(name: string) {
		this.#name = name;
	}

	/** Of a record where it belongs, or in another place. */
	of({ state, key = "", id }: DeliveryRecord, place = PLACE_OF[state]): string {
		return this.all(place, { key, id });
	}

	/** Matches those of all records of a place with these. */
	all(place: Place, { key, id }: Parts): string {
		const tokens = [key, id].map((text) => (text === undefined ? "*" : token(text)));
		return [this.#name, "record", place, ...tokens].join(".");
	}

	/** The record that a text is, and its place; undefined if it is not a record, or would take the place of another. */
	recordIn({
		subject,
		text,
	}: Pick<Entry, "subject" | "text">): { readonly record: DeliveryRecord; readonly place: Place } | undefined {
		const record = readRecord(text);
		if ("problem" in record) return undefined;
		const place = PLACES.find((each) => this.of(record, each) === subject);
		return place && { record, place };
	}

	/** Of the newest one that was delivered. */
	newest({ key, hook }: About): string {
		return `${this.#name}.newest.${token(key)}.${token(hook)}`;
	}

	/** Of the copy of a record whose delivery is spent. */
	dead(state: RecordState | "*", { id }: DeliveryRecord): string {
		return `${this.#name}.dead.${state}.${token(id)}`;
	}

	/** Of a hook that is switched off. */
	disabled({ scope, hook }: Pick<DisabledHook, "scope" | "hook">): string {
		return `${this.#name}.disabled.${token(scope)}.${token(hook)}`;
	}

	/** Matches those of all hooks that are switched off. */
	get allDisabled(): string {
		return `${this.#name}.disabled.>`;
	}
}

/** A text as a token of a subject: as it is, or encoded behind a sign that no other has. */
function token(text: string): string {
	return /^[\w-]+$/.test(text) ? text : `=${Buffer.from(text).toString("base64url")}`;
}

/** The revision of a record: its place, and its sequence in the stream. */
export function revisionOf(place: Place, sequence: number): string {
	return `${place}.${sequence}`;
}

export function parseRevision(revision: string): { readonly place: Place; readonly sequence: number } {
	const [name, sequence] = revision.split(".");
	return { place: PLACES.find((each) => each === name) ?? "open", sequence: Number(sequence) };
}
