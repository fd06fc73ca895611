// What a redelivery would do now, for a person who wants to know before.
import type { Wanted } from "../model/records.ts";
import { type LookOptions, look } from "./look.ts";
import type { Outbox } from "./outbox.ts";
import type { Ready, Sifted } from "./sift.ts";
import { isByHand, queryOf } from "./wanted.ts";

/** What would be done, by what becomes of each delivery. */
export interface RedeliveryPlan extends Sifted {
	/** What is not due, and is sent too once its receiver has answered. */
	readonly following: readonly Ready[];
	/** What waits for its own time. */
	readonly later: readonly Ready[];
}

/** Plans a redelivery; nothing is changed. Throws where the store cannot be read. */
export async function planOf(outbox: Outbox, wanted: Wanted, options: LookOptions): Promise<RedeliveryPlan> {
	const lookFor = (each: Wanted) =>
		look(outbox, { query: queryOf(each, outbox.now()), wanted: each, ours: new Set() }, options);
	const sifted = await lookFor(wanted);
	if (isByHand(wanted)) return { ...sifted, following: [], later: [] };
	const receivers = new Set(sifted.ready.map(({ receiver }) => receiver));
	const ids = new Set(sifted.ready.map((ready) => ready.id));
	const every = await lookFor({ hook: wanted.hook, since: 0 });
	const others = every.ready.filter(
		({ id, from: { record } }) => !ids.has(id) && record.state === "waiting" && record.expires > outbox.now(),
	);
	const follows = ({ receiver }: Ready) => receivers.has(receiver);
	return { ...sifted, following: others.filter(follows), later: others.filter((each) => !follows(each)) };
}
