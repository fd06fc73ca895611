// Ends what a redelivery has found too old, or obsolete because of a newer message.
import type { StoredRecord } from "../model/records.ts";
import type { Claims } from "./claims.ts";
import type { Lane } from "./lane.ts";
import { superseded } from "./obsolete.ts";
import type { Outbox } from "./outbox.ts";
import type { Ready, Sifted } from "./sift.ts";

/** Ends what can be claimed, and takes it out of the lanes; what that was. */
export async function endObsolete(
	{ expired, obsolete }: Pick<Sifted, "expired" | "obsolete">,
	lanes: readonly Lane<Ready>[],
	claims: Claims,
	outbox: Outbox,
): Promise<Pick<Sifted, "expired" | "obsolete">> {
	const by = new Map(obsolete.map(({ from, by }) => [from.record.id, by.id]));
	const taken = await claims.take([...expired, ...obsolete.map(({ from }) => from)]);
	for (const from of taken) {
		const { due: _, ...record } = from.record;
		const id = by.get(record.id);
		outbox.change(from, id === undefined ? { ...record, state: "expired" } : superseded(record, id));
	}
	// Somebody else may be sending them, and what is newer has to come after them.
	const ended = new Set(taken.map(({ record }) => record.id));
	const others = obsolete.flatMap(({ from: { record } }) => (ended.has(record.id) ? [] : (record.key ?? [])));
	for (const lane of lanes) {
		lane.remove(ended);
		lane.drop(others);
	}
	const isEnded = ({ record }: StoredRecord) => ended.has(record.id);
	return { expired: expired.filter(isEnded), obsolete: obsolete.filter(({ from }) => isEnded(from)) };
}
